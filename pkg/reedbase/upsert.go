package reedbase

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/relation"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// upsert inserts rows, and does what ON CONFLICT says with those whose key is there. Updates wait until they are many, and are then
// computed by one query over the rows that are there and those that were to be inserted; a row whose key waits already comes after it.
type upsert struct {
	w        *writer
	k        kept
	t        *target
	conflict *syntax.Conflict // nil: a row that is there is an error
	columns  []int            // that an update sets
	query    *syntax.Query    // of updates; nil when there are none
	waiting  []rowEdit
	keys     map[string]bool // that wait
	rows     int64           // inserted or updated
}

// The names of the relations that updates are computed from. Nobody can write a NUL, so no other is meant.
const (
	thereName    = "\x00there"
	excludedName = "\x00excluded"
	excluded     = "excluded"
)

func newUpsert(w *writer, t *target, s *syntax.Insert, k kept) (*upsert, error) {
	u := &upsert{w: w, k: k, t: t, conflict: s.Conflict, keys: map[string]bool{}}
	if u.conflict == nil {
		return u, nil
	}
	if err := u.checkKey(); err != nil {
		return nil, err
	}
	if len(u.conflict.Set) == 0 {
		return u, nil
	}
	var err error
	if u.columns, err = t.assigned(u.conflict.Set, k.text); err == nil {
		u.makeQuery(s.Table.Name)
	}
	return u, err
}

// checkKey refuses ON CONFLICT over other columns than the key's.
func (u *upsert) checkKey() error {
	var at []int
	for _, id := range u.conflict.Columns {
		i, err := u.t.column(id, u.k.text)
		if err != nil {
			return err
		}
		at = append(at, i)
	}
	slices.Sort(at)
	if key := slices.Sorted(slices.Values(u.t.KeyAt)); at != nil && !slices.Equal(at, key) {
		err := fault.New(fault.Input, "ON CONFLICT is about the key, which is %s", u.t.listed(u.t.KeyAt))
		return syntax.At(u.k.text, u.conflict.Columns[0].Pos(), err)
	}
	return nil
}

// makeQuery makes the query of updates: the number of a waiting row, and what it sets.
func (u *upsert) makeQuery(name string) {
	number := u.numberName()
	where := u.conflict.Where
	items := []syntax.Item{{Expression: columnOf(excluded, number)}}
	for _, a := range u.conflict.Set {
		items = append(items, syntax.Item{Span: a.Span, Expression: a.Value})
	}
	from := &syntax.From{
		First: &syntax.Table{Table: syntax.Identifier{Name: thereName}, Alias: &syntax.Identifier{Name: name}},
		Joins: []syntax.Join{{
			Source: &syntax.Table{Table: syntax.Identifier{Name: excludedName}, Alias: &syntax.Identifier{Name: excluded}},
			On:     &syntax.Binary{Operator: syntax.Equal, X: columnOf(name, number), Y: columnOf(excluded, number)},
		}},
	}
	core := &syntax.Select{Span: u.conflict.Span, Items: items, From: from, Where: where}
	u.query = &syntax.Query{Span: u.conflict.Span, First: core}
}

// numberName returns a name for the column of numbers that no column of the table has.
func (u *upsert) numberName() string {
	name := "\x00"
	for slices.ContainsFunc(u.t.Header, func(c plan.Column) bool { return c.Name == name }) {
		name += "\x00"
	}
	return name
}

func columnOf(table, name string) *syntax.Column {
	c := &syntax.Column{}
	for _, part := range strings.Split(table, ".") {
		c.Path = append(c.Path, syntax.Identifier{Name: part})
	}
	c.Path = append(c.Path, syntax.Identifier{Name: name})
	return c
}

// add inserts a row, or has it wait for an update.
func (u *upsert) add(r rowEdit) error {
	id := joinCells(r.key)
	if u.keys[id] {
		if err := u.flush(); err != nil {
			return err
		}
	}
	record, err := u.t.edit.Record(r.key)
	switch {
	case err != nil:
		return err
	case record == nil:
		u.rows++
		return u.t.edit.Set(r.key, r.cells)
	case u.conflict == nil:
		return u.t.twin(r.key)
	case u.query == nil:
		return nil
	}
	u.waiting = append(u.waiting, r)
	u.keys[id] = true
	return nil
}

// flush carries out the updates that wait.
func (u *upsert) flush() error {
	if len(u.waiting) == 0 {
		return nil
	}
	var list []rowEdit
	err := u.w.each(u.query, u.k, &conflicting{u.w.catalogue, u}, func(values []cell.Value) error {
		r := u.waiting[values[0].Integer()]
		list = append(list, rowEdit{r.key, u.t.assignments(u.columns, values[1:])})
		return nil
	})
	if err != nil {
		return err
	}
	n, err := u.w.apply(u.t, list)
	u.rows += n
	u.waiting = nil
	clear(u.keys)
	return err
}

// conflicting is a catalogue with the rows that are there and those that were to be inserted.
type conflicting struct {
	*Catalogue
	u *upsert
}

// Table returns one of the two, or any other table.
func (c *conflicting) Table(name string, asOf cell.Value) (plan.Relation, error) {
	switch name {
	case thereName:
		return c.u.numbered(func(r rowEdit) ([]byte, error) { return c.u.t.edit.Record(r.key) }, false)
	case excludedName:
		return c.u.numbered(c.u.recordOf, true)
	}
	return c.Catalogue.Table(name, asOf)
}

// numbered returns a record for each row that waits, with its number behind the columns. Named says that names without the table mean
// none of them.
func (u *upsert) numbered(record func(rowEdit) ([]byte, error), named bool) (plan.Relation, error) {
	columns := append(slices.Clone(u.t.Header), plan.Column{Name: u.numberName(), Type: cell.Integer})
	rows := make([][]cell.Value, len(u.waiting))
	for i, r := range u.waiting {
		b, err := record(r)
		if err != nil {
			return nil, err
		}
		if rows[i], err = relation.Values(u.t.Header, b); err != nil {
			return nil, err
		}
		rows[i] = append(rows[i], cell.FromInteger(int64(i)))
	}
	r := relation.List(columns, int64(len(rows)), func(yield func([]cell.Value, error) bool) {
		for _, values := range rows {
			if !yield(values, nil) {
				return
			}
		}
	})
	r.KeyAt, r.Modifiers, r.Named = u.t.KeyAt, u.t.Modifiers, named
	return r, nil
}

// recordOf returns the row that was to be inserted as the table would have it.
func (u *upsert) recordOf(r rowEdit) ([]byte, error) {
	cells := make([][]byte, len(u.t.Header))
	for i, at := range u.t.KeyAt {
		cells[at] = []byte(r.key[i])
	}
	for at, c := range u.t.Header {
		for _, a := range r.cells {
			if a.Column == c.Name {
				cells[at] = []byte(a.Value)
			}
		}
	}
	return row.AppendRecord(nil, cells, ""), nil
}
