package reedbase

import (
	"iter"

	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Line is a row and the version that last set it.
type Line struct {
	Record       Record
	Version      Version
	CellVersions []Version // that last set each cell, in the order of the columns; only for one row
}

// Blame yields all rows in the order of the table, or the one row of a key, with who last set them.
func (t *Table) Blame(key ...string) iter.Seq2[Line, error] {
	if len(key) > 0 {
		return t.blameRow(key)
	}
	return func(yield func(Line, error) bool) {
		byKey, root, err := t.t.Blame()
		if err != nil {
			yield(Line{}, err)
			return
		}
		r, err := t.open()
		if err != nil {
			yield(Line{}, err)
			return
		}
		defer r.close()
		versions := t.versionsOf()
		for rec, err := range r.rows() {
			line := Line{Record: rec}
			if err == nil {
				l, ok := byKey[string(row.Key(rec.Raw, r.keyAt))]
				if !ok {
					l = root
				}
				line.Version = versions(l)
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// versionsOf returns a function that names a line's codes, each line once.
func (t *Table) versionsOf() func(verlog.Line) Version {
	names, known := t.db.labels(), map[ID]Version{}
	return func(l verlog.Line) Version {
		v, ok := known[l.ID]
		if !ok {
			v = versionOf(l, names)
			known[l.ID] = v
		}
		return v
	}
}

func (t *Table) blameRow(key []string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		yield(t.blameOne(key))
	}
}

func (t *Table) blameOne(key []string) (line Line, err error) {
	byColumn, err := t.t.BlameCells(key)
	if err != nil {
		return line, err
	}
	if line.Record, err = t.Get(key...); err != nil {
		return line, err
	}
	versions := t.versionsOf()
	for _, c := range line.Record.Columns {
		v := versions(byColumn[c])
		line.CellVersions = append(line.CellVersions, v)
		if v.ID > line.Version.ID {
			line.Version = v
		}
	}
	return line, nil
}

// Moment is one state of a row and the version that brought it about.
type Moment struct {
	Version Version
	Record  *Record  // nil: the version deleted the row
	Changed []string // columns whose cells it changed; none where the row came to be
}

// History returns the states of one row, newest first; fault.NotFound when it never was.
func (t *Table) History(key ...string) ([]Moment, error) {
	t.db.trace("rdb-log", "cat", t.path("version.log"))
	raw, err := t.t.History(key)
	if err != nil {
		return nil, err
	}
	names, err := t.t.KeyNames()
	if err != nil {
		return nil, err
	}
	versions := t.versionsOf()
	list := make([]Moment, len(raw))
	for i, m := range raw {
		list[i] = Moment{Version: versions(m.Line), Changed: m.Changed}
		if list[i].Record, err = recordOf(m.Columns, names, m.Record); err != nil {
			return nil, err
		}
	}
	return list, nil
}
