package table

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Rollback stores a new version with the content of version id, byte for byte, and the schema that it had. It also brings a deleted table back.
func (t *Table) Rollback(user uint64, id stamp.ID) (Result, error) {
	return t.Write(func(s *Session) (*Draft, error) { return s.rollback(user, id) })
}

func (s *Session) rollback(user uint64, id stamp.ID) (*Draft, error) {
	lines, err := s.t.readLines()
	if err != nil {
		return nil, err
	}
	x := indexOf(lines)
	line, ok := x.line(id)
	if !ok {
		return nil, s.t.noVersion(id.String())
	}
	if line.Action == verlog.Delete {
		return nil, fault.New(fault.Input, "version %s deleted the table; there is nothing to go back to", id)
	}
	b, err := s.t.contentOrEmpty(id, x)
	if err != nil {
		return nil, err
	}
	was, err := s.t.schemaAt(id, x)
	if err != nil {
		return nil, err
	}
	now, err := s.schemaText()
	if err != nil {
		return nil, err
	}
	return s.goBackTo(user, b, was, sameSchema(was, now))
}

// goBackTo makes the draft that brings a content and the schema that it had back; nil when the table has both. It is not held
// against the schema: it stood under that before.
func (s *Session) goBackTo(user uint64, content, schema []byte, same bool) (*Draft, error) {
	key, err := parseKeys(schema)
	if err != nil {
		return nil, err
	}
	d, err := s.against(content, key)
	if err != nil || d == nil && same {
		return nil, err
	}
	if d == nil {
		if d, err = s.unchanged(); err != nil {
			return nil, err
		}
	}
	if d.Action, d.User = verlog.Rollback, user; !same {
		d.Schema = orNone(schema)
	}
	return d, nil
}

// GoBack works out what makes the table what it was at a moment, the last id of which is until: nil when it is that
// already. cut is the version whose content it gets, 0 when the table did not exist then.
func (s *Session) GoBack(user uint64, until stamp.ID) (d *Draft, cut stamp.ID, err error) {
	lines, err := s.t.readLines()
	if err != nil {
		return nil, 0, err
	}
	for _, l := range indexOf(lines).ancestry(s.Head().ID) {
		if l.ID > until {
			continue
		}
		if l.Action == verlog.Delete {
			break
		}
		d, err = s.rollback(user, l.ID)
		return d, l.ID, err
	}
	if s.Exists() {
		d, err = s.drop(user)
	}
	return d, 0, err
}

// RollbackRow stores a new version in which one row is as it was in version id: changed back, brought back, or gone.
func (t *Table) RollbackRow(user uint64, id stamp.ID, key []string) (Result, error) {
	return t.Write(func(s *Session) (*Draft, error) {
		e, err := s.Edit()
		if err != nil {
			return nil, err
		}
		if err := e.rollback(id, key); err != nil {
			return nil, err
		}
		d, err := e.Draft(user)
		if d != nil {
			d.Action = verlog.Rollback
		}
		return d, err
	})
}

func (e *Edit) rollback(id stamp.ID, key []string) error {
	key, r, err := e.findSpelled(key)
	if err != nil {
		return err
	}
	name, err := e.joinKey(key)
	if err != nil {
		return err
	}
	was, columns, err := e.s.t.rowAt(id, name, e.key)
	if err != nil {
		return err
	}
	switch {
	case was == nil && r.now == nil:
		return fault.New(fault.NotFound, "row %q is neither in the table nor in version %s", strings.Join(key, "|"), id)
	case was == nil:
		return e.Delete(key)
	}
	cells, err := row.Cells(nil, was)
	if err != nil {
		return err
	}
	same := slices.Equal(columns, e.columns)
	switch {
	case r.now == nil && same:
		e.insertRecord(r, trimEOL(was))
	case r.now == nil:
		e.insert(key, r, e.byName(columns, cells))
	case same:
		r.now = slices.Concat(trimEOL(was), r.now[len(trimEOL(r.now)):])
	default:
		r.now, err = row.Replace(nil, r.now, e.byName(columns, cells))
	}
	return err
}

// byName gives today's columns the cells of a row under older columns; a column that did not exist is emptied.
func (e *Edit) byName(columns []string, cells [][]byte) []row.Edit {
	list := make([]row.Edit, len(e.columns))
	for i, name := range e.columns {
		list[i].Column = i
		for j, old := range columns {
			if old == name && j < len(cells) {
				list[i].Value = cells[j]
			}
		}
	}
	return list
}

// rowAt returns one row's record at version id, nil when it was not there, and the columns of that time.
func (t *Table) rowAt(id stamp.ID, key []byte, names []string) (record []byte, columns []string, err error) {
	c, err := t.content(id, nil)
	if err != nil {
		return nil, nil, err
	}
	defer c.Close()
	s := text{ReaderAt: c, size: c.Size}
	if columns, err = s.columns(); err != nil || columns == nil {
		return nil, nil, err
	}
	_, record, ok, err := row.FindReader(c, c.Size, key, keyIn(columns, names), nil)
	if !ok {
		record = nil
	}
	return record, columns, err
}
