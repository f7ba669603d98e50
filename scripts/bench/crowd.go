package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A crowd is many processes at once: workers that each run one command after the
// other, as scripts do. No command may fail.
type crowd struct {
	workers, each int                             // each: commands of one worker
	args          func(worker, turn int) []string // turns are counted from 0 over all runs
	version       *regexp.Regexp                  // finds the version in what a command prints; nil: it has none
	turns         int                             // done by each worker so far
}

// many is a side of a crowd.
func many(workers, each int, args func(worker, turn int) []string) side {
	return side{
		args:  func(int) []string { return args(0, 0) },
		crowd: &crowd{workers: workers, each: each, args: args},
	}
}

// An update is one command of a crowd.
type update struct {
	start, end time.Duration // since the crowd began
	cost       sample
	version    uint64 // 0: none
}

// run lets all workers do their commands, to warm up only a few.
func (c *crowd) run(l *lab, warm bool) (sample, error) {
	each := c.each
	if warm {
		each = min(each, 3)
	}
	program, err := l.program(c.args(0, 0)[0])
	if err != nil {
		return sample{}, err
	}
	all, errs := make([][]update, c.workers), make([]error, c.workers)
	start := time.Now()
	var workers sync.WaitGroup
	for w := range c.workers {
		workers.Go(func() { all[w], errs[w] = c.work(l, program, w, each, start) })
	}
	workers.Wait()
	wall := time.Since(start)
	c.turns += each
	if err := errors.Join(errs...); err != nil {
		return sample{}, err
	}
	return sum(slices.Concat(all...), wall), nil
}

// work is one worker.
func (c *crowd) work(l *lab, program string, worker, each int, start time.Time) ([]update, error) {
	out, err := l.recreate(fmt.Sprintf("printed.worker%d", worker))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	defer os.Remove(out.Name())
	all := make([]update, each)
	for i := range all {
		if all[i], err = c.once(l, program, c.args(worker, c.turns+i), out, start); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// once runs one command, which prints into the emptied file out.
func (c *crowd) once(l *lab, program string, args []string, out *os.File, start time.Time) (u update, err error) {
	if err := out.Truncate(0); err != nil {
		return u, err
	}
	if _, err := out.Seek(0, 0); err != nil {
		return u, err
	}
	cmd := exec.Command(program, args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = l.dir, l.environment(), out, out
	u.start = time.Since(start)
	err = cmd.Run()
	u.end = time.Since(start)
	printed, readErr := os.ReadFile(out.Name())
	if err != nil {
		return u, fmt.Errorf("%s: %w: %s", show(args), err, strings.TrimSpace(string(printed)))
	}
	u.cost = costOf(cmd.ProcessState, u.end-u.start)
	if c.version == nil {
		return u, readErr
	}
	found := c.version.FindSubmatch(printed)
	if found == nil {
		return u, fmt.Errorf("%s: no version in %q", show(args), printed)
	}
	u.version, err = strconv.ParseUint(string(found[1]), 10, 64)
	return u, errors.Join(readErr, err)
}

// sum is what a crowd cost.
func sum(all []update, wall time.Duration) sample {
	w := &waits{wall: wall, sorted: make([]time.Duration, len(all)), overtaken: overtaken(all)}
	got := sample{waits: w}
	for i, u := range all {
		w.sorted[i] = u.cost.wall
		got.peak = max(got.peak, u.cost.peak)
	}
	slices.Sort(w.sorted)
	got.wall = w.at(0.5)
	got.cpu = median(all, func(u update) time.Duration { return u.cost.cpu })
	return got
}

// overtaken returns the most commands that began after one had begun and whose
// versions stand before that one's.
func overtaken(all []update) int {
	all = slices.SortedFunc(slices.Values(all), func(a, b update) int { return int(a.start - b.start) })
	most := 0
	for i, u := range all {
		n := 0
		for _, later := range all[i+1:] {
			if later.start > u.end {
				break
			}
			if later.version < u.version {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// waits is how long the commands of a crowd took, one by one and together.
type waits struct {
	wall      time.Duration
	sorted    []time.Duration
	overtaken int
}

// at returns the wait that a share of all commands do not exceed.
func (w *waits) at(share float64) time.Duration {
	return w.sorted[min(int(share*float64(len(w.sorted))), len(w.sorted)-1)]
}

// rate is commands a second.
func (w *waits) rate() float64 { return float64(len(w.sorted)) / w.wall.Seconds() }

// rateAtLeast asks for commits a second; 0 shows them. Those of a rival stand beside.
func rateAtLeast(least float64) bar {
	b := bar{judge: func(ours, rival sample) (string, bool) {
		got := number(ours.waits.rate()) + " commits/s"
		if rival.waits != nil {
			got += " beside " + number(rival.waits.rate())
		}
		return got, ours.waits.rate() >= least
	}}
	if least > 0 {
		b.asked = fmt.Sprintf("≥ %g commits/s", least)
	}
	return b
}

// slowestWithin asks that of a thousand commands all but one take at most so many
// times what the middle one takes.
func slowestWithin(times float64) bar {
	return bar{fmt.Sprintf("p99.9 ≤ %g medians", times), func(ours, rival sample) (string, bool) {
		slow := ratio(ours.waits.at(0.999), ours.wall)
		got := fmt.Sprintf("p99 %s, p99.9 %s = %s medians", duration(ours.waits.at(0.99)), duration(ours.waits.at(0.999)), number(slow))
		if rival.waits != nil {
			got += fmt.Sprintf(" beside %s, %s = %s", duration(rival.waits.at(0.99)),
				duration(rival.waits.at(0.999)), number(ratio(rival.waits.at(0.999), rival.wall)))
		}
		return got, slow <= times
	}}
}

// overtakenAtMost asks that no command sees more of those that began later go first.
func overtakenAtMost(times int) bar {
	return bar{fmt.Sprintf("≤ %d", times), func(ours, _ sample) (string, bool) {
		return fmt.Sprintf("overtaken %d times at most", ours.waits.overtaken), ours.waits.overtaken <= times
	}}
}
