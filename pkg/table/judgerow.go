package table

import (
	"bytes"
	"cmp"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
)

// A write of rows is held against the rules of the table row by row: nobody looks at rows that it leaves alone, but for a value
// that has to be unique.

// judge returns the error of changes that break a strict rule, and what is to be said of those that break another.
func (e *Edit) judge() (warning string, err error) {
	rules, err := e.Rules()
	if err != nil || rules.none() {
		return "", err
	}
	v := verdict{table: e.s.t.name}
	changed := e.changed()
	if rules.Keys != rbks.Off && len(e.keyAt) == 1 {
		for _, r := range changed {
			if r.old != nil {
				continue
			}
			key := row.Key(r.now, e.keyAt)
			if problem := rbks.Check(key, rules.Words); problem != nil {
				v.key(rules.Keys, Break{}, problem)
			}
		}
	}
	if rules.ofCells() && len(changed) > 0 {
		if err := e.judgeCells(&v, rules.Schema, changed); err != nil {
			return "", err
		}
	}
	return v.settle()
}

// changed returns the rows that are not as they were, those that are gone aside, in the order of the new text.
func (e *Edit) changed() (list []*editedRow) {
	for _, r := range e.rows {
		if r.now != nil && !r.moved && !bytes.Equal(r.old, r.now) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *editedRow) int { return cmp.Compare(a.at.Start, b.at.Start) })
	for _, r := range e.added {
		if r != nil {
			list = append(list, r)
		}
	}
	return list
}

// judgeCells holds the changed rows against the schema.
func (e *Edit) judgeCells(v *verdict, s *schema.Schema, changed []*editedRow) error {
	bound, err := s.Bind(e.columns)
	if err != nil {
		return err
	}
	u := &uniqueness{e: e, v: bound, at: make([]map[string]*holder, len(bound.Sets()))}
	if err := u.look(changed); err != nil {
		return err
	}
	for _, r := range changed {
		record := trimEOL(r.now)
		list, err := bound.Changed(0, record, func(set schema.Set, key []byte) (int, bool, error) { return u.twin(r, set, key) })
		if err != nil {
			return err
		}
		v.cells(s.Level, string(row.Key(record, e.keyAt)), list)
	}
	return nil
}

// uniqueness knows who holds the values that the changed rows hold too and that no two rows may.
type uniqueness struct {
	e  *Edit
	v  *schema.Validator
	at []map[string]*holder // by set, then by value
}

// holder is where a value stands: in changed rows, and in the head.
type holder struct {
	first *editedRow // the first of the changed rows
	line  int        // of a row of the head that is left alone; 0 for none
}

// look finds out who holds what. Values that a row had before are nobody's new concern.
func (u *uniqueness) look(changed []*editedRow) error {
	wanted := 0
	for i, set := range u.v.Sets() {
		u.at[i] = map[string]*holder{}
		for _, r := range changed {
			key, ok := u.v.Key(nil, trimEOL(r.now), set)
			if !ok || u.kept(r, set, key) {
				continue
			}
			if _, known := u.at[i][string(key)]; !known {
				u.at[i][string(key)] = &holder{first: r}
				wanted++
			}
		}
	}
	if wanted == 0 {
		return nil
	}
	return u.search()
}

// kept reports whether a row held the value before, or is told from others by its key anyway.
func (u *uniqueness) kept(r *editedRow, set schema.Set, key []byte) bool {
	if r.old == nil {
		return set.PrimaryKey && u.v.IsText(set)
	}
	before, ok := u.v.Key(nil, trimEOL(r.old), set)
	return ok && bytes.Equal(before, key)
}

// search looks for the values in the head, by the indices where there are, else in one pass.
func (u *uniqueness) search() error {
	touched := map[int64]bool{}
	for _, r := range u.e.rows {
		if r.old != nil {
			touched[int64(r.at.Body)] = true
		}
	}
	if done, err := u.ask(touched); done || err != nil {
		return err
	}
	if s := u.e.s; s.group && len(s.staged) > 0 && u.e.head.Size >= minIndexed {
		return errUnasked
	}
	return u.pass(touched)
}

// errUnasked leaves a change to who waits with it: when it has the lock an index tells what here all of the text would have to be
// looked through for, while others wait.
var errUnasked = fault.New(fault.Busy, "values that have to be unique are looked up by who writes them")

// ask asks the indices. It reports false where they do not know.
func (u *uniqueness) ask(touched map[int64]bool) (done bool, err error) {
	for i, set := range u.v.Sets() {
		if len(u.at[i]) == 0 {
			continue
		}
		index := u.e.s.openUnique(u.e.head, u.e.columns, u.v, set)
		if index == nil {
			return false, nil
		}
		defer index.m.Close()
		for key, h := range u.at[i] {
			at, sure := index.find([]byte(key), touched)
			if !sure {
				return false, nil
			}
			if at == 0 {
				continue
			}
			if h.line, err = lineAt(u.e.head, at); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

func (u *uniqueness) pass(touched map[int64]bool) error {
	var key []byte
	return row.Each(u.e.head, u.e.head.Size, func(at int64, record []byte) error {
		for i, set := range u.v.Sets() {
			var ok bool
			if len(u.at[i]) == 0 {
				continue
			}
			if key, ok = u.v.Key(key[:0], trimEOL(record), set); !ok {
				continue
			}
			h := u.at[i][string(key)]
			if h == nil || h.line > 0 || touched[at] {
				continue
			}
			var err error
			if h.line, err = lineAt(u.e.head, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// twin is a schema.Lookup for a changed row.
func (u *uniqueness) twin(r *editedRow, set schema.Set, key []byte) (line int, found bool, err error) {
	for i, other := range u.v.Sets() {
		if !slices.Equal(other.Columns, set.Columns) {
			continue
		}
		h := u.at[i][string(key)]
		if h == nil || u.kept(r, set, key) {
			return 0, false, nil
		}
		return h.line, h.line > 0 || h.first != r, nil
	}
	return 0, false, nil
}

// lineAt returns the number of the line, counted from 1, that begins at an offset.
func lineAt(r io.ReaderAt, at int64) (int, error) {
	n, err := countLines(text{ReaderAt: r, size: at})
	return int(n) + 1, err
}
