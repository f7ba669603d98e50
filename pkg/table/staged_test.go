package table

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// steps are changes that may be staged on each other, with what they make of a text.
var steps = map[string]struct {
	build func(s *Session, n int) (*Draft, error)
	makes func(text string, n int) string
}{
	"edit": {
		func(s *Session, n int) (*Draft, error) {
			e, err := s.Edit()
			if err != nil {
				return nil, err
			}
			if err := e.Set([]string{fmt.Sprint("fresh", n)}, []Assignment{{Column: "value", Value: "x"}}); err != nil {
				return nil, err
			}
			return e.Draft(1)
		},
		func(text string, n int) string { return text + fmt.Sprintf("fresh%d|x|\n", n) },
	},
	"replace": {
		func(s *Session, n int) (*Draft, error) {
			return s.replacement(Replacement{Content: []byte(fmt.Sprintf("key|value|comment\n%s%d|new|\n", rows(20)[len("key|value|comment\n"):], n)), Action: verlog.Update})
		},
		func(text string, n int) string { return rows(20) + fmt.Sprintf("%d|new|\n", n) },
	},
	"snapshot": {
		func(s *Session, n int) (*Draft, error) {
			b := []byte(fmt.Sprintf("key|value|comment\n%d|y|\n", n))
			return &Draft{Action: verlog.Update, Delta: delta.Snapshot(b), Hash: verlog.Sum(b)}, nil
		},
		func(text string, n int) string { return fmt.Sprintf("key|value|comment\n%d|y|\n", n) },
	},
	"drop and create": {
		func(s *Session, n int) (*Draft, error) {
			d, err := s.drop(1)
			if err != nil {
				return nil, err
			}
			if _, err := s.Stage(*d); err != nil {
				return nil, err
			}
			if s.Exists() {
				return nil, fmt.Errorf("a table whose deletion is staged exists")
			}
			return s.replacement(Replacement{Content: []byte("key|value|comment\n"), Action: verlog.Create, Create: true})
		},
		func(string, int) string { return "key|value|comment\n" },
	},
}

// TestStageSeveral stages two changes of every kind on each other and publishes them in one, from a table that is on disk, and
// one that its state file does not vouch for.
func TestStageSeveral(t *testing.T) {
	for first := range steps {
		for second := range steps {
			for _, vouched := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%s/%v", first, second, vouched), func(t *testing.T) { stageTwo(t, first, second, vouched) })
			}
		}
	}
}

func stageTwo(t *testing.T, first, second string, vouched bool) {
	f := newFixture(t, rows(100))
	if !vouched {
		os.Remove(filepath.Join(f.dir, stateFile))
	}
	s, err := f.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	text := rows(100)
	texts := map[string]string{}
	for n, name := range []string{first, second} {
		d, err := steps[name].build(s, n)
		if err != nil {
			t.Fatal(err)
		}
		line, err := s.Stage(*d)
		if err != nil {
			t.Fatal(err)
		}
		text = steps[name].makes(text, n)
		texts[line.ID.String()] = text
		c, err := s.Content()
		if err != nil {
			t.Fatal(err)
		}
		if b, err := c.Bytes(); string(b) != text || err != nil || s.Head() != line || !s.Exists() {
			t.Fatalf("staged %d: %v, %q; head %v", n, err, b, s.Head())
		}
	}
	lines, before := s.Staged(), f.current(t)
	if before != rows(100) {
		t.Errorf("current.csv before it is published: %q", before)
	}
	results, err := s.Publish()
	if err != nil || len(results) != len(lines) || len(s.Staged()) != 0 {
		t.Fatal(results, err)
	}
	for i, r := range results {
		if r.ID != lines[i].ID || !r.Stored {
			t.Errorf("result %d: %+v", i, r)
		}
	}
	s.Close()
	logged, err := f.Lines()
	if err != nil || !slices.Equal(logged[1:], lines) {
		t.Error(logged, err)
	}
	for _, l := range lines {
		if want, ok := texts[l.ID.String()]; ok && f.at(t, l.ID) != want {
			t.Errorf("version %s: %q", l.ID, f.at(t, l.ID))
		}
	}
	if f.current(t) != text {
		t.Errorf("current.csv: %q", f.current(t))
	}
	f.sound(t, true)
	f.must(t)(f.Set(1, []string{"later"}, []Assignment{{Column: "value", Value: "1"}}))
	if f.current(t) != text+"later|1|\n" {
		t.Errorf("current.csv after the next write: %q", f.current(t))
	}
}

// TestStageSide stages a side version and its merge: they stand in the log together, and alone the side version is refused.
func TestStageSide(t *testing.T) {
	f := newFixture(t, rows(30))
	base, _ := f.Head()
	f.must(t)(f.Set(1, []string{"theirs"}, nil))
	s, err := f.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mine := []byte(rows(30) + "mine||\n")
	side, err := s.Stage(Draft{Action: verlog.Update, Delta: delta.Diff([]byte(rows(30)), mine), Hash: verlog.Sum(mine), Base: base.ID})
	if err != nil {
		t.Fatal(err)
	}
	if head, _ := f.Head(); s.Head() != head {
		t.Error("a side version became the head")
	}
	if _, err := s.Publish(); err == nil {
		t.Fatal("a side version without its merge was published")
	}
	both := []byte(rows(30) + "theirs||\nmine||\n")
	merge, err := s.Stage(Draft{Action: verlog.Automerge, Delta: delta.Diff([]byte(rows(30)+"theirs||\n"), both), Hash: verlog.Sum(both), Parent: side.ID})
	if err != nil {
		t.Fatal(err)
	}
	if s.Head() != merge || merge.Base == side.ID || merge.Parent != side.ID || side.Base != base.ID {
		t.Errorf("side %v, merge %v, head %v", side, merge, s.Head())
	}
	if _, err := s.Publish(); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if f.at(t, side.ID) != string(mine) || f.at(t, merge.ID) != string(both) || f.current(t) != string(both) {
		t.Errorf("side %q, merge %q", f.at(t, side.ID), f.at(t, merge.ID))
	}
	f.sound(t, true)
}

// TestAbortSeveral takes staged versions back: nothing is left of them.
func TestAbortSeveral(t *testing.T) {
	f := newFixture(t, rows(30))
	names := func() string {
		entries, err := f.Table.dir.Names()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(entries, " ")
	}
	before := names()
	for name, step := range steps {
		s, err := f.Begin()
		if err != nil {
			t.Fatal(err)
		}
		for n := range 3 {
			d, err := step.build(s, n)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Stage(*d); err != nil {
				t.Fatal(err)
			}
		}
		s.Abort()
		head, _ := f.Head()
		if c, err := s.Content(); err != nil || c.Size != int64(len(rows(30))) || s.Head() != head || len(s.Staged()) > 0 {
			t.Errorf("%s: %v; head %v", name, err, s.Head())
		}
		s.Close()
		if names() != before || f.current(t) != rows(30) {
			t.Errorf("%s left %s", name, names())
		}
	}
	f.sound(t, true)
}
