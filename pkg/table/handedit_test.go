package table

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const byHand = "key|value|comment\nmine|x|y\n"

// edits are the ways in which editors save a file.
var edits = map[string]func(path string) error{
	"in place": func(path string) error { return os.WriteFile(path, []byte(byHand), 0o666) },
	"renamed over": func(path string) error {
		if err := os.WriteFile(path+"~", []byte(byHand), 0o666); err != nil {
			return err
		}
		return os.Rename(path+"~", path)
	},
	"removed and written": func(path string) error {
		if err := os.Remove(path); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(byHand), 0o666)
	},
}

// aside returns the contents of what was moved aside.
func (f *fixture) aside(t *testing.T) (list []string) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(f.dir, asideFolder, "*"))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(b))
	}
	return list
}

// TestEditDuringWrite saves an edit by hand at every point of a write. Either nothing is stored, or the write is and the
// edit is kept aside, and said.
func TestEditDuringWrite(t *testing.T) {
	set := func(s *Session) (*Draft, error) {
		e, err := s.Edit()
		if err != nil {
			return nil, err
		}
		if err := e.Set([]string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "theirs"}}); err != nil {
			return nil, err
		}
		return e.Draft(1)
	}
	drop := func(s *Session) (*Draft, error) { return s.drop(1) }
	replace := func(s *Session) (*Draft, error) {
		return s.replacement(Replacement{Content: []byte("key|value|comment\nnew|1|2\n"), Action: verlog.Update})
	}
	for how, save := range edits {
		for what, build := range map[string]func(*Session) (*Draft, error){"set": set, "drop": drop, "replace": replace} {
			for _, when := range []string{"locked", "drafted", "staged"} {
				t.Run(fmt.Sprintf("%s/%s/%s", how, what, when), func(t *testing.T) {
					f := newFixture(t, rows(100))
					path := filepath.Join(f.dir, currentFile)
					at := func(now string) {
						if now == when {
							if err := save(path); err != nil {
								t.Fatal(err)
							}
						}
					}
					s, err := f.Begin()
					if err != nil {
						t.Fatal(err)
					}
					before := s.Head()
					at("locked")
					d, err := build(s)
					at("drafted")
					if err == nil {
						_, err = s.Stage(*d)
					}
					at("staged")
					if err == nil {
						_, err = s.Publish()
					}
					s.Close()
					if err != nil {
						if head, _ := f.Head(); head != before || f.current(t) != byHand {
							t.Errorf("%v; head %v, current.csv %q", err, head, f.current(t))
						}
						if st, err := f.Status(); err != nil || st.State != Dirty {
							t.Errorf("status %+v %v", st, err)
						}
						f.sound(t, false)
						return
					}
					if got := f.aside(t); !slices.Contains(got, byHand) || len(f.warned) == 0 {
						t.Errorf("the edit is not kept: %q, said %q", got, f.warned)
					}
					head, err := f.Head()
					if err != nil || head.ID == before.ID {
						t.Errorf("head %v %v", head, err)
					}
					if st, err := f.Status(); err != nil || st.State != Clean {
						t.Errorf("status %+v %v", st, err)
					}
					if what != "drop" && f.current(t) != f.at(t, head.ID) {
						t.Errorf("current.csv is not the head: %q", f.current(t))
					}
					f.sound(t, true)
				})
			}
		}
	}
}

// TestEditDuringCommit saves another edit while the first is recorded.
func TestEditDuringCommit(t *testing.T) {
	for how, save := range edits {
		t.Run(how, func(t *testing.T) {
			f := newFixture(t, rows(10))
			path := filepath.Join(f.dir, currentFile)
			first := strings.Replace(rows(10), "number 4", "by hand", 1)
			if err := os.WriteFile(path, []byte(first), 0o666); err != nil {
				t.Fatal(err)
			}
			s, err := f.Begin()
			if err != nil {
				t.Fatal(err)
			}
			b, err := f.readEdited(s.v)
			if err != nil {
				t.Fatal(err)
			}
			d, err := s.against(b, nil)
			if err != nil {
				t.Fatal(err)
			}
			d.Action = verlog.Update
			if _, err := s.Stage(*d); err != nil {
				t.Fatal(err)
			}
			if err := save(path); err != nil {
				t.Fatal(err)
			}
			results, err := s.Publish()
			if err != nil {
				t.Fatal(err)
			}
			s.Close()
			if got := f.at(t, results[0].ID); got != first || f.current(t) != byHand {
				t.Errorf("version %q, current.csv %q", got, f.current(t))
			}
			if st, err := f.Status(); err != nil || st.State != Dirty {
				t.Errorf("status %+v %v", st, err)
			}
		})
	}
}

// TestRacyEdit edits a file in place, to the same size and with the times it had, as soon as can be after a write: the
// state record must not be believed.
func TestRacyEdit(t *testing.T) {
	f := newFixture(t, rows(5))
	path := filepath.Join(f.dir, currentFile)
	for i := range 50 {
		f.must(t)(f.Set(1, []string{"page.title.n1@en"}, []Assignment{{Column: "value", Value: fmt.Sprintf("%04d", i)}}))
		text := f.current(t)
		edited := strings.Replace(text, fmt.Sprintf("%04d", i), fmt.Sprintf("E%03d", i), 1)
		if err := os.WriteFile(path, []byte(edited), 0o666); err != nil {
			t.Fatal(err)
		}
		if st, err := f.Status(); err != nil || st.State != Dirty {
			t.Fatalf("round %d: status %+v %v", i, st, err)
		}
		r := f.must(t)(f.Commit(1, "", false))
		again := strings.Replace(edited, fmt.Sprintf("E%03d", i), fmt.Sprintf("W%03d", i), 1)
		if err := os.WriteFile(path, []byte(again), 0o666); err != nil {
			t.Fatal(err)
		}
		if st, err := f.Status(); err != nil || st.State != Dirty || f.at(t, r.ID) != edited {
			t.Fatalf("round %d: after a commit, status %+v %v", i, st, err)
		}
		f.must(t)(f.Commit(1, "", false))
	}
}

// TestStateIsOfWhatWasSeen has a file change between the look at it and the note of what it looked like: what is noted
// must not vouch for what was not seen, however much later the note is made.
func TestStateIsOfWhatWasSeen(t *testing.T) {
	f := newFixture(t, rows(5))
	path := filepath.Join(f.dir, currentFile)
	text := f.current(t)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	s, err := f.Begin() // sees the head in a file that was written just now
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	v := s.v
	v.fresh = false
	os.Remove(filepath.Join(f.dir, stateFile))
	for time.Now().UnixNano()-v.stat.Modified < int64(50*time.Millisecond) {
	}
	f.refresh(v)
	if rec, ok := f.readRecord(); ok && rec.current == v.stat && v.stat.Racy(v.seen) {
		t.Error("the state file vouches for a file that could still have changed unseen")
	}
}

// TestStateBelieved changes one number of the state record after another: none may be believed then.
func TestStateBelieved(t *testing.T) {
	f := newFixture(t, rows(5))
	rec, ok := f.readRecord()
	if !ok {
		t.Fatal("there is no record to begin with")
	}
	state := func() State {
		v, err := f.look(false)
		if err != nil {
			t.Fatal(err)
		}
		defer v.close()
		if v.state == Clean && v.version != v.head().ID {
			t.Errorf("clean, and of version %s", v.version)
		}
		return v.state
	}
	edited := strings.Replace(f.current(t), "Value number 1", "Value NUMBER 1", 1)
	if err := os.WriteFile(filepath.Join(f.dir, currentFile), []byte(edited), 0o666); err != nil {
		t.Fatal(err)
	}
	v, err := f.look(false)
	if err != nil {
		t.Fatal(err)
	}
	stat := v.stat
	v.close()
	for i, change := range []func(r *record){
		func(r *record) { r.current.Mount++ },
		func(r *record) { r.current.Device++ },
		func(r *record) { r.current.Inode++ },
		func(r *record) { r.current.Size++ },
		func(r *record) { r.current.Modified++ },
		func(r *record) { r.current.Changed++ },
		func(r *record) { r.boot = "another" },
		func(r *record) { r.boot = "" },
	} {
		r := rec
		r.current = stat
		change(&r)
		f.writeRecord(r)
		if got := state(); got != Dirty {
			t.Errorf("record %d is believed: %s", i, got)
		}
	}
	r := rec
	r.current = stat
	f.writeRecord(r)
	if got := state(); got != Clean {
		t.Errorf("the record is not believed: %s", got)
	}
	for at := range stateSize {
		b := r.encode()
		if b[at] == 0 {
			break
		}
		b[at]++
		if _, ok := parseRecord(b); ok {
			t.Errorf("byte %d of the record does not count", at)
		}
		if _, ok := parseRecord(b[:at]); ok {
			t.Errorf("a record cut at %d is believed", at)
		}
	}
}

// TestRefusedEdits commits what is no table.
func TestRefusedEdits(t *testing.T) {
	for name, text := range map[string]string{
		"NUL": "key|value|comment\na|\x00|c\n", "not UTF-8": "key|value|comment\na|\xff|c\n", "twins": "key|value|comment\na|1|2\na|3|4\n",
		"cells": "key|value|comment\na|1\n", "quote": "key|value|comment\na|\"1|2\n", "empty": "", "comments": "# nothing\n",
		"column twice": "key|key|comment\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, rows(3))
			path := filepath.Join(f.dir, currentFile)
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			if _, err := f.Commit(1, "", false); fault.KindOf(err) != fault.Input {
				t.Errorf("commit: %v of kind %v", err, fault.KindOf(err))
			}
			if f.current(t) != text {
				t.Errorf("current.csv was changed to %q", f.current(t))
			}
			if lines, err := f.Lines(); err != nil || len(lines) != 1 {
				t.Errorf("%d versions, %v", len(lines), err)
			}
			kept, err := f.Table.Restore()
			if err != nil || f.current(t) != rows(3) {
				t.Errorf("restore: %v", err)
			}
			if b, err := os.ReadFile(kept); err != nil || string(b) != text {
				t.Errorf("%q keeps %q: %v", kept, b, err)
			}
			f.sound(t, true)
		})
	}
}

// TestEmptied records an emptied file when it is forced to, and writes to it again.
func TestEmptied(t *testing.T) {
	f := newFixture(t, rows(3))
	path := filepath.Join(f.dir, currentFile)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	r := f.must(t)(f.Commit(1, "", true))
	if !r.Stored || r.Counts != (Counts{Deleted: 3}) || f.at(t, r.ID) != "" {
		t.Errorf("%+v", r)
	}
	f.sound(t, true)
	if _, err := f.Set(1, []string{"a"}, []Assignment{{Column: "value", Value: "x"}}); fault.KindOf(err) != fault.Input {
		t.Errorf("a row in a table without columns: %v", err)
	}
	f.must(t)(f.Replace(Replacement{Content: []byte(rows(2)), Action: verlog.Update, User: 1}))
	f.sound(t, true)
}

// TestHugeDelta has recovery find a delta of a terabyte of nothing, and one that only looks like a delta.
func TestHugeDelta(t *testing.T) {
	f, ids := withHistory(t)
	path := filepath.Join(f.dir, deltaName(ids[4]+1))
	if err := os.WriteFile(path, []byte("\xfd7zXZ\x00"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skipf("the file system has no files with holes: %v", err)
	}
	want := f.current(t)
	os.Remove(filepath.Join(f.dir, logFile))
	if _, err := f.Recover(); err != nil || f.current(t) != want {
		t.Errorf("recover: %v", err)
	}
	f.sound(t, true)
}

// TestHugeHole has a file of a terabyte of nothing in the place of current.csv.
func TestHugeHole(t *testing.T) {
	f := newFixture(t, rows(3))
	if err := os.Truncate(filepath.Join(f.dir, currentFile), 1<<36); err != nil {
		t.Skipf("the file system has no files with holes: %v", err)
	}
	v := &view{log: &logView{}}
	if err := f.lookCurrent(v); err != nil {
		t.Fatal(err)
	}
	defer v.close()
	if _, err := f.edited(v); fault.KindOf(err) != fault.Input {
		t.Errorf("an edit that is a hole: %v", err)
	}
}
