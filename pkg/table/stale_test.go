package table

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const prices = "sku|price|stock\n# fruit\napple|1|10\npear|2|20\nplum|3|30\n"

// stale is a table whose head, by user 1, has moved on from the version that user 2 will write from.
func stale(t *testing.T, head string) (f *fixture, base stamp.ID) {
	t.Helper()
	f = newFixture(t, prices)
	line, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	if head != prices {
		f.must(t)(f.Replace(Replacement{Content: []byte(head), Action: verlog.Update, User: 1}))
	}
	return f, line.ID
}

// is fails the test unless the table holds want, and is sound.
func (f *fixture) is(t *testing.T, want string) {
	t.Helper()
	if got := f.current(t); got != want {
		t.Errorf("current.csv is %q, not %q", got, want)
	}
	c, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b, err := c.Bytes(); err != nil || string(b) != want {
		t.Errorf("the table is %q, not %q: %v", b, want, err)
	}
	f.sound(t, true)
}

func (f *fixture) head(t *testing.T) verlog.Line {
	t.Helper()
	l, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// with returns prices with pairs of texts replaced.
func with(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(prices) }

func (f *fixture) conflicts(t *testing.T) []conflict.Conflict {
	t.Helper()
	list, err := f.Conflicts()
	if err == nil {
		err = f.Describe(list)
	}
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (f *fixture) lines(t *testing.T) []verlog.Line {
	t.Helper()
	lines, err := f.Lines()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestStaleWrite(t *testing.T) {
	for name, test := range map[string]struct {
		head, mine, want string
		options          MergeOptions
		open, settled    int
		action           verlog.Action
	}{
		"other rows":      {with("apple|1", "apple|9"), with("pear|2", "pear|8"), with("apple|1", "apple|9", "pear|2", "pear|8"), MergeOptions{}, 0, 0, verlog.Automerge},
		"cells of a row":  {with("apple|1|10", "apple|9|10"), with("apple|1|10", "apple|1|99"), with("apple|1|10", "apple|9|99"), MergeOptions{}, 0, 0, verlog.Automerge},
		"cells, by rows":  {with("apple|1|10", "apple|9|10"), with("apple|1|10", "apple|1|99"), with("apple|1|10", "apple|9|10"), MergeOptions{Rows: true}, 1, 0, verlog.MergeConflicts},
		"one cell":        {with("apple|1", "apple|9"), with("apple|1", "apple|8"), with("apple|1", "apple|9"), MergeOptions{}, 1, 0, verlog.MergeConflicts},
		"one cell, last":  {with("apple|1", "apple|9"), with("apple|1", "apple|8"), with("apple|1", "apple|8"), MergeOptions{Strategy: LastWriteWins}, 0, 1, verlog.MergeConflicts},
		"one cell, first": {with("apple|1", "apple|9"), with("apple|1", "apple|8"), with("apple|1", "apple|9"), MergeOptions{Strategy: FirstWriteWins}, 0, 1, verlog.MergeConflicts},
		"the same":        {with("apple|1", "apple|9"), with("apple|1", "apple|9"), with("apple|1", "apple|9"), MergeOptions{}, 0, 0, verlog.Automerge},
		"deleted there":   {with("pear|2|20\n", ""), with("pear|2", "pear|8"), with("pear|2|20\n", ""), MergeOptions{}, 1, 0, verlog.MergeConflicts},
		"deleted here":    {with("pear|2", "pear|8"), with("pear|2|20\n", ""), with("pear|2", "pear|8"), MergeOptions{}, 1, 0, verlog.MergeConflicts},
		"both inserted":   {prices + "fig|1|1\n", prices + "fig|2|1\n", prices + "fig|1|1\n", MergeOptions{}, 1, 0, verlog.MergeConflicts},
		"a column more":   {with("apple|1", "apple|9"), "sku|price|stock|note\napple|1|10|x\npear|2|20|\nplum|3|30|\n", "sku|price|stock|note\napple|9|10|x\npear|2|20|\nplum|3|30|\n", MergeOptions{}, 0, 0, verlog.Automerge},
		"both orders":     {"sku|stock|price\napple|10|1\npear|20|2\nplum|30|3\n", "price|sku|stock\n1|apple|10\n2|pear|20\n3|plum|30\n", "sku|stock|price\napple|10|1\npear|20|2\nplum|30|3\n", MergeOptions{}, 1, 0, verlog.MergeConflicts},
		"the key moved":   {with("apple|1", "apple|9"), "price|sku|stock\n# fruit\n1|apple|10\n2|pear|20\n3|plum|30\n", "price|sku|stock\n# fruit\n9|apple|10\n2|pear|20\n3|plum|30\n", MergeOptions{}, 0, 0, verlog.Automerge},
	} {
		t.Run(name, func(t *testing.T) {
			f, base := stale(t, test.head)
			head := f.lines(t)[1]
			r, err := f.Replace(Replacement{Content: []byte(test.mine), Action: verlog.Update, User: 2, Base: base, Merge: test.options, Note: "why"})
			if err != nil {
				t.Fatal(err)
			}
			if f.current(t) != test.want || f.at(t, r.ID) != test.want || f.at(t, r.Side) != test.mine {
				t.Errorf("current.csv %q, merge %q, side %q", f.current(t), f.at(t, r.ID), f.at(t, r.Side))
			}
			lines := f.lines(t)
			side, join := lines[2], lines[3]
			if len(lines) != 4 || side.Base != base || side.User != 2 || side.Action != verlog.Update || side.Parent != 0 ||
				join.Base != head.ID || join.Parent != side.ID || join.User != 2 || join.Action != test.action {
				t.Errorf("lines %v", lines)
			}
			if notes, _ := f.Notes(); notes[side.ID] != "why" {
				t.Error(notes)
			}
			open := f.conflicts(t)
			if len(open) != test.open || r.Conflicts != test.open || r.Settled != test.settled {
				t.Errorf("result %+v, open %+v", r, open)
			}
			for _, c := range open {
				if c.Base.Version != base || c.Ours.Version != head.ID || c.Theirs.Version != side.ID || c.Ours.User != 1 || c.Theirs.User != 2 || c.Version != join.ID {
					t.Errorf("conflict %+v", c)
				}
			}
			f.sound(t, true)
			f.must(t)(f.Set(1, []string{"later"}, nil))
			f.sound(t, true)
		})
	}
}

func TestConflictRecords(t *testing.T) {
	f, base := stale(t, with("apple|1", "apple|9", "pear|2|20\n", "")+"\"f|g\"|1|\"a\"\"\nb\"\n")
	head, _ := f.Head()
	r := f.must(t)(f.Replace(Replacement{Content: []byte(with("apple|1|10", "apple|8|10", "pear|2", "pear|7") + "\"f|g\"|2|ü\n"), Action: verlog.Update, User: 2, Base: base}))
	columns := []string{"sku", "price", "stock"}
	party := func(version stamp.ID, user uint64, record string) conflict.Side {
		p := conflict.Side{Version: version, User: user, Columns: columns}
		if record != "" {
			p.Record = []byte(record)
		}
		return p
	}
	found := func(n int, kind conflict.Kind, key, names, b, o, t, now string) conflict.Conflict {
		c := conflict.Conflict{ID: conflict.NewID("t", r.Side, n), Version: r.ID, Kind: kind, Key: []byte(key), NowColumns: columns, Now: []byte(now),
			Base: party(base, 1001, b), Ours: party(head.ID, 1, o), Theirs: party(r.Side, 2, t)}
		if names != "" {
			c.Columns = strings.Split(names, ",")
		}
		if now == "" {
			c.Now = nil
		}
		return c
	}
	want := []conflict.Conflict{
		found(1, conflict.Update, "apple", "price", "apple|1|10", "apple|9|10", "apple|8|10", "apple|9|10"),
		found(2, conflict.Delete, "pear", "", "pear|2|20", "", "pear|7|20", ""),
		found(3, conflict.Insert, "f|g", "price,stock", "", "\"f|g\"|1|\"a\"\"\nb\"", "\"f|g\"|2|ü", "\"f|g\"|1|\"a\"\"\nb\""),
	}
	if diff := cmp.Diff(want, f.conflicts(t)); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(filepath.Join(f.dir, openFile)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, f.conflicts(t)); diff != "" {
		t.Error("without conflicts.csv:", diff)
	}
	if done, err := f.Recover(); err != nil || len(done) != 1 {
		t.Error(done, err)
	}
	f.sound(t, true)
}

// TestStaleWriters has several versions between base and head: each conflict names the write that it is with, and not the
// merge that brought it in.
func TestStaleWriters(t *testing.T) {
	f, base := stale(t, prices)
	a := f.must(t)(f.Set(11, []string{"apple"}, []Assignment{{Column: "price", Value: "9"}}))
	b := f.must(t)(f.SetFrom(base, 12, []string{"pear"}, []Assignment{{Column: "price", Value: "9"}}, MergeOptions{}))
	if b.Side == 0 || b.Conflicts > 0 {
		t.Fatalf("%+v", b)
	}
	c := f.must(t)(f.Delete(13, []string{"plum"}))
	f.must(t)(f.Set(14, []string{"unrelated"}, nil))
	r := f.must(t)(f.Replace(Replacement{Content: []byte(with("apple|1", "apple|7", "pear|2", "pear|7", "plum|3", "plum|7")), Action: verlog.Update, User: 15, Base: base}))
	got := map[string]conflict.Side{}
	for _, c := range f.conflicts(t) {
		got[string(c.Key)] = conflict.Side{Version: c.Ours.Version, User: c.Ours.User}
	}
	want := map[string]conflict.Side{"apple": {Version: a.ID, User: 11}, "pear": {Version: b.Side, User: 12}, "plum": {Version: c.ID, User: 13}}
	if diff := cmp.Diff(want, got); diff != "" || r.Conflicts != 3 {
		t.Error(r, diff)
	}
	f.sound(t, true)
}

func TestStaleRefusals(t *testing.T) {
	f, base := stale(t, with("apple|1", "apple|9"))
	before, log := f.current(t), f.lines(t)
	var clash *Clash
	mine := with("apple|1", "apple|8", "pear|2", "pear|8")
	_, err := f.Replace(Replacement{Content: []byte(mine), Action: verlog.Update, User: 2, Base: base, Merge: MergeOptions{Fail: true}})
	if !errors.As(err, &clash) || len(clash.Conflicts) != 1 || fault.KindOf(err) != fault.No {
		t.Error(err)
	}
	for what, content := range map[string]string{"twins": prices + "apple|1|1\n", "no table": "a\"b|c\n", "no key": "a|b\n1|2\n", "empty": ""} {
		if r, err := f.Replace(Replacement{Content: []byte(content), Action: verlog.Update, User: 2, Base: base, Source: "mine.csv"}); fault.KindOf(err) != fault.Input || !strings.Contains(err.Error(), "mine.csv") {
			t.Errorf("%s: %+v %v", what, r, err)
		}
	}
	if diff := cmp.Diff(log, f.lines(t)); diff != "" || f.current(t) != before {
		t.Error(diff)
	}
	if r := f.must(t)(f.Replace(Replacement{Content: []byte(prices), Action: verlog.Update, User: 2, Base: base})); r.Stored {
		t.Errorf("a write that changes nothing: %+v", r)
	}
	f.sound(t, true)
	drop := f.must(t)(f.Drop(1))
	if _, err := f.Replace(Replacement{Content: []byte(mine), Action: verlog.Update, User: 2, Base: base, Existing: true}); fault.KindOf(err) != fault.NotFound {
		t.Error("of a deleted table:", err)
	}
	back := f.must(t)(f.Rollback(1, base))
	if _, err := f.Replace(Replacement{Content: []byte(mine), Action: verlog.Update, User: 2, Base: drop.ID}); fault.KindOf(err) != fault.Input {
		t.Error("from a deletion:", err)
	}
	// Base and head have one content: there is nothing to merge.
	if r := f.must(t)(f.Replace(Replacement{Content: []byte(mine), Action: verlog.Update, User: 2, Base: base})); r.Side != 0 || f.lines(t)[len(f.lines(t))-1].Base != back.ID {
		t.Errorf("%+v", r)
	}
	for i := range 5 {
		f.must(t)(f.Set(1, []string{"n"}, []Assignment{{Column: "price", Value: strings.Repeat("1", i+1)}}))
	}
	if _, err := f.Prune(0, 2); err != nil {
		t.Fatal(err)
	}
	_, err = f.Replace(Replacement{Content: []byte(mine), Action: verlog.Update, User: 2, Base: base})
	oldest := indexOf(f.lines(t)).compact
	if fault.KindOf(err) != fault.NotFound || !strings.Contains(fault.HintOf(err), oldest.String()) {
		t.Errorf("from a folded version: %v, hint %q", err, fault.HintOf(err))
	}
	f.sound(t, true)
}

// TestStaleHistory looks at a history with merges from all sides.
func TestStaleHistory(t *testing.T) {
	f, base := stale(t, with("apple|1", "apple|9"))
	head := f.lines(t)[1]
	r := f.must(t)(f.Replace(Replacement{Content: []byte(with("apple|1", "apple|8", "pear|2", "pear|8")), Action: verlog.Update, User: 2, Base: base}))
	// Another write from the first version, and one from the side version.
	again := f.must(t)(f.SetFrom(base, 3, []string{"plum"}, []Assignment{{Column: "stock", Value: "0"}}, MergeOptions{}))
	side := f.must(t)(f.SetFrom(r.Side, 4, []string{"pear"}, []Assignment{{Column: "stock", Value: "0"}}, MergeOptions{}))
	want := "sku|price|stock\n# fruit\napple|9|10\npear|8|0\nplum|3|0\n"
	if f.current(t) != want {
		t.Fatalf("%q", f.current(t))
	}
	byKey, root, err := f.Blame()
	if err != nil || root.ID != base || byKey["apple"].ID != head.ID || byKey["pear"].ID != side.Side || byKey["plum"].ID != again.Side {
		t.Error(byKey, root, err)
	}
	cells, err := f.BlameCells([]string{"pear"})
	if err != nil || cells["price"].ID != r.Side || cells["stock"].ID != side.Side || cells["sku"].ID != base {
		t.Error(cells, err)
	}
	type moment struct {
		id     stamp.ID
		record string
	}
	history := func(key string) (list []moment) {
		moments, err := f.History([]string{key})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range moments {
			list = append(list, moment{m.Line.ID, string(bytes.TrimSpace(m.Record))})
		}
		return list
	}
	for key, want := range map[string][]moment{
		"apple": {{r.Side, "apple|8|10"}, {head.ID, "apple|9|10"}, {base, "apple|1|10"}},
		"pear":  {{side.ID, "pear|8|0"}, {side.Side, "pear|8|0"}, {r.ID, "pear|8|20"}, {r.Side, "pear|8|20"}, {base, "pear|2|20"}},
		"plum":  {{again.ID, "plum|3|0"}, {again.Side, "plum|3|0"}, {base, "plum|3|30"}},
	} {
		if diff := cmp.Diff(want, history(key), cmp.AllowUnexported(moment{})); diff != "" {
			t.Error(key, diff)
		}
	}
	if c, err := f.Diff(r.Side, r.ID); err != nil || len(c.Rows) != 1 || string(c.Rows[0].Key) != "apple" {
		t.Error(c, err)
	}
	back := f.must(t)(f.Rollback(5, r.Side))
	if f.current(t) != f.at(t, r.Side) || f.at(t, back.ID) != f.at(t, r.Side) {
		t.Error("rollback to a side version:", f.current(t))
	}
	f.sound(t, true)
}

// TestSideIsNoCopy edits current.csv into what a side version holds: that is an edit, and no copy that is behind.
func TestSideIsNoCopy(t *testing.T) {
	f, base := stale(t, with("apple|1", "apple|9"))
	mine := with("apple|1", "apple|8")
	f.must(t)(f.Replace(Replacement{Content: []byte(mine), Action: verlog.Update, User: 2, Base: base}))
	if err := os.WriteFile(filepath.Join(f.dir, currentFile), []byte(mine), 0o666); err != nil {
		t.Fatal(err)
	}
	if st, err := f.Status(); err != nil || st.State != Dirty {
		t.Errorf("%+v %v", st, err)
	}
}
