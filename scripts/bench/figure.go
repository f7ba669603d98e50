package main

import (
	"fmt"
	"time"
)

// A figure is one thing measured: our command beside a rival's, or alone.
type figure struct {
	name  string // what -only matches
	what  string // for people
	ours  side
	rival side         // without args: none
	bars  []bar        // what is asked
	setup func() error // once, before the first round
	check func() error // after the last round: whether the work was done right
	note  func() string
	big   bool // on the table of a million rows
	often bool // takes milliseconds: nine times the rounds
	costs bool // README.md's table tells CPU time and memory too
}

// A side is a command as a user types it, run in the work folder or below it.
type side struct {
	args   func(round int) []string
	crowd  *crowd                // many such commands at once, instead of one
	dir    string                // below the work folder
	input  string                // the file of the work folder that it reads as standard input; "" is none
	before func(round int) error // before each run, not timed
	exits  []int                 // exit codes besides 0 that mean the work was done
	output string                // the file it writes: removed before each run
	tally  func() (int64, error) // read after the last run, by default output's size
}

func (s side) missing() bool { return s.args == nil }

// String returns the command as a shell takes it.
func (s side) String() string {
	text := show(s.args(1))
	if s.input != "" {
		text += " < " + s.input
	}
	return text
}

// command is a side whose command is the same in every round.
func command(args ...string) side {
	return side{args: func(int) []string { return args }}
}

// writing says which file the command writes.
func (s side) writing(output string) side {
	s.output = output
	return s
}

// A sample is what a command cost: one run, or the medians of several. Of a crowd
// it is the median command, and the largest peak.
type sample struct {
	wall, cpu time.Duration
	peak      int64  // bytes resident at most
	tally     int64  // what the side's tally counts
	waits     *waits // of a crowd
}

// A bar is one thing asked of a figure.
type bar struct {
	asked string
	judge func(ours, rival sample) (got string, ok bool)
}

func faster(times float64) bar {
	return bar{fmt.Sprintf("≥ %gx faster", times), func(ours, rival sample) (string, bool) {
		got := ratio(rival.wall, ours.wall)
		return number(got) + "x faster", got >= times
	}}
}

func atMostTimes(times float64) bar {
	return bar{fmt.Sprintf("≤ %gx its time", times), func(ours, rival sample) (string, bool) {
		got := ratio(ours.wall, rival.wall)
		return number(got) + "x its time", got <= times
	}}
}

func within(limit time.Duration) bar {
	return bar{"< " + duration(limit), func(ours, _ sample) (string, bool) {
		return duration(ours.wall), ours.wall < limit
	}}
}

func lessThanMore(limit time.Duration) bar {
	return bar{"< " + duration(limit) + " more", func(ours, rival sample) (string, bool) {
		more := ours.wall - rival.wall
		return duration(more) + " more", more < limit
	}}
}

// peakAtMost takes the limit when it judges: files are made by setup.
func peakAtMost(what string, limit func() int64) bar {
	return bar{"≤ " + what, func(ours, _ sample) (string, bool) {
		return "memory " + byteCount(ours.peak), ours.peak <= limit()
	}}
}

func tallyAtMost(limit int64, unit string) bar {
	return bar{fmt.Sprintf("≤ %d %s", limit, unit), func(ours, _ sample) (string, bool) {
		return fmt.Sprintf("%d %s", ours.tally, unit), ours.tally <= limit
	}}
}

// sizeAtMost asks for no more than the rival's bytes times the factor, plus some.
func sizeAtMost(factor float64, plus int64) bar {
	asked := fmt.Sprintf("≤ its size + %d B", plus)
	if plus == 0 {
		asked = fmt.Sprintf("≤ its size + %.0f %%", (factor-1)*100)
	}
	return bar{asked, func(ours, rival sample) (string, bool) {
		got := fmt.Sprintf("%d B beside %d", ours.tally, rival.tally)
		return got, float64(ours.tally) <= float64(rival.tally)*factor+float64(plus)
	}}
}

// shown asks for nothing and prints the ratio.
func shown() bar {
	return bar{"", func(ours, rival sample) (string, bool) {
		if rival.wall == 0 {
			return duration(ours.wall), true
		}
		return number(ratio(rival.wall, ours.wall)) + "x faster", true
	}}
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
