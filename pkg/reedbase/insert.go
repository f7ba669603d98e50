package reedbase

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
	"github.com/reedbase/reedbase/pkg/table"
)

// insert carries out INSERT. Its rows are computed before the first is stored.
func (w *writer) insert(s *syntax.Insert, k kept) (int64, error) {
	t, err := w.catalogue.target(s.Table, k.text)
	if err != nil {
		return 0, err
	}
	columns, err := t.inserted(s, k.text)
	if err != nil {
		return 0, err
	}
	u, err := newUpsert(w, t, s, k)
	if err != nil {
		return 0, err
	}
	var list []rowEdit
	err = w.each(s.Query, k, w.catalogue, func(values []cell.Value) error {
		if err := t.fits(columns, len(values), s, k.text); err != nil {
			return err
		}
		r, err := t.rowOf(columns, values)
		list = append(list, r)
		return err
	})
	if err == nil {
		err = t.find(list)
	}
	if err != nil {
		return 0, err
	}
	for _, r := range list {
		if err := u.add(r); err != nil {
			return 0, err
		}
	}
	return u.rows, u.flush()
}

// inserted returns the columns that rows are inserted into, in the order of their values. The key must be among them.
func (t *target) inserted(s *syntax.Insert, text string) (columns []int, err error) {
	for _, id := range s.Columns {
		at, err := t.column(id, text)
		if err != nil {
			return nil, err
		}
		if slices.Contains(columns, at) {
			return nil, syntax.At(text, id.Pos(), fault.New(fault.Input, "column %q is named twice", id.Name))
		}
		columns = append(columns, at)
	}
	if s.Columns == nil {
		for at := range t.Header {
			columns = append(columns, at)
		}
	}
	for _, at := range t.KeyAt {
		if !slices.Contains(columns, at) {
			return nil, syntax.At(text, s.Pos(), fault.New(fault.Input, "column %q is part of the key and gets no value", t.Header[at].Name))
		}
	}
	return columns, nil
}

// fits returns an error if rows of this many values are no rows of the columns.
func (t *target) fits(columns []int, values int, s *syntax.Insert, text string) error {
	if values == len(columns) {
		return nil
	}
	err := fault.New(fault.Input, "a row has %d values, for %s; here it has %d", len(columns), t.listed(columns), values)
	return syntax.At(text, s.Query.Pos(), err)
}

func (t *target) listed(columns []int) string {
	names := make([]string, len(columns))
	for i, at := range columns {
		names[i] = t.Header[at].Name
	}
	return listed(names)
}

// rowOf returns a row with values of these columns. NULL is no key.
func (t *target) rowOf(columns []int, values []cell.Value) (r rowEdit, err error) {
	r.key = make([]string, len(t.KeyAt))
	for i, at := range columns {
		place := slices.Index(t.KeyAt, at)
		if place < 0 {
			r.cells = append(r.cells, table.Assignment{Column: t.Header[at].Name, Value: t.text(at, values[i])})
			continue
		}
		if values[i].IsNull() {
			return r, fault.New(fault.Input, "column %q is part of the key and cannot be NULL", t.Header[at].Name)
		}
		r.key[place] = t.text(at, values[i])
	}
	return r, nil
}

// twin is the error of a row whose key is there already.
func (t *target) twin(key []string) error {
	err := fault.New(fault.Input, "table %q has a row %q already", t.name, strings.Join(key, "|"))
	return fault.WithHint(err, "ON CONFLICT DO UPDATE or DO NOTHING says what then becomes of it")
}
