package table

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// fixture is a table in a folder of its own.
type fixture struct {
	*Table
	dir    string // the table's folder
	cache  string
	warned []string
	opened []io.Closer // closed last first by Close
}

// Close closes the table and the folders it stands in, as often as it is called: a test that makes many fixtures must not
// hold all their folders open until its end.
func (f *fixture) Close() {
	for len(f.opened) > 0 {
		last := len(f.opened) - 1
		f.opened[last].Close()
		f.opened = f.opened[:last]
	}
}

// newFixture makes the table t with the given content as its first version.
func newFixture(t *testing.T, content string) *fixture {
	t.Helper()
	root := t.TempDir()
	f := &fixture{dir: filepath.Join(root, "tables", "t"), cache: filepath.Join(root, "cache")}
	for _, d := range []string{"tables", "cache"} {
		if err := os.Mkdir(filepath.Join(root, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	tables, err := durable.OpenDir(filepath.Join(root, "tables"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := durable.OpenDir(f.cache)
	if err != nil {
		t.Fatal(err)
	}
	f.opened = append(f.opened, tables, cache)
	t.Cleanup(f.Close)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Table, err = Make(tables, "t", Options{
		Mint: func(seen stamp.ID) (stamp.ID, error) {
			now = now.Add(time.Second)
			return stamp.Next(now, 1, seen), nil
		},
		Wait:  time.Second,
		Cache: cache,
		Warn:  func(text string) { f.warned = append(f.warned, text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.opened = append(f.opened, f.Table)
	if content != "" {
		f.must(t)(f.Replace(Replacement{Content: []byte(content), Action: verlog.Import, User: 1001}))
	}
	return f
}

// must fails the test when a write failed.
func (f *fixture) must(t *testing.T) func(Result, error) Result {
	return func(r Result, err error) Result {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

// current returns what current.csv holds.
func (f *fixture) current(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(f.dir, currentFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// at returns the content of a version.
func (f *fixture) at(t *testing.T, id stamp.ID) string {
	t.Helper()
	c, err := f.At(id)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b, err := c.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sound fails the test when a check finds damage, or anything at all when notes counts.
func (f *fixture) sound(t *testing.T, notes bool) {
	t.Helper()
	problems, _, err := f.Verify(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if notes || !p.Note {
			t.Errorf("check: %s", p)
		}
	}
}

func rows(n int) string {
	var b strings.Builder
	b.WriteString("key|value|comment\n")
	for i := range n {
		fmt.Fprintf(&b, "page.title.n%d@en|Value number %d|a comment\n", i, i)
	}
	return b.String()
}

func TestWriteReadHistory(t *testing.T) {
	first := rows(100)
	f := newFixture(t, first)
	if got := f.current(t); got != first {
		t.Fatalf("current.csv is not what was imported")
	}
	a := f.must(t)(f.Set(2001, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "Seven"}}))
	b := f.must(t)(f.Set(2001, []string{"page.title.new@en"}, []Assignment{{Column: "value", Value: "New|pipe"}}))
	c := f.must(t)(f.Delete(2001, []string{"page.title.n3@en"}))
	want := strings.Replace(first, "Value number 7|", "Seven|", 1)
	if got := f.at(t, a.ID); got != want {
		t.Errorf("version %s has the wrong content", a.ID)
	}
	want += "page.title.new@en|\"New|pipe\"|\n"
	if got := f.at(t, b.ID); got != want {
		t.Errorf("version %s has the wrong content:\n%s", b.ID, got[len(got)-100:])
	}
	want = strings.Replace(want, "page.title.n3@en|Value number 3|a comment\n", "", 1)
	if got := f.at(t, c.ID); got != want {
		t.Errorf("version %s has the wrong content", c.ID)
	}
	if f.current(t) != want {
		t.Errorf("current.csv is not the head")
	}
	f.sound(t, true)
	m, err := f.History([]string{"page.title.n7@en"})
	if err != nil || len(m) != 2 || string(m[0].Record) != "page.title.n7@en|Seven|a comment\n" || m[0].Line.ID != a.ID {
		t.Errorf("history: %v %v", m, err)
	}
	d, err := f.Diff(a.ID, c.ID)
	if err != nil || (d.Counts() != Counts{Added: 1, Deleted: 1}) {
		t.Errorf("diff: %+v %v", d, err)
	}
	same := f.must(t)(f.Set(2001, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "Seven"}}))
	if same.Stored || same.ID != c.ID {
		t.Errorf("a write that changes nothing made a version: %+v", same)
	}
	if len(f.warned) > 0 {
		t.Errorf("warned: %q", f.warned)
	}
}

func TestHandEdit(t *testing.T) {
	f := newFixture(t, rows(10))
	path := filepath.Join(f.dir, currentFile)
	edited := strings.Replace(rows(10), "Value number 4", "By hand", 1)
	if err := os.WriteFile(path, []byte(edited), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Set(1, []string{"page.title.n1@en"}, []Assignment{{Column: "value", Value: "x"}}); fault.KindOf(err) != fault.No {
		t.Errorf("a write over an edit by hand: %v", err)
	}
	st, err := f.Status()
	if err != nil || st.State != Dirty || st.Changes != (Counts{Changed: 1}) {
		t.Errorf("status: %+v %v", st, err)
	}
	r := f.must(t)(f.Commit(1, "by hand", false))
	if !r.Stored || f.at(t, r.ID) != edited || r.Counts != (Counts{Changed: 1}) {
		t.Errorf("commit: %+v", r)
	}
	f.sound(t, true)
	os.WriteFile(path, []byte("junk"), 0o666)
	kept, err := f.Table.Restore()
	if err != nil || f.current(t) != edited {
		t.Errorf("restore: %v", err)
	}
	if b, err := os.ReadFile(kept); err != nil || string(b) != "junk" {
		t.Errorf("the edit was not kept in %q", kept)
	}
	f.sound(t, true)
}

func TestPrune(t *testing.T) {
	f := newFixture(t, rows(50))
	var ids []stamp.ID
	for i := range 20 {
		r := f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: fmt.Sprint(i)}}))
		ids = append(ids, r.ID)
	}
	if err := f.Tag("early", ids[2]); err != nil {
		t.Fatal(err)
	}
	want := f.at(t, ids[2])
	p, err := f.Prune(1, 5)
	if err != nil || p.Folded != 16 {
		t.Fatalf("prune: %+v %v", p, err)
	}
	if f.at(t, ids[2]) != want {
		t.Error("the named version changed")
	}
	if _, err := f.At(ids[8]); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a folded version: %v", err)
	}
	if f.at(t, ids[15]) == "" || f.at(t, ids[19]) != f.current(t) {
		t.Error("a kept version cannot be read")
	}
	f.sound(t, true)
	f.must(t)(f.Set(1, []string{"page.title.n8@en"}, []Assignment{{Column: "value", Value: "x"}}))
	f.sound(t, true)
	if p, err := f.Prune(1, 5); err != nil || p.Folded != 1 {
		t.Errorf("prune again: %+v %v", p, err)
	}
	f.sound(t, true)
}

func TestRecover(t *testing.T) {
	for name, hurt := range map[string]func(f *fixture){
		"current gone":    func(f *fixture) { os.Remove(filepath.Join(f.dir, currentFile)) },
		"current garbled": func(f *fixture) { os.WriteFile(filepath.Join(f.dir, currentFile), []byte("\x00\x01"), 0o666) },
		"log gone":        func(f *fixture) { os.Remove(filepath.Join(f.dir, logFile)) },
		"log garbled":     func(f *fixture) { flip(filepath.Join(f.dir, logFile), 150) },
		"both gone": func(f *fixture) {
			os.Remove(filepath.Join(f.dir, logFile))
			os.Remove(filepath.Join(f.dir, currentFile))
		},
		"log cut": func(f *fixture) { os.Truncate(filepath.Join(f.dir, logFile), 250) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, rows(20))
			for i := range 5 {
				f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: fmt.Sprint(i)}}))
			}
			want := f.current(t)
			lines, _ := f.Lines()
			hurt(f)
			done, err := f.Recover()
			if err != nil || len(done) == 0 {
				t.Fatalf("recover: %q %v", done, err)
			}
			if f.current(t) != want {
				t.Errorf("current.csv is not the head again")
			}
			if again, err := f.Lines(); err != nil || len(again) != len(lines) {
				t.Errorf("the log has %d lines of %d: %v", len(again), len(lines), err)
			}
			f.sound(t, true)
			if more, err := f.Recover(); err != nil || len(more) > 0 {
				t.Errorf("recover again: %q %v", more, err)
			}
			f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "next"}}))
			f.sound(t, true)
		})
	}
}

func flip(path string, at int) {
	b, _ := os.ReadFile(path)
	b[at] ^= 0x84
	os.WriteFile(path, b, 0o666)
}
