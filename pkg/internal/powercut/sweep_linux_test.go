package powercut

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// finished accepts a run that replaced the text and said so, or left a whole text and said that it had not.
func finished(o Outcome) error {
	text, err := os.ReadFile(filepath.Join(o.Dir, "text"))
	switch done := string(o.Stdout) == "done\n"; {
	case err != nil:
		return err
	case done != (o.Exit == 0):
		return fmt.Errorf("exit %d after printing %q", o.Exit, o.Stdout)
	case done && o.Fault.Call == "fsync" && o.Fault.Errno == unix.EIO:
		return errors.New("done, though a flush had failed")
	case string(text) != after && (done || string(text) != before):
		return fmt.Errorf("text is %q", text)
	}
	return nil
}

func TestSweep(t *testing.T) {
	for _, test := range []struct {
		program string
		options SweepOptions
		want    []string // in the report; none: nothing is wrong
	}{
		{"replace", SweepOptions{}, nil},
		{"replace in place", SweepOptions{}, []string{
			`write:ENOSPC:1: write 1 (text) fails: no space left on device; exit 1`, `text is ""`, "write:KILL:1: write 1 (text) kills the command; exit -1",
		}},
		{"replace, deaf", SweepOptions{}, []string{"fsync:EIO:1: fsync 1 (temp) fails: input/output error; exit 0", "done, though a flush had failed"}},
		{"replace, stubborn", SweepOptions{Timeout: 300 * time.Millisecond, Faults: []Fault{{Call: "fsync", Errno: unix.EIO, Lasting: true}}}, []string{
			"fsync:EIO:lasting:1", "still running after 300ms",
		}},
	} {
		t.Run(test.program, func(t *testing.T) {
			t.Parallel()
			got := &recorder{TB: t}
			Sweep(got, played(t, folder(t, map[string]string{"text": before}), test.program), test.options, finished)
			got.expect(t, test.want)
		})
	}
}

// TestSweepThreads lets each of the calls of many threads fail in turn: none is missed, whatever thread makes it.
func TestSweepThreads(t *testing.T) {
	seen := make([]bool, threads*rounds+1)
	var mu sync.Mutex
	options := SweepOptions{Faults: []Fault{{Call: "write", Errno: unix.EIO}}, Limit: 8 * 20}
	Sweep(t, played(t, "", "gather"), options, func(o Outcome) error {
		mu.Lock()
		defer mu.Unlock()
		seen[o.Number] = true
		if o.Exit != 1 || !strings.Contains(string(o.Stderr), o.Target+": input/output error") {
			return fmt.Errorf("%s", o)
		}
		return nil
	})
	if i := slices.Index(seen[1:], false); i >= 0 {
		t.Errorf("write %d did not fail", i+1)
	}
}

// TestSweepSpread has more calls than the limit: those that fail are spread over all.
func TestSweepSpread(t *testing.T) {
	const limit = 4
	var mu sync.Mutex
	var parts [limit]int
	options := SweepOptions{Faults: []Fault{{Call: "write", Errno: unix.EIO}}, Limit: limit, Seed: 1}
	Sweep(t, played(t, "", "gather"), options, func(o Outcome) error {
		mu.Lock()
		defer mu.Unlock()
		parts[(o.Number-1)*limit/(threads*rounds)]++
		return nil
	})
	if parts != [limit]int{1, 1, 1, 1} {
		t.Errorf("failed in each part: %v", parts)
	}
}

// TestSweepOne does one run again, as a report asks for it.
func TestSweepOne(t *testing.T) {
	t.Setenv(onlyFault, "write:ENOSPC:1")
	command := played(t, folder(t, map[string]string{"text": before}), "replace in place")
	got := &recorder{TB: t}
	runs := 0
	Sweep(got, command, SweepOptions{}, func(o Outcome) error {
		runs++
		return finished(o)
	})
	got.expect(t, []string{`text is ""`})
	if runs != 1 {
		t.Errorf("%d runs", runs)
	}
	t.Setenv(onlyFault, "write:EMFILE:1")
	got = &recorder{TB: t}
	Sweep(got, command, SweepOptions{}, finished)
	got.expect(t, []string{"no fault of this sweep"})
}
