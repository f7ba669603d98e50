package table

import (
	"io"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
)

// header settles a conflict over the header: over the order of the columns, or over the name of one.
func (r *resolver) header(c conflict.Conflict, want Resolution) error {
	now := r.columns
	if now == nil {
		now = r.e.columns
	}
	if !want.Force && !slices.Equal(r.e.columns, c.NowColumns) {
		err := fault.New(fault.No, "table %q: the header was changed since conflict %s was recorded; it is now %s", r.e.s.t.name, c.ID, strings.Join(r.e.columns, "|"))
		return fault.WithHint(err, "'rdb conflict:show %s' shows it; --force settles the conflict all the same", c.ID)
	}
	choice := want.Take
	switch p := sideOf(&c, choice); {
	case choice == TakeValue:
		return fault.New(fault.Input, "conflict %s is over the header, which has no values to set", c.ID)
	case c.IsWhole() && choice == TakeBoth:
		return fault.New(fault.Input, "conflict %s is over the order of the columns: there is only one", c.ID)
	case c.IsWhole():
		now = ordered(now, p.Columns)
	case choice == TakeBoth:
		// It has both columns.
	case p == &c.Base || len(c.Columns) != 3:
		return fault.New(fault.Input, "conflict %s: both sides gave column %q another name; what stood there is in neither", c.ID, c.Columns[0])
	default:
		loser := c.Columns[2]
		if p == &c.Theirs {
			loser = c.Columns[1]
		}
		now = slices.DeleteFunc(slices.Clone(now), func(name string) bool { return name == loser })
	}
	for _, at := range r.e.keyAt {
		if !slices.Contains(now, r.e.columns[at]) {
			return fault.New(fault.Input, "conflict %s: column %q is part of the key", c.ID, r.e.columns[at])
		}
	}
	if !slices.Equal(now, r.e.columns) || r.columns != nil {
		r.columns = now
	}
	return nil
}

// ordered returns columns in the order of like; those it has not stay behind the one before them.
func ordered(columns, like []string) (list []string) {
	for _, name := range like {
		if slices.Contains(columns, name) {
			list = append(list, name)
		}
	}
	for i, name := range columns {
		if slices.Contains(like, name) {
			continue
		}
		at := 0
		if i > 0 {
			at = slices.Index(list, columns[i-1]) + 1
		}
		list = slices.Insert(list, at, name)
	}
	return list
}

// reformed returns the draft that gives the table, with the changes of its rows, other columns.
func (r *resolver) reformed() (*Draft, error) {
	e := r.e
	b, err := e.bytes()
	if err != nil {
		return nil, err
	}
	if b, err = reform(b, e.columns, r.columns); err != nil {
		return nil, err
	}
	key := make([]string, len(e.keyAt))
	for i, at := range e.keyAt {
		key[i] = e.columns[at]
	}
	if err := checkTable("", b, key); err != nil {
		return nil, err
	}
	rules, err := e.s.Rules()
	if err != nil {
		return nil, err
	}
	d, err := e.s.against(b, key)
	if err != nil || d == nil {
		return d, err
	}
	if d.warning, err = judgeText(e.s.t.name, "", rules, b, d.changes); err != nil {
		return nil, err
	}
	if len(e.key) == 0 && r.columns[0] != key[0] {
		d.Schema, err = e.s.keyed(key) // the key is no longer the first column
	}
	return d, err
}

// reform writes a table with other columns: comments and line ends stay.
func reform(text []byte, from, to []string) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for at := 0; at < len(text); {
		r, err := row.Next(text, at)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		out = append(out, text[r.Start:r.Body]...)
		if record := text[r.Body:r.End]; len(record) > 0 {
			fresh, err := project(record, from, to) // the header too, whose cells are the names
			if err != nil {
				return nil, err
			}
			out = append(append(out, fresh...), record[len(trimEOL(record)):]...)
		}
		at = r.End
	}
	return out, nil
}
