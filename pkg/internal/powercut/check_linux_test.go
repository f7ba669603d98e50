package powercut

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReplay has a real run in threads end in the same folder as its model.
func TestReplay(t *testing.T) {
	tr := recorded(t, map[string]string{"old": "much longer than what takes its place", "keep/it": "kept"}, "every call")
	s := state{cut: len(tr.operations)}
	s.pending = tr.pending(s.cut, tr.durable(Options{}))
	for range s.pending {
		s.choice = append(s.choice, kept)
	}
	real, err := load(tr.path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outline(real), outline(tr.tree(s))); diff != "" {
		t.Errorf("folder as it is, - , and as modelled, +:\n%s\n%s", diff, strings.Join(tr.Operations(), "\n"))
	}
}

// outline tells a tree in words that compare well; which names are one file shows as the first of them.
func outline(t *tree) map[string]string {
	lines, first := map[string]string{}, map[int]string{}
	for _, n := range t.nodes {
		if first[n.inode] == "" {
			first[n.inode] = n.path
		}
		text := fmt.Sprint(n.mode, " ", n.target, " is ", first[n.inode])
		if n.content != nil {
			text += fmt.Sprintf(" %q", n.content.data)
		}
		lines[n.path] = text
	}
	return lines
}

// replaced accepts the text as it was and, or if acknowledged only, as the program made it.
func replaced(s State) error {
	text, err := os.ReadFile(filepath.Join(s.Dir, "text"))
	switch {
	case err != nil:
		return err
	case string(text) == after, string(text) == before && !s.Acked:
		return nil
	}
	return fmt.Errorf("text is %q", text)
}

// committed accepts a log whose whole lines are true.
func committed(s State) error {
	log, err := os.ReadFile(filepath.Join(s.Dir, "log"))
	if err != nil {
		return err
	}
	logged := strings.Contains(string(log), line)
	if s.Acked && !logged {
		return errors.New("the acknowledged line is not in the log")
	}
	text, err := os.ReadFile(filepath.Join(s.Dir, "objects/1"))
	if logged && (err != nil || string(text) != object) {
		return fmt.Errorf("logged, but the object is %q, %v", text, err)
	}
	return nil
}

func TestCheck(t *testing.T) {
	text := map[string]string{"text": before}
	log := map[string]string{"log": "", "objects/0": ""}
	for _, test := range []struct {
		program string
		files   map[string]string
		check   func(State) error
		want    []string // in the report; none: nothing is wrong
	}{
		{"replace", text, replaced, nil},
		{"replace without file flush", text, replaced, []string{"not acknowledged", "write temp [0,30)", "lost", "rename temp to text"}},
		{"replace without folder flush", text, replaced, []string{", acknowledged", "rename temp to text", "lost"}},
		{"replace in place", text, replaced, []string{"open and empty text"}},
		{"commit", log, committed, nil},
		{"commit without folder flush", log, committed, []string{"create objects/1", "lost"}},
		{"commit, log first", log, committed, []string{"fdatasync log", "logged, but the object is"}},
		{"commit without log flush", log, committed, []string{", acknowledged", "write log [0,21)"}},
	} {
		t.Run(test.program, func(t *testing.T) {
			t.Parallel()
			tr := recorded(t, test.files, test.program)
			got := &recorder{TB: t}
			tr.Check(got, Options{}, test.check)
			got.expect(t, test.want)
		})
	}
}

// TestBeyond takes a command for acknowledged that others could go on from, and has it answer for what it went on from.
func TestBeyond(t *testing.T) {
	const late = "exec 3< lock; echo %s> text; exec 3<&-; sync text; echo done"
	const flushes = "cat text > /dev/null; sync text; echo done"
	for _, test := range []struct {
		name, script string
		change       func(c *Command)
		want         []string
	}{
		{"a late flush", late, func(*Command) {}, nil},
		{"a late flush, seen", late, func(c *Command) { c.Release = "lock" }, []string{", acknowledged", "close lock", "write text [0,30)", "lost"}},
		{"what a dead one wrote", "cat text", func(c *Command) { c.Unflushed = map[string]int64{"text": 3} },
			[]string{", acknowledged", "what was written before to text", "lost"}},
		{"what a dead one wrote, flushed", flushes, func(c *Command) { c.Unflushed = map[string]int64{"text": 3} }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			script := strings.ReplaceAll(test.script, "%s", "'"+strings.TrimSpace(after)+"' ")
			c := Command{Tree: folder(t, map[string]string{"text": before, "lock": ""}), Argv: []string{"sh", "-c", script}}
			if test.script != late {
				c.Tree = folder(t, map[string]string{"text": after})
			}
			test.change(&c)
			tr, err := Record(t, c)
			if err != nil {
				t.Fatal(err)
			}
			got := &recorder{TB: t}
			tr.Check(got, Options{}, func(s State) error {
				text, err := os.ReadFile(filepath.Join(s.Dir, "text"))
				if err == nil && s.Acked && string(text) != after {
					err = fmt.Errorf("text is %q", text)
				}
				return err
			})
			got.expect(t, test.want)
		})
	}
	c := Command{Tree: folder(t, map[string]string{"text": before}), Argv: []string{"cat", "text"}, Unflushed: map[string]int64{"text": 100}}
	if _, err := Record(t, c); err == nil || !strings.Contains(err.Error(), "has no 100 bytes") {
		t.Errorf("error %v", err)
	}
}

// TestChild follows programs that the command starts.
func TestChild(t *testing.T) {
	tr := recorded(t, map[string]string{"text": before}, "child")
	want := []string{"create new", "write new [0,13)", "rename new to text", "fsync the root", `print "done"`}
	if diff := cmp.Diff(want, tr.Operations()); diff != "" {
		t.Error(diff)
	}
}

// TestCommand starts in a folder of the root that a call before the command has made, and names the root.
func TestCommand(t *testing.T) {
	tr, err := Record(t, Command{
		Dir: "sub", Argv: []string{"sh", "-c", "cat > $ROOT/sub/read; echo $WHERE"}, Env: []string{"WHERE=in $ROOT", "PATH=" + os.Getenv("PATH")},
		Stdin: []byte("input"), Acknowledgement: "in /",
		Before: func(root string) error { return os.Mkdir(filepath.Join(root, "sub"), 0o755) },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"create sub/read", "write sub/read [0,5)", "print " + excerpt([]byte("in "+tr.path))}
	if diff := cmp.Diff(want, tr.Operations()); diff != "" || tr.Exit != 0 {
		t.Errorf("exit %d, %s\n%s", tr.Exit, tr.Stderr, diff)
	}
}

// TestNotModelled has Record refuse what it cannot follow.
func TestNotModelled(t *testing.T) {
	_, err := Record(t, played(t, folder(t, map[string]string{"text": before}), "map"))
	if err == nil || !strings.Contains(err.Error(), "shared map is not modelled") {
		t.Errorf("error %v", err)
	}
}

// TestOne checks one state again, as a report asks for it.
func TestOne(t *testing.T) {
	tr := recorded(t, map[string]string{"text": before}, "replace without file flush")
	for _, test := range []struct {
		id   string
		want []string
	}{
		{"3:klk", []string{"state 3:klk, not acknowledged", `text is ""`, "write temp [0,30)", "lost"}},
		{"3:lll", nil},
		{"3:kl", []string{"3 effects are pending there"}},
		{"3:k9k", []string{"no form of effect 2"}},
		{"99:", []string{"no such call"}},
	} {
		t.Setenv(only, test.id)
		got := &recorder{TB: t}
		tr.Check(got, Options{}, replaced)
		got.expect(t, test.want)
	}
}

// TestOptions has a file system that keeps names with their files forgive a missing flush of the folder, a test change
// what another boot would change, and a panic be no more than a failure.
func TestOptions(t *testing.T) {
	log := map[string]string{"log": "", "objects/0": "", "boot": "1"}
	tr := recorded(t, log, "commit without folder flush")
	got := &recorder{TB: t}
	tr.Check(got, Options{SyncKeepsName: true}, committed)
	got.expect(t, nil)

	another := func(path string, data []byte) []byte {
		if path == "boot" {
			return []byte("2")
		}
		return data
	}
	tr.Check(t, Options{Rewrite: another}, func(s State) error {
		if boot, err := os.ReadFile(filepath.Join(s.Dir, "boot")); string(boot) != "2" {
			return fmt.Errorf("boot is %q, %v", boot, err)
		}
		return nil
	})
	tr.Check(got, Options{}, func(s State) error { panic(s.Desc) })
	got.expect(t, []string{"panic: power cut before the first call", "check_linux_test.go"})
}

// TestLimit has a program with more states than anybody would wait for keep to the limit, and still meet the plain ones.
func TestLimit(t *testing.T) {
	tr := recorded(t, nil, "gather")
	const limit = 300
	var count census
	durable := tr.durable(Options{})
	seen := map[string]bool{}
	for s := range tr.states(Options{Limit: limit}, durable, &count) {
		letters := s.id()[strings.Index(s.id(), ":")+1:]
		seen[strings.Trim(letters, "k")] = true
		if n := len(tr.pending(s.cut, durable)); n != len(letters) {
			t.Errorf("state %s: %d effects pending", s.id(), n)
		}
	}
	if count.states != limit || count.cuts != len(tr.operations)+1 {
		t.Errorf("%d states at %d cut points of %d calls", count.states, count.cuts, len(tr.operations))
	}
	if !seen[""] || !seen["l"] {
		t.Error("a state with all kept, or one with one effect lost, is missing")
	}
}

func TestDigest(t *testing.T) {
	files := map[string]string{"a": "1", "b/c": "2"}
	same, err := Digest(folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(dir string) error{
		"":           func(string) error { return nil },
		"content":    func(dir string) error { return os.WriteFile(dir+"/a", []byte("2"), 0) },
		"name":       func(dir string) error { return os.Rename(dir+"/a", dir+"/d") },
		"link":       func(dir string) error { return errors.Join(os.Remove(dir+"/b/c"), os.Link(dir+"/a", dir+"/b/c")) },
		"permission": func(dir string) error { return os.Chmod(dir+"/a", 0o600) },
		"folder":     func(dir string) error { return os.Mkdir(dir+"/e", 0o755) },
	} {
		dir := folder(t, files)
		if err := change(dir); err != nil {
			t.Fatal(err)
		}
		if got, err := Digest(dir); err != nil || (got == same) != (name == "") {
			t.Errorf("%q changed: digest %s, was %s, %v", name, got, same, err)
		}
	}
}

// recorded runs one of the programs on the given files.
func recorded(t *testing.T, files map[string]string, program string) *Trace {
	t.Helper()
	tr, err := Record(t, played(t, folder(t, files), program))
	if err != nil {
		t.Fatal(err)
	}
	if tr.Exit != 0 {
		t.Fatalf("exit %d, %s", tr.Exit, tr.Stderr)
	}
	return tr
}

// A recorder is a test whose errors are looked at, not counted.
type recorder struct {
	testing.TB
	text strings.Builder
}

func (r *recorder) Error(args ...any)                 { fmt.Fprintln(&r.text, args...) }
func (r *recorder) Errorf(format string, args ...any) { fmt.Fprintf(&r.text, format+"\n", args...) }

// expect fails t unless the errors hold all of want, or unless there are none if nothing is wanted.
func (r *recorder) expect(t *testing.T, want []string) {
	t.Helper()
	report := r.text.String()
	if (report != "") != (want != nil) {
		t.Errorf("report:\n%s", report)
	}
	for _, part := range want {
		if !strings.Contains(report, part) {
			t.Errorf("%q is not in the report:\n%s", part, report)
		}
	}
}
