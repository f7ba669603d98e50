package reedbase

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/relation"
	"github.com/reedbase/reedbase/pkg/syntax"
	"github.com/reedbase/reedbase/pkg/table"
)

// rowEdit is what a statement makes of a row.
type rowEdit struct {
	key   []string
	cells []table.Assignment
}

// update carries out UPDATE. All values are computed from the table as it was before the first row changes.
func (w *writer) update(s *syntax.Update, k kept) (int64, error) {
	t, err := w.catalogue.target(s.Table.Table, k.text)
	if err != nil {
		return 0, err
	}
	columns, err := t.assigned(s.Set, k.text)
	if err != nil {
		return 0, err
	}
	query := updateQuery(s, t)
	var list []rowEdit
	width := len(t.KeyAt)
	err = w.each(query, k, w.narrowed(t, s.Table, s.Where, k), func(values []cell.Value) error {
		list = append(list, rowEdit{t.key(values), t.assignments(columns, values[width:])})
		return nil
	})
	if err != nil {
		return 0, err
	}
	return w.apply(t, list)
}

// apply changes rows that are there.
func (w *writer) apply(t *target, list []rowEdit) (int64, error) {
	if err := t.find(list); err != nil {
		return 0, err
	}
	for _, r := range list {
		if err := t.edit.Set(r.key, r.cells); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), nil
}

// delete carries out DELETE.
func (w *writer) delete(s *syntax.Delete, k kept) (int64, error) {
	t, err := w.catalogue.target(s.Table.Table, k.text)
	if err != nil {
		return 0, err
	}
	var list []rowEdit
	err = w.each(deleteQuery(s, t), k, w.narrowed(t, s.Table, s.Where, k), func(values []cell.Value) error {
		list = append(list, rowEdit{key: t.key(values)})
		return nil
	})
	if err == nil {
		err = t.find(list)
	}
	if err != nil {
		return 0, err
	}
	for _, r := range list {
		if err := t.edit.Delete(r.key); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), nil
}

// find looks for the rows to be changed in one pass.
func (t *target) find(list []rowEdit) error {
	keys := make([][]string, len(list))
	for i, r := range list {
		keys[i] = r.key
	}
	return t.edit.Find(keys...)
}

// key returns the cells of a row's key, which stand first in what was selected.
func (t *target) key(values []cell.Value) []string {
	key := make([]string, len(t.KeyAt))
	for i := range key {
		key[i] = string(values[i].AppendText(nil))
	}
	return key
}

func (t *target) assignments(columns []int, values []cell.Value) []table.Assignment {
	list := make([]table.Assignment, len(columns))
	for i, at := range columns {
		list[i] = table.Assignment{Column: t.Header[at].Name, Value: t.text(at, values[i])}
	}
	return list
}

// assigned returns the columns that SET changes: none twice, and none of the key.
func (t *target) assigned(set []syntax.Assignment, text string) ([]int, error) {
	columns, seen := make([]int, len(set)), map[int]bool{}
	for i, a := range set {
		at, err := t.column(a.Column, text)
		if err != nil {
			return nil, err
		}
		switch {
		case seen[at]:
			return nil, syntax.At(text, a.Column.Pos(), fault.New(fault.Input, "column %q is set twice", a.Column.Name))
		case t.isKey(at):
			err := fault.New(fault.Input, "column %q is part of the key, by which a row is known", a.Column.Name)
			return nil, syntax.At(text, a.Column.Pos(), fault.WithHint(err, "INSERT the row under its new key and DELETE the old one"))
		}
		columns[i], seen[at] = at, true
	}
	return columns, nil
}

// updateQuery selects the keys of the rows that an UPDATE is about, and what it sets.
func updateQuery(s *syntax.Update, t *target) *syntax.Query {
	items := t.keyItems()
	for _, a := range s.Set {
		items = append(items, syntax.Item{Span: a.Span, Expression: a.Value})
	}
	return selectFrom(items, s.Table, s.Where, s.Span)
}

func deleteQuery(s *syntax.Delete, t *target) *syntax.Query {
	return selectFrom(t.keyItems(), s.Table, s.Where, s.Span)
}

func (t *target) keyItems() (items []syntax.Item) {
	for _, at := range t.KeyAt {
		items = append(items, syntax.Item{Expression: &syntax.Column{Path: []syntax.Identifier{{Name: t.Header[at].Name}}}})
	}
	return items
}

func selectFrom(items []syntax.Item, from *syntax.Table, where syntax.Expression, span syntax.Span) *syntax.Query {
	core := &syntax.Select{Span: span, Items: items, From: &syntax.From{Span: from.Span, First: from}, Where: where}
	return &syntax.Query{Span: span, First: core}
}

// narrowed returns the catalogue in which the table of a statement has no rows but those that its WHERE can hold for, where that names
// their keys: they are found without reading the table. WHERE is asked of them all the same.
func (w *writer) narrowed(t *target, from *syntax.Table, where syntax.Expression, k kept) plan.Catalogue {
	keys, ok := t.keysOf(where, from, k.parameters)
	if !ok {
		return w.catalogue
	}
	return &pointed{Catalogue: w.catalogue, target: t, keys: keys}
}

// pointed is a catalogue that gives a table, when it is asked for first, with no rows but those of some keys.
type pointed struct {
	*Catalogue
	target *target
	keys   [][]string
	asked  bool
}

// Table returns a table. The first that a statement asks for is the one that it writes.
func (p *pointed) Table(name string, asOf cell.Value) (plan.Relation, error) {
	if p.asked || name != p.target.name || !asOf.IsNull() {
		return p.Catalogue.Table(name, asOf)
	}
	p.asked = true
	var records [][]byte
	for _, key := range p.keys {
		record, err := p.target.edit.Record(key)
		if err != nil {
			return nil, err
		}
		if record != nil {
			records = append(records, record)
		}
	}
	r := *p.target.Relation
	r.Search, r.Count, r.Begin = nil, int64(len(records)), func() (plan.Source, error) { return relation.OfRecords(r.Header, records), nil }
	return &r, nil
}
