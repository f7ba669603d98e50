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
	severed  map[stamp.ID]bool     // side versions newer than compact whose base was folded: their deltas may be gone too
}

func indexOf(lines []verlog.Line) *index {
	x := &index{lines: lines, at: make(map[stamp.ID]int, len(lines)), folded: map[stamp.ID]stamp.ID{}}
	sides := sidesOf(lines)
	for i, l := range lines {
		x.at[l.ID] = i
		switch {
		case l.Action == verlog.Compact && l.Base != 0:
			x.folded[l.Base] = l.ID
			if !sides[l.Base] { // else a snapshot for its own sake, as one of a named version
				x.compact = max(x.compact, l.Base)
			}
		case x.saves(l):
			x.folded[l.Base] = l.ID
			x.repaired = max(x.repaired, l.Base)
		case l.Action == verlog.Rollback && l.User == 0:
			x.repaired = max(x.repaired, l.Base)
		}
	}
	x.severed = x.severedBy(x.compact, sides)
	return x
}

// severedBy returns the side versions that cannot be read when all versions older than fold are folded away: those made from one of
// them, or from another such.
func (x *index) severedBy(fold stamp.ID, sides map[stamp.ID]bool) map[stamp.ID]bool {
	if fold == 0 || len(sides) == 0 {
		return nil
	}
	cut := map[stamp.ID]bool{}
	for _, l := range x.lines {
		_, kept := x.folded[l.ID]
		_, baseKept := x.folded[l.Base]
		if sides[l.ID] && l.ID > fold && !kept && !baseKept && (l.Base < fold || cut[l.Base]) {
			cut[l.ID] = true
		}
	}
	return cut
}

// mayBeGone reports whether the delta of l's version may have been folded away.
func (x *index) mayBeGone(l verlog.Line) bool { return x.origin(l) <= x.compact || x.severed[l.ID] }

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

// sidesOf returns the side versions among lines: those that a merge joined.
func sidesOf(lines []verlog.Line) map[stamp.ID]bool {
	sides := map[stamp.ID]bool{}
	for _, l := range lines {
		if l.Parent != 0 {
			sides[l.Parent] = true
		}
	}
	return sides
}

// author returns the version that made the changes of l: the one it merged, or else itself.
func (x *index) author(l verlog.Line) verlog.Line {
	if side, ok := x.line(l.Parent); ok && l.Parent != 0 {
		return side
	}
	return l
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
