package store

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// crashed is a frame over the tables a and b that was cut short behind its commit point.
type crashed struct {
	*db
	name   string
	lines  []verlog.Line
	before map[string]string
	after  map[string]string
}

// crash stages a change of two tables and carries the first published of them out. The rest is for whoever comes next.
func crash(t *testing.T, published int) *crashed {
	t.Helper()
	c := &crashed{db: newDB(t), before: map[string]string{"a": small, "b": small, "c": small}, after: map[string]string{"c": small}}
	for _, name := range []string{"a", "b", "c"} {
		c.write(name, small)
	}
	var f frame
	var sessions []*table.Session
	for _, name := range []string{"a", "b"} {
		x, err := c.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		s, err := x.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		d, _, err := s.GoBack(1001, 0)
		if err != nil {
			t.Fatal(err)
		}
		line, err := s.Stage(*d)
		if err != nil {
			t.Fatal(err)
		}
		sessions, f.parts, c.lines = append(sessions, s), append(f.parts, FramePart{name, line}), append(c.lines, line)
	}
	pending, err := c.pending()
	if err != nil {
		t.Fatal(err)
	}
	defer pending.Close()
	c.name = f.id().String()
	if err := pending.Create(c.name, c.name+tempSuffix, f.encode()); err != nil {
		t.Fatal(err)
	}
	for i, s := range sessions {
		s.Keep()
		if i < published {
			if _, err := s.Publish(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return c
}

// finished fails the test when the frame is not carried out whole.
func (c *crashed) finished() {
	c.t.Helper()
	if diff := cmp.Diff(c.after, c.texts()); diff != "" {
		c.t.Errorf("the tables (-want +got):\n%s", diff)
	}
	for i, name := range []string{"a", "b"} {
		x, err := c.Table(name)
		if err != nil {
			c.t.Fatal(err)
		}
		defer x.Close()
		lines, err := x.Lines()
		if err != nil || len(lines) != 2 || lines[1] != c.lines[i] {
			c.t.Errorf("the log of %s: %v %v", name, lines, err)
		}
	}
	c.sound()
}

func TestFrameFinished(t *testing.T) {
	for published := range 3 {
		for who, act := range map[string]func(c *crashed){
			"open":        func(c *crashed) { c.open(false) },
			"open twice":  func(c *crashed) { c.open(false); c.open(false) },
			"recover":     func(c *crashed) { c.must(c.Recover("")); c.open(false) },
			"recover one": func(c *crashed) { c.must(c.Recover("b")); c.must(c.Recover("a")); c.open(false) },
			"collect":     func(c *crashed) { c.must(c.Collect(false)); c.open(false) },
			"backup":      func(c *crashed) { c.must(c.Backup()); c.open(false) },
			"no log of a": func(c *crashed) {
				os.Remove(c.path("tables", "a", "version.log"))
				c.must(c.Recover(""))
				c.open(false)
			},
			"half a log":     func(c *crashed) { c.tear("b"); c.open(false) },
			"without caches": func(c *crashed) { os.RemoveAll(c.path("cache")); c.open(false) },
		} {
			t.Run(fmt.Sprintf("%s, %d published", who, published), func(t *testing.T) {
				c := crash(t, published)
				act(c)
				c.finished()
				if left := tree(t, c.path(pendingFolder)); len(left) > 0 {
					t.Errorf("still pending: %v", left)
				}
				if b, err := os.ReadFile(c.path(framesFolder, c.name)); err != nil || len(b) == 0 {
					t.Errorf("the frame: %q %v", b, err)
				}
			})
		}
	}
}

func (c *crashed) must(_ any, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// tear leaves half a line at the end of a table's log.
func (c *crashed) tear(name string) {
	f, err := os.OpenFile(c.path("tables", name, "version.log"), os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		_, err = f.WriteString("17")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// TestFrameBeforeWrite has a database that was open all the time write to the tables: the frame counts first.
func TestFrameBeforeWrite(t *testing.T) {
	c := crash(t, 0)
	for _, name := range []string{"b", "a"} {
		c.write(name, "key|value\nnext|1\n")
		x, err := c.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		lines, err := x.Lines()
		if err != nil || len(lines) != 3 || !slices.Contains(c.lines, lines[1]) {
			t.Errorf("the log of %s: %v %v", name, lines, err)
		}
	}
	c.open(false)
	if left := tree(t, c.path(pendingFolder)); len(left) > 0 || len(c.warned) > 0 {
		t.Errorf("still pending: %v, warned %q", left, c.warned)
	}
	c.sound()
}

// TestFrameUnreadable opens a database with frames that are damaged, or lack what they name: it works, and says so.
func TestFrameUnreadable(t *testing.T) {
	for name, hurt := range map[string]func(c *crashed){
		"junk":     func(c *crashed) { os.WriteFile(c.path(pendingFolder, c.name), []byte("junk\n"), 0o666) },
		"empty":    func(c *crashed) { os.WriteFile(c.path(pendingFolder, c.name), nil, 0o666) },
		"cut":      func(c *crashed) { os.Truncate(c.path(pendingFolder, c.name), 40) },
		"no delta": func(c *crashed) { os.Remove(c.path("tables", "a", c.lines[0].ID.String()+".bsdiff")) },
		"no table": func(c *crashed) { os.RemoveAll(c.path("tables", "a")) },
		"a folder": func(c *crashed) {
			os.Remove(c.path(pendingFolder, c.name))
			os.Mkdir(c.path(pendingFolder, c.name), 0o777)
		},
		"a link": func(c *crashed) {
			os.Remove(c.path(pendingFolder, c.name))
			os.Symlink("/etc/passwd", c.path(pendingFolder, c.name))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := crash(t, 0)
			hurt(c)
			c.open(false)
			if len(c.warned) == 0 || !strings.Contains(c.warned[0], c.name) {
				t.Errorf("warned %q", c.warned)
			}
			found, _, err := c.Check(nil)
			if err != nil || len(found) == 0 {
				t.Errorf("check: %v %v", found, err)
			}
			c.write("c", "key|value\nx|1\n")
			c.write("b", "key|value\nx|1\n")
			if got := c.texts(); got["c"] != "key|value\nx|1\n" || got["b"] != "key|value\nx|1\n" {
				t.Errorf("%q", got)
			}
		})
	}
	d := newDB(t)
	for _, name := range []string{"12345.tmp", "junk", ".x"} {
		if err := os.WriteFile(d.path(pendingFolder, name), []byte("of a write that never counted"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	d.open(false)
	if len(d.warned) > 0 {
		t.Errorf("warned %q", d.warned)
	}
}

func TestParseFrame(t *testing.T) {
	line := func(id stamp.ID) verlog.Line { return verlog.Line{ID: id, Action: verlog.Update, User: 1} }
	for _, good := range []*frame{
		{parts: []FramePart{{"a", line(1001)}, {"api.security", line(1001)}}},
		{purpose: Undo, of: 5001, parts: []FramePart{{"a", line(1001)}, {"a", line(2001)}, {"b", line(2001)}}},
		{purpose: PointInTime, of: 7999, parts: []FramePart{{"a", line(1001)}}},
	} {
		got, err := parseFrame(good.encode())
		if diff := cmp.Diff(good, got, cmp.AllowUnexported(frame{})); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	purpose, first, _ := strings.Cut(string((&frame{parts: []FramePart{{"b", line(2001)}}}).encode()), "\n")
	purpose, text := purpose+"\n", purpose+"\n"+first
	for name, bad := range map[string]string{
		"nothing": "", "a newline": "\n", "no version": purpose, "no purpose": first, "an empty line": text + "\n",
		"a cut line": text[:len(text)-1], "a bad checksum": text[:len(text)-3] + "\n", "a bad checksum of the purpose": "@batch|0|1\n" + first,
		"another purpose": strings.Replace(text, "@batch", "@patch", 1), "a name that leads out": purpose + "../" + first,
		"no name": purpose + first[2:], "a name in capitals": purpose + "B" + first[1:], "junk behind": text + "junk\n",
		"one version twice": text + first, "tables out of order": text + "a" + first[1:],
	} {
		if f, err := parseFrame([]byte(bad)); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %+v %v", name, f, err)
		}
	}
}

func FuzzParseFrame(f *testing.F) {
	line := verlog.Line{ID: 1001, Action: verlog.Update, User: 1}
	f.Add((&frame{purpose: Undo, of: 1, parts: []FramePart{{"a", line}, {"b", line}}}).encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if frame, err := parseFrame(b); err == nil && string(frame.encode()) != string(b) {
			t.Errorf("%q comes back as %q", b, frame.encode())
		} else if err != nil && fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%q: %v of kind %v", b, err, fault.KindOf(err))
		}
	})
}

func FuzzParseClock(f *testing.F) {
	f.Add(string(clockLine(1001)))
	f.Fuzz(func(t *testing.T, line string) {
		if id, ok := parseClock(line); ok && string(clockLine(id)) != line {
			t.Errorf("%q comes back as %q", line, clockLine(id))
		}
	})
}

func FuzzParseNode(f *testing.F) {
	f.Add(newNode().encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := ParseNode(b)
		if err != nil {
			return
		}
		if back, err := ParseNode(n.encode()); err != nil || back != n {
			t.Errorf("%+v comes back as %+v: %v", n, back, err)
		}
	})
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(DefaultConfig))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseConfig(b)
		if err == nil && (c.Wait() < 0 || c.Commit.MaxVersions < 0 || c.Backup.Keep < 0) {
			t.Errorf("%q gives %+v", b, c)
		}
		if err != nil && fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v of kind %v", b, err, fault.KindOf(err))
		}
	})
}

// TestRestoreTo goes back to before, at and after every version of three tables that come and go.
func TestRestoreTo(t *testing.T) {
	type state struct {
		id    stamp.ID
		texts map[string]string
	}
	script := func(d *db) (all []state) {
		note := func(id stamp.ID) { all = append(all, state{id, d.texts()}) }
		note(d.write("a", small))
		note(d.write("b", small))
		note(d.write("a", "key|value\na|2\n"))
		note(d.drop("b"))
		note(d.write("c", small))
		note(d.write("b", "key|value\nagain|1\n"))
		note(d.drop("a"))
		note(d.write("c", "key|value\n"))
		return all
	}
	for i := range 8 {
		for _, offset := range []time.Duration{-time.Microsecond, 0, time.Microsecond} {
			d := newDB(t)
			all := script(d)
			at := all[i].id.Time().Add(offset)
			want := map[string]string(nil)
			for _, s := range all {
				if !s.id.Time().After(at) {
					want = s.texts
				}
			}
			now := tree(t, d.path("tables"))
			dry, err := d.RestoreTo(at, 7, true)
			if want == nil {
				if fault.KindOf(err) != fault.NotFound || fault.HintOf(err) == "" {
					t.Errorf("before everything: %v %v", dry, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(now, tree(t, d.path("tables"))); diff != "" {
				t.Errorf("a dry run changed something:\n%s", diff)
			}
			cuts, err := d.RestoreTo(at, 7, false)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(dry, cuts); diff != "" {
				t.Errorf("the dry run said something else:\n%s", diff)
			}
			if diff := cmp.Diff(want, d.texts()); diff != "" {
				t.Errorf("version %d%+d: (-want +got):\n%s", i, offset, diff)
			}
			checkCuts(t, d, cuts, all[len(all)-1].texts, want)
			d.sound()
			if again, err := d.RestoreTo(at, 7, false); err != nil || slices.ContainsFunc(again, func(c Cut) bool { return c.What != Unchanged }) {
				t.Errorf("a second time: %v %v", again, err)
			}
			if left := tree(t, d.path(pendingFolder)); len(left) > 0 {
				t.Errorf("still pending: %v", left)
			}
		}
	}
}

// checkCuts holds what is said of each table against what happened to it.
func checkCuts(t *testing.T, d *db, cuts []Cut, was, is map[string]string) {
	t.Helper()
	for _, c := range cuts {
		before, there := was[c.Table]
		after, stays := is[c.Table]
		want := Unchanged
		switch {
		case there && !stays:
			want = Deleted
		case !there && stays:
			want = BroughtBack
		case before != after:
			want = RolledBack
		}
		if c.What != want {
			t.Errorf("table %s is said to be %s, not %s", c.Table, c.What, want)
		}
		x, err := d.Table(c.Table)
		if err != nil {
			t.Fatal(err)
		}
		head, err := x.Head()
		x.Close()
		if err != nil || (head.ID != c.From) != (want != Unchanged) || want != Unchanged && head.User != 7 {
			t.Errorf("table %s: head %v, from %s: %v", c.Table, head, c.From, err)
		}
	}
}

// TestRestoreToAllOrNothing has one table that cannot go back: none does.
func TestRestoreToAllOrNothing(t *testing.T) {
	for name, hurt := range map[string]func(d *db, first stamp.ID) fault.Kind{
		"edited by hand": func(d *db, _ stamp.ID) fault.Kind {
			os.WriteFile(d.path("tables", "b", "current.csv"), []byte("key|value\nby|hand\n"), 0o666)
			return fault.No
		},
		"no delta": func(d *db, first stamp.ID) fault.Kind {
			os.Remove(d.path("tables", "b", first.String()+".bsdiff"))
			return fault.Corrupt
		},
		"damaged log": func(d *db, _ stamp.ID) fault.Kind {
			path := d.path("tables", "b", "version.log")
			b, _ := os.ReadFile(path)
			b[5] ^= 1
			os.WriteFile(path, b, 0o666)
			return fault.Corrupt
		},
		"folded away": func(d *db, _ stamp.ID) fault.Kind {
			x, err := d.Table("b")
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if _, err := x.Prune(1, 1); err != nil {
				t.Fatal(err)
			}
			return fault.NotFound
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDB(t)
			d.write("a", small)
			at := d.write("b", small)
			d.write("a", "key|value\na|2\n")
			d.write("b", "key|value\nb|2\n")
			kind := hurt(d, at)
			before := lasting(tree(t, d.path()))
			current, _ := os.ReadFile(d.path("tables", "a", "current.csv"))
			if cuts, err := d.RestoreTo(at.Time(), 7, false); fault.KindOf(err) != kind {
				t.Errorf("%v, %v of kind %v", cuts, err, fault.KindOf(err))
			}
			if diff := cmp.Diff(before, lasting(tree(t, d.path()))); diff != "" {
				t.Errorf("something was changed (-before +after):\n%s", diff)
			}
			if now, _ := os.ReadFile(d.path("tables", "a", "current.csv")); string(now) != string(current) {
				t.Errorf("a holds %q", now)
			}
		})
	}
}
