package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The files that hold what was printed last, in the work folder.
const (
	oursPrinted  = "printed.ours"
	rivalPrinted = "printed.rival"
	setupPrinted = "printed.setup"
)

// measure runs both sides in turn, ours first, and returns their medians.
func (l *lab) measure(f figure, rounds int) (ours, rival sample, err error) {
	if f.setup != nil {
		if err := f.setup(); err != nil {
			return ours, rival, err
		}
	}
	syscall.Sync() // what was set up shall not be written out under the clock
	warm, warmRival, err := l.turn(f, 0)
	if err != nil {
		return ours, rival, err
	}
	if f.often {
		rounds *= 9
	}
	rounds = roundsFor(warm.wall+warmRival.wall, rounds)
	if f.ours.crowd != nil {
		rounds = 1
	}
	var all, allRival []sample
	for round := range rounds {
		a, b, err := l.turn(f, round+1)
		if err != nil {
			return ours, rival, err
		}
		all, allRival = append(all, a), append(allRival, b)
	}
	ours, rival = medians(all), medians(allRival)
	if f.check != nil {
		err = f.check()
	}
	return ours, rival, err
}

// roundsFor bounds the rounds of a pair that takes long.
func roundsFor(pair time.Duration, rounds int) int {
	switch {
	case pair > 10*time.Second:
		return 1
	case pair > 2*time.Second:
		return min(3, rounds)
	default:
		return rounds
	}
}

// turn runs each side once.
func (l *lab) turn(f figure, round int) (ours, rival sample, err error) {
	ours, err = l.once(f.ours, round, oursPrinted)
	if err == nil && !f.rival.missing() {
		rival, err = l.once(f.rival, round, rivalPrinted)
	}
	return ours, rival, err
}

// once runs one side, as one process or a crowd of them, and reads its tally.
func (l *lab) once(s side, round int, printed string) (sample, error) {
	if s.before != nil {
		if err := s.before(round); err != nil {
			return sample{}, err
		}
	}
	if s.output != "" {
		if err := os.RemoveAll(l.path(s.output)); err != nil {
			return sample{}, err
		}
	}
	var got sample
	var err error
	if s.crowd != nil {
		got, err = s.crowd.run(l, round == 0)
	} else {
		got, err = l.process(s, s.args(round), printed)
	}
	if err != nil {
		return got, err
	}
	switch {
	case s.tally != nil:
		got.tally, err = s.tally()
	case s.output != "":
		got.tally, err = l.size(s.output)
	}
	return got, err
}

// process runs a command to its end, where and with the exit codes that s says.
// What it prints goes to a new file, not to /dev/null, which some programs notice
// and then do less.
func (l *lab) process(s side, args []string, printed string) (sample, error) {
	out, err := l.recreate(printed)
	if err != nil {
		return sample{}, err
	}
	defer out.Close()
	said, err := l.recreate("printed.errors")
	if err != nil {
		return sample{}, err
	}
	defer said.Close()
	program, err := l.program(args[0])
	if err != nil {
		return sample{}, err
	}
	c := exec.Command(program, args[1:]...)
	c.Dir, c.Env, c.Stdout, c.Stderr = l.path(s.dir), l.environment(), out, said
	if s.input != "" {
		in, err := os.Open(l.path(s.input))
		if err != nil {
			return sample{}, err
		}
		defer in.Close()
		c.Stdin = in
	}
	start := time.Now()
	err = c.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && slices.Contains(s.exits, exit.ExitCode())) {
		return sample{}, fmt.Errorf("%s: %w%s", show(args), err, l.complaint())
	}
	return costOf(c.ProcessState, wall), nil
}

// costOf is what a process that has ended took.
func costOf(p *os.ProcessState, wall time.Duration) sample {
	usage, _ := p.SysUsage().(*syscall.Rusage)
	return sample{wall: wall, cpu: p.UserTime() + p.SystemTime(), peak: peakBytes(usage)}
}

// recreate makes an empty file in the work folder, never reusing an old one's blocks.
func (l *lab) recreate(name string) (*os.File, error) {
	if err := os.RemoveAll(l.path(name)); err != nil {
		return nil, err
	}
	return os.Create(l.path(name))
}

// complaint returns what the last process wrote to stderr, cut to its first line.
func (l *lab) complaint() string {
	b, err := os.ReadFile(filepath.Join(l.dir, "printed.errors"))
	line, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	if err != nil || line == "" {
		return ""
	}
	return ": " + line
}

// medians takes the median of each number by itself, and the last tally and waits.
func medians(all []sample) sample {
	return sample{
		wall:  median(all, func(s sample) time.Duration { return s.wall }),
		cpu:   median(all, func(s sample) time.Duration { return s.cpu }),
		peak:  median(all, func(s sample) int64 { return s.peak }),
		tally: all[len(all)-1].tally,
		waits: all[len(all)-1].waits,
	}
}

// median returns the middle one, of an even number the lower middle.
func median[S any, T cmp.Ordered](all []S, of func(S) T) T {
	values := make([]T, len(all))
	for i, s := range all {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
