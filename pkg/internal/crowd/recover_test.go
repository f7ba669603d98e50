package crowd

import (
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
)

// TestRecovering has two writers cross with a recovery that has something to do: current.csv and what vouches for it go
// missing again and again.
func TestRecovering(t *testing.T) {
	need(t, "xz", "bspatch")
	x := newText(10_000)
	d := newDatabase(t, x.bytes())
	from := seed(t)
	w := writers{d: d, n: 2, each: each(t, 25), row: func(random, _, _ int) int { return random % len(x.rows) }, warned: true}
	done := make(chan struct{})
	var recovery sync.WaitGroup
	recovery.Go(func() { d.breakAndRecover(random(from, -1), done) })
	attempts := w.write(from, nil)
	close(done)
	recovery.Wait()
	d.carriedOut(x, attempts, sampled(attempts))
	d.must("recover", name)
	d.sound(x.bytes())
}

// breakAndRecover removes what can be made again, and has it made again.
func (d *database) breakAndRecover(random *rand.Rand, done <-chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-done:
			d.t.Logf("recovered %d times", n)
			return
		default:
		}
		victims := []string{"current.csv", "state"}
		random.Shuffle(len(victims), func(i, j int) { victims[i], victims[j] = victims[j], victims[i] })
		for _, file := range slices.Delete(victims, 0, random.IntN(3)) {
			if err := os.Remove(d.path(file)); err != nil && !os.IsNotExist(err) {
				d.t.Error(err)
			}
		}
		args := [][]string{{"recover"}, {"recover", name}, {"fsck"}, {"export", name, "-o", "exported.csv"}}[random.IntN(4)]
		// fsck may say no: current.csv is missing at this moment.
		if a := d.rdb(args...); a.code > 1 || a.code == 1 && args[0] != "fsck" {
			d.t.Errorf("rdb %v: %v%s", args, a, a.out)
		}
	}
}
