package powercut

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// SweepOptions say what fails in a sweep. The zero value is a good choice.
type SweepOptions struct {
	Faults  []Fault       // nil for Faults()
	Limit   int           // the most runs for one fault, 0 for 100: beyond it, a spread choice of the calls
	Seed    uint64        // of that choice
	Workers int           // runs at a time, 0 for as many as there are processors
	Timeout time.Duration // of one run with a fault, which fails the test; 0 for 60 seconds
}

// patience is how long a run may take that should not take long.
const patience = 60 * time.Second

func (o SweepOptions) withDefaults() SweepOptions {
	if o.Faults == nil {
		o.Faults = Faults()
	}
	if o.Limit == 0 {
		o.Limit = 100
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Timeout == 0 {
		o.Timeout = patience
	}
	return o
}

// An Outcome is what a command left behind and said after one of its calls had failed.
type Outcome struct {
	Dir    string // the root; the check may change it, it is removed afterwards
	Fault  Fault
	Number int    // which call of that kind it was, from one, among those about something inside the root
	Target string // what the call was about, relative to the root
	Result
}

func (o Outcome) String() string {
	happens := "kills the command"
	if o.Fault.Errno != 0 {
		happens = "fails: " + o.Fault.Errno.Error()
	}
	if o.Fault.Lasting {
		happens += ", as all changes after it"
	}
	return fmt.Sprintf("%s %d (%s) %s; exit %d, stderr %s", o.Fault.Call, o.Number, o.Target, happens, o.Exit, excerpt(o.Stderr))
}

// onlyFault is the environment variable that makes Sweep do one run: "fsync:EIO:2" lets the second fsync fail.
const onlyFault = "POWERCUT_FAULT"

// Sweep runs c again and again, each time on a fresh copy of its tree. For each fault it first lets the first call of
// that kind fail, then the second, and so on until a run does not reach that many; only calls about something inside the
// root count. It hands what each run left to check, several at a time, and reports where check returns an error, and
// runs that do not end. With POWERCUT_FAULT set, as a report says it, Sweep does that run alone.
func Sweep(t testing.TB, c Command, o SweepOptions, check func(Outcome) error) {
	t.Helper()
	c, err := c.loaded()
	if err != nil {
		t.Fatal(err)
	}
	s := &sweep{SweepOptions: o.withDefaults(), command: c, check: check, scratch: Scratch(t)}
	if text := os.Getenv(onlyFault); text != "" {
		s.alone(t, text)
		return
	}
	plain, out, err := s.run(target{}, patience)
	switch {
	case cannotTrace(err):
		missing(t, "no failing calls tested: this machine does not let a program be traced: %v", err)
	case err != nil:
		t.Fatalf("sweep: %s, with no call failing: %v", c, err)
	case len(plain) == 0:
		t.Fatalf("sweep: %s does nothing in its root: exit %d, stderr %s", c, out.Exit, excerpt(out.Stderr))
	}
	queue := make(chan Fault)
	var group sync.WaitGroup
	for range s.Workers {
		group.Go(func() {
			for f := range queue {
				s.all(f, plain[f.Call])
			}
		})
	}
	for _, f := range s.Faults {
		if plain[f.Call] > 0 {
			queue <- f
		}
	}
	close(queue)
	group.Wait()
	s.report(t)
}

// A sweep is one run of Sweep.
type sweep struct {
	SweepOptions
	command Command
	check   func(Outcome) error
	scratch string

	mu       sync.Mutex // guards what follows
	runs     int
	failures []string
	spread   []string // faults with more calls than the limit
}

// all lets one call after the other fail. A run without faults had so many calls.
func (s *sweep) all(f Fault, calls int) {
	if calls > s.Limit {
		s.mu.Lock()
		s.spread = append(s.spread, fmt.Sprintf("%s of %d", f, calls))
		s.mu.Unlock()
		random := rand.New(rand.NewPCG(s.Seed, uint64(calls)))
		for i := range s.Limit {
			from, to := i*calls/s.Limit, (i+1)*calls/s.Limit
			s.strike(target{f, 1 + from + random.IntN(to-from)})
		}
		return
	}
	for number := 1; number <= 2*s.Limit && s.strike(target{f, number}); number++ {
	}
}

// strike does one run, and reports whether it reached the target.
func (s *sweep) strike(at target) bool {
	_, out, err := s.run(at, s.Timeout)
	if out.Target == "" && err == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs++
	if err != nil {
		s.failures = append(s.failures, fmt.Sprintf("%s=%s: %s: %v", onlyFault, at, out, err))
	}
	return out.Target != ""
}

// run does one run and, if its fault struck, checks what it left. It returns how many calls there were of each kind.
func (s *sweep) run(at target, limit time.Duration) (map[string]int, Outcome, error) {
	dir, err := os.MkdirTemp(s.scratch, "run-")
	if err != nil {
		return nil, Outcome{}, err
	}
	defer os.RemoveAll(dir)
	root := filepath.Join(dir, "root")
	c, err := s.command.Prepare(root)
	if err != nil {
		return nil, Outcome{}, err
	}
	out := Outcome{Dir: root, Fault: at.Fault, Number: at.number}
	counts := map[string]int{}
	r, err := start(c, root, at.watch(counts, &out.Target), limit, at.calls())
	if err != nil {
		return nil, out, err
	}
	out.Result, err = r.Wait()
	if err == nil && out.Target != "" {
		err = s.check(out)
	}
	return counts, out, err
}

// calls returns the names of the calls that a run with this target must look at; none are all.
func (at target) calls() (list []string) {
	if at.number == 0 {
		return nil
	}
	for _, s := range signatures() {
		if s.call == at.Call || at.Lasting && s.changes {
			list = append(list, s.call)
		}
	}
	return list
}

// watch counts calls, lets the target fail and notes what it is about.
func (at target) watch(counts map[string]int, struck *string) func(Call) Verdict {
	return func(c Call) Verdict {
		counts[c.Name]++
		again := *struck != "" && at.Lasting && c.Changes
		if !again && (c.Name != at.Call || counts[c.Name] != at.number) {
			return Verdict{}
		}
		if *struck == "" {
			*struck = c.Target
		}
		return Verdict{Errno: at.Errno, Kill: at.Errno == 0}
	}
}

// alone does the run that text names.
func (s *sweep) alone(t testing.TB, text string) {
	t.Helper()
	name, number, _ := cutLast(text, ":")
	n, err := strconv.Atoi(number)
	for _, f := range s.Faults {
		if f.String() != name || err != nil {
			continue
		}
		_, out, err := s.run(target{f, n}, s.Timeout)
		t.Logf("sweep: %s", out)
		if err != nil {
			t.Errorf("sweep: %v", err)
		}
		return
	}
	t.Errorf("%s=%q: no fault of this sweep, as in fsync:EIO:2", onlyFault, text)
}

func (s *sweep) report(t testing.TB) {
	t.Helper()
	t.Logf("sweep: %d runs with a call that fails", s.runs)
	if len(s.spread) > 0 {
		t.Logf("sweep: only %d calls of each of these, seed %d: %s", s.Limit, s.Seed, strings.Join(s.spread, ", "))
	}
	if len(s.failures) == 0 {
		return
	}
	const most = 10
	shown := s.failures[:min(most, len(s.failures))]
	t.Errorf("sweep: %d of %d runs fail the check, one of them alone with the variable set before it:\n%s",
		len(s.failures), s.runs, strings.Join(shown, "\n"))
}
