package crowd

import (
	"bytes"
	"slices"

	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// An attempt is one write of a row that somebody tried; no two have one value.
type attempt struct {
	user  string
	row   int
	value string
	answer
}

// A replay carries out the versions of a log, one attempt each, on a text in memory.
type replay struct {
	d       *database
	text    *text
	users   map[uint64]string
	heard   map[stamp.ID]*attempt // acknowledged and not come upon yet
	unheard map[string][]*attempt // the others, by user
}

// carriedOut reports every version after the first, the text x, that is not one attempt carried out on the version before
// it, and every acknowledged attempt that is no version. At the chosen positions, and the last, stock programs must make
// the version of the one before. It returns the versions, and leaves in x what the table must be.
func (d *database) carriedOut(x *text, attempts []attempt, chosen func(position int) bool) []verlog.Line {
	d.t.Helper()
	r := &replay{d: d, text: x, users: d.users(), heard: map[stamp.ID]*attempt{}, unheard: map[string][]*attempt{}}
	r.sort(attempts)
	lines := d.log()
	if lines[0].Hash != x.sum() {
		d.t.Fatal("the first version is not what was imported")
	}
	for i, l := range lines[1:] {
		if chosen(i+1) || i+2 == len(lines) {
			r.stockStep(lines[i], l)
		} else {
			r.step(lines[i], l)
		}
	}
	for id, a := range r.heard {
		d.t.Errorf("version %d was acknowledged to %s and is not in the log", id, a.user)
	}
	return lines
}

func (r *replay) sort(attempts []attempt) {
	for i := range attempts {
		a := &attempts[i]
		switch id := stored(a.answer); {
		case id == 0:
			r.unheard[a.user] = append(r.unheard[a.user], a)
		case r.heard[id] != nil:
			r.d.t.Errorf("version %d was acknowledged twice", id)
		default:
			r.heard[id] = a
		}
	}
}

// step carries out one version.
func (r *replay) step(before, l verlog.Line) {
	t, by := r.d.t, r.users[l.User]
	t.Helper()
	a := r.heard[l.ID]
	if delete(r.heard, l.ID); a == nil {
		a = r.find(l, by)
	}
	if a == nil {
		t.Fatalf("version %d by %q is nothing that was tried", l.ID, by)
	}
	r.text.set(a.row, a.value)
	switch {
	case l.Base != before.ID || l.Parent != 0 || l.ID <= before.ID:
		t.Errorf("version %d stands on %d and %d, not on the one before, %d", l.ID, l.Base, l.Parent, before.ID)
	case l.Hash != r.text.sum():
		t.Fatalf("version %d is not the one before with row %d changed", l.ID, a.row)
	case by != a.user:
		t.Errorf("version %d is by %q, not by %q", l.ID, by, a.user)
	}
}

// find returns the attempt that a version is, of those by its user whose answer nobody heard, and takes it away: none is
// carried out twice.
func (r *replay) find(l verlog.Line, by string) *attempt {
	for i, a := range r.unheard[by] {
		old := r.text.rows[a.row]
		r.text.set(a.row, a.value)
		found := r.text.sum() == l.Hash
		r.text.put(a.row, old)
		if found {
			r.unheard[by] = slices.Delete(r.unheard[by], i, i+1)
			return a
		}
	}
	return nil
}

// stockStep is step, and has stock programs do the same.
func (r *replay) stockStep(before, l verlog.Line) {
	t := r.d.t
	t.Helper()
	old := r.text.bytes()
	r.step(before, l)
	got, err := stockPatch(old, r.d.path(l.ID.String()+".bsdiff"))
	if err != nil || !bytes.Equal(got, r.text.bytes()) {
		t.Errorf("version %d: xz and bspatch make something else of the one before: %v", l.ID, err)
	}
}
