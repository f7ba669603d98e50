package table

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// files returns what the table's folder holds, but for the state and the lock.
func (f *fixture) files(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	names, err := filepath.Glob(filepath.Join(f.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		base := filepath.Base(name)
		if base == stateFile || base == lockFile {
			continue
		}
		info, err := os.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		all[base] = info.Mode().Type().String()
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[base] = string(b)
		}
	}
	return all
}

// rewriteLog has the lines of the log changed, with checksums that fit.
func (f *fixture) rewriteLog(t *testing.T, change func([]verlog.Line) []verlog.Line) {
	t.Helper()
	lines, err := f.Lines()
	if err != nil {
		t.Fatal(err)
	}
	var b []byte
	for _, l := range change(slices.Clone(lines)) {
		b = l.Append(b)
	}
	if err := os.WriteFile(filepath.Join(f.dir, logFile), b, 0o666); err != nil {
		t.Fatal(err)
	}
}

// replaceDelta puts another delta in the place of a version's, sealed with the line that seal gives it.
func (f *fixture) replaceDelta(t *testing.T, id stamp.ID, d *delta.Delta, seal func(size int64) []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, deltaName(id)), delta.Seal(d.Encode(), seal), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestDamageIsNamed damages a table of six versions in ways that a crash does not: fsck names file and version, reads of
// what is hurt fail as damage, and nothing is changed by looking.
func TestDamageIsNamed(t *testing.T) {
	in := func(f *fixture, name string) string { return filepath.Join(f.dir, name) }
	for name, c := range map[string]struct {
		hurt  func(t *testing.T, f *fixture, ids []stamp.ID)
		file  func(ids []stamp.ID) string // that fsck names
		about func(ids []stamp.ID) stamp.ID
		read  int // of the versions after the first, one that can no longer be read; -1: all can
		text  string
	}{
		"swapped deltas": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) {
				a, b := in(f, deltaName(ids[1])), in(f, deltaName(ids[2]))
				if err := errors.Join(os.Rename(a, a+"~"), os.Rename(b, a), os.Rename(a+"~", b)); err != nil {
					t.Fatal(err)
				}
			},
			file: func(ids []stamp.ID) string { return deltaName(ids[1]) }, about: func(ids []stamp.ID) stamp.ID { return ids[1] }, read: 1, text: "line behind the patch",
		},
		"delta of another version": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) {
				b, err := os.ReadFile(in(f, deltaName(ids[1])))
				if err != nil {
					t.Fatal(err)
				}
				os.WriteFile(in(f, deltaName(ids[3])), b, 0o666)
			},
			file: func(ids []stamp.ID) string { return deltaName(ids[3]) }, about: func(ids []stamp.ID) stamp.ID { return ids[3] }, read: 3, text: "line behind the patch",
		},
		"missing delta": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) { os.Remove(in(f, deltaName(ids[2]))) },
			file: func(ids []stamp.ID) string { return deltaName(ids[2]) }, about: func(ids []stamp.ID) stamp.ID { return ids[2] }, read: 4, text: "is missing",
		},
		"another content": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) {
				lines, err := f.Lines()
				if err != nil {
					t.Fatal(err)
				}
				line := lines[2]
				patch := delta.Snapshot([]byte("key|value|comment\nevil|1|2\n"))
				size := int64(len(delta.Seal(patch.Encode(), func(int64) []byte { return line.Append(nil) })))
				f.rewriteLog(t, func(lines []verlog.Line) []verlog.Line { lines[2].Size = size; return lines })
				line.Size = size
				f.replaceDelta(t, line.ID, patch, func(int64) []byte { return line.Append(nil) })
			},
			file: func(ids []stamp.ID) string { return deltaName(ids[1]) }, about: func(ids []stamp.ID) stamp.ID { return ids[1] }, read: 1, text: "hash",
		},
		"delta is a folder": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) {
				if err := errors.Join(os.Remove(in(f, deltaName(ids[1]))), os.Mkdir(in(f, deltaName(ids[1])), 0o777)); err != nil {
					t.Fatal(err)
				}
			},
			file: func(ids []stamp.ID) string { return deltaName(ids[1]) }, about: func(ids []stamp.ID) stamp.ID { return ids[1] }, read: 1, text: "folder",
		},
		"delta is a fifo": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) {
				if err := errors.Join(os.Remove(in(f, deltaName(ids[1]))), syscall.Mkfifo(in(f, deltaName(ids[1])), 0o666)); err != nil {
					t.Fatal(err)
				}
			},
			file: func(ids []stamp.ID) string { return deltaName(ids[1]) }, about: func(ids []stamp.ID) stamp.ID { return ids[1] }, read: 1, text: "fifo",
		},
		"delta is a link": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) {
				a := in(f, deltaName(ids[1]))
				if err := errors.Join(os.Rename(a, a+".kept"), os.Symlink(a+".kept", a)); err != nil {
					t.Fatal(err)
				}
			},
			file: func(ids []stamp.ID) string { return deltaName(ids[1]) }, about: func(ids []stamp.ID) stamp.ID { return ids[1] }, read: 1, text: "link",
		},
		"tags are junk": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) { os.WriteFile(in(f, tagsFile), []byte("junk"), 0o666) },
			file: func([]stamp.ID) string { return tagsFile }, about: func([]stamp.ID) stamp.ID { return 0 }, read: -1, text: "line 1",
		},
		"a tag of nothing": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) {
				os.WriteFile(in(f, tagsFile), []byte("x|12345\n"), 0o666)
			},
			file: func([]stamp.ID) string { return tagsFile }, about: func([]stamp.ID) stamp.ID { return 12345 }, read: -1, text: "\"x\"",
		},
		"aside is a file": {
			hurt: func(t *testing.T, f *fixture, ids []stamp.ID) { os.WriteFile(in(f, asideFolder), nil, 0o666) },
			file: func([]stamp.ID) string { return asideFolder }, about: func([]stamp.ID) stamp.ID { return 0 }, read: -1, text: "no folder",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, ids := withHistory(t)
			c.hurt(t, f, ids)
			before := f.files(t)
			problems, _, err := f.Verify(nil)
			if err != nil {
				t.Fatal(err)
			}
			named := slices.ContainsFunc(problems, func(p Problem) bool {
				return !p.Note && p.File == f.Table.dir.Path(c.file(ids)) && p.Version == c.about(ids) && strings.Contains(p.Text, c.text)
			})
			if !named {
				t.Errorf("fsck says %v", problems)
			}
			for _, p := range problems {
				if !strings.Contains(p.String(), f.Table.dir.Path("")) {
					t.Errorf("fsck says %q", p)
				}
			}
			if c.read >= 0 {
				if _, err := f.tryAt(ids[c.read]); fault.KindOf(err) != fault.Corrupt || strings.Contains(err.Error(), "\n") {
					t.Errorf("reading version %d: %v of kind %v", c.read, err, fault.KindOf(err))
				}
				if _, err := f.History([]string{"page.title.n7@en"}); fault.KindOf(err) != fault.Corrupt && c.text != "hash" {
					t.Errorf("history: %v", err)
				}
			}
			if diff := cmp.Diff(before, f.files(t)); diff != "" {
				t.Errorf("looking changed the table (-before +after):\n%s", diff)
			}
		})
	}
}

// TestBadLogs gives a table logs that no commit writes. Each is named with its line; writes are refused, and nothing hangs.
func TestBadLogs(t *testing.T) {
	swap := func(i, j int) func([]verlog.Line) []verlog.Line {
		return func(l []verlog.Line) []verlog.Line { l[i], l[j] = l[j], l[i]; return l }
	}
	for name, c := range map[string]struct {
		change  func([]verlog.Line) []verlog.Line
		line    int // that fsck names
		refused bool
	}{
		"cycle":            {func(l []verlog.Line) []verlog.Line { l[2].Base, l[3].Base = l[3].ID, l[2].ID; return l }, 3, false},
		"itself":           {func(l []verlog.Line) []verlog.Line { l[2].Base = l[2].ID; return l }, 3, false},
		"out of order":     {swap(2, 3), 3, false},
		"twice":            {func(l []verlog.Line) []verlog.Line { return slices.Insert(l, 3, l[2]) }, 4, false},
		"base unknown":     {func(l []verlog.Line) []verlog.Line { return slices.Delete(l, 2, 3) }, 3, false},
		"no node":          {func(l []verlog.Line) []verlog.Line { l[2].ID -= 1; return l }, 3, false},
		"first has a base": {func(l []verlog.Line) []verlog.Line { l[0].Base = 1001; return l }, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := withHistory(t)
			f.rewriteLog(t, c.change)
			os.Remove(filepath.Join(f.dir, stateFile))
			problems, _, err := f.Verify(nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(problems, func(p Problem) bool {
				return !p.Note && p.File == f.Table.dir.Path(logFile) && p.Line == c.line && p.Offset >= 0
			}) {
				t.Errorf("fsck says %v", problems)
			}
			lines, err := f.Lines()
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				f.tryAt(l.ID)
				f.Diff(lines[0].ID, l.ID)
			}
			f.History([]string{"page.title.n7@en"})
			f.Blame()
			f.Read()
			f.Status()
			f.Recover()
			f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "x"}})
		})
	}
}

// TestBadLines puts lines into the log that are none, in every place.
func TestBadLines(t *testing.T) {
	for name, bad := range map[string]func(line string) string{
		"6 fields":   func(l string) string { return strings.Join(strings.Split(l, "|")[:6], "|") },
		"8 fields":   func(l string) string { return strings.Join(strings.Split(l, "|")[:8], "|") },
		"30 fields":  func(l string) string { return l + strings.Repeat("|1", 21) },
		"empty":      func(string) string { return "" },
		"text":       func(string) string { return "# a remark" },
		"a megabyte": func(string) string { return strings.Repeat("9", 1<<20) },
		"CR":         func(l string) string { return l + "\r" },
	} {
		for _, at := range []int{0, 2, 5} {
			t.Run(fmt.Sprintf("%s at %d", name, at), func(t *testing.T) {
				f, _ := withHistory(t)
				path := filepath.Join(f.dir, logFile)
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				lines := strings.Split(string(b), "\n")
				lines[at] = bad(lines[at])
				if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
					t.Fatal(err)
				}
				before := f.files(t)
				if _, err := f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "x"}}); fault.KindOf(err) != fault.Corrupt || fault.HintOf(err) == "" || !strings.Contains(err.Error(), fmt.Sprintf("line %d", at+1)) {
					t.Errorf("a write: %v", err)
				}
				for _, do := range []func() error{
					func() error { _, err := f.Prune(1, 1); return err },
					func() error { _, err := f.Collect(false); return err },
					func() error { return f.Tag("x", 1) },
					func() error { _, err := f.Table.Restore(); return err },
				} {
					if err := do(); fault.KindOf(err) != fault.Corrupt {
						t.Errorf("%v of kind %v", err, fault.KindOf(err))
					}
				}
				problems, _, err := f.Verify(nil)
				if err != nil || !slices.ContainsFunc(problems, func(p Problem) bool { return p.Line == at+1 && !p.Note }) {
					t.Errorf("fsck says %v %v", problems, err)
				}
				if diff := cmp.Diff(before, f.files(t)); diff != "" {
					t.Errorf("the table was changed (-before +after):\n%s", diff)
				}
				if _, err := f.Recover(); err != nil {
					t.Fatal(err)
				}
				f.sound(t, false)
				if lines, err := f.Lines(); err != nil || len(lines) != 6 {
					t.Errorf("%d lines: %v", len(lines), err)
				}
			})
		}
	}
}

// TestReadWithABadLog reads a table one line of whose log is damaged: it gives the newest content or an error, never an
// older content for the newest.
func TestReadWithABadLog(t *testing.T) {
	for line := range 6 {
		for _, lose := range []string{"", stateFile, currentFile, stateFile + "|" + currentFile} {
			f, _ := withHistory(t)
			want := f.current(t)
			path := filepath.Join(f.dir, logFile)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			lines := bytes.SplitAfter(b, []byte("\n"))
			lines[line][5] ^= 1
			if err := os.WriteFile(path, b, 0o666); err != nil {
				t.Fatal(err)
			}
			for name := range strings.SplitSeq(lose, "|") {
				os.Remove(filepath.Join(f.dir, name))
			}
			c, err := f.Read()
			if err != nil {
				if fault.KindOf(err) != fault.Corrupt {
					t.Errorf("line %d, without %q: %v", line+1, lose, err)
				}
				continue
			}
			text, err := c.Bytes()
			if err != nil || string(text) != want {
				t.Errorf("line %d, without %q: %q %v", line+1, lose, text, err)
			}
			c.Close()
		}
	}
}

// TestEveryByteOfTheLog changes one byte of the log after another: each is noticed, and named with its line.
func TestEveryByteOfTheLog(t *testing.T) {
	f, _ := withHistory(t)
	path := filepath.Join(f.dir, logFile)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := 1
	for at := range good {
		for _, change := range []byte{1, 0x80, good[at]} {
			b := slices.Clone(good)
			if b[at] ^= change; string(b) == string(good) {
				continue
			}
			if err := os.WriteFile(path, b, 0o666); err != nil {
				t.Fatal(err)
			}
			problems, _, err := f.Verify(nil)
			if err != nil {
				t.Fatal(err)
			}
			ok := slices.ContainsFunc(problems, func(p Problem) bool {
				return p.File == f.Table.dir.Path(logFile) && (p.Line == line || p.Line == line-1 && at > 0 && good[at-1] == '\n' || p.Line == 0 && bytes.Count(good[at+1:], []byte("\n")) <= 1)
			})
			if !ok {
				t.Fatalf("byte %d, in line %d, made %q: fsck says %v", at, line, b[at], problems)
			}
		}
		if good[at] == '\n' {
			line++
		}
	}
	if err := os.WriteFile(path, good, 0o666); err != nil {
		t.Fatal(err)
	}
	f.sound(t, true)
}

// TestThingsInTheWay puts folders, fifos and links where files belong: one clear error each, and never a wait.
func TestThingsInTheWay(t *testing.T) {
	put := map[string]func(path string) error{
		"folder": func(path string) error { return os.Mkdir(path, 0o777) },
		"fifo":   func(path string) error { return syscall.Mkfifo(path, 0o666) },
		"link":   func(path string) error { return os.Symlink("/etc/passwd", path) },
		"loop":   func(path string) error { return os.Symlink(filepath.Base(path), path) },
	}
	for what, put := range put {
		for _, name := range []string{currentFile, logFile, lockFile, stateFile, tagsFile, notesFile, currentTemp, "delta.tmp", "version.log.tmp"} {
			t.Run(what+" for "+name, func(t *testing.T) {
				f, ids := withHistory(t)
				path := filepath.Join(f.dir, name)
				os.Remove(path)
				if err := put(path); err != nil {
					t.Fatal(err)
				}
				_, err := f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "x"}})
				if err != nil && (fault.KindOf(err) != fault.Corrupt && fault.KindOf(err) != fault.Unknown || strings.Count(err.Error(), "\n") > 1) {
					t.Errorf("set: %v of kind %v", err, fault.KindOf(err))
				}
				if err != nil && name != currentFile && name != logFile {
					if _, err := f.tryAt(ids[2]); err != nil {
						t.Errorf("reading an old version: %v", err)
					}
				}
				problems, _, err := f.Verify(nil)
				if err != nil || !slices.ContainsFunc(problems, func(p Problem) bool { return p.File == f.Table.dir.Path(name) }) {
					info, _ := os.Lstat(path)
					if info != nil && !info.Mode().IsRegular() {
						t.Errorf("fsck says %v %v", problems, err)
					}
				}
				if _, err := f.Recover(); err != nil {
					if fault.KindOf(err) != fault.Corrupt {
						t.Errorf("recover: %v", err)
					}
					return
				}
				if name == currentFile || name == logFile {
					f.sound(t, false)
					f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "y"}}))
				}
			})
		}
	}
}
