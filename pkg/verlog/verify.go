package verlog

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/reedbase/reedbase/pkg/stamp"
)

// Verify checks what must hold between the lines of one log: ids ascend, parents are older versions of the log (so that
// there are no cycles), a merge's parents differ, and every side version is joined by a later merge. It returns all
// problems in the lines' order; Number is the place among lines, counted from 1, and Offset is 0.
func Verify(lines []Line) []Problem {
	v := verifier{known: make(map[stamp.ID]int, len(lines)), side: map[stamp.ID]int{}}
	for i, l := range lines {
		v.order(i, l, lines)
		sound := v.parents(i, l)
		switch {
		case i == 0, l.Base == v.head, !sound && l.Action != Compact:
			v.join(l.Parent, lines)
			v.head = l.ID
		case l.Action != Compact:
			v.side[l.ID] = i
		}
		v.known[l.ID] = i
	}
	for _, i := range v.side {
		v.report(i, lines[i], "its base %d is not the head at that place, and no later merge joins it", lines[i].Base)
	}
	slices.SortStableFunc(v.problems, func(a, b Problem) int { return a.Number - b.Number })
	return v.problems
}

type verifier struct {
	known    map[stamp.ID]int // where each version stands
	side     map[stamp.ID]int // side versions not joined yet
	head     stamp.ID
	problems []Problem
}

func (v *verifier) report(i int, l Line, format string, args ...any) {
	v.problems = append(v.problems, Problem{Number: i + 1, ID: l.ID, Text: fmt.Sprintf(format, args...)})
}

func (v *verifier) order(i int, l Line, lines []Line) {
	if first, twice := v.known[l.ID]; twice {
		v.report(i, l, "the id is that of line %d too", first+1)
	} else if i > 0 && l.ID < lines[i-1].ID {
		v.report(i, l, "the id is smaller than the one before it, %d", lines[i-1].ID)
	}
	if !l.ID.Valid() {
		v.report(i, l, "the id names no node")
	}
}

// parents checks the line's two parents. It reports whether the base is sound: where it is not, the versions between are
// lost or false, which is said once, and the line counts as the head that the next ones build on.
func (v *verifier) parents(i int, l Line) (sound bool) {
	sound = true
	for _, p := range [...]struct {
		name string
		id   stamp.ID
	}{{"base", l.Base}, {"parent", l.Parent}} {
		if p.id == 0 {
			continue
		}
		_, known := v.known[p.id]
		switch {
		case p.id >= l.ID:
			v.report(i, l, "its %s %d is not older than it", p.name, p.id)
		case !known:
			v.report(i, l, "its %s %d is not in the log before it", p.name, p.id)
		default:
			continue
		}
		sound = sound && p.id != l.Base
	}
	if l.Parent != 0 && l.Parent == l.Base {
		v.report(i, l, "its two parents are one version, %d", l.Base)
	}
	return sound
}

// join marks the side version id, and those it was made on, as joined.
func (v *verifier) join(id stamp.ID, lines []Line) {
	for {
		i, waiting := v.side[id]
		if !waiting {
			return
		}
		delete(v.side, id)
		id = lines[i].Base
	}
}

// Check reads a whole log and verifies it: every line that cannot be read and every problem between the others, each
// with line and offset, in the log's order. torn is the offset of a torn tail, or -1, as in Scan.
func Check(log []byte) (problems []Problem, torn int64) {
	lines, torn, err := Scan(log)
	var damage *Damage
	if errors.As(err, &damage) {
		problems = damage.Problems
	}
	if torn >= 0 {
		log = log[:torn]
	}
	return merge(problems, Verify(lines), log), torn
}

// merge brings damaged lines and what Verify found among the good ones into the log's order, and gives the latter their
// line numbers and offsets.
func merge(damaged, found []Problem, log []byte) []Problem {
	all := make([]Problem, 0, len(damaged)+len(found))
	good := 0
	for number, at := 1, 0; at < len(log); number++ {
		if len(damaged) > 0 && damaged[0].Number == number {
			all, damaged = append(all, damaged[0]), damaged[1:]
		} else {
			good++
		}
		for len(found) > 0 && found[0].Number == good {
			p := found[0]
			p.Number, p.Offset = number, int64(at)
			all, found = append(all, p), found[1:]
		}
		at += bytes.IndexByte(log[at:], '\n') + 1
	}
	return all
}
