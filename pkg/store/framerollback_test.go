package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// batch stores statements and returns the frame.
func (d *db) batch(list ...Statement) stamp.ID {
	d.t.Helper()
	c, err := d.Batch(1001, "", list)
	if err != nil || c.Frame == 0 {
		d.t.Fatalf("%+v %v", c, err)
	}
	return c.Frame
}

// texted is an obstacle in words.
func texted(list []Obstacle) (all []string) {
	for _, o := range list {
		if o.Text != "" {
			all = append(all, o.Table+" "+o.Text)
		} else {
			all = append(all, fmt.Sprintf("%s %s %s %q %q %q", o.Table, o.Conflict.Kind, o.Conflict.Key, o.Conflict.Base.Record, o.Conflict.Ours.Record, o.Conflict.Theirs.Record))
		}
	}
	return all
}

func TestRollbackFrame(t *testing.T) {
	d := newDB(t)
	for _, name := range []string{"a", "b", "c"} {
		d.write(name, small)
	}
	first := d.batch(more("a", "a", "1"), del("b", "b"), set("c", "new", "x"))
	d.batch(more("a", "b", "5"), set("c", "other", "y")) // comes later, and stays
	c, obstacles, err := d.RollbackFrame(first, RollbackOptions{User: 2001, Note: "why"})
	if err != nil || obstacles != nil {
		t.Fatal(obstacles, err)
	}
	want := map[string]string{"a": "key|value\na|1\nb|7\n", "b": small, "c": small + "other|y\n"}
	if diff := cmp.Diff(want, d.texts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f, err := d.Frame("latest")
	if err != nil || f.ID != c.Frame || f.Purpose != Undo || f.Of != first {
		t.Errorf("%+v %v", f, err)
	}
	var said []string
	for _, p := range f.Parts {
		said = append(said, fmt.Sprint(p.Table, " ", p.Line.Action, " ", p.Line.ID == c.Frame, " ", p.Line.User, " ", p.Line.Rows))
	}
	if diff := cmp.Diff([]string{
		"a rollback false 2001 1", "a automerge true 2001 1", "b rollback true 2001 1", "c rollback false 2001 1", "c automerge true 2001 1",
	}, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if f, err := d.Frame(first.String()); err != nil || f.UndoneBy != c.Frame {
		t.Errorf("%+v %v", f, err)
	}
	// A second time nothing is left to do; taking the taking back back does what the first did again.
	none, obstacles, err := d.RollbackFrame(first, RollbackOptions{User: 2001})
	if err != nil || obstacles != nil || none.Frame != 0 {
		t.Errorf("a second time: %+v %v %v", none, obstacles, err)
	}
	again, _, err := d.RollbackFrame(c.Frame, RollbackOptions{User: 2001})
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]string{"a": "key|value\na|2\nb|7\n", "b": "key|value\na|1\n", "c": small + "new|x\nother|y\n"}
	if diff := cmp.Diff(want, d.texts()); diff != "" && again.Frame != 0 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if f, err := d.Frame(first.String()); err != nil || f.UndoneBy != 0 {
		t.Errorf("%+v %v", f, err)
	}
	d.sound()
}

// TestRollbackConflicts has later writes clash with a frame's in one of its tables.
func TestRollbackConflicts(t *testing.T) {
	d := newDB(t)
	for _, name := range []string{"a", "b"} {
		d.write(name, small)
	}
	first := d.batch(set("a", "a", "10"), set("b", "a", "10"), set("b", "new", "x"), del("b", "b"))
	d.batch(set("b", "a", "11"), set("b", "b", "again"))
	before := lasting(tree(t, d.path("tables")))
	want := []string{`b update a "a|10" "a|11" "a|1"`, `b insert b "" "b|again" "b|2"`}
	for _, o := range []RollbackOptions{{User: 2001}, {User: 2001, Dry: true}} {
		c, obstacles, err := d.RollbackFrame(first, o)
		if diff := cmp.Diff(want, texted(obstacles)); fault.KindOf(err) != fault.No || c.Frame != 0 || diff != "" {
			t.Errorf("%+v %v of kind %v (-want +got):\n%s", c, err, fault.KindOf(err), diff)
		}
	}
	dry, obstacles, err := d.RollbackFrame(first, RollbackOptions{User: 2001, Dry: true, Record: true})
	if diff := cmp.Diff(want, texted(obstacles)); err != nil || dry.Frame != 0 || len(dry.Tables) != 2 || dry.Tables[1].Conflicts != 2 || diff != "" {
		t.Errorf("dry: %+v %v\n%s", dry, err, diff)
	}
	if diff := cmp.Diff(before, lasting(tree(t, d.path("tables")))); diff != "" {
		t.Errorf("something was changed (-before +after):\n%s", diff)
	}
	c, obstacles, err := d.RollbackFrame(first, RollbackOptions{User: 2001, Record: true})
	if diff := cmp.Diff(want, texted(obstacles)); err != nil || c.Frame == 0 || c.Tables[0].Conflicts != 0 || c.Tables[1].Conflicts != 2 || diff != "" {
		t.Errorf("%+v %v\n%s", c, err, diff)
	}
	texts := map[string]string{"a": small, "b": "key|value\na|11\nb|again\n"}
	if diff := cmp.Diff(texts, d.texts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	x, err := d.Table("b")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if open, err := x.Conflicts(); err != nil || len(open) != 2 || open[0].Version != c.Frame {
		t.Errorf("%+v %v", open, err)
	}
	d.sound()
}

// TestRollbackOfTables takes frames back in which tables came and went.
func TestRollbackOfTables(t *testing.T) {
	type state = map[string]string
	for name, c := range map[string]struct {
		since func(d *db) // after all tables went back to when there was a, and no b
		want  state       // or
		bars  []string
	}{
		"nothing since":         {func(*db) {}, state{"b": small}, nil},
		"made anew":             {func(d *db) { d.write("b", "key|value\nx|1\n") }, nil, []string{"b was deleted then, and made anew since"}},
		"made anew and deleted": {func(d *db) { d.write("b", "key|value\nx|1\n"); d.drop("b") }, state{"b": small}, nil},
		"changed":               {func(d *db) { d.write("a", small+"x|1\n") }, nil, []string{"a was made or brought back then, and changed since"}},
		"changed and back":      {func(d *db) { d.write("a", "key|value\n"); d.write("a", small) }, state{"b": small}, nil},
		"deleted":               {func(d *db) { d.drop("a") }, state{"b": small}, nil},
		"both": {func(d *db) { d.write("a", "key|value\n"); d.write("b", small) }, nil,
			[]string{"a was made or brought back then, and changed since", "b was deleted then, and made anew since"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDB(t)
			at := d.write("a", small)
			d.drop("a")
			d.write("b", small)
			if _, err := d.RestoreTo(at.Time(), 1001, false); err != nil {
				t.Fatal(err)
			}
			f, err := d.Frame("latest")
			if err != nil || f.Purpose != PointInTime || f.Of != stamp.Last(at.Time()) {
				t.Fatalf("%+v %v", f, err)
			}
			c.since(d)
			before := lasting(tree(t, d.path()))
			done, obstacles, err := d.RollbackFrame(f.ID, RollbackOptions{User: 2001, Record: true})
			if c.bars != nil {
				if diff := cmp.Diff(c.bars, texted(obstacles)); fault.KindOf(err) != fault.No || diff != "" {
					t.Errorf("%v\n%s", err, diff)
				}
				if diff := cmp.Diff(before, lasting(tree(t, d.path()))); diff != "" {
					t.Errorf("something was changed (-before +after):\n%s", diff)
				}
				return
			}
			if diff := cmp.Diff(c.want, d.texts()); err != nil || obstacles != nil || diff != "" {
				t.Fatalf("%+v %v %v\n%s", done, obstacles, err, diff)
			}
			d.sound()
			// And forth again.
			if _, _, err := d.RollbackFrame(done.Frame, RollbackOptions{User: 2001}); err != nil {
				t.Fatal(err)
			}
			if got := d.texts(); got["b"] != "" {
				t.Errorf("%q", got)
			}
		})
	}
	d := newDB(t)
	d.write("a", small)
	d.write("b", small)
	id := d.batch(set("a", "a", "x"), set("b", "a", "x"))
	d.drop("b")
	if _, obstacles, err := d.RollbackFrame(id, RollbackOptions{User: 1, Record: true}); fault.KindOf(err) != fault.No || !slices.Equal(texted(obstacles), []string{"b was deleted since"}) {
		t.Errorf("%v %v", texted(obstacles), err)
	}
	if _, _, err := d.RollbackFrame(12345, RollbackOptions{User: 1}); fault.KindOf(err) != fault.NotFound || err.Error() != `there is no frame "12345"` {
		t.Errorf("no such frame: %v", err)
	}
}

// TestRollbackLaw takes random frames back and holds the tables against a merge of each row by hand.
func TestRollbackLaw(t *testing.T) {
	names, keys := []string{"a", "b", "c"}, []string{"k1", "k2", "k3", "k4"}
	type rows = map[string]string
	type state = map[string]rows
	clone := func(s state) state {
		c := state{}
		for name, r := range s {
			c[name] = maps.Clone(r)
		}
		return c
	}
	rapid.Check(t, func(rt *rapid.T) {
		d := newDB(t)
		defer d.Close()
		now := state{}
		for _, name := range names {
			d.write(name, "key|value\nk1|0\nk2|0\n")
			now[name] = rows{"k1": "0", "k2": "0"}
		}
		type done struct {
			id            stamp.ID
			tables        []string
			before, after state
		}
		var frames []done
		note := func(c Committed, before state) {
			f := done{id: c.Frame, before: before, after: clone(now)}
			for _, t := range c.Tables {
				if t.Stored {
					f.tables = append(f.tables, t.Name)
				}
			}
			if c.Frame != 0 {
				frames = append(frames, f)
			}
		}
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			before := clone(now)
			if len(frames) == 0 || rapid.IntRange(0, 2).Draw(rt, "what") > 0 {
				var list []Statement
				for range rapid.IntRange(1, 4).Draw(rt, "statements") {
					name, key := rapid.SampledFrom(names).Draw(rt, "table"), rapid.SampledFrom(keys).Draw(rt, "key")
					if _, there := now[name][key]; there && rapid.Bool().Draw(rt, "delete") {
						list = append(list, del(name, key))
						delete(now[name], key)
						continue
					}
					value := rapid.StringMatching("[0-3]").Draw(rt, "value")
					list = append(list, set(name, key, value))
					now[name][key] = value
				}
				c, err := d.Batch(1001, "", list)
				if err != nil {
					if fault.KindOf(err) != fault.Input { // deleted, set and deleted again within one batch
						rt.Fatal(err)
					}
					now = before
					continue
				}
				note(c, before)
				continue
			}
			f := rapid.SampledFrom(frames).Draw(rt, "frame")
			clashes := 0
			for _, name := range f.tables {
				for _, key := range keys {
					base, inBase := f.after[name][key]
					ours, inOurs := before[name][key]
					theirs, inTheirs := f.before[name][key]
					switch {
					case theirs == base && inTheirs == inBase:
					case ours == base && inOurs == inBase:
						if now[name][key] = theirs; !inTheirs {
							delete(now[name], key)
						}
					case ours != theirs || inOurs != inTheirs:
						clashes++
					}
				}
			}
			c, obstacles, err := d.RollbackFrame(f.id, RollbackOptions{User: 2001})
			if len(obstacles) != clashes || (err != nil) != (clashes > 0) {
				rt.Fatalf("%d clashes, not %d: %v %v", len(obstacles), clashes, texted(obstacles), err)
			}
			if err != nil {
				now = before
				continue
			}
			note(c, before)
		}
		for _, name := range names {
			got := rows{}
			for line := range strings.Lines(strings.TrimPrefix(d.texts()[name], "key|value\n")) {
				key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
				got[key] = value
			}
			if diff := cmp.Diff(now[name], got); diff != "" {
				rt.Fatalf("table %s (-want +got):\n%s", name, diff)
			}
		}
		d.sound()
	})
}
