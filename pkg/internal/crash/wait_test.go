package crash

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/internal/powercut"
)

// Files of text, in the root.
const (
	lockOf = ".reed/tables/text/lock"
	logOf  = ".reed/tables/text/version.log"
)

// awaited has two others wait for the lock of text, each to add to the counter.
func awaited(f *fixture) {
	friends(f)
	root := filepath.Join(f.tb.TempDir(), "root")
	f.must(os.CopyFS(root, os.DirFS(f.root)))
	dir, err := durable.OpenDir(filepath.Join(tablesIn(root), "text"))
	f.must(err)
	defer dir.Close()
	lock, err := dir.Lock("lock", time.Second)
	f.must(err)
	p := &place{binary: build(f.tb, plant{}), fixture: f}
	chains := []*chain{p.begin([]actor{adder("bob")}, root), p.begin([]actor{adder("carol")}, root)}
	f.requests = files(filepath.Join(tablesIn(root), "text", "queue"), derived)
	f.must(lock.Release())
	for _, c := range chains {
		<-c.done
	}
}

// await puts those who wait into a copy of the database. They are this process, until the test ends.
func (f *fixture) await(root string) error {
	queue := filepath.Join(tablesIn(root), "text", "queue")
	if err := os.MkdirAll(queue, 0o777); err != nil || len(f.requests) == 0 {
		return err
	}
	for name, text := range f.requests {
		file, err := os.Create(filepath.Join(queue, name))
		if err != nil {
			return err
		}
		f.tb.Cleanup(func() { file.Close() })
		if _, err := file.WriteString(text); err != nil {
			return err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
			return err
		}
	}
	return nil
}

// TestGroupPowerCut cuts the power while a leader carries out what others wait for.
func TestGroupPowerCut(t *testing.T) {
	group().cutWith(t, t, build(t, plant{}))
}

func group() command {
	return command{name: "group", start: awaited, led: true, argv: []string{"set", "text", "key11", bump}}
}

func (c command) cutWith(t *testing.T, report testing.TB, binary string) {
	t.Helper()
	trial := try(t, c, binary)
	if n := len(trial.after.tables["text"].versions) - len(trial.before.tables["text"].versions); n != 3 {
		t.Fatalf("the leader made %d versions", n)
	}
	trial.cut(t, report)
}

// unflushed has a command killed that has written its line into the log of text and has not flushed it.
func unflushed(f *fixture) {
	c := powercut.Command{Argv: []string{build(f.tb, plant{}), "set", "text", "key11", "value=set"}, Env: environment(), Dir: f.root}
	r, err := powercut.Start(c, f.root, func(c powercut.Call) powercut.Verdict {
		return powercut.Verdict{Kill: c.Target == logOf}
	}, "fdatasync")
	f.must(err)
	if result, err := r.Wait(); err != nil || result.Exit != -1 {
		f.tb.Fatal(result, err)
	}
}

// beforeLastLine returns where the last line of text's log begins.
func (f *fixture) beforeLastLine() int64 {
	b, err := os.ReadFile(f.file("version.log"))
	f.must(err)
	return int64(bytes.LastIndexByte(bytes.TrimSuffix(b, []byte("\n")), '\n') + 1)
}

// TestAfterKill cuts the power while a command works on a version that another was killed over. What it was told to be so
// must stay so. BUG: a batch that finds all so already, and version:tag, do not flush what they go on from.
func TestAfterKill(t *testing.T) {
	binary := build(t, plant{})
	now := bytes.Replace(append(rows(60), "added|at the end|1\n"...), []byte("key11||121"), []byte("key11|set|121"), 1)
	for _, c := range []command{
		{name: "set the same", argv: []string{"set", "text", "key11", "value=set"}},
		{name: "set", argv: []string{"set", "text", "key11", bump}},
		{name: "apply the same", argv: []string{"apply", "text", "-"}, stdin: now},
		{name: "roll back to where it is", argv: []string{"version:rollback", "text", "~0"}},
		{name: "commit", argv: []string{"commit", "text"}},
		{name: "fold", argv: []string{"version:prune", "text", "--keep", "1"}, steps: true},
		{name: "delete", argv: []string{"table:delete", "text", "--confirm"}},
		{name: "backup", argv: []string{"backup:create"}},
	} {
		c.start, c.cold, c.first, c.states = unflushed, true, true, 24
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			try(t, c, binary).cut(t, t)
		})
	}
}
