package crowd

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestMixture has processes do all that changes a table at once. Every version must be what somebody did, done to the
// version that it stands on.
func TestMixture(t *testing.T) {
	need(t, "xz", "bspatch")
	x := newText(200)
	d := newDatabase(t, x.bytes())
	const crew = 6
	n, from := each(t, 12), seed(t)
	all := make([]*player, crew)
	var workers sync.WaitGroup
	for worker := range all {
		p := newPlayer(d, random(from, worker), worker)
		all[worker] = p
		workers.Go(func() {
			for p.turn = range n {
				p.play()
			}
		})
	}
	workers.Wait()
	all[0].do("commit", byHand, "commit", name) // what is edited yet
	done, sides, count := map[stamp.ID]deed{}, map[verlog.Hash]bool{}, map[string]int{}
	for _, p := range all {
		maps.Copy(done, p.done)
		maps.Copy(sides, p.sides)
		for _, one := range p.done {
			count[one.what]++
		}
	}
	t.Logf("versions by what made them: %v", count)
	head := d.wasDone(done, sides)
	if got := d.current(); !bytes.Equal(got, head) {
		t.Error("current.csv is not the head")
	}
	if a := d.rdb("fsck"); a.code != 0 {
		t.Errorf("fsck: %v%s", a, a.out)
	}
}

// A deed is what somebody did to a table and was told is stored.
type deed struct {
	what, user string
	// check says what is wrong with a version that it made of base; at returns the content of an older one.
	check func(base, text rows, at func(stamp.ID) rows) string
}

// rows is a table by its keys.
type rows map[string]string

func rowsOf(text []byte) rows {
	r := rows{}
	for line := range strings.Lines(string(text)) {
		key, _, _ := strings.Cut(line, "|")
		r[key] = line
	}
	return r
}

// differ says in which rows two tables differ.
func (r rows) differ(other rows) string {
	var keys []string
	for key := range r {
		if other[key] != r[key] {
			keys = append(keys, key)
		}
	}
	for key := range other {
		if _, known := r[key]; !known {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	return fmt.Sprintf("it differs in %q", keys)
}

// with returns r with one row put in; "" takes it out.
func (r rows) with(key, line string) rows {
	changed := maps.Clone(r)
	if changed[key] = line; line == "" {
		delete(changed, key)
	}
	return changed
}

// merged says what is wrong with a merge. A row that both sides changed may be either, or of both.
func merged(base, ours, theirs, text rows) string {
	want := rows{}
	for _, side := range []rows{base, ours, theirs} {
		for key := range side {
			switch base[key] {
			case ours[key]:
				want[key] = theirs[key]
			case theirs[key]:
				want[key] = ours[key]
			default:
				want[key] = text[key]
			}
		}
	}
	maps.DeleteFunc(want, func(_, line string) bool { return line == "" })
	return text.differ(want)
}

// A history is a log being folded with stock programs.
type history struct {
	d     *database
	users map[uint64]string
	lines map[stamp.ID]verlog.Line
	texts map[stamp.ID][]byte
	done  map[stamp.ID]deed    // and not come upon yet
	sides map[verlog.Hash]bool // texts that may stand beside the line of heads until they are merged
	head  stamp.ID
}

// wasDone checks each version, and returns the head.
func (d *database) wasDone(done map[stamp.ID]deed, sides map[verlog.Hash]bool) []byte {
	d.t.Helper()
	h := &history{
		d: d, users: d.users(), lines: map[stamp.ID]verlog.Line{}, texts: map[stamp.ID][]byte{0: nil}, done: done, sides: sides,
	}
	for _, l := range d.log() {
		h.fold(l)
		if wrong := h.judge(l); wrong != "" && len(h.lines) > 1 {
			d.t.Errorf("version %d by %q with action %d: %s", l.ID, h.users[l.User], l.Action, wrong)
		}
		if l.Base == h.head {
			h.head = l.ID
		}
		delete(h.done, l.ID)
	}
	if len(h.done) > 0 {
		d.t.Errorf("acknowledged and not in the log: %v", h.done)
	}
	return h.texts[h.head]
}

func (h *history) fold(l verlog.Line) {
	h.d.t.Helper()
	text, err := stockPatch(h.texts[l.Base], h.d.path(l.ID.String()+".bsdiff"))
	if err != nil || verlog.Sum(text) != l.Hash {
		h.d.t.Fatalf("version %d: %v, or another content than the log names", l.ID, err)
	}
	h.lines[l.ID], h.texts[l.ID] = l, text
}

// judge says what is wrong with a version.
func (h *history) judge(l verlog.Line) string {
	at := func(id stamp.ID) rows { return rowsOf(h.texts[id]) }
	one, known := h.done[l.ID]
	switch {
	case l.Parent != 0:
		return merged(at(h.lines[l.Parent].Base), at(l.Base), at(l.Parent), at(l.ID))
	case !known && l.Base != h.head && h.sides[l.Hash]:
		return ""
	case !known:
		return "nothing that was done"
	case one.user != h.users[l.User]:
		return "not by " + one.user
	default:
		return one.check(at(l.Base), at(l.ID), at)
	}
}

func TestMergedIsJudged(t *testing.T) {
	base := rows{"a": "a1", "b": "b1", "c": "c1", "d": "d1"}
	ours := rows{"a": "a2", "b": "b1", "c": "c2", "n": "n1"}
	theirs := rows{"a": "a1", "c": "c3", "d": "d1", "m": "m1"}
	for _, c := range []struct {
		text  rows
		right bool
	}{
		{rows{"a": "a2", "c": "c2", "n": "n1", "m": "m1"}, true},
		{rows{"a": "a2", "c": "c23", "n": "n1", "m": "m1"}, true},
		{rows{"a": "a1", "c": "c2", "n": "n1", "m": "m1"}, false},
		{rows{"a": "a2", "b": "b1", "c": "c2", "n": "n1", "m": "m1"}, false},
		{rows{"a": "a2", "c": "c2", "d": "d1", "n": "n1", "m": "m1"}, false},
		{rows{"a": "a2", "c": "c2", "n": "n1"}, false},
		{rows{"a": "a2", "c": "c2", "n": "n1", "m": "m1", "z": "z1"}, false},
	} {
		if wrong := merged(base, ours, theirs, c.text); (wrong == "") != c.right {
			t.Errorf("%v: %q", c.text, wrong)
		}
	}
}
