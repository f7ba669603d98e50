package exec

import (
	"errors"
	"sync"
	"sync/atomic"
)

// dealing makes a table of each lot of rows, several goroutines one lot after the other. The first tables are read while the others
// are made, so that the goroutine that hands out rows has something to do.
type dealing struct {
	lots    []madeLot
	stop    atomic.Bool // nobody wants more tables
	workers sync.WaitGroup

	mu     sync.Mutex
	spares []*groups // tables that were read, empty; guarded by mu
}

// madeLot is a table, or why there is none, once it is closed.
type madeLot struct {
	closed chan struct{}
	whole  *groups
	err    error
}

// errDropped says that another lot has failed.
var errDropped = errors.New("dropped")

// deal starts the making of tables of what the parts hold.
func (g *group) deal() *dealing {
	d := &dealing{lots: make([]madeLot, lotCount)}
	for l := range d.lots {
		d.lots[l].closed = make(chan struct{})
	}
	shares := make([][lotCount][]int32, len(g.parts))
	for i, p := range g.parts {
		shares[i] = p.groups.lots()
	}
	for w := range g.parts {
		d.workers.Go(func() {
			r := newReplay(g)
			for l := w; l < lotCount; l += len(g.parts) {
				made := &d.lots[l]
				if d.stop.Load() {
					made.err = errDropped
				} else {
					made.whole = d.table(g)
					made.err = g.make(made.whole, r, l, shares)
				}
				if made.err != nil {
					d.stop.Store(true)
				}
				close(made.closed)
			}
		})
	}
	return d
}

// make fills the table of a lot.
func (g *group) make(whole *groups, r *replay, lot int, shares [][lotCount][]int32) error {
	expected := 0
	for i, p := range g.parts {
		if p.spill != nil {
			expected = max(expected, len(shares[i][lot])) + p.spill.counts[lot]/2
		}
	}
	whole.reserve(expected)
	for i, p := range g.parts {
		if err := whole.merge(p.groups, shares[i][lot]); err != nil {
			return err
		}
	}
	for _, p := range g.parts {
		if p.spill == nil {
			continue
		}
		if err := r.lot(whole, &p.spill.lots[lot]); err != nil {
			return err
		}
		p.spill.lots[lot].free()
	}
	whole.enumerate() // lots come in the order of hashes, so that another one within them would be of no use
	return whole.settle()
}

// table returns an empty table: one that was read before, if it can, as memory that was used already is there at once.
func (d *dealing) table(g *group) *groups {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.spares)
	if n == 0 {
		return newGroups(g.query, g.node, g.ranked)
	}
	whole := d.spares[n-1]
	d.spares = d.spares[:n-1]
	return whole
}

// giveBack takes a table that take returned.
func (d *dealing) giveBack(whole *groups) {
	whole.empty()
	d.mu.Lock()
	d.spares = append(d.spares, whole)
	d.mu.Unlock()
}

// take waits for the table of a lot, which is the caller's until it gives it back.
func (d *dealing) take(lot int) (*groups, error) {
	made := &d.lots[lot]
	<-made.closed
	whole := made.whole
	made.whole = nil
	if made.err == errDropped {
		return whole, d.failure()
	}
	return whole, made.err
}

// failure waits for all workers and returns the first error.
func (d *dealing) failure() error {
	d.workers.Wait()
	for l := range d.lots {
		if err := d.lots[l].err; err != nil && err != errDropped {
			return err
		}
	}
	return errDropped
}

// end stops the making and frees the tables that nobody has.
func (d *dealing) end() {
	d.stop.Store(true)
	d.workers.Wait()
	for _, whole := range d.spares {
		whole.free()
	}
	for l := range d.lots {
		if whole := d.lots[l].whole; whole != nil {
			whole.free()
		}
	}
}
