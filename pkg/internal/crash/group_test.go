package crash

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/reedbase/reedbase/pkg/internal/powercut"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

// The leader of a group has the lock of a table, and carries out what those ask for who wait for it. Whatever becomes of it,
// each of them is told the truth: its change is in the history once, or not at all.

// A fate is what becomes of one call of the leader. Its threads come in no certain order, so the call is told by its kind.
type fate struct {
	kind  string
	times int // the calls of its kind since the leader had the lock, with this one
	powercut.Verdict
}

func (f fate) String() string {
	if f.Kill {
		return fmt.Sprintf("%s, number %d, kills", f.kind, f.times)
	}
	return fmt.Sprintf("%s, number %d, fails: %v", f.kind, f.times, f.Errno)
}

// kind tells a call in words that are the same in every run: without the names that hold a time.
func kind(c powercut.Call) string {
	dir, name := filepath.Split(c.Target)
	if strings.HasSuffix(dir, "/queue/") {
		name = "N" + filepath.Ext(name)
	}
	return c.Name + " " + dir + strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, name)
}

// A company is a place where writers wait for a leader.
type company struct {
	*place
	waiters []actor
}

func newCompany(tb testing.TB, binary string) *company {
	g := &company{&place{meeting: &meeting{first: adder("ada")}, binary: binary, scratch: powercut.Scratch(tb)}, nil}
	for _, name := range []string{"bob", "carol", "bob"} {
		g.waiters = append(g.waiters, adder(name))
	}
	g.furnish(tb)
	return g
}

// TestGroup kills the leader before each of its calls, and lets each of them fail.
func TestGroup(t *testing.T) {
	newCompany(t, build(t, plant{})).suffer(t, t, 160, func(powercut.Call) bool { return true })
}

// suffer lets the leader suffer each fate, or a spread choice of few, in the calls that are chosen.
func (g *company) suffer(t, report testing.TB, few int, in func(powercut.Call) bool) {
	t.Helper()
	calls, err := g.run(fate{})
	g.fixture.must(err)
	var fates []fate
	times := map[string]int{}
	for _, c := range calls {
		times[kind(c)]++
		if !in(c) {
			continue
		}
		at := fate{kind: kind(c), times: times[kind(c)]}
		if at.Kill = true; c.Changes || c.Name == "close" && c.Target == lockOf {
			fates = append(fates, at)
		}
		if c.Name == "close" {
			continue // it ends the descriptor whatever it says
		}
		for _, errno := range c.Errors {
			at.Verdict = powercut.Verdict{Errno: errno}
			fates = append(fates, at)
		}
	}
	queue := make(chan fate)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for f := range queue {
				if _, err := g.run(f); err != nil {
					report.Errorf("%s: %v", f, err)
				}
			}
		})
	}
	for _, i := range points(t, len(fates), few) {
		queue <- fates[i-1]
	}
	close(queue)
	workers.Wait()
}

// run has the waiters wait for a leader that has the lock, and the leader suffer its fate. It returns what the leader called
// since it had the lock.
func (g *company) run(f fate) (calls []powercut.Call, err error) {
	dir, err := os.MkdirTemp(g.scratch, "group-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	root := filepath.Join(dir, "root")
	if _, err := g.tree.Prepare(root); err != nil {
		return nil, err
	}
	var chains []*chain
	locked, times := false, 0
	leader, err := powercut.Start(g.command(g.first, root), root, func(c powercut.Call) powercut.Verdict {
		if locked && chains == nil {
			for _, w := range g.waiters {
				chains = append(chains, g.begin([]actor{w}, root))
			}
		}
		locked = locked || c.Name == "flock" && c.Target == lockOf
		if chains == nil {
			return powercut.Verdict{}
		}
		if calls = append(calls, c); kind(c) == f.kind {
			if times++; times == f.times {
				return f.Verdict
			}
		}
		return powercut.Verdict{}
	})
	if err != nil {
		return nil, err
	}
	ends := []ending{{actor: g.first}}
	ends[0].Result, ends[0].err = leader.Wait()
	for _, c := range chains {
		<-c.done
		ends = append(ends, c.ends...)
	}
	if err := g.settle(root, ends); err != nil {
		for _, e := range ends {
			err = fmt.Errorf("%w\n  %s", err, e)
		}
		return nil, err
	}
	return calls, nil
}

// settle checks what is left and what each was told, after a recovery where somebody was told that one is due.
func (g *company) settle(root string, ends []ending) error {
	unknown := false
	for i := range ends {
		e := &ends[i]
		unknown = unknown || e.Exit == 16
		if i == 0 {
			e.exits = []int{-1, 1, 10, 11, 12, 13, 15, 16, 128}
		} else if ends[0].Exit == 16 {
			e.exits = []int{16}
		}
	}
	if unknown != marked(root) {
		return fmt.Errorf("the outcome is unknown to somebody: %v; the table is marked: %v", unknown, marked(root))
	}
	if unknown || bytes.Contains(ends[0].Stderr, []byte("current.csv could not be brought up to date")) {
		if err := recovered(root); err != nil {
			return err
		}
	}
	return g.account(root, ends)
}

func recovered(root string) error {
	db, err := reedbase.Open(root, reedbase.Options{User: user})
	if err != nil {
		return err
	}
	_, err = db.Recover("")
	return errors.Join(err, db.Close())
}
