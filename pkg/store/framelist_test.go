package store

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// put stores the file of a frame without the frame.
func (d *db) put(f frame) stamp.ID {
	d.t.Helper()
	if err := os.WriteFile(d.path(framesFolder, f.id().String()), f.encode(), 0o666); err != nil {
		d.t.Fatal(err)
	}
	return f.id()
}

// TestFrames holds what is listed against a look at every frame.
func TestFrames(t *testing.T) {
	d := newDB(t)
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Hour) }
	rapid.Check(t, func(rt *rapid.T) {
		os.RemoveAll(d.path(framesFolder))
		if err := os.MkdirAll(d.path(pendingFolder), 0o777); err != nil {
			t.Fatal(err)
		}
		var all []Frame
		for i := range rapid.IntRange(0, 12).Draw(rt, "frames") {
			f := frame{}
			if len(all) > 0 && rapid.Bool().Draw(rt, "undo") {
				f.purpose, f.of = Undo, rapid.SampledFrom(all).Draw(rt, "of").ID
			}
			for _, name := range []string{"a", "b", "c"} {
				if name == "b" || rapid.Bool().Draw(rt, "table") {
					f.parts = append(f.parts, FramePart{name, verlog.Line{ID: stamp.First(at(i)) + 1, User: rapid.SampledFrom([]uint64{1001, 2001}).Draw(rt, "user")}})
				}
			}
			d.put(f)
			all = append(all, Frame{ID: f.id(), Purpose: f.purpose, Of: f.of, Parts: f.parts})
		}
		for i := range slices.Backward(all) {
			for j := i + 1; j < len(all); j++ {
				if all[j].Purpose == Undo && all[j].Of == all[i].ID && all[j].UndoneBy == 0 && all[i].UndoneBy < all[j].ID {
					all[i].UndoneBy = all[j].ID
				}
			}
		}
		by := FrameFilter{Limit: rapid.IntRange(0, 5).Draw(rt, "limit"), Table: rapid.SampledFrom([]string{"", "a", "c"}).Draw(rt, "of table")}
		if rapid.Bool().Draw(rt, "since") {
			by.Since = at(rapid.IntRange(-1, 13).Draw(rt, "from"))
		}
		if rapid.Bool().Draw(rt, "until") {
			by.Until = at(rapid.IntRange(-1, 13).Draw(rt, "to"))
		}
		if rapid.Bool().Draw(rt, "by user") {
			by.Users = []uint64{2001}
		}
		var want []Frame
		for _, f := range slices.Backward(all) {
			fits := false
			for _, p := range f.Parts {
				fits = fits || (by.Table == "" || p.Table == by.Table) && (by.Users == nil || p.Line.User == 2001)
			}
			late := by.Since.IsZero() || !f.ID.Time().Before(by.Since)
			early := by.Until.IsZero() || !f.ID.Time().After(by.Until)
			if fits && late && early && (by.Limit == 0 || len(want) < by.Limit) {
				want = append(want, f)
			}
		}
		got, err := d.Frames(by)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			rt.Fatalf("%+v: %v (-want +got):\n%s", by, err, diff)
		}
		for _, f := range all {
			if got, err := d.Frame(f.ID.String()); err != nil || !cmp.Equal(f, got) {
				rt.Fatalf("%+v: %v\n%s", f, err, cmp.Diff(f, got))
			}
		}
	})
}

func TestFrameNotFound(t *testing.T) {
	d := newDB(t)
	for _, spec := range []string{"latest", "", "17", "junk"} {
		if f, err := d.Frame(spec); fault.KindOf(err) != fault.NotFound || fault.HintOf(err) == "" {
			t.Errorf("%q: %+v %v", spec, f, err)
		}
	}
	first := d.put(frame{parts: []FramePart{{"a", verlog.Line{ID: 1700000000000000001}}}})
	d.put(frame{parts: []FramePart{{"a", verlog.Line{ID: 1800000000000000001}}}})
	if f, err := d.Frame("17"); err != nil || f.ID != first {
		t.Errorf("%+v %v", f, err)
	}
	for _, spec := range []string{"", "junk", "19"} {
		if f, err := d.Frame(spec); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %+v %v", spec, f, err)
		}
	}
	if f, err := d.Frame("1"); fault.KindOf(err) != fault.Input {
		t.Errorf("%+v %v", f, err)
	}
}

// TestFrameBefore follows the lines of frames, those that nobody should have written too.
func TestFrameBefore(t *testing.T) {
	line := func(id, base, parent stamp.ID) verlog.Line { return verlog.Line{ID: id, Base: base, Parent: parent} }
	f := Frame{Parts: []FramePart{
		{"a", line(20, 10, 0)},
		{"b", line(15, 3, 0)}, {"b", line(20, 12, 15)},
		{"c", line(18, 11, 0)}, {"c", line(19, 18, 0)}, {"c", line(20, 19, 0)},
		{"d", line(19, 20, 0)}, {"d", line(20, 19, 0)},
		{"e", line(20, 20, 0)},
	}}
	for name, want := range map[string][2]stamp.ID{"a": {10, 20}, "b": {12, 20}, "c": {11, 20}, "d": {19, 20}, "e": {20, 20}, "f": {0, 0}} {
		if before, after := f.Before(name); before != want[0] || after != want[1] {
			t.Errorf("%s: from %s to %s, want %v", name, before, after, want)
		}
	}
	if got := f.Tables(); !slices.Equal(got, []string{"a", "b", "c", "d", "e"}) {
		t.Error(got)
	}
}

// TestFrameNamesHeads holds each version of a frame against its table at that moment.
func TestFrameNamesHeads(t *testing.T) {
	d := newDB(t)
	texts := map[stamp.ID]map[string]string{}
	for _, name := range []string{"a", "b"} {
		d.write(name, small)
	}
	for i := range 5 {
		c, err := d.Batch(1001, "", []Statement{more("a", "a", "1"), set("b", fmt.Sprint("n", i), "x")})
		if err != nil {
			t.Fatal(err)
		}
		texts[c.Frame] = d.texts()
	}
	frames, err := d.Frames(FrameFilter{})
	if err != nil || len(frames) != 5 {
		t.Fatalf("%+v %v", frames, err)
	}
	for _, f := range frames {
		for _, p := range f.Parts {
			if p.Line.ID != f.ID || p.Line.Hash != verlog.Sum([]byte(texts[f.ID][p.Table])) {
				t.Errorf("%s: table %s is %+v", f.ID, p.Table, p.Line)
			}
		}
	}
}

// TestCollectFrames keeps frames as long as the setting says, and those that are not carried out for ever.
func TestCollectFrames(t *testing.T) {
	d := newDB(t)
	for _, name := range []string{"a", "b"} {
		d.write(name, small)
	}
	aged := func(days int) stamp.ID {
		id := stamp.First(time.Now().AddDate(0, 0, -days)) + 1
		return d.put(frame{parts: []FramePart{{"a", verlog.Line{ID: id}}}})
	}
	old, young := aged(31), aged(29)
	os.WriteFile(d.path(pendingFolder, "1001"), []byte("junk"), 0o666)
	os.WriteFile(d.path(framesFolder, "notes"), []byte("somebody's"), 0o666)
	os.Mkdir(d.path(framesFolder, "2001"), 0o777)
	for _, c := range []struct {
		days int
		dry  bool
		want []stamp.ID
	}{{0, false, []stamp.ID{old, young}}, {30, true, []stamp.ID{old, young}}, {30, false, []stamp.ID{young}}, {1, false, nil}} {
		if err := os.WriteFile(d.path(configFile), fmt.Appendf(nil, "[frames]\nkeep-days = %d\n", c.days), 0o666); err != nil {
			t.Fatal(err)
		}
		d.open(false)
		if _, err := d.Collect(c.dry); err != nil {
			t.Fatal(err)
		}
		var left []stamp.ID
		for _, id := range []stamp.ID{old, young} {
			if _, err := os.Stat(d.path(framesFolder, id.String())); err == nil {
				left = append(left, id)
			}
		}
		if !slices.Equal(left, c.want) {
			t.Errorf("keep-days = %d, dry %v: %v are left, want %v", c.days, c.dry, left, c.want)
		}
	}
	for _, name := range []string{"pending/1001", "notes", "2001"} {
		if _, err := os.Stat(d.path(framesFolder, name)); err != nil {
			t.Error(err)
		}
	}
}

// TestFramePending shows frames that a crash kept from being carried out, and takes none of them back.
func TestFramePending(t *testing.T) {
	c := crash(t, 1)
	id, err := stamp.Parse(c.name)
	if err != nil {
		t.Fatal(err)
	}
	frames, err := c.Frames(FrameFilter{})
	if err != nil || len(frames) != 1 || frames[0].ID != id || !frames[0].Pending {
		t.Errorf("%+v %v", frames, err)
	}
	if _, _, err := c.RollbackFrame(id, RollbackOptions{User: 1}); fault.KindOf(err) != fault.Busy || fault.HintOf(err) == "" {
		t.Errorf("taken back: %v", err)
	}
	if _, err := c.Collect(false); err != nil {
		t.Fatal(err)
	}
	if f, err := c.Frame("latest"); err != nil || !f.Pending {
		t.Errorf("%+v %v", f, err)
	}
	c.open(false)
	if f, err := c.Frame("latest"); err != nil || f.ID != id || f.Pending {
		t.Errorf("%+v %v", f, err)
	}
	c.finished()
}

// TestFramesBesideOthers lists frames in a folder where somebody put other things.
func TestFramesBesideOthers(t *testing.T) {
	d := newDB(t)
	d.write("a", small)
	id := d.batch(set("a", "a", "x"))
	os.Mkdir(d.path(framesFolder, "2001"), 0o777)
	os.Symlink("/etc/passwd", d.path(framesFolder, "3001"))
	os.WriteFile(d.path(framesFolder, "4001"), []byte("junk"), 0o666)
	os.WriteFile(d.path(framesFolder, "notes"), []byte("junk"), 0o666)
	os.WriteFile(d.path(pendingFolder, "5001.tmp"), []byte("junk"), 0o666)
	frames, err := d.Frames(FrameFilter{})
	if err != nil || len(frames) != 1 || frames[0].ID != id || len(d.warned) != 3 {
		t.Errorf("%+v %v, warned %q", frames, err, d.warned)
	}
	for _, spec := range []string{"2001", "3001", "4001"} {
		if f, err := d.Frame(spec); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %+v %v", spec, f, err)
		}
	}
}
