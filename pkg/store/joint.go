package store

import (
	"errors"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
)

// joint is several tables that are locked at once. All are, in the order of their names as with everybody who locks
// several, before the first version is staged: so those that become heads can share one id, the frame's.
type joint struct {
	s      *Store
	tables []*locked
	side   stamp.ID // of side versions, where a table has one; below id
	id     stamp.ID // 0 before the first is staged
}

// locked is one table of a joint.
type locked struct {
	*table.Session
	name   string
	merges bool // its first version is a side version, and its second the merge
	opened []io.Closer
	result table.Result // once the frame is stored
}

// tableError says for which of several tables something went wrong.
type tableError struct {
	name string
	err  error
}

func (e *tableError) Error() string { return e.err.Error() }
func (e *tableError) Unwrap() error { return e.err }

// lock locks the tables of these names, which are sorted and differ; an error about one of them is a *tableError. Those that
// fresh names too need not be there. The caller closes the joint.
func (s *Store) lock(names []string, fresh ...string) (*joint, error) {
	j := &joint{s: s}
	for _, name := range names {
		if err := j.add(name, slices.Contains(fresh, name)); err != nil {
			j.close()
			return nil, &tableError{name, err}
		}
	}
	return j, nil
}

func (j *joint) add(name string, fresh bool) error {
	o, err := j.s.tableOptions()
	if err != nil {
		return err
	}
	t := &locked{name: name}
	o.Mint = func(seen stamp.ID) (stamp.ID, error) { return j.mint(t, seen) }
	opened, err := table.Open(j.s.tables, name, o)
	if fresh && fault.KindOf(err) == fault.NotFound {
		opened, err = table.Make(j.s.tables, name, o)
	}
	if err != nil {
		return err
	}
	t.opened = append(t.opened, opened)
	j.tables = append(j.tables, t)
	if t.Session, err = opened.Begin(); err != nil {
		return err
	}
	t.opened = append(t.opened, t.Session)
	if fresh && t.Head().ID == 0 {
		return t.Announce()
	}
	return nil
}

// mint gives all tables that have one version to stage the same id, and those that merge a lower one first.
func (j *joint) mint(t *locked, seen stamp.ID) (stamp.ID, error) {
	if j.id == 0 {
		if err := j.reserve(); err != nil {
			return 0, err
		}
	}
	switch {
	case t.merges && seen < j.side:
		return j.side, nil
	case seen < j.id:
		return j.id, nil
	}
	return 0, fault.New(fault.Other, "table %q: a frame has one new head of a table", t.name)
}

func (j *joint) reserve() (err error) {
	seen, merges := stamp.ID(0), false
	for _, t := range j.tables {
		seen, merges = max(seen, t.Head().ID), merges || t.merges
	}
	if merges {
		if j.side, err = j.s.mint(seen); err != nil {
			return err
		}
	}
	j.id, err = j.s.mint(max(seen, j.side))
	return err
}

// store stores the staged versions of all tables, or none of them. Without any there is no frame. The result names all
// tables, those without a version too.
func (j *joint) store(purpose Purpose, of stamp.ID) (c Committed, err error) {
	f := frame{purpose: purpose, of: of}
	for _, t := range j.tables {
		t.result = table.Result{ID: t.Head().ID}
		for _, line := range t.Staged() {
			f.parts = append(f.parts, FramePart{t.name, line})
		}
	}
	if len(f.parts) > 0 {
		c.Frame = f.id()
		if err := j.commit(&f); err != nil {
			return Committed{}, err
		}
	}
	for _, t := range j.tables {
		c.Tables = append(c.Tables, CommittedTable{t.name, t.result})
	}
	return c, nil
}

// drafted returns what store would do, without a frame.
func (j *joint) drafted() (c Committed) {
	for _, t := range j.tables {
		t.result = table.Result{ID: t.Head().ID}
		if list := t.Drafted(); len(list) > 0 {
			t.result = list[len(list)-1]
		}
		c.Tables = append(c.Tables, CommittedTable{t.name, t.result})
	}
	return c
}

func (j *joint) commit(f *frame) error {
	pending, err := j.s.pending()
	if err != nil {
		return err
	}
	defer pending.Close()
	name := f.id().String()
	if err := pending.Create(name, name+tempSuffix, f.encode()); err != nil {
		if fault.KindOf(err) == fault.Unknown {
			j.keep() // should the frame be there, whoever opens the database next needs its deltas
		}
		return err
	}
	j.keep()
	if !j.publish(name) {
		return nil
	}
	if err := j.s.retire(name); err != nil {
		j.s.warn("frame " + name + " is stored and carried out; it could not be put away: " + err.Error())
	}
	return nil
}

func (j *joint) keep() {
	for _, t := range j.tables {
		t.Keep()
	}
}

// publish carries the frame out, and reports whether all of it is. It is committed: what cannot be done now is done by
// whoever opens the database next.
func (j *joint) publish(frame string) (done bool) {
	done = true
	for _, t := range j.tables {
		list := t.Drafted()
		if len(list) == 0 {
			continue
		}
		t.result = list[len(list)-1]
		published, err := t.Publish()
		if err != nil {
			j.s.warn("frame " + frame + " is stored; table " + t.name + " follows later: " + err.Error())
			done = false
			continue
		}
		t.result = published[len(published)-1]
	}
	return done
}

// close unlocks the tables. What was staged and not committed is taken back.
func (j *joint) close() error {
	var err error
	for _, t := range slices.Backward(j.tables) {
		for _, c := range slices.Backward(t.opened) {
			err = errors.Join(err, c.Close())
		}
	}
	return err
}
