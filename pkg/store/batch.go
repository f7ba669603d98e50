package store

import (
	"errors"
	"maps"
	"slices"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
)

// Statement is one change of a batch: it sets cells of a row, or deletes the row, if all that If asks of the row holds.
type Statement struct {
	Table  string
	Delete bool
	Key    []string
	Cells  []table.Assignment
	If     []table.Condition
}

// StatementError says which statement of a batch cannot be carried out, counted from 0, and why.
type StatementError struct {
	At  int
	Err error
}

// Error returns the reason alone: how a statement is named is for those who wrote the batch.
func (e *StatementError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *StatementError) Unwrap() error { return e.Err }

// Committed is what a write to several tables did.
type Committed struct {
	Frame  stamp.ID // 0 when nothing was stored
	Tables []CommittedTable
}

// CommittedTable is what such a write did to one table.
type CommittedTable struct {
	Name string
	table.Result
}

// Batch carries out all statements, in their order, as one frame, or none: then the error is a *StatementError where one
// of them is the reason, fault.No when a condition does not hold. Each sees what those before it did. The statements on
// one table make one version of it; one that they leave as it was gets none. Note is what the author says about it.
func (s *Store) Batch(user uint64, note string, statements []Statement) (Committed, error) {
	b := batch{statements: statements, edits: map[string]*table.Edit{}}
	b.collect()
	j, err := s.lock(slices.Sorted(maps.Keys(b.first)))
	if err != nil {
		return Committed{}, b.blame(err)
	}
	defer j.close()
	if err := b.begin(j); err != nil {
		return Committed{}, err
	}
	if err := b.perform(); err != nil {
		return Committed{}, err
	}
	for _, t := range j.tables {
		d, err := b.edits[t.name].Draft(user)
		if err != nil {
			return Committed{}, err
		}
		if d == nil {
			continue
		}
		d.Note = note
		if _, err := t.Stage(*d); err != nil {
			return Committed{}, err
		}
	}
	return j.store(Batch, 0)
}

// batch is statements being carried out.
type batch struct {
	statements []Statement
	first      map[string]int        // the first statement on each table
	keys       map[string][][]string // of all rows, by table
	edits      map[string]*table.Edit
}

func (b *batch) collect() {
	b.first, b.keys = map[string]int{}, map[string][][]string{}
	for i, s := range b.statements {
		if _, known := b.first[s.Table]; !known {
			b.first[s.Table] = i
		}
		b.keys[s.Table] = append(b.keys[s.Table], s.Key)
	}
}

// blame names the statement for which a table could not be locked.
func (b *batch) blame(err error) error {
	var at *tableError
	if errors.As(err, &at) {
		return &StatementError{b.first[at.name], at.err}
	}
	return err
}

// begin makes the tables ready to be changed. What is wrong with one of them is said of the first statement on it.
func (b *batch) begin(j *joint) error {
	for _, t := range j.tables {
		err := t.RefuseDirty()
		if err == nil {
			b.edits[t.name], err = t.Edit()
		}
		if err == nil {
			err = b.edits[t.name].Find(b.keys[t.name]...)
		}
		if err != nil {
			return &StatementError{b.first[t.name], err}
		}
	}
	return nil
}

func (b *batch) perform() error {
	for i, s := range b.statements {
		e, err := b.edits[s.Table], error(nil)
		if s.Delete && len(s.Cells) > 0 {
			err = fault.New(fault.Input, "a row that is deleted has no cells to set")
		} else if s.Delete {
			err = e.Delete(s.Key, s.If...)
		} else {
			err = e.Set(s.Key, s.Cells, s.If...)
		}
		if err != nil {
			return &StatementError{i, err}
		}
	}
	return nil
}
