package table

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// conflicting is a table with a conflict of each kind: over a cell of apple, two of kiwi, over pear that the head deleted, over
// plum that the other side did, and over fig that both inserted.
func conflicting(t *testing.T) *fixture {
	t.Helper()
	first := prices + "kiwi|4|40\n"
	f := newFixture(t, first)
	base, _ := f.Head()
	f.must(t)(f.Replace(Replacement{Content: []byte("sku|price|stock\napple|9|10\nplum|9|30\nkiwi|9|90\nfig|9|9\n"), Action: verlog.Update, User: 1}))
	r := f.must(t)(f.Replace(Replacement{
		Content: []byte("sku|price|stock\napple|8|10\npear|8|20\nkiwi|8|80\nfig|8|9\n"), Action: verlog.Update, User: 2, Base: base.ID,
	}))
	if r.Conflicts != 5 {
		t.Fatalf("%+v", r)
	}
	return f
}

// idOf returns the id of the open conflict over a row.
func (f *fixture) idOf(t *testing.T, key string) string {
	t.Helper()
	for _, c := range f.conflicts(t) {
		if string(c.Key) == key {
			return c.ID
		}
	}
	t.Fatalf("no conflict over %q", key)
	return ""
}

// rowOf returns one row of current.csv, "" when it is not there.
func (f *fixture) rowOf(t *testing.T, key string) string {
	t.Helper()
	for line := range strings.Lines(f.current(t)) {
		if strings.HasPrefix(line, key+"|") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func TestResolve(t *testing.T) {
	value := []Assignment{{Column: "price", Value: "5"}}
	for name, test := range map[string]struct {
		key    string
		want   Resolution
		row    string
		newRow string
		kind   fault.Kind
		open   int
	}{
		"cell, ours":             {"apple", Resolution{Take: TakeOurs}, "apple|9|10", "", 0, 4},
		"cell, theirs":           {"apple", Resolution{Take: TakeTheirs}, "apple|8|10", "", 0, 4},
		"cell, base":             {"apple", Resolution{Take: TakeBase}, "apple|1|10", "", 0, 4},
		"cell, value":            {"apple", Resolution{Take: TakeValue, Values: value}, "apple|5|10", "", 0, 4},
		"cell, both":             {"apple", Resolution{Take: TakeBoth}, "apple|9|10", "apple2|8|10", 0, 4},
		"cell, last":             {"apple", Resolution{Take: TakeLater}, "apple|8|10", "", 0, 4},
		"cell, first":            {"apple", Resolution{Take: TakeEarlier}, "apple|9|10", "", 0, 4},
		"cells, theirs":          {"kiwi", Resolution{Take: TakeTheirs}, "kiwi|8|80", "", 0, 4},
		"one of the cells":       {"kiwi", Resolution{Take: TakeTheirs, Column: "stock"}, "kiwi|9|80", "", 0, 5},
		"no such cell":           {"kiwi", Resolution{Take: TakeTheirs, Column: "sku"}, "", "", fault.Input, 5},
		"one cell, both":         {"kiwi", Resolution{Take: TakeBoth, Column: "stock"}, "", "", fault.Input, 5},
		"one value of two cells": {"kiwi", Resolution{Take: TakeValue, Values: value}, "kiwi|5|90", "", 0, 5},
		"value beside the cell":  {"apple", Resolution{Take: TakeValue, Values: []Assignment{{Column: "stock", Value: "1"}}}, "", "", fault.Input, 5},
		"value of no column":     {"kiwi", Resolution{Take: TakeValue, Values: []Assignment{{Column: "x"}}}, "", "", fault.Input, 5},
		"deleted, ours":          {"pear", Resolution{Take: TakeOurs}, "", "", 0, 4},
		"deleted, theirs":        {"pear", Resolution{Take: TakeTheirs}, "pear|8|20", "", 0, 4},
		"deleted, base":          {"pear", Resolution{Take: TakeBase}, "pear|2|20", "", 0, 4},
		"deleted, value":         {"pear", Resolution{Take: TakeValue, Values: value}, "pear|5|20", "", 0, 4},
		"deleted, both":          {"pear", Resolution{Take: TakeBoth}, "", "", fault.Input, 5},
		"deleted, a cell":        {"pear", Resolution{Take: TakeTheirs, Column: "price"}, "", "", fault.Input, 5},
		"deleted there, ours":    {"plum", Resolution{Take: TakeOurs}, "plum|9|30", "", 0, 4},
		"deleted there, theirs":  {"plum", Resolution{Take: TakeTheirs}, "", "", 0, 4},
		"inserted, theirs":       {"fig", Resolution{Take: TakeTheirs}, "fig|8|9", "", 0, 4},
		"inserted, base":         {"fig", Resolution{Take: TakeBase}, "", "", 0, 4},
		"inserted, both":         {"fig", Resolution{Take: TakeBoth}, "fig|9|9", "fig2|8|9", 0, 4},
		"inserted, value":        {"fig", Resolution{Take: TakeValue, Values: value}, "fig|5|9", "", 0, 4},
		"no take":                {"kiwi", Resolution{Take: TakeEarlier + 1}, "", "", fault.Input, 5},
		"no conflict of that id": {"", Resolution{ID: "0123456789abcdef"}, "", "", fault.NotFound, 5},
	} {
		t.Run(name, func(t *testing.T) {
			f := conflicting(t)
			before := f.lines(t)
			if test.key != "" {
				test.want.ID = f.idOf(t, test.key)
			}
			r, done, err := f.Resolve(7, test.want)
			if fault.KindOf(err) != test.kind {
				t.Fatal(err)
			}
			if open := f.conflicts(t); len(open) != test.open {
				t.Errorf("%d are open: %+v", len(open), open)
			}
			f.sound(t, true)
			if test.kind != 0 {
				if diff := cmp.Diff(before, f.lines(t)); diff != "" {
					t.Error(diff)
				}
				return
			}
			lines := f.lines(t)
			if l := lines[len(lines)-1]; len(lines) != len(before)+1 || l.Action != verlog.Resolve || l.User != 7 || l.ID != r.ID || !r.Stored {
				t.Errorf("%+v %v", r, lines)
			}
			if got := f.rowOf(t, test.key); got != test.row {
				t.Errorf("row %q", got)
			}
			if len(done) != 1 || done[0].By != test.want.Take.String() || f.rowOf(t, string(done[0].NewKey)) != test.newRow {
				t.Errorf("done %+v, current.csv %q", done, f.current(t))
			}
			if _, _, err := f.Resolve(7, Resolution{ID: test.want.ID}); test.open == 4 && fault.KindOf(err) != fault.NotFound {
				t.Error("settled twice:", err)
			}
		})
	}
}

// TestResolvePart settles a conflict column by column: what is left stays open, and is no stale one.
func TestResolvePart(t *testing.T) {
	f := conflicting(t)
	id := f.idOf(t, "kiwi")
	f.mustResolve(t, Resolution{ID: id, Take: TakeTheirs, Column: "price"})
	left := f.conflicts(t)
	for _, c := range left {
		if c.ID == id && (!cmp.Equal(c.Columns, []string{"stock"}) || string(c.Now) != "kiwi|8|90") {
			t.Errorf("%+v", c)
		}
	}
	os.Remove(filepath.Join(f.dir, openFile))
	if diff := cmp.Diff(left, f.conflicts(t)); diff != "" {
		t.Error(diff)
	}
	f.mustResolve(t, Resolution{ID: id, Take: TakeTheirs, Column: "stock"})
	if len(f.conflicts(t)) != 4 || f.rowOf(t, "kiwi") != "kiwi|8|80" {
		t.Errorf("%+v", f.conflicts(t))
	}
	f.sound(t, true)
}

func (f *fixture) mustResolve(t *testing.T, list ...Resolution) (Result, []Resolved) {
	t.Helper()
	r, done, err := f.Resolve(7, list...)
	if err != nil {
		t.Fatal(err)
	}
	return r, done
}

// TestResolveMany settles all in one version, both rows being kept where there are two.
func TestResolveMany(t *testing.T) {
	f := conflicting(t)
	f.must(t)(f.Set(1, []string{"fig2"}, nil))
	var list []Resolution
	for _, c := range f.conflicts(t) {
		choice := TakeTheirs
		if c.Ours.Record != nil && c.Theirs.Record != nil {
			choice = TakeBoth
		}
		list = append(list, Resolution{ID: c.ID, Take: choice})
	}
	before := len(f.lines(t))
	r, done := f.mustResolve(t, list...)
	want := "sku|price|stock\napple|9|10\nkiwi|9|90\nfig|9|9\nfig2||\napple2|8|10\npear|8|20\nkiwi2|8|80\nfig3|8|9\n"
	if f.current(t) != want || len(f.lines(t)) != before+1 || len(f.conflicts(t)) > 0 || len(done) != 5 || r.Settled != 5 {
		t.Errorf("%+v %q %+v", r, f.current(t), done)
	}
	f.sound(t, true)
}

// TestResolveStale changes a row after its conflict was recorded: the resolution is refused unless it is forced.
func TestResolveStale(t *testing.T) {
	change := func(key string) func(*fixture) error {
		return func(f *fixture) error {
			_, err := f.Set(3, []string{key}, []Assignment{{Column: "stock", Value: "77"}})
			return err
		}
	}
	for name, test := range map[string]struct {
		key    string
		change func(*fixture) error
		says   string
		forced string
	}{
		"changed":      {"apple", change("apple"), "it is now apple|9|77", "apple|8|77"},
		"deleted":      {"apple", func(f *fixture) error { _, err := f.Delete(3, []string{"apple"}); return err }, "it is not there now", "apple|8|10"},
		"brought back": {"pear", change("pear"), "it is now pear||77", "pear|8|20"},
		"settled by hand, in another version": {"kiwi", func(f *fixture) error {
			_, err := f.Set(3, []string{"kiwi"}, []Assignment{{Column: "price", Value: "8"}})
			return err
		}, "it is now kiwi|8|90", "kiwi|8|80"},
	} {
		t.Run(name, func(t *testing.T) {
			f := conflicting(t)
			id := f.idOf(t, test.key)
			if err := test.change(f); err != nil {
				t.Fatal(err)
			}
			before := f.lines(t)
			_, _, err := f.Resolve(7, Resolution{ID: id, Take: TakeTheirs})
			if fault.KindOf(err) != fault.No || !strings.Contains(err.Error(), test.says) {
				t.Error(err)
			}
			if len(f.lines(t)) != len(before) || len(f.conflicts(t)) != 5 {
				t.Error("something was stored")
			}
			f.mustResolve(t, Resolution{ID: id, Take: TakeTheirs, Force: true})
			if got := f.rowOf(t, test.key); got != test.forced {
				t.Errorf("forced: %q", got)
			}
			f.sound(t, true)
		})
	}
	t.Run("a column more", func(t *testing.T) {
		f := conflicting(t)
		wider := strings.ReplaceAll(strings.Replace(f.current(t), "|stock\n", "|stock|note\n", 1), "\n", "|n\n")
		wider = strings.Replace(wider, "|note|n\n", "|note\n", 1)
		f.must(t)(f.Replace(Replacement{Content: []byte(wider), Action: verlog.Update, User: 3}))
		f.mustResolve(t, Resolution{ID: f.idOf(t, "apple"), Take: TakeTheirs}, Resolution{ID: f.idOf(t, "pear"), Take: TakeTheirs})
		if f.rowOf(t, "apple") != "apple|8|10|n" || f.rowOf(t, "pear") != "pear|8|20|" {
			t.Error(f.current(t))
		}
		f.sound(t, true)
	})
}

// TestResolveHeader settles conflicts over the header, which may take a column or the order of all.
func TestResolveHeader(t *testing.T) {
	orders := [2]string{"sku|stock|price\napple|10|1\n# plums\nplum|30|3\r\n", "price|sku|stock\n1|apple|10\n# plums\n3|plum|30\r\n"}
	names := [2]string{"sku|cost|stock\napple|1|10\n# plums\nplum|3|30\r\n", "sku|charge|stock\napple|1|10\n# plums\nplum|3|30\r\n"}
	first := "sku|price|stock\napple|1|10\n# plums\nplum|3|30\r\n"
	for name, test := range map[string]struct {
		texts  [2]string
		choice Take
		want   string
		kind   fault.Kind
	}{
		"order, ours":   {orders, TakeOurs, orders[0], 0},
		"order, theirs": {orders, TakeTheirs, orders[1], 0},
		"order, base":   {orders, TakeBase, first, 0},
		"order, both":   {orders, TakeBoth, "", fault.Input},
		"order, value":  {orders, TakeValue, "", fault.Input},
		"name, ours":    {names, TakeOurs, names[0], 0},
		"name, theirs":  {names, TakeTheirs, names[1], 0},
		"name, both":    {names, TakeBoth, "sku|cost|charge|stock\napple|1|1|10\n# plums\nplum|3|3|30\r\n", 0},
		"name, base":    {names, TakeBase, "", fault.Input},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, first)
			base, _ := f.Head()
			f.must(t)(f.Replace(Replacement{Content: []byte(test.texts[0]), Action: verlog.Update, User: 1}))
			f.must(t)(f.Replace(Replacement{Content: []byte(test.texts[1]), Action: verlog.Update, User: 2, Base: base.ID}))
			open := f.conflicts(t)
			if len(open) != 1 {
				t.Fatalf("%+v in %q", open, f.current(t))
			}
			_, _, err := f.Resolve(7, Resolution{ID: open[0].ID, Take: test.choice})
			if fault.KindOf(err) != test.kind {
				t.Fatal(err)
			}
			if test.kind == 0 && (f.current(t) != test.want || len(f.conflicts(t)) > 0) {
				t.Errorf("%q %+v", f.current(t), f.conflicts(t))
			}
			f.sound(t, true)
			f.must(t)(f.Set(1, []string{"apple"}, []Assignment{{Column: "stock", Value: "0"}}))
			f.sound(t, true)
		})
	}
}

// TestConflictsOfDeletedTable: they go with the table, come back with it, and are nobody's in a new one of that name.
func TestConflictsOfDeletedTable(t *testing.T) {
	for name, test := range map[string]struct {
		again func(f *fixture, before stamp.ID) (Result, error)
		open  int
	}{
		"rolled back": {func(f *fixture, before stamp.ID) (Result, error) { return f.Rollback(1, before) }, 5},
		"made anew": {func(f *fixture, _ stamp.ID) (Result, error) {
			return f.Replace(Replacement{Content: []byte(prices), Action: verlog.Import})
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := conflicting(t)
			head, _ := f.Head()
			f.must(t)(f.Drop(1))
			if len(f.conflicts(t)) > 0 {
				t.Error("a deleted table has conflicts")
			}
			f.sound(t, true)
			f.must(t)(test.again(f, head.ID))
			if got := len(f.conflicts(t)); got != test.open {
				t.Error(got)
			}
			f.sound(t, true)
		})
	}
}

// TestResolveDroppedColumn takes theirs, and both, of a cell whose column ours dropped: neither row has a place for it.
func TestResolveDroppedColumn(t *testing.T) {
	f := newFixture(t, "sku|price|stock\napple|1|10\n")
	base, _ := f.Head()
	f.must(t)(f.Replace(Replacement{Content: []byte("sku|stock\napple|10\n"), Action: verlog.Update, User: 1}))
	f.must(t)(f.Replace(Replacement{Content: []byte("sku|price|stock\napple|2|10\n"), Action: verlog.Update, User: 2, Base: base.ID}))
	open := f.conflicts(t)
	if len(open) != 1 {
		t.Fatalf("%+v in %q", open, f.current(t))
	}
	for _, choice := range []Take{TakeTheirs, TakeBoth} {
		_, _, err := f.Resolve(7, Resolution{ID: open[0].ID, Take: choice})
		if fault.KindOf(err) != fault.Input || fault.HintOf(err) == "" {
			t.Errorf("%v: %v", choice, err)
		}
	}
	f.mustResolve(t, Resolution{ID: open[0].ID, Take: TakeOurs})
	if got := f.current(t); got != "sku|stock\napple|10\n" {
		t.Errorf("%q", got)
	}
	f.sound(t, true)
}
