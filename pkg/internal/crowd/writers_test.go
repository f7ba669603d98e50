package crowd

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// TestWriters has many processes change rows of 10 MB at once, rows of their own or the same few, while others read: every
// write is acknowledged at the first attempt, every one is a version under its user, and every reader sees one of them.
func TestWriters(t *testing.T) {
	need(t, "xz", "bspatch")
	for _, c := range []struct {
		name         string
		writers, few int
		shared       bool
	}{
		{"8 with rows of their own", 8, 12, false},
		{"8 with the same rows", 8, 12, true},
		{"32 with rows of their own", 32, 3, false},
		{"32 with the same rows", 32, 3, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newText(100_000)
			d := newDatabase(t, x.bytes())
			w := writers{d: d, n: c.writers, each: each(t, c.few), row: func(random, worker, turn int) int {
				if c.shared {
					return random % 5 * 2
				}
				return (turn*c.writers + worker) * 2 % len(x.rows)
			}}
			r := d.watch()
			attempts := w.write(seed(t), r)
			r.stop()
			lines := d.carriedOut(x, attempts, sampled(attempts))
			r.saw(t, lines)
			if len(lines) != 1+len(attempts) {
				t.Errorf("%d attempts made %d versions", len(attempts), len(lines)-1)
			}
			d.sound(x.bytes())
		})
	}
}

// sampled chooses a few positions of a few attempts, and every hundredth of many.
func sampled(attempts []attempt) func(int) bool { return every(min(len(attempts)/4, 100)) }

// every chooses each n-th position.
func every(n int) func(int) bool { return func(position int) bool { return position%max(n, 1) == 0 } }

// TestWholeHistory has a small table written to by many, and folds all of its history with stock programs alone.
func TestWholeHistory(t *testing.T) {
	need(t, "xz", "bspatch")
	x := newText(300)
	d := newDatabase(t, x.bytes())
	w := writers{d: d, n: 8, each: each(t, 12), row: func(random, _, _ int) int { return random % len(x.rows) }}
	attempts := w.write(seed(t), nil)
	var folded []byte
	for _, l := range d.log() {
		var err error
		if folded, err = stockPatch(folded, d.path(l.ID.String()+".bsdiff")); err != nil {
			t.Fatalf("version %d: %v", l.ID, err)
		}
	}
	d.carriedOut(x, attempts, every(1))
	d.sound(folded)
}

// writers are processes of rdb set, one after the other for each worker.
type writers struct {
	d       *database
	n, each int
	row     func(random, worker, turn int) int
	warned  bool // a write may say that current.csv is not up to date
}

// write lets all of them write at once, tells the readers what was acknowledged, and returns every attempt.
func (w writers) write(seed uint64, r *readers) []attempt {
	all := make([][]attempt, w.n)
	var workers sync.WaitGroup
	for worker := range all {
		workers.Go(func() { all[worker] = w.work(seed, worker, r) })
	}
	workers.Wait()
	return slices.Concat(all...)
}

func (w writers) work(seed uint64, worker int, r *readers) (list []attempt) {
	numbers := random(seed, worker)
	for turn := range w.each {
		a := attempt{user: fmt.Sprintf("writer%d", worker), row: w.row(numbers.Int(), worker, turn)}
		a.value = fmt.Sprintf("update %d of writer %d", turn, worker)
		a.answer = w.d.rdb("set", name, key(a.row), "value="+a.value, "--user", a.user, "--json")
		if stored(a.answer) == 0 || a.code != 0 || a.err != "" && !w.warned {
			w.d.t.Errorf("set by %s: %v", a.user, a.answer)
			return append(list, a)
		}
		if r != nil {
			r.heard(stored(a.answer))
		}
		list = append(list, a)
	}
	return list
}
