package crash

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/internal/powercut"
)

// TestReaders runs what reads while all tables are locked, just after a crash: it answers, and touches nothing.
func TestReaders(t *testing.T) {
	binary := build(t, plant{})
	for _, verb := range []string{
		"export text", "get text key07", "list text", "status", "fsck", "table:list", "table:info text", "version:list text", "version:show text",
		"version:diff text ~1", "version:blame text", "version:history text key07", "version:tag text", "backup:list", "dict:users",
	} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			reads(t, t, binary, strings.Fields(verb))
		})
	}
}

// reads runs a verb that is to change nothing; what it changes is told to report.
func reads(t, report testing.TB, binary string, argv []string) {
	t.Helper()
	f := newFixture(t)
	torn(f)
	states, _ := filepath.Glob(filepath.Join(tablesIn(f.root), "*", "state"))
	for _, path := range states {
		f.must(os.Remove(path))
	}
	trace, err := powercut.Record(t, powercut.Command{
		Tree: f.root, Argv: append([]string{binary}, argv...), Env: environment(),
		Before: func(root string) error { return hold(t, root) },
	})
	f.must(err)
	if trace.Exit != 0 {
		report.Errorf("exit %d, %s", trace.Exit, trace.Stderr)
	}
	for _, operation := range trace.Operations() {
		if !strings.HasPrefix(operation, "print ") && !strings.Contains(operation, ".reed/cache/") {
			report.Errorf("a reader: %s", operation)
		}
	}
}

// hold locks all tables until the test ends, as writers do that take their time.
func hold(t testing.TB, root string) error {
	folders, err := filepath.Glob(filepath.Join(tablesIn(root), "*"))
	if err != nil {
		return err
	}
	for _, path := range folders {
		dir, err := durable.OpenDir(path)
		if err != nil {
			return err
		}
		t.Cleanup(func() { dir.Close() })
		lock, err := dir.Lock("lock", time.Second)
		if err != nil {
			return err
		}
		t.Cleanup(func() { lock.Release() })
	}
	return nil
}
