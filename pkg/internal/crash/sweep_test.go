package crash

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/internal/powercut"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

// TestSweep lets each call of every command fail, in each way it may.
func TestSweep(t *testing.T) {
	binary := build(t, plant{})
	seed := uint64(setting(t, "CRASH_SEED", int(time.Now().UnixNano())))
	for _, c := range commands() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			trial := try(t, c, binary)
			options := powercut.SweepOptions{Faults: c.faults(), Limit: setting(t, "CRASH_POINTS", 24), Seed: seed}
			powercut.Sweep(t, trial.powercut(), options, trial.outcome)
		})
	}
}

// faults returns those for a command: all of them, or without those that show the same in other commands.
func (c *command) faults() []powercut.Fault {
	if c.full {
		return nil
	}
	looks := []string{"stat", "lstat", "fstat", "newfstatat", "statx", "readlinkat", "lseek", "flock", "fcntl", "close"}
	return slices.DeleteFunc(powercut.Faults(), func(f powercut.Fault) bool {
		killed := f.Errno == 0
		return f.String() == c.unswept || slices.Contains(looks, f.Call) || !killed && f.Errno != syscall.EIO || killed && f.Call == "openat"
	})
}

// outcome accepts what a command left and said whose call failed.
func (t *trial) outcome(o powercut.Outcome) error {
	root := t.place(o.Dir)
	switch o.Exit {
	case -1:
		return t.check(root, false, foreignPatch, nil)
	case t.exit:
		if err := t.finished(root); err != nil {
			return fmt.Errorf("it says that it is done: %w", err)
		}
		return t.check(root, true, foreignPatch, nil)
	case 16:
		return t.doubtful(o, root)
	case 0:
		return errors.New("it has not done all, and says that it has")
	case 1, 10, 11, 12, 13, 15, 128:
		return t.refused(o, root)
	}
	return fmt.Errorf("exit %d", o.Exit)
}

// finished checks that what the command was to do is done.
func (t *trial) finished(root string) error {
	m, err := read(root, foreignPatch)
	if err != nil || t.together {
		return err
	}
	return m.equal(t.after)
}

// refused checks that nothing was stored: all that counts is as it was, byte for byte.
func (t *trial) refused(o powercut.Outcome, root string) error {
	if t.heals || t.steps {
		return t.check(root, false, foreignPatch, nil)
	}
	if o.Fault.Lasting { // nobody could have put back what was moved
		m, err := read(root, foreignPatch)
		if err == nil {
			err = m.equal(t.before)
		}
		return errors.Join(err, t.check(root, false, foreignPatch, nil))
	}
	skip := func(path string) bool {
		return derived(path) || filepath.Base(path) == "notes" // it may hold a remark on a version that never came to be
	}
	if what := different(files(t.fixture.root, skip), files(o.Dir, skip)); what != "" {
		return fmt.Errorf("exit %d, and something has changed: %s", o.Exit, what)
	}
	return nil
}

// doubtful checks that a write whose outcome is unknown bars others until recovery has settled it.
func (t *trial) doubtful(o powercut.Outcome, root string) error {
	marked, err := filepath.Glob(filepath.Join(tablesIn(root), "*", "outcome-unknown"))
	if err != nil || len(marked) == 0 && !o.Fault.Lasting {
		return fmt.Errorf("exit 16, and no table is marked, %v", err)
	}
	for _, path := range marked {
		if err := barred(root, filepath.Base(filepath.Dir(path))); err != nil {
			return err
		}
	}
	if err := t.check(root, false, foreignPatch, nil); err != nil {
		return err
	}
	for _, path := range marked {
		if _, err := os.Stat(path); err == nil {
			return errors.New("the table is still marked after recovery")
		}
	}
	return nil
}

// barred checks that a marked table takes no write.
func barred(root, name string) error {
	db, err := reedbase.Open(root, reedbase.Options{User: user})
	if err != nil {
		return err
	}
	defer db.Close()
	table, err := db.Table(name)
	if err != nil {
		return err
	}
	defer table.Close()
	if _, err = table.Set([]string{"next"}, nil); fault.KindOf(err) != fault.Unknown {
		return fmt.Errorf("a write to a table whose outcome is unknown: %v", err)
	}
	return nil
}
