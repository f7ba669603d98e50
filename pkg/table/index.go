package table

import (
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// index finds lines by version, and the snapshots that stand for versions whose deltas were folded away or lost.
type index struct {
	lines    []verlog.Line
	at       map[stamp.ID]int
	folded   map[stamp.ID]stamp.ID // version → the later line whose snapshot has its content
	compact  stamp.ID              // the newest version that was folded; deltas up to it may be gone
	repaired stamp.ID              // the newest version that a recovery saved; deltas up to it may be lost
}

func indexOf(lines []verlog.Line) *index {
	x := &index{lines: lines, at: make(map[stamp.ID]int, len(lines)), folded: map[stamp.ID]stamp.ID{}}
	for i, l := range lines {
		x.at[l.ID] = i
		switch {
		case l.Action == verlog.Compact && l.Base != 0:
			x.folded[l.Base] = l.ID
			x.compact = max(x.compact, l.Base)
		case x.saves(l):
			x.folded[l.Base] = l.ID
			x.repaired = max(x.repaired, l.Base)
		case l.Action == verlog.Rollback && l.User == 0:
			x.repaired = max(x.repaired, l.Base)
		}
	}
	return x
}

// saves reports whether l is what a recovery stores of a head whose own delta is lost: its content, as a snapshot.
func (x *index) saves(l verlog.Line) bool {
	base, ok := x.line(l.Base)
	again := l.Action == verlog.Snapshot || l.Action == verlog.Delete && base.Action == verlog.Delete
	return ok && again && l.Size > 0 && l.Hash == base.Hash
}

// origin returns the version whose content l's delta makes: for a snapshot that stands for an older version that one.
func (x *index) origin(l verlog.Line) stamp.ID {
	if l.Base != 0 && (l.Action == verlog.Compact || x.folded[l.Base] == l.ID) {
		return l.Base
	}
	return l.ID
}

func (x *index) line(id stamp.ID) (verlog.Line, bool) {
	i, ok := x.at[id]
	if !ok {
		return verlog.Line{}, false
	}
	return x.lines[i], true
}

// ancestry returns the versions from id back to the first, newest first, by first parents. Lines with a missing base
// end it: they are damage that fsck names.
func (x *index) ancestry(id stamp.ID) []verlog.Line {
	var list []verlog.Line
	for len(list) <= len(x.lines) {
		l, ok := x.line(id)
		if !ok {
			break
		}
		list = append(list, l)
		id = l.Base
	}
	return list
}

// named returns the line of the version whose content l's snapshot has.
func (x *index) named(l verlog.Line) verlog.Line {
	named, _ := x.line(x.origin(l))
	return named
}
