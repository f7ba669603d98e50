package store

import (
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// seen returns what work leaves of a table so far.
func seen(w *table.Work) (string, error) {
	e, err := w.Edit()
	if err != nil {
		return "", err
	}
	text, err := e.Text()
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.NewSectionReader(text, 0, text.Size))
	return string(b), err
}

func put(w *table.Work, key, value string) error {
	e, err := w.Edit()
	if err != nil {
		return err
	}
	return e.Set([]string{key}, []table.Assignment{{Column: "value", Value: value}})
}

func TestChangeOfOneTable(t *testing.T) {
	d := newDB(t)
	d.write("a", small)
	got, err := d.Change(Change{Tables: []string{"a"}, User: 1001, Note: "why"}, func(work map[string]*table.Work) error {
		if err := put(work["a"], "x", "1"); err != nil {
			return err
		}
		text, err := seen(work["a"])
		if diff := cmp.Diff(small+"x|1\n", text); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		return put(work["a"], "x", "2")
	})
	if err != nil || got.Frame != 0 || len(got.Tables) != 1 || !got.Tables[0].Stored || got.Tables[0].Counts.Added != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	if diff := cmp.Diff(map[string]string{"a": small + "x|2\n"}, d.texts()); diff != "" {
		t.Error(diff)
	}
	if frames, err := d.Frames(FrameFilter{}); len(frames) != 0 || err != nil {
		t.Errorf("%v %v", frames, err)
	}
	stop := errors.New("stop")
	if _, err := d.Change(Change{Tables: []string{"a"}}, func(work map[string]*table.Work) error {
		put(work["a"], "x", "3")
		return stop
	}); !errors.Is(err, stop) {
		t.Error(err)
	}
	if _, err := d.Change(Change{Tables: []string{"none"}}, func(map[string]*table.Work) error { return nil }); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if n := len(d.lines("a")); n != 2 {
		t.Errorf("%d versions", n)
	}
	d.sound()
}

// TestChangeOfMany makes, changes, empties and deletes tables in one frame.
func TestChangeOfMany(t *testing.T) {
	d := newDB(t)
	for _, name := range []string{"a", "b", "c"} {
		d.write(name, small)
	}
	made := table.Replacement{Content: []byte("key|value\n"), Key: []string{"key"}}
	change := Change{Tables: []string{"new", "c", "b", "a", "a", "brief"}, Make: []string{"new", "brief"}, User: 1001, Frame: true}
	work := func(work map[string]*table.Work) error {
		return errors.Join(
			put(work["a"], "x", "1"),
			work["b"].Drop(),
			work["c"].Drop(), work["c"].Make(made), put(work["c"], "z", "9"),
			work["new"].Make(made), put(work["new"], "n", "1"), put(work["new"], "n", "2"),
			work["brief"].Make(made), work["brief"].Drop(),
		)
	}
	stop := errors.New("stop")
	before := d.texts()
	if _, err := d.Change(change, func(w map[string]*table.Work) error { return errors.Join(work(w), stop) }); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, d.texts()); diff != "" {
		t.Error(diff)
	}
	got, err := d.Change(change, work)
	if err != nil || got.Frame == 0 {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a": small + "x|1\n", "c": "key|value\nz|9\n", "new": "key|value\nn|2\n"}, d.texts()); diff != "" {
		t.Error(diff)
	}
	if l := d.lines("new"); len(l) != 1 || l[0].Action != verlog.Create || l[0].ID != got.Frame {
		t.Errorf("%v", l)
	}
	if l := d.lines("b"); l[len(l)-1].Action != verlog.Delete {
		t.Errorf("%v", l)
	}
	d.sound()
}

func TestWorkRefuses(t *testing.T) {
	d := newDB(t)
	d.write("a", small)
	d.Change(Change{Tables: []string{"a", "b"}, Make: []string{"b"}, Frame: true}, func(work map[string]*table.Work) error {
		a, b := work["a"], work["b"]
		if err := a.Make(table.Replacement{Content: []byte("k\n"), Key: []string{"k"}}); fault.KindOf(err) != fault.Input {
			t.Errorf("a table is made twice: %v", err)
		}
		if err := b.Drop(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a table that is not there is dropped: %v", err)
		}
		if _, err := b.Edit(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a table that is not there is changed: %v", err)
		}
		if err := b.Make(table.Replacement{Content: []byte("k|k\n"), Key: []string{"k"}}); fault.KindOf(err) != fault.Input {
			t.Errorf("two columns of one name: %v", err)
		}
		return a.Drop()
	})
	if len(d.texts()) != 0 {
		t.Errorf("%v", d.texts())
	}
	d.sound()
}

// rowsOf reads a table of two columns.
func rowsOf(t interface{ Fatal(...any) }, text string) map[string]string {
	rows := map[string]string{}
	_, at, err := row.Header([]byte(text))
	for err == nil {
		var r row.Row
		if r, err = row.Next([]byte(text), at); err != nil || r.Body == r.End {
			break
		}
		cells, bad := row.Cells(nil, []byte(text[r.Body:r.End]))
		if bad != nil {
			t.Fatal(bad)
		}
		rows[string(cells[0])], at = string(cells[1]), r.End
	}
	return rows
}

// TestWorkSeesItself compares what each change leaves to be seen with a map, and with what is stored in the end.
func TestWorkSeesItself(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDB(t)
		d.write("a", "# kept\nkey|value\na|1\n# of b\nb|2\r\nc|3")
		rows := map[string]string{"a": "1", "b": "2", "c": "3"}
		_, err := d.Change(Change{Tables: []string{"a"}, User: 1}, func(work map[string]*table.Work) error {
			e, err := work["a"].Edit()
			if err != nil {
				return err
			}
			for range rapid.IntRange(1, 12).Draw(rt, "changes") {
				key := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(rt, "key")
				if _, there := rows[key]; there && rapid.Bool().Draw(rt, "delete") {
					delete(rows, key)
					err = e.Delete([]string{key})
				} else {
					rows[key] = rapid.SampledFrom([]string{"x", "a|b", "\"", ""}).Draw(rt, "value")
					err = put(work["a"], key, rows[key])
				}
				if err != nil {
					return err
				}
				text, err := seen(work["a"])
				if err != nil {
					return err
				}
				if diff := cmp.Diff(rows, rowsOf(rt, text)); diff != "" {
					rt.Fatalf("%q: %s", text, diff)
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(rows, rowsOf(rt, d.texts()["a"])); diff != "" {
			rt.Fatal(diff)
		}
	})
}
