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
}

// lock locks the tables of these names, which are sorted and differ. The caller closes the joint.
func (s *Store) lock(names []string) (*joint, error) {
	j := &joint{s: s}
	for _, name := range names {
		if err := j.add(name); err != nil {
			j.close()
			return nil, err
		}
	}
	return j, nil
}

func (j *joint) add(name string) error {
	o, err := j.s.tableOptions()
	if err != nil {
		return err
	}
	m := &locked{name: name}
	o.Mint = func(seen stamp.ID) (stamp.ID, error) { return j.mint(m, seen) }
	t, err := table.Open(j.s.tables, name, o)
	if err != nil {
		return err
	}
	m.opened = append(m.opened, t)
	j.tables = append(j.tables, m)
	if m.Session, err = t.Begin(); err == nil {
		m.opened = append(m.opened, m.Session)
	}
	return err
}

// mint gives all tables that have one version to stage the same id, and those that merge a lower one first.
func (j *joint) mint(m *locked, seen stamp.ID) (stamp.ID, error) {
	if j.id == 0 {
		if err := j.reserve(); err != nil {
			return 0, err
		}
	}
	switch {
	case m.merges && seen < j.side:
		return j.side, nil
	case seen < j.id:
		return j.id, nil
	}
	return 0, fault.New(fault.Other, "table %q: a frame has one new head of a table", m.name)
}

func (j *joint) reserve() (err error) {
	seen, merges := stamp.ID(0), false
	for _, m := range j.tables {
		seen, merges = max(seen, m.Head().ID), merges || m.merges
	}
	if merges {
		if j.side, err = j.s.mint(seen); err != nil {
			return err
		}
	}
	j.id, err = j.s.mint(max(seen, j.side))
	return err
}

// commit stores the staged versions of all tables, or none of them, and returns the frame's id with what became of each
// table that had one, by its name. Without any there is no frame: id is 0.
func (j *joint) commit(purpose Purpose, of stamp.ID) (id stamp.ID, results map[string]table.Result, err error) {
	f := frame{purpose: purpose, of: of}
	for _, m := range j.tables {
		for _, line := range m.Staged() {
			f.parts = append(f.parts, FramePart{m.name, line})
		}
	}
	if len(f.parts) == 0 {
		return 0, nil, nil
	}
	pending, err := j.s.pending()
	if err != nil {
		return 0, nil, err
	}
	defer pending.Close()
	id = f.id()
	if err := pending.Create(id.String(), id.String()+tempSuffix, f.encode()); err != nil {
		if fault.KindOf(err) == fault.Unknown {
			j.keep() // should the frame be there, whoever opens the database next needs its deltas
		}
		return 0, nil, err
	}
	j.keep()
	results, late := j.publish(id)
	if late {
		return id, results, nil
	}
	if err := j.s.retire(pending, id.String()); err != nil {
		j.s.warn("frame " + id.String() + " is stored and carried out; it could not be put away: " + err.Error())
	}
	return id, results, nil
}

func (j *joint) keep() {
	for _, m := range j.tables {
		m.Keep()
	}
}

// publish carries the frame out. It is committed: what cannot be done now is done by whoever opens the database next.
func (j *joint) publish(id stamp.ID) (results map[string]table.Result, late bool) {
	results = map[string]table.Result{}
	for _, m := range j.tables {
		lines := m.Staged()
		if len(lines) == 0 {
			continue
		}
		last := lines[len(lines)-1]
		results[m.name] = table.Result{ID: last.ID, Stored: true, Action: last.Action, DeltaSize: last.Size}
		published, err := m.Publish()
		if err != nil {
			j.s.warn("frame " + id.String() + " is stored; table " + m.name + " follows later: " + err.Error())
			late = true
			continue
		}
		results[m.name] = published[len(published)-1]
	}
	return results, late
}

// close unlocks the tables. What was staged and not committed is taken back.
func (j *joint) close() error {
	var err error
	for _, m := range slices.Backward(j.tables) {
		for _, c := range slices.Backward(m.opened) {
			err = errors.Join(err, c.Close())
		}
	}
	return err
}
