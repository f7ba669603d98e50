package crash

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/internal/powercut"
)

// Commands meet when one is stopped before one of its calls, others are run as far as they come without it, and all then go
// on to their ends. That is done before each call of the first, or at a spread choice of them.
//
// CRASH_POINTS=1000 stops it before up to so many calls, where fewer must do for every day; CRASH_SEED repeats a choice.

// An actor is somebody who takes part.
type actor struct {
	argv  []string
	stdin []byte
	by    string // who runs it; "" for the user of the fixture
	adds  bool   // it makes a version of text when it says that it is done, and only then; beside it perhaps a merge
	apart bool   // that leaves the counter alone
	exits []int  // how it may end beside 0
	reads bool   // it waits for nobody
	// says, if not nil, checks what it printed when it has ended well, given what text was before and is after all.
	says func(output []byte, before, after history) error
	// acts is what it does instead when it is no command.
	acts func(root string) error
}

// A meeting is a first actor and those it meets.
type meeting struct {
	name  string
	start func(*fixture)
	first actor
	// others are chains of actors: in each, one comes after the other has ended. They are started in their order, while the
	// first is stopped.
	others [][]actor
	few    int    // points that must do for every day; 0 for 24
	folds  bool   // old versions of text may become unreadable
	edit   []byte // what somebody wrote into current.csv of text meanwhile
	// holds, if not nil, checks more of what was left.
	holds func(root string, before, after model) error
}

// An ending is what became of an actor.
type ending struct {
	actor
	powercut.Result
	waited bool // for another, which was stopped
	err    error
}

func (e ending) String() string {
	if e.argv == nil {
		return "somebody writes into current.csv"
	}
	return fmt.Sprintf("rdb %s: exit %d, waited: %v, stderr %s", strings.Join(e.argv, " "), e.Exit, e.waited, excerpt(e.Stderr))
}

// A place is where a meeting is held, again and again.
type place struct {
	*meeting
	binary  string
	fixture *fixture
	tree    powercut.Command
	before  model
	scratch string
	held    atomic.Int64 // meetings where the others came
}

// hold holds the meeting before each of the chosen calls, several at a time. What is wrong is told to report.
func (m *meeting) hold(t, report testing.TB, binary string) {
	t.Helper()
	p := &place{meeting: m, binary: binary, scratch: powercut.Scratch(t)}
	p.furnish(t)
	calls, err := p.meet(0)
	p.fixture.must(err)
	chosen := points(t, calls, cmp.Or(m.few, 24))
	queue := make(chan int)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for number := range queue {
				if _, err := p.meet(number); err != nil {
					report.Errorf("%s: %v", m.name, err)
				}
			}
		})
	}
	for _, number := range chosen {
		queue <- number
	}
	close(queue)
	group.Wait()
	if n := p.held.Load(); n < int64(len(chosen)+1)/2 {
		report.Errorf("%s: only %d times was the first at the call where the others come", m.name, n)
	}
}

// furnish makes the database that all find.
func (p *place) furnish(tb testing.TB) {
	tb.Helper()
	p.fixture = newFixture(tb)
	friends(p.fixture)
	if p.start != nil {
		p.start(p.fixture)
	}
	p.tree = powercut.Command{Tree: p.fixture.root, Before: (&command{}).settled}
	var err error
	p.before, err = read(p.fixture.root, foreignPatch)
	p.fixture.must(err)
	if p.folds {
		for i := range p.before.tables["text"].versions {
			p.before.tables["text"].versions[i].readable = false
		}
	}
}

// points returns the calls, counted from one, before which a command is stopped: all, or a spread choice of few.
func points(t testing.TB, calls, few int) []int {
	t.Helper()
	few = min(calls, setting(t, "CRASH_POINTS", few))
	seed := setting(t, "CRASH_SEED", int(time.Now().UnixNano()))
	t.Logf("%d of %d calls, CRASH_SEED=%d", few, calls, seed)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	list := make([]int, few)
	for i := range list {
		from, to := i*calls/few, (i+1)*calls/few
		list[i] = 1 + from + random.IntN(to-from)
	}
	return list
}

func setting(t testing.TB, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%q is no number", name, text)
	}
	return n
}

// meet holds the meeting once, before call number of the first; 0 is without the others. It returns how many calls the first
// made.
func (p *place) meet(number int) (calls int, err error) {
	dir, err := os.MkdirTemp(p.scratch, "meeting-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	root := filepath.Join(dir, "root")
	if _, err := p.tree.Prepare(root); err != nil {
		return 0, err
	}
	var at powercut.Call
	var chains []*chain
	first, err := powercut.Start(p.command(p.first, root), root, func(c powercut.Call) powercut.Verdict {
		calls++
		if c.Number == number {
			at = c
			for _, actors := range p.others {
				chains = append(chains, p.begin(actors, root))
			}
		}
		return powercut.Verdict{}
	})
	if err != nil {
		return 0, err
	}
	ends := []ending{{actor: p.first}}
	ends[0].Result, ends[0].err = first.Wait()
	for _, c := range chains {
		<-c.done
		ends = append(ends, c.ends...)
	}
	if at.Number == 0 {
		return calls, nil // the others have not come
	}
	p.held.Add(1)
	if err := p.account(root, ends); err != nil {
		for _, e := range ends {
			err = fmt.Errorf("%w\n  %s", err, e)
		}
		return calls, fmt.Errorf("stopped before %s: %w", at, err)
	}
	return calls, nil
}

func (p *place) command(a actor, root string) powercut.Command {
	return powercut.Command{Argv: append([]string{p.binary}, p.fixture.words(a.argv)...), Env: environmentOf(cmp.Or(a.by, user)), Dir: root, Stdin: a.stdin}
}

// A chain is actors of whom one comes after the other has ended.
type chain struct {
	ends []ending
	done chan struct{}
}

// begin starts a chain, and returns when all its actors have ended, or one waits.
func (p *place) begin(actors []actor, root string) *chain {
	c := &chain{done: make(chan struct{})}
	waits := make(chan struct{})
	go func() {
		defer close(c.done)
		for _, a := range actors {
			c.ends = append(c.ends, p.act(a, root, waits))
		}
	}()
	select {
	case <-waits:
	case <-c.done:
	}
	return c
}

// act lets one actor act, and says when it waits.
func (p *place) act(a actor, root string, waits chan<- struct{}) ending {
	e := ending{actor: a}
	if a.acts != nil {
		e.err = a.acts(root)
		return e
	}
	r, err := powercut.Start(p.command(a, root), root, nil)
	if err != nil {
		e.err = err
		return e
	}
	if e.waited = r.Settle(); e.waited {
		select {
		case waits <- struct{}{}:
		default:
		}
	}
	e.Result, e.err = r.Wait()
	return e
}

// errs returns what is wrong with how an actor has ended.
func (e ending) errs(before, after history) error {
	switch {
	case e.err != nil:
		return e.err
	case e.Exit != 0 && !slices.Contains(e.exits, e.Exit):
		return fmt.Errorf("%q has failed", e.argv)
	case e.reads && e.waited:
		return fmt.Errorf("%q has waited", e.argv)
	case e.says != nil && e.Exit == 0:
		return e.says(e.Stdout, before, after)
	}
	return nil
}

// whole accepts a reader's output that is all of a version, of the newest before or of one that came since.
func whole(output []byte, before, after history) error {
	if slices.ContainsFunc(after.versions[len(before.versions)-1:], func(v version) bool { return v.hash == sumOf(output) }) {
		return nil
	}
	return errors.New("a reader was shown what no version is")
}

// counted accepts a reader's output that is what the counter was at some time.
func counted(output []byte, before, after history) error {
	n, err := strconv.Atoi(strings.TrimSpace(string(output)))
	if from, to := counter(before.head), counter(after.head); err != nil || n < from || n > to {
		return fmt.Errorf("a reader was shown %q, not %d to %d", output, from, to)
	}
	return nil
}

// counter returns the cell that writers add to.
func counter(text []byte) int {
	for line := range bytes.Lines(text) {
		if cells := strings.Split(strings.TrimSpace(string(line)), "|"); cells[0] == "key11" {
			n, _ := strconv.Atoi(cells[2])
			return n
		}
	}
	return 0
}
