package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A crowd runs every command of every worker once, each worker's one after the
// other.
func TestCrowdRunsAll(t *testing.T) {
	l := newTestLab(t)
	const line = `echo $0 $1 >>turns$0; echo '{"version":"'$(date +%s%N)'","stored":true}'`
	s := many(3, 5, func(worker, turn int) []string {
		return []string{"sh", "-c", line, strconv.Itoa(worker), strconv.Itoa(turn)}
	})
	s.crowd.version = regexp.MustCompile(`"version":"(\d+)"`)
	ours, _, err := l.measure(figure{ours: s}, 11)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(ours.waits.sorted); n != 15 || ours.wall <= 0 || ours.cpu <= 0 {
		t.Errorf("%d commands, %+v", n, ours)
	}
	for worker, name := range []string{"turns0", "turns1", "turns2"} {
		var want strings.Builder
		for turn := range 3 + 5 {
			fmt.Fprintln(&want, worker, turn)
		}
		if d := cmp.Diff(want.String(), l.read(t, name)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestCrowdRefusesAFailure(t *testing.T) {
	l := newTestLab(t)
	for line, want := range map[string]string{
		"echo broken >&2; exit $0": "exit status 1: broken",
		"echo nothing":             "no version in",
	} {
		s := many(2, 3, func(worker, turn int) []string { return []string{"sh", "-c", line, strconv.Itoa(worker)} })
		s.crowd.version = regexp.MustCompile(`\d+`)
		if _, err := s.crowd.run(l, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestOvertakenCountsLaterStarts(t *testing.T) {
	for _, c := range []struct {
		all  []update
		want int
	}{
		{nil, 0},
		{[]update{{start: 1, end: 5, version: 10}, {start: 2, end: 6, version: 11}}, 0},
		{[]update{{start: 1, end: 9, version: 13}, {start: 3, end: 4, version: 12}, {start: 2, end: 3, version: 11}}, 2},
		{[]update{{start: 1, end: 2, version: 13}, {start: 3, end: 4, version: 12}}, 0},
	} {
		if got := overtaken(c.all); got != c.want {
			t.Errorf("%v: %d, want %d", c.all, got, c.want)
		}
	}
}

func TestCrowdBarsJudge(t *testing.T) {
	steady := sample{wall: 10 * time.Millisecond, waits: &waits{wall: time.Second, sorted: []time.Duration{10e6, 10e6, 30e6}}}
	uneven := sample{wall: 10 * time.Millisecond, waits: &waits{wall: 2 * time.Second, sorted: []time.Duration{10e6, 10e6, 900e6}, overtaken: 7}}
	for _, c := range []struct {
		bar         bar
		ours, rival sample
		got         string
		ok          bool
	}{
		{rateAtLeast(3), steady, uneven, "3 commits/s beside 1.5", true},
		{rateAtLeast(2), uneven, sample{}, "1.5 commits/s", false},
		{rateAtLeast(0), uneven, sample{}, "1.5 commits/s", true},
		{slowestWithin(10), steady, sample{}, "p99 30 ms, p99.9 30 ms = 3 medians", true},
		{slowestWithin(10), uneven, steady, "p99 900 ms, p99.9 900 ms = 90 medians beside 30 ms, 30 ms = 3", false},
		{overtakenAtMost(7), uneven, sample{}, "overtaken 7 times at most", true},
		{overtakenAtMost(6), uneven, sample{}, "overtaken 7 times at most", false},
	} {
		got, ok := c.bar.judge(c.ours, c.rival)
		if got != c.got || ok != c.ok {
			t.Errorf("asked %q: %q, %v, want %q, %v", c.bar.asked, got, ok, c.got, c.ok)
		}
	}
}

func TestWritersTakeTheirRows(t *testing.T) {
	w := newTestLab(t).writers(4)
	for i := range w.count * rowsEach {
		w.keys = append(w.keys, strconv.Itoa(i))
	}
	own, shared := make(map[string]int), make(map[string]bool)
	for turn := range 3 * rowsEach {
		for worker := range w.count {
			key := w.key(false, worker, turn)
			if by, taken := own[key]; taken && by != worker {
				t.Fatalf("row %s is changed by %d and %d", key, by, worker)
			}
			own[key] = worker
			shared[w.key(true, worker, turn)] = true
		}
	}
	if len(own) != w.count*rowsEach || len(shared) != rowsEach {
		t.Errorf("%d own rows and %d shared ones", len(own), len(shared))
	}
}
