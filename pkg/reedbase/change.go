package reedbase

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/relation"
	"github.com/reedbase/reedbase/pkg/spell"
	"github.com/reedbase/reedbase/pkg/store"
	"github.com/reedbase/reedbase/pkg/syntax"
	"github.com/reedbase/reedbase/pkg/table"
)

// A statement that writes is evaluated on the head that it changes, under the lock of its table: what it reads of that table is what
// the statements before it left, and of others what they are.

// write carries out statements, as a frame or a single one.
func (c *Console) write(ctx context.Context, list []kept, frame bool, o Observer) error {
	change, err := c.db.changeOf(list)
	if err != nil {
		return err
	}
	w := &writer{ctx: ctx, db: c.db, catalogue: c.db.Catalogue(), observer: o, place: frame}
	defer w.catalogue.Close()
	if w.bounds, err = c.db.Bounds(); err != nil {
		return err
	}
	change.Note, change.Frame = c.message, frame
	if len(change.Tables) == 0 {
		if err := w.perform(list); err != nil {
			return err
		}
		return tell(o.Wrote, w.written(list, frame, Committed{}))
	}
	if change.User, err = c.db.user(); err != nil {
		return err
	}
	committed, err := c.db.store.Change(change, func(work map[string]*table.Work) error {
		w.catalogue.work = work
		return w.perform(list)
	})
	if err != nil {
		return c.db.missing(err, list)
	}
	return tell(o.Wrote, w.written(list, frame, c.db.committed(committed)))
}

// writtenBy returns the table that a statement writes rows of, or makes or drops; nil if there is none.
func writtenBy(s syntax.Statement) *syntax.Identifier {
	switch s := s.(type) {
	case *syntax.Insert:
		return &s.Table
	case *syntax.Update:
		return &s.Table.Table
	case *syntax.Delete:
		return &s.Table.Table
	case *syntax.CreateTable:
		return &s.Table
	case *syntax.DropTable:
		return &s.Table
	}
	return nil
}

// missing gives an error about a table that statements write, and that is not there, its place and the nearest name as a hint.
func (db *DB) missing(err error, list []kept) error {
	if fault.KindOf(err) != fault.NotFound || fault.HintOf(err) != "" {
		return err
	}
	made := map[string]bool{}
	for _, k := range list {
		id := writtenBy(k.statement)
		if _, makes := k.statement.(*syntax.CreateTable); makes {
			made[id.Name] = true
		}
		if id == nil || made[id.Name] {
			continue
		}
		if hinted := db.hintMissing(err, id.Name); fault.HintOf(hinted) != "" {
			return syntax.At(k.text, id.Pos(), hinted)
		}
	}
	return err
}

// hintMissing gives an error about a table that is not there the nearest name as a hint.
func (db *DB) hintMissing(err error, name string) error {
	if fault.KindOf(err) != fault.NotFound || fault.HintOf(err) != "" {
		return err
	}
	t, missing := db.Table(name)
	if missing != nil {
		return fault.WithHint(err, "%s", fault.HintOf(missing))
	}
	t.Close()
	return err
}

// changeOf returns which tables statements write, and which of them need not be there. A table that is to be dropped if it is there,
// and is not, is none of them.
func (db *DB) changeOf(list []kept) (store.Change, error) {
	names, fresh := map[string]bool{}, map[string]bool{}
	for _, k := range list {
		id := writtenBy(k.statement)
		if id == nil {
			continue
		}
		switch s := k.statement.(type) {
		case *syntax.CreateTable:
			if err := table.CheckName(s.Table.Name); err != nil {
				return store.Change{}, syntax.At(k.text, s.Table.Pos(), err)
			}
			if _, err := tableOf(s, k.text); err != nil {
				return store.Change{}, err // before its folder is made
			}
			names[s.Table.Name], fresh[s.Table.Name] = true, true
		case *syntax.DropTable:
			there, err := db.exists(s.Table.Name)
			if err != nil {
				return store.Change{}, err
			}
			names[s.Table.Name] = names[s.Table.Name] || there || !s.IfExists
		default:
			names[id.Name] = true
		}
	}
	maps.DeleteFunc(names, func(_ string, written bool) bool { return !written })
	return store.Change{Tables: slices.Sorted(maps.Keys(names)), Make: slices.Collect(maps.Keys(fresh))}, nil
}

func (db *DB) exists(name string) (bool, error) {
	t, err := db.store.Table(name)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer t.Close()
	return t.Exists()
}

// writer carries out the statements of one change.
type writer struct {
	ctx       context.Context
	db        *DB
	catalogue *Catalogue
	bounds    exec.Options
	observer  Observer
	place     bool // errors name the place of their statement
	rows      int64
}

func (w *writer) perform(list []kept) error {
	for _, k := range list {
		if err := w.one(k); err != nil {
			return placed(err, k.statement, k.text, w.place)
		}
	}
	return nil
}

func (w *writer) one(k kept) (err error) {
	var n int64
	switch s := k.statement.(type) {
	case *syntax.Insert:
		n, err = w.insert(s, k)
	case *syntax.Update:
		n, err = w.update(s, k)
	case *syntax.Delete:
		n, err = w.delete(s, k)
	case *syntax.CreateTable:
		err = w.create(s, k)
	case *syntax.DropTable:
		err = w.drop(s)
	case *syntax.Query:
		return w.query(s, k)
	case *syntax.Explain:
		text, err := w.db.explain(s, k)
		if err != nil {
			return err
		}
		return tell(w.observer.Plan, text)
	}
	w.rows += n
	return err
}

// query runs a query of a frame, which sees what the statements before it did.
func (w *writer) query(q *syntax.Query, k kept) error {
	rows, err := w.run(q, k, w.catalogue, w.bounds)
	if err != nil {
		return err
	}
	return errors.Join(tell(w.observer.Rows, rows), rows.Rows.Close())
}

// run runs a query with a catalogue that stays open.
func (w *writer) run(q *syntax.Query, k kept, c plan.Catalogue, bounds exec.Options) (*Rows, error) {
	p, err := plan.Make(q, c, k.parameters, k.planned(q))
	if err != nil {
		return nil, err
	}
	rows, err := exec.Run(w.ctx, p, bounds)
	if err != nil {
		return nil, err
	}
	return &Rows{Rows: rows, plan: p, catalogue: &Catalogue{}}, nil
}

// each runs a query and calls do with each of its rows, which is valid until the next. They are no result: there may be any number of them.
func (w *writer) each(q *syntax.Query, k kept, c plan.Catalogue, do func([]cell.Value) error) (err error) {
	bounds := w.bounds
	bounds.MaxRows = 0
	rows, err := w.run(q, k, c, bounds)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Rows.Close()) }()
	for values := range rows.All() {
		if err := do(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// written says what the statements did.
func (w *writer) written(list []kept, frame bool, c Committed) Written {
	name := "COMMIT"
	if !frame {
		switch list[0].statement.(type) {
		case *syntax.Insert:
			name = "INSERT"
		case *syntax.Update:
			name = "UPDATE"
		case *syntax.Delete:
			name = "DELETE"
		case *syntax.CreateTable:
			name = "CREATE TABLE"
		case *syntax.DropTable:
			name = "DROP TABLE"
		}
	}
	return Written{Statement: name, Rows: w.rows, Committed: c}
}

// target is a table as a statement that writes finds it.
type target struct {
	*relation.Relation
	name string
	edit *table.Edit // nil for a statement that is only explained
}

// target returns a table that is to be written.
func (c *Catalogue) target(id syntax.Identifier, text string) (*target, error) {
	r, edit, err := c.current(id.Name)
	if err != nil {
		return nil, syntax.At(text, id.Pos(), c.db.hintMissing(err, id.Name))
	}
	return &target{r, id.Name, edit}, nil
}

// current returns a table as it stands or, while it is being written, as it is so far.
func (c *Catalogue) current(name string) (*relation.Relation, *table.Edit, error) {
	w, locked := c.work[name]
	if !locked {
		r, err := c.asItStands(name)
		return r, nil, err
	}
	e, err := w.Edit()
	if err != nil {
		return nil, nil, err
	}
	text, err := e.Text()
	if err != nil {
		return nil, nil, err
	}
	r, err := relationOf(name, text.ReaderAt, text.Size)
	if err != nil {
		return nil, nil, err
	}
	rules, err := e.Rules()
	if err != nil {
		return nil, nil, err
	}
	setRules(r, rules)
	return r, e, nil
}

// column returns the place of a column that a statement names: one that is written so, else the only one that differs in case.
func (t *target) column(id syntax.Identifier, text string) (int, error) {
	found := -1
	names := make([]string, len(t.Header))
	for i, c := range t.Header {
		names[i] = c.Name
		switch {
		case c.Name == id.Name:
			return i, nil
		case strings.EqualFold(c.Name, id.Name) && found < 0:
			found = i
		case strings.EqualFold(c.Name, id.Name):
			return 0, syntax.At(text, id.Pos(), fault.New(fault.Input, "the name %q is ambiguous", id.Name))
		}
	}
	if found >= 0 {
		return found, nil
	}
	err := fault.New(fault.NotFound, "table %q has no column %q", t.name, id.Name)
	if near := spell.Nearest(id.Name, names); near != "" {
		err = fault.WithHint(err, "did you mean %q?", near)
	} else {
		err = fault.WithHint(err, "the columns are %s", listed(names))
	}
	return 0, syntax.At(text, id.Pos(), err)
}

// isKey reports whether a column is part of the key.
func (t *target) isKey(at int) bool { return slices.Contains(t.KeyAt, at) }

// text returns what a cell of a column holds when a value is put into it.
func (t *target) text(at int, v cell.Value) string {
	return string(t.Header[at].Type.AppendCell(nil, v))
}
