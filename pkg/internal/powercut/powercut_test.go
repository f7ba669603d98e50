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
	dir := folder(t, map[string]string{"old": "much longer than what takes its place", "keep/it": "kept"})
	tr, err := Record(t, played(t, dir, "every call"))
	if err != nil {
		t.Fatal(err)
	}
	if tr.Exit != 0 || string(tr.Stdout) != "done\n" {
		t.Fatalf("exit %d, %s", tr.Exit, tr.Stderr)
	}
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
			tr, err := Record(t, played(t, folder(t, test.files), test.program))
			if err != nil {
				t.Fatal(err)
			}
			got := &recorder{TB: t}
			tr.Check(got, Options{}, test.check)
			report := got.text.String()
			if (report != "") != (test.want != nil) {
				t.Errorf("report:\n%s", report)
			}
			for _, want := range test.want {
				if !strings.Contains(report, want) {
					t.Errorf("%q is not in the report:\n%s", want, report)
				}
			}
		})
	}
}

// A recorder is a test whose errors are looked at, not counted.
type recorder struct {
	testing.TB
	text strings.Builder
}

func (r *recorder) Error(args ...any)                 { fmt.Fprintln(&r.text, args...) }
func (r *recorder) Errorf(format string, args ...any) { fmt.Fprintf(&r.text, format+"\n", args...) }
