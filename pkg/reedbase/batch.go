package reedbase

import (
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/store"
)

// Statement is one change of a batch: it sets cells of a row, or deletes the row, if all that If asks of the row holds.
type Statement = store.Statement

// StatementError says which statement of a batch cannot be carried out, counted from 0, and why.
type StatementError = store.StatementError

// Committed is what a write to several tables did. Without a Frame nothing was stored.
type Committed struct {
	Frame  ID
	Tables []CommittedTable // by name; those that are as they were too
}

// CommittedTable is what such a write did to one table.
type CommittedTable struct {
	Name string
	Result
}

// Batch carries out all statements, in their order, or none: then the error is a *StatementError where one of them is the
// reason, fault.No when a condition does not hold. Each sees what those before it did. The statements on one table make
// one version of it, and all versions together a frame. Message is what their author says about it.
func (db *DB) Batch(statements []Statement, message string) (Committed, error) {
	user, err := db.user()
	if err != nil {
		return Committed{}, err
	}
	c, err := db.store.Batch(user, message, statements)
	if fault.KindOf(err) == fault.NotFound {
		err = db.hintTable(err, statements)
	}
	return db.committed(c), err
}

// hintTable gives an error about a table that is not there the nearest name as a hint.
func (db *DB) hintTable(err error, statements []Statement) error {
	at, ok := err.(*StatementError)
	if !ok || fault.HintOf(err) != "" {
		return err
	}
	name := statements[at.At].Table
	t, missing := db.Table(name)
	if missing == nil {
		t.Close()
		return err
	}
	return &StatementError{At: at.At, Err: fault.WithHint(at.Err, "%s", fault.HintOf(missing))}
}

func (db *DB) committed(c store.Committed) Committed {
	list := Committed{Frame: c.Frame}
	for _, t := range c.Tables {
		if t.Stored && c.Frame != 0 {
			db.trace("rdb-apply", "--inspect", db.Dir()+"/.reed/tables/"+t.Name+"/"+t.ID.String()+".bsdiff")
		}
		list.Tables = append(list.Tables, CommittedTable{t.Name, resultOf(t.Result)})
	}
	return list
}
