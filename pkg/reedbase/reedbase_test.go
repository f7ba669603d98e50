package reedbase_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func newDB(t *testing.T) *reedbase.DB {
	t.Helper()
	db, created, err := reedbase.Init(t.TempDir(), reedbase.Options{User: "ada", Trust: true, Warn: func(text string) { t.Log(text) }})
	if err != nil || !created {
		t.Fatal(created, err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// load imports a text and fails the test when that is refused.
func load(t *testing.T, db *reedbase.DB, name, text string, o reedbase.ImportOptions) *reedbase.Table {
	t.Helper()
	x, _, err := db.Import(name, []byte(text), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func export(t *testing.T, x *reedbase.Table) string {
	t.Helper()
	var b bytes.Buffer
	if err := x.Export(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func set(t *testing.T, x *reedbase.Table, value string, key ...string) reedbase.Result {
	t.Helper()
	r, err := x.Set(key, []reedbase.Assignment{{Column: "value", Value: value}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestImport(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		o    reedbase.ImportOptions
		want string
		kind fault.Kind
	}{
		"as it is":       {text: "k|v\r\na|\"1\"\r\n", want: "k|v\r\na|\"1\"\r\n"},
		"commas":         {text: "k,v\na,\"x,y\"\nb,p|q\n", o: reedbase.ImportOptions{Delimiter: ','}, want: "k|v\na|x,y\nb|\"p|q\"\n"},
		"twins":          {text: "k|v\na|1\na|2\n", kind: fault.Input},
		"first":          {text: "k|v\na|1\nb|x\na|2\n", o: reedbase.ImportOptions{Duplicates: "first"}, want: "k|v\na|1\nb|x\n"},
		"last":           {text: "k|v\na|1\nb|x\na|2\n", o: reedbase.ImportOptions{Duplicates: "last"}, want: "k|v\nb|x\na|2\n"},
		"headers again":  {text: "k|v\na|1\nk|v\nb|2\n", o: reedbase.ImportOptions{Duplicates: "first"}, want: "k|v\na|1\nb|2\n"},
		"none of these":  {text: "k|v\n", o: reedbase.ImportOptions{Duplicates: "some"}, kind: fault.Input},
		"key of two":     {text: "a|b|c\n1|1|x\n1|2|y\n", o: reedbase.ImportOptions{Key: []string{"a", "b"}}, want: "a|b|c\n1|1|x\n1|2|y\n"},
		"no such column": {text: "a|b\n", o: reedbase.ImportOptions{Key: []string{"c"}}, kind: fault.Input},
		"a column twice": {text: "a|b\n", o: reedbase.ImportOptions{Key: []string{"a", "a"}}, kind: fault.Input},
		"no text":        {text: "", kind: fault.Input},
		"NUL":            {text: "k|v\na|\x00\n", kind: fault.Input},
	} {
		t.Run(name, func(t *testing.T) {
			db := newDB(t)
			x, r, err := db.Import("t", []byte(c.text), c.o)
			if fault.KindOf(err) != c.kind || (err == nil) != (c.kind == fault.Other) {
				t.Fatalf("%v of kind %v", err, fault.KindOf(err))
			}
			if err != nil {
				if entries, err := os.ReadDir(filepath.Join(db.Dir(), ".reed", "tables")); err != nil || len(entries) > 0 {
					t.Errorf("left behind: %v %v", entries, err)
				}
				return
			}
			defer x.Close()
			if got := export(t, x); got != c.want || !r.Stored || r.Added != int64(strings.Count(c.want, "\n")-1) {
				t.Errorf("%q, %+v", got, r)
			}
		})
	}
}

// TestImportKeepsTheKey leaves out twins by the key that the table has, not by its first column.
func TestImportKeepsTheKey(t *testing.T) {
	db := newDB(t)
	load(t, db, "t", "a|b|c\n1|1|x\n1|2|y\n", reedbase.ImportOptions{Key: []string{"a", "b"}})
	x := load(t, db, "t", "a|b|c\n1|1|x\n1|2|z\n1|2|y\n", reedbase.ImportOptions{Duplicates: "first"})
	if got := export(t, x); got != "a|b|c\n1|1|x\n1|2|z\n" {
		t.Errorf("%q", got)
	}
	if key, err := x.KeyColumns(); err != nil || !slices.Equal(key, []string{"a", "b"}) {
		t.Errorf("key %q %v", key, err)
	}
}

func TestRows(t *testing.T) {
	db := newDB(t)
	x := load(t, db, "t", "# about\nkey|value\n# of a\na.1|x\na.2|\"two\nlines\"\nb|\"p|q\"\n", reedbase.ImportOptions{})
	rec, err := x.Get("a.2")
	if v, ok := rec.Cell("value"); err != nil || v != "two\nlines" || !ok || !slices.Equal(rec.Key(), []string{"a.2"}) {
		t.Errorf("%+v %v", rec, err)
	}
	if _, ok := rec.Cell("none"); ok {
		t.Error("a column that is not there has a cell")
	}
	for _, c := range []struct {
		key  []string
		kind fault.Kind
		hint string
	}{{[]string{"a.3"}, fault.NotFound, "a."}, {[]string{"far away"}, fault.NotFound, ""}, {nil, fault.Input, ""}, {[]string{"a", "b"}, fault.Input, ""}, {[]string{""}, fault.NotFound, ""}} {
		if _, err := x.Get(c.key...); fault.KindOf(err) != c.kind || !strings.Contains(fault.HintOf(err), c.hint) {
			t.Errorf("get %q: %v, hint %q", c.key, err, fault.HintOf(err))
		}
	}
	type row struct {
		Key, Comment string
		Line         int
	}
	for _, c := range []struct {
		prefix string
		limit  int
		want   []row
	}{
		{"", 0, []row{{"a.1", "# of a\n", 4}, {"a.2", "", 5}, {"b", "", 7}}}, {"a.", 0, []row{{"a.1", "# of a\n", 4}, {"a.2", "", 5}}},
		{"a.", 1, []row{{"a.1", "# of a\n", 4}}}, {"c", 0, nil}, {"", 2, []row{{"a.1", "# of a\n", 4}, {"a.2", "", 5}}},
	} {
		var got []row
		for rec, err := range x.List(c.prefix, c.limit) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, row{rec.Key()[0], rec.Comment, rec.Line})
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("list %q (-want +got):\n%s", c.prefix, diff)
		}
	}
}

func TestResolve(t *testing.T) {
	db := newDB(t)
	x := load(t, db, "t", "key|value\na|0\n", reedbase.ImportOptions{})
	var ids []reedbase.ID
	for i := range 4 {
		ids = append(ids, set(t, x, fmt.Sprint(i+1), "a").ID)
	}
	if err := x.Tag("named", ids[1]); err != nil {
		t.Fatal(err)
	}
	at := ids[2].Time()
	for spec, want := range map[string]reedbase.ID{
		"": ids[3], "head": ids[3], "~0": ids[3], "~1": ids[2], "~3": ids[0], "named": ids[1], ids[0].String(): ids[0],
		at.Format(time.RFC3339Nano): ids[2], at.Add(-time.Microsecond).Format("2006-01-02T15:04:05.000000Z07:00"): ids[1],
		"2200-01-01": ids[3], fmt.Sprintf("@%d", time.Now().Unix()+100): ids[3],
	} {
		v, err := x.Resolve(spec)
		if err != nil || v.ID != want {
			t.Errorf("%q is %s, not %s: %v", spec, v.ID, want, err)
		}
		if want == ids[1] && !slices.Equal(v.Tags, []string{"named"}) {
			t.Errorf("%q has the names %q", spec, v.Tags)
		}
	}
	for spec, kind := range map[string]fault.Kind{
		"~9": fault.NotFound, "~-1": fault.Input, "~x": fault.Input, "none": fault.NotFound, "1": fault.Input, "9": fault.NotFound,
		"1999-01-01": fault.NotFound, "2026-13-01": fault.Input, "@": fault.Input, "@-1": fault.Input, "namd": fault.NotFound,
	} {
		if v, err := x.Resolve(spec); fault.KindOf(err) != kind {
			t.Errorf("%q: %v %v of kind %v", spec, v, err, fault.KindOf(err))
		}
	}
	if _, err := x.Resolve("namd"); !strings.Contains(fault.HintOf(err), "named") {
		t.Errorf("hint %q", fault.HintOf(err))
	}
}

func TestHistory(t *testing.T) {
	db := newDB(t)
	x := load(t, db, "t", "key|value|more\na|1|m\nb|1|m\n", reedbase.ImportOptions{})
	first, err := x.Resolve("head")
	if err != nil {
		t.Fatal(err)
	}
	second := set(t, x, "2", "a")
	if _, err := x.Delete([]string{"b"}); err != nil {
		t.Fatal(err)
	}
	list, err := x.Versions(reedbase.Filter{})
	if err != nil || len(list) != 3 || list[0].ActionName != "update" || list[2].ActionName != "import" || list[0].User != "ada" || list[0].Rows != 1 {
		t.Errorf("%+v %v", list, err)
	}
	for _, c := range []struct {
		f    reedbase.Filter
		want int
		kind fault.Kind
	}{
		{reedbase.Filter{Limit: 2}, 2, 0}, {reedbase.Filter{Action: "IMPORT"}, 1, 0}, {reedbase.Filter{User: "ada"}, 3, 0}, {reedbase.Filter{User: "system"}, 0, 0},
		{reedbase.Filter{Since: list[1].Time}, 2, 0}, {reedbase.Filter{Until: list[1].Time}, 2, 0}, {reedbase.Filter{Since: list[1].Time, Until: list[1].Time}, 1, 0},
		{reedbase.Filter{Action: "none"}, 0, fault.NotFound}, {reedbase.Filter{User: "none"}, 0, fault.NotFound},
	} {
		if got, err := x.Versions(c.f); len(got) != c.want || fault.KindOf(err) != c.kind {
			t.Errorf("%+v: %d versions, %v", c.f, len(got), err)
		}
	}
	d, err := x.Diff(first.ID, list[0].ID)
	if err != nil || d.Changed != 1 || d.Deleted != 1 || d.Cells != 2+1+1 && d.Cells != 1 {
		t.Errorf("%+v %v", d, err)
	}
	m, err := x.History("a")
	if err != nil || len(m) != 2 || m[0].Version.ID != second.ID || !slices.Equal(m[0].Changed, []string{"value"}) || m[1].Record == nil {
		t.Errorf("%+v %v", m, err)
	}
	if m, err := x.History("b"); err != nil || len(m) != 2 || m[0].Record != nil {
		t.Errorf("%+v %v", m, err)
	}
	for line, err := range x.Blame("a") {
		if err != nil || line.Version.ID != second.ID || line.CellVersions[0].ID != first.ID || line.CellVersions[1].ID != second.ID || line.CellVersions[2].ID != first.ID {
			t.Errorf("%+v %v", line, err)
		}
	}
	for _, err := range x.Blame("b") {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("blame of what is gone: %v", err)
		}
	}
	var b bytes.Buffer
	if err := x.Content(&b, first.ID); err != nil || b.String() != "key|value|more\na|1|m\nb|1|m\n" {
		t.Errorf("%q %v", b.String(), err)
	}
}

// TestAfterAnotherKey looks back over a change of the key: what the table had before can be seen all the same.
func TestAfterAnotherKey(t *testing.T) {
	db := newDB(t)
	x := load(t, db, "t", "id|name\n1|one\n2|two\n", reedbase.ImportOptions{})
	first, err := x.Resolve("head")
	if err != nil {
		t.Fatal(err)
	}
	x = load(t, db, "t", "lang|page|text\nde|a|A\nen|a|B\n", reedbase.ImportOptions{Key: []string{"lang", "page"}})
	if _, err := x.Set([]string{"de", "a"}, []reedbase.Assignment{{Column: "text", Value: "C"}}); err != nil {
		t.Fatal(err)
	}
	d, err := x.Diff(first.ID, 0)
	if err != nil || d.Added != 2 || d.Deleted != 2 {
		t.Errorf("%+v %v", d, err)
	}
	if m, err := x.History("de", "a"); err != nil || len(m) != 2 {
		t.Errorf("%+v %v", m, err)
	}
	for line, err := range x.Blame() {
		if err != nil {
			t.Errorf("%+v %v", line, err)
		}
	}
	if _, err := x.Rollback(first.ID); err != nil {
		t.Fatal(err)
	}
	if rec, err := x.Get("2"); err != nil || rec.Cells[1] != "two" {
		t.Errorf("%+v %v", rec, err)
	}
}

// TestEmptied lists a database one of whose tables was emptied, and another edited into what is no table.
func TestEmptied(t *testing.T) {
	db := newDB(t)
	x := load(t, db, "emptied", "key|value\na|1\n", reedbase.ImportOptions{})
	current := func(name string) string { return filepath.Join(db.Dir(), ".reed", "tables", name, "current.csv") }
	if err := os.Truncate(current("emptied"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Commit("", false); fault.KindOf(err) != fault.Input || fault.HintOf(err) == "" {
		t.Errorf("an emptied file: %v", err)
	}
	if _, err := x.Commit("nothing any more", true); err != nil {
		t.Fatal(err)
	}
	load(t, db, "other", "key|value\na|1\n", reedbase.ImportOptions{})
	list, err := db.Tables()
	if err != nil || len(list) != 2 || list[0].Rows != 0 || list[1].Rows != 1 {
		t.Errorf("%+v %v", list, err)
	}
	if err := os.WriteFile(current("other"), []byte("key|value\na|\"1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	states, err := db.Statuses()
	if err != nil || len(states) != 2 || states[1].State != reedbase.Dirty || fault.KindOf(states[1].Problem) != fault.Input {
		t.Errorf("%+v %v", states, err)
	}
}

func TestTables(t *testing.T) {
	db := newDB(t)
	if _, err := db.Table("t"); fault.KindOf(err) != fault.NotFound || fault.HintOf(err) == "" {
		t.Errorf("no tables: %v", err)
	}
	x, r, err := db.Create("text", []string{"key", "v|w"})
	if err != nil || !r.Stored || export(t, x) != "key|\"v|w\"\n" {
		t.Fatalf("%+v %v", r, err)
	}
	defer x.Close()
	if _, _, err := db.Create("text", []string{"key"}); fault.KindOf(err) != fault.Input {
		t.Errorf("twice: %v", err)
	}
	for _, columns := range [][]string{nil, {""}, {"a", "a"}, {"a", " "}, {"\x00"}} {
		if _, _, err := db.Create("bad", columns); fault.KindOf(err) != fault.Input {
			t.Errorf("columns %q: %v", columns, err)
		}
	}
	for _, name := range []string{"", "..", "a/b", "A", "a\x00"} {
		if _, _, err := db.Create(name, []string{"key"}); fault.KindOf(err) != fault.Input {
			t.Errorf("table %q: %v", name, err)
		}
	}
	if _, err := db.Table("txt"); !strings.Contains(fault.HintOf(err), `"text"`) {
		t.Errorf("hint %q", fault.HintOf(err))
	}
	if _, err := x.Drop(); err != nil {
		t.Fatal(err)
	}
	if list, err := db.Tables(); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	if list, err := x.Versions(reedbase.Filter{}); err != nil || len(list) != 2 || list[0].ActionName != "delete" {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := x.Rollback(r.ID); err != nil {
		t.Error(err)
	}
	if list, err := db.Tables(); err != nil || len(list) != 1 || list[0].Versions != 3 {
		t.Errorf("%+v %v", list, err)
	}
}

// TestUser writes without a name, and with the one that the settings give.
func TestUser(t *testing.T) {
	dir := t.TempDir()
	db, _, err := reedbase.Init(dir, reedbase.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, _, err := db.Create("t", []string{"key"}); fault.KindOf(err) != fault.Input || fault.HintOf(err) == "" {
		t.Errorf("nobody: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".reed", "config.toml"), []byte("[user]\nname = \"bob\"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		o    reedbase.Options
		want string
	}{{reedbase.Options{}, "bob"}, {reedbase.Options{Login: func() string { return "eve" }}, "bob"}, {reedbase.Options{User: "ada"}, "ada"}} {
		db, err := reedbase.Open(dir, c.o)
		if err != nil {
			t.Fatal(err)
		}
		x, _, err := db.Import("t", []byte("key\n"+c.want+strconv.Itoa(i)+"\n"), reedbase.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := x.Resolve(""); err != nil || v.User != c.want {
			t.Errorf("options %d: %q %v", i, v.User, err)
		}
		x.Close()
		db.Close()
	}
	for _, name := range []string{"a|b", "a\nb", "\x00"} {
		db, err := reedbase.Open(dir, reedbase.Options{User: name})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := db.Import("t", []byte("key\nx\n"), reedbase.ImportOptions{}); fault.KindOf(err) != fault.Input {
			t.Errorf("user %q: %v", name, err)
		}
		db.Close()
	}
}
