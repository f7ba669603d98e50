package table

import (
	"bytes"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Moment is one state of a row and the version that brought it about.
type Moment struct {
	Line    verlog.Line
	Author  verlog.Line // the version that was merged, where Line is a merge; else Line
	Side    bool        // Line is a side version: the row was so in what its author wrote, and perhaps nowhere else
	Columns []string    // of the table at that version
	Record  []byte      // nil: the version deleted the row
	Changed []string    // columns whose cells it changed; nil where the row came to be
}

// History returns the states of one row, newest first; fault.NotFound when it never was. Where older versions were
// folded away, the oldest moment is the state the row had there. A write that was merged is there as it was made, before the
// merge. The key may be spelled in any way.
func (t *Table) History(key []string) (moments []Moment, err error) {
	err = t.anySpelling(key, func(key []string) error {
		moments, err = t.history(key)
		return err
	})
	return moments, err
}

func (t *Table) history(key []string) ([]Moment, error) {
	var moments []Moment
	err := t.walkHead(func(s step, id []byte, names []string) error {
		m, err := s.moment(id, names)
		if m != nil {
			moments = append(moments, *m)
		}
		return err
	}, key)
	if err != nil {
		return nil, err
	}
	if len(moments) == 0 {
		return nil, fault.New(fault.NotFound, "table %q never had a row %q", t.name, strings.Join(key, "|"))
	}
	slices.Reverse(moments)
	return moments, nil
}

// walkHead walks the versions of the head with the identity of one row.
func (t *Table) walkHead(visit func(s step, id []byte, names []string) error, key []string) error {
	x, err := t.index()
	if err != nil {
		return err
	}
	names, err := t.KeyNames()
	if err != nil {
		return err
	}
	id, err := joinKey(key, max(1, len(names)))
	if err != nil {
		return err
	}
	return t.walk(true, x, names, func(s step) error { return visit(s, id, names) })
}

// moment returns what the step did to the row of key, or nil.
func (s step) moment(key []byte, names []string) (*Moment, error) {
	if s.first != nil {
		return s.firstMoment(key, names)
	}
	for _, c := range s.changes.Rows {
		if !bytes.Equal(c.Key, key) {
			continue
		}
		m := &Moment{Line: s.line, Author: s.author, Side: s.side, Columns: s.changes.NewColumns, Record: c.New}
		if c.Old != nil && c.New != nil {
			cells, err := s.changes.Cells(c)
			if err != nil {
				return nil, err
			}
			for _, cell := range cells {
				m.Changed = append(m.Changed, cell.Column)
			}
		}
		return m, nil
	}
	return nil, nil
}

func (s step) firstMoment(key []byte, names []string) (*Moment, error) {
	if s.first.Size == 0 {
		return nil, nil
	}
	columns, err := (text{ReaderAt: s.first, size: s.first.Size}).columns()
	if err != nil {
		return nil, err
	}
	b, err := s.first.Bytes()
	if err != nil {
		return nil, err
	}
	r, ok, err := row.Find(b, key, keyIn(columns, names))
	if !ok {
		return nil, err
	}
	return &Moment{Line: s.line, Author: s.author, Columns: columns, Record: bytes.Clone(b[r.Body:r.End])}, nil
}

// Blame says which version last set each row that was set after the oldest readable version; all other rows are that
// version's, which is returned as root.
func (t *Table) Blame() (byKey map[string]verlog.Line, root verlog.Line, err error) {
	x, err := t.index()
	if err != nil {
		return nil, root, err
	}
	names, err := t.KeyNames()
	if err != nil {
		return nil, root, err
	}
	byKey = map[string]verlog.Line{}
	err = t.walk(false, x, names, func(s step) error {
		if s.first != nil {
			root = s.line
			return nil
		}
		for _, c := range s.changes.Rows {
			byKey[string(c.Key)] = s.author
		}
		return nil
	})
	return byKey, root, err
}

// BlameCells says which version last set each cell of one row, by column. A column that came later and left the cell
// empty did not set it: it was empty since the row came to be.
func (t *Table) BlameCells(key []string) (byColumn map[string]verlog.Line, err error) {
	moments, err := t.History(key)
	if err != nil {
		return nil, err
	}
	moments = slices.DeleteFunc(moments, func(m Moment) bool { return m.Side })
	if len(moments) == 0 || moments[0].Record == nil {
		return nil, fault.New(fault.NotFound, "table %q has no row %q any more", t.name, strings.Join(key, "|"))
	}
	c, err := t.Read()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	columns, err := c.Columns()
	if err != nil {
		return nil, err
	}
	byColumn = map[string]verlog.Line{}
	for _, m := range slices.Backward(moments) {
		set := m.Changed
		if set == nil {
			set = columns
		}
		for _, c := range set {
			byColumn[c] = m.Author
		}
	}
	return byColumn, nil
}

// index reads the whole log; fault.NotFound when there is no version.
func (t *Table) index() (*index, error) {
	lines, err := t.readLines()
	if err != nil {
		return nil, err
	}
	return indexOf(lines), nil
}

// Lines returns every line of the log, oldest first.
func (t *Table) Lines() ([]verlog.Line, error) { return t.readLines() }

// At returns the text of version id, checked against its hash. The caller closes it.
func (t *Table) At(id stamp.ID) (*Content, error) { return t.content(id, nil) }

// Folded returns a function that says whether the content of a version was folded away. Lines are the whole log.
func (t *Table) Folded(lines []verlog.Line) func(stamp.ID) bool {
	x := indexOf(lines)
	return func(id stamp.ID) bool {
		if snap, ok := x.folded[id]; ok {
			return !t.dir.Exists(deltaName(snap)) // of a version that had a name, or an open conflict
		}
		l, ok := x.line(id)
		return ok && (x.origin(l) < x.compact || x.severed[id])
	}
}
