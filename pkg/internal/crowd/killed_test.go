package crowd

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestKilled kills writers at any moment, and whoever holds the lock above all: whoever lives is not held up, what was
// acknowledged is there, what was not is there whole or not at all, and once.
func TestKilled(t *testing.T) {
	need(t, "xz", "bspatch")
	x := newText(10_000)
	d := newDatabase(t, x.bytes())
	const crew = 8
	n, from := each(t, 20), seed(t)
	all := make([][]attempt, crew)
	var workers sync.WaitGroup
	for worker := range all {
		workers.Go(func() { all[worker] = d.risk(random(from, worker), worker, n, len(x.rows)) })
	}
	workers.Wait()
	attempts := slices.Concat(all...)
	killed, unheard := 0, 0
	for _, a := range attempts {
		if a.code == -1 {
			killed++
		}
		if stored(a.answer) == 0 {
			unheard++
		}
	}
	last := attempt{user: "last", row: 0, value: "when all is over"}
	last.answer = d.rdb("set", name, key(last.row), "value="+last.value, "--user", last.user, "--json")
	lines := d.carriedOut(x, append(attempts, last), sampled(attempts))
	t.Logf("of %d writers %d were killed; %d versions, and nobody heard of %d writes", len(attempts), killed, len(lines)-2, unheard)
	if killed == 0 || killed == len(attempts) {
		t.Errorf("%d of %d were killed", killed, len(attempts))
	}
	d.sound(x.bytes())
}

// risk does writes of which some are killed, each by itself after a while or by another that has just begun.
func (d *database) risk(random *rand.Rand, worker, n, rows int) (list []attempt) {
	longest := 50 * time.Millisecond
	for turn := range n {
		a := attempt{user: fmt.Sprintf("writer%d", worker), row: random.IntN(rows), value: fmt.Sprintf("update %d of writer %d", turn, worker)}
		var hunter func(*exec.Cmd)
		switch random.IntN(4) {
		case 0:
			after := time.Duration(random.Int64N(int64(longest)))
			hunter = func(cmd *exec.Cmd) { time.AfterFunc(after, func() { cmd.Process.Kill() }) }
		case 1:
			hunter = func(*exec.Cmd) { d.killHolder() }
		}
		begin := time.Now()
		a.answer = d.doomed(hunter, "set", name, key(a.row), "value="+a.value, "--user", a.user, "--json")
		if a.code == 0 {
			longest = time.Since(begin)
		}
		if a.code > 0 || a.code == 0 && stored(a.answer) == 0 {
			d.t.Errorf("set by %s: %v", a.user, a.answer)
		}
		list = append(list, a)
	}
	return list
}

// killHolder kills the process that signed the lock last, if it is one of ours and runs yet.
func (d *database) killHolder() {
	b, err := os.ReadFile(d.path("lock"))
	pid, _, _ := strings.Cut(string(b), "|")
	n, badPid := strconv.Atoi(pid)
	if err != nil || badPid != nil {
		return // nobody has signed yet
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if cmd := d.runs[n]; cmd != nil {
		cmd.Process.Kill()
	}
}
