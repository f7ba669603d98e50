package powercut

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A State is a folder that a power cut could have left.
type State struct {
	Dir   string // the root; the check may change it, it is removed afterwards
	Acked bool   // the command had acknowledged its work before the cut
	ID    string // names this state of this trace
	Desc  string // the call the cut came after, and what became of the effects that were not durable
}

// only is the environment variable that makes Check look at one state, by its ID.
const only = "POWERCUT_STATE"

// A failure is a state that a check refused.
type failure struct {
	state state
	err   error
}

// Check hands the states of the trace to check, several at a time, and reports those for which it returns an error or
// panics. The report is about the simplest ones: with as few effects lost or torn as still make check fail.
// With POWERCUT_STATE set to a State's ID, Check looks at that state alone.
func (t *Trace) Check(tb testing.TB, o Options, check func(State) error) {
	tb.Helper()
	c := &checker{Trace: t, Options: o, check: check, scratch: Scratch(tb), lasting: t.durable(o)}
	if id := os.Getenv(only); id != "" {
		s, err := t.parseState(id, c.lasting)
		if err != nil {
			tb.Error(err)
			return
		}
		tb.Logf("state %s alone: %s", id, c.describe(s))
		if err := c.run(s); err != nil {
			c.report(tb, failure{s, err})
		}
		return
	}
	failures, count := c.all()
	tb.Logf("power cut: %d calls, %d states (at most %d), %d of %d cut points completely",
		len(t.operations), count.states, o.limit(), count.complete, count.cuts)
	if len(failures) == 0 {
		return
	}
	tb.Errorf("power cut: %d of %d states fail the check", len(failures), count.states)
	for _, f := range c.simplest(failures, 3) {
		c.report(tb, f)
	}
}

// A checker is one run of Check.
type checker struct {
	*Trace
	Options
	check   func(State) error
	scratch string
	lasting []int // per effect, the call that made it durable
}

// all checks every state and returns the failures by cut point.
func (c *checker) all() ([]failure, census) {
	workers := c.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var count census
	var mu sync.Mutex
	var failures []failure
	var group sync.WaitGroup
	queue := make(chan state, workers)
	for range workers {
		group.Go(func() {
			for s := range queue {
				if err := c.run(s); err != nil {
					mu.Lock()
					failures = append(failures, failure{s, err})
					mu.Unlock()
				}
			}
		})
	}
	for s := range c.states(c.Options, c.lasting, &count) {
		queue <- s
	}
	close(queue)
	group.Wait()
	slices.SortFunc(failures, func(a, b failure) int {
		if a.state.cut != b.state.cut {
			return a.state.cut - b.state.cut
		}
		return strings.Compare(a.state.id(), b.state.id())
	})
	return failures, count
}

// run builds a state and checks it.
func (c *checker) run(s state) (err error) {
	dir, err := os.MkdirTemp(c.scratch, "state-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	root := filepath.Join(dir, "root")
	if err := c.tree(s).write(root, c.Rewrite); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return c.check(State{Dir: root, Acked: c.acked(s.cut), ID: s.id(), Desc: c.describe(s)})
}
