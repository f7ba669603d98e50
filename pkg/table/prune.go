package table

import (
	"bytes"
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Folding makes old versions cheap: their deltas give way to one snapshot of the oldest version to keep, stored under a
// line of action compact whose base is that version and whose hash is its. Log lines stay.

// Pruned is what a fold did.
type Pruned struct {
	Folded   int      // versions that can no longer be read
	Freed    int64    // bytes
	Snapshot stamp.ID // the line under which the oldest kept version is stored, or 0
}

// Prune keeps the newest keep versions readable, at least one, those that have a name and those of open conflicts; older
// ones, and side versions made from them, keep their log lines alone. Cut short at any point it loses nothing: what it left is removed by the next one, or by Collect.
func (t *Table) Prune(user uint64, keep int) (p Pruned, err error) {
	if keep < 0 {
		return p, fault.New(fault.Input, "%d is no number of versions to keep", keep)
	}
	s, err := t.Begin()
	if err != nil {
		return p, err
	}
	defer s.Close()
	if err := s.RefuseDirty(); err != nil {
		return p, err
	}
	x, err := s.index()
	if err != nil {
		return p, err
	}
	cut, older := x.cut(s.Head().ID, max(1, keep))
	if len(older) == 0 {
		freed, err := t.removeFolded(x)
		return Pruned{Freed: freed}, err
	}
	wanted, disputed, err := t.wanted(x)
	if err != nil {
		return p, err
	}
	if len(disputed) > maxDisputed {
		// A snapshot for each would cost more than the deltas of all.
		if cut, older = x.cutBefore(s.Head().ID, keep, slices.Min(disputed)); len(older) == 0 {
			return p, nil
		}
	}
	needed, sides := []stamp.ID{cut.ID}, x.severedBy(cut.ID, sidesOf(x.lines))
	for id := range wanted {
		if _, ok := x.line(id); ok && (id < cut.ID || sides[id]) && !x.unreadable(id) {
			needed = append(needed, id)
		}
	}
	slices.Sort(needed)
	for _, id := range needed {
		if p.Snapshot, err = s.fold(id, x, user); err != nil {
			return p, err
		}
	}
	p.Folded = len(older)
	x = indexOf(s.v.log.lines)
	p.Freed, err = t.removeFolded(x)
	return p, err
}

// cut returns the oldest version to keep, and the readable ones before it. A version that deleted the table has nothing to
// read and is not counted: what a deleted table held last can be brought back, and no snapshot of nothing becomes its head.
func (x *index) cut(head stamp.ID, keep int) (cut verlog.Line, older []verlog.Line) {
	all := x.ancestry(head)
	all = slices.DeleteFunc(all, func(l verlog.Line) bool {
		return l.ID < x.compact || x.origin(l) != l.ID || l.Action == verlog.Delete
	})
	if len(all) <= keep {
		return cut, nil
	}
	return all[keep-1], all[keep:]
}

// maxDisputed is for how many versions of open conflicts snapshots are made; more of them keep all that came after the oldest.
const maxDisputed = 16

// cutBefore is cut, but at version id at the latest.
func (x *index) cutBefore(head stamp.ID, keep int, id stamp.ID) (cut verlog.Line, older []verlog.Line) {
	for keep = max(1, keep); ; keep++ {
		if cut, older = x.cut(head, keep); len(older) == 0 || cut.ID <= id {
			return cut, older
		}
	}
}

// fold stores the content of version id as a snapshot under a line of its own, unless that was done before.
func (s *Session) fold(id stamp.ID, x *index, user uint64) (stamp.ID, error) {
	if snap, ok := x.folded[id]; ok {
		return snap, nil
	}
	c, err := s.t.content(id, x)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	b, err := c.Bytes()
	if err != nil {
		return 0, err
	}
	line, _ := x.line(id)
	d := Draft{Action: verlog.Compact, User: user, Delta: delta.Snapshot(b), Hash: line.Hash, Base: id}
	staged, err := s.Stage(d)
	if err != nil {
		return 0, err
	}
	_, err = s.Publish()
	return staged.ID, err
}

// unreadable reports whether version id was folded away before.
func (x *index) unreadable(id stamp.ID) bool {
	_, kept := x.folded[id]
	return !kept && (id < x.compact || x.severed[id])
}

// wanted are the versions that stay readable whatever their age: those that have a name, and those of open conflicts, which
// are also returned by themselves.
func (t *Table) wanted(x *index) (wanted map[stamp.ID]bool, disputed []stamp.ID, err error) {
	tags, err := t.Tags()
	if err != nil {
		return nil, nil, err
	}
	open, _, err := t.openConflicts(x.lines)
	if err != nil {
		return nil, nil, err
	}
	wanted = map[stamp.ID]bool{}
	for _, c := range open {
		for _, id := range []stamp.ID{c.Base.Version, c.Ours.Version, c.Theirs.Version, c.Version} {
			if !wanted[id] {
				wanted[id], disputed = true, append(disputed, id)
			}
		}
	}
	for _, tag := range tags {
		wanted[tag.ID] = true
	}
	return wanted, disputed, nil
}

// removeFolded removes the deltas of versions that were folded away, and returns how many bytes that frees.
func (t *Table) removeFolded(x *index) (freed int64, err error) {
	if x.compact == 0 {
		return 0, nil
	}
	keep, err := t.keptSnapshots(x)
	if err != nil {
		return 0, err
	}
	for _, l := range x.lines {
		if !x.mayBeGone(l) || keep[l.ID] {
			continue
		}
		info, err := t.dir.Root().Lstat(deltaName(l.ID))
		if err != nil {
			continue
		}
		if err := t.dir.Remove(deltaName(l.ID)); err != nil {
			return freed, err
		}
		freed += info.Size()
	}
	if freed == 0 {
		return 0, nil
	}
	return freed, t.dir.Sync()
}

// keptSnapshots are the compact lines whose snapshots are still needed: of the oldest version kept and of those wanted.
func (t *Table) keptSnapshots(x *index) (map[stamp.ID]bool, error) {
	wanted, _, err := t.wanted(x)
	if err != nil {
		return nil, err
	}
	keep := map[stamp.ID]bool{x.folded[x.compact]: true}
	for id := range wanted {
		if snap, ok := x.folded[id]; ok {
			keep[snap] = true
		}
	}
	return keep, nil
}

// pruneDue reports whether twice the versions to keep, or more, can be read.
func (s *Session) pruneDue() bool {
	n, l := s.t.opt.MaxVersions, s.v.log
	const shortest = 40 // bytes of a line
	if n <= 0 || l.end < int64(2*n)*shortest {
		return false
	}
	log, err := readRange(l.file, 0, l.end)
	if err != nil || bytes.Count(log, []byte("\n")) <= 2*n || s.v.needLines() != nil {
		return false
	}
	_, older := indexOf(l.lines).cut(l.head.ID, 2*n)
	return len(older) > 0
}
