package store

import (
	"errors"
	"slices"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/table"
)

// Change says what a change of tables is about.
type Change struct {
	Tables []string // their names, in any order
	Make   []string // those of them that need not be there yet
	User   uint64
	Note   string // what the author says about it
	Frame  bool   // it is stored as a frame, whatever the number of tables; else there is one table
}

// Change runs do on tables that are locked, each with the work that is to be done on it, and stores what that comes to: all of it, or
// nothing when do or anything else fails. What do reads of the tables is what they are until it has been stored.
func (s *Store) Change(c Change, do func(map[string]*table.Work) error) (Committed, error) {
	if c.Frame {
		return s.changeFrame(c, do)
	}
	if len(c.Tables) != 1 {
		return Committed{}, fault.New(fault.Other, "a change of %d tables is no frame", len(c.Tables))
	}
	name := c.Tables[0]
	t, err := s.openFor(name, slices.Contains(c.Make, name))
	if err != nil {
		return Committed{}, err
	}
	res, err := t.Write(func(session *table.Session) (*table.Draft, error) {
		w := session.Work()
		if err := do(map[string]*table.Work{name: w}); err != nil {
			return nil, err
		}
		return draftOf(w, c)
	})
	if err = errors.Join(err, t.Close()); err != nil {
		return Committed{}, err
	}
	return Committed{Tables: []CommittedTable{{name, res}}}, nil
}

func (s *Store) openFor(name string, make bool) (*table.Table, error) {
	t, err := s.Table(name)
	if make && fault.KindOf(err) == fault.NotFound {
		return s.MakeTable(name)
	}
	return t, err
}

func draftOf(w *table.Work, c Change) (*table.Draft, error) {
	d, err := w.Draft(c.User)
	if d != nil {
		d.Note = c.Note
	}
	return d, err
}

func (s *Store) changeFrame(c Change, do func(map[string]*table.Work) error) (Committed, error) {
	names := slices.Clone(c.Tables)
	slices.Sort(names)
	j, err := s.lock(slices.Compact(names), c.Make...)
	if err != nil {
		var at *tableError
		if errors.As(err, &at) {
			err = at.err
		}
		return Committed{}, err
	}
	defer j.close()
	work := make(map[string]*table.Work, len(j.tables))
	for _, t := range j.tables {
		if err := t.RefuseDirty(); err != nil {
			return Committed{}, err
		}
		work[t.name] = t.Work()
	}
	if err := do(work); err != nil {
		return Committed{}, err
	}
	for _, t := range j.tables {
		d, err := draftOf(work[t.name], c)
		if err != nil {
			return Committed{}, err
		}
		if d == nil {
			continue
		}
		if _, err := t.Stage(*d); err != nil {
			return Committed{}, err
		}
	}
	return j.store(Batch, 0)
}
