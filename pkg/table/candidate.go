package table

import (
	"fmt"
	"os"
	"time"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
)

const currentTemp = currentFile + tempSuffix

// A replacement of current.csv is written under a temp name and then exchanged with the file that is there. Writing goes
// on in the background while the change is looked for and the version is made durable; the exchange comes after the
// commit point.
//
// The calls: open temp, fallocate, pread and write, futimens, renameat2 RENAME_EXCHANGE, fstat, unlink. Nothing is
// synced: after a power cut current.csv is checked and rebuilt from what is.

// An edit by hand that is saved in the moment before the exchange stays under the temp name if the writer dies in the moment
// after it: see settleLeftover.

// candidate is a text being written that is to become current.csv.
type candidate struct {
	t       *Table
	file    *os.File
	old     *Content          // must stay open until install or discard
	reached chan int64        // how far old was looked through without a change
	change  chan *delta.Delta // of old; closed without one when there is none
	known   bool              // change was sent or closed
	done    chan error
}

// anticipate begins to write a text whose difference from old is not known yet.
func (t *Table) anticipate(old *Content) (*candidate, error) {
	c, err := t.candidate(old)
	if err != nil {
		return nil, err
	}
	// Where the scheduler has no reason to hurry it lets the writer wait until this goroutine does.
	started := make(chan struct{})
	go func() {
		close(started)
		c.done <- c.write()
	}()
	<-started
	return c, nil
}

// prepare begins to write d of old.
func (t *Table) prepare(d *delta.Delta, old *Content) (*candidate, error) {
	c, err := t.candidate(old)
	if err == nil {
		c.become(d)
		if old.Size < hurryFrom {
			c.done <- c.write() // sooner than another core begins
		} else {
			go func() { c.done <- c.write() }()
		}
	}
	return c, err
}

// candidate makes the empty file of a text that is to come from old.
func (t *Table) candidate(old *Content) (*candidate, error) {
	f, err := t.dir.Fresh(currentTemp)
	if err != nil {
		return nil, err
	}
	return &candidate{t: t, file: f, old: old, reached: make(chan int64, 1), change: make(chan *delta.Delta, 1), done: make(chan error, 1)}, nil
}

// reach says that the text will probably begin with the first n bytes of old. It never waits.
func (c *candidate) reach(n int64) {
	select {
	case c.reached <- n:
	default: // the writer is behind; a later call brings it further
	}
}

// become says what the text is.
func (c *candidate) become(d *delta.Delta) {
	c.known = true
	c.change <- d
}

func (c *candidate) write() error {
	err := c.writeAhead()
	if err == nil && c.t.opt.SyncCurrent {
		err = c.file.Sync()
	}
	if err != nil {
		c.file.Truncate(0) // on a disk that is full the version itself may need the room
		return fmt.Errorf("write %q: %w", c.t.dir.Path(currentTemp), err)
	}
	return nil
}

func (c *candidate) writeAhead() error {
	durable.Reserve(c.file, c.old.Size)
	w := &textWriter{file: c.file, old: c.old, buf: make([]byte, 0, max(4<<10, min(writeSize, c.old.Size)))}
	for written := int64(0); ; {
		select {
		case d, ok := <-c.change:
			if !ok {
				return nil
			}
			return c.finish(w, d, written)
		case n := <-c.reached:
			if err := w.copy(written, n-written); err != nil {
				return err
			}
			written = n
		}
	}
}

// finish writes d of old, of which the first bytes of old were passed to w already: more of them, perhaps, than d keeps.
func (c *candidate) finish(w *textWriter, d *delta.Delta, written int64) error {
	keep, ops, extra := int64(0), d.Ops, d.Extra
	if len(ops) > 0 && ops[0].Off == 0 {
		keep = min(written, ops[0].N)
		ops = append([]delta.Op{{Off: keep, N: ops[0].N - keep}}, ops[1:]...)
	}
	if keep < written {
		if err := w.cut(keep); err != nil {
			return err
		}
	}
	for _, op := range ops {
		var err error
		if op.Off >= 0 {
			err = w.copy(op.Off, op.N)
		} else {
			err = w.bytes(extra[:op.N])
			extra = extra[op.N:]
		}
		if err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil || d.Size >= c.old.Size {
		return err
	}
	return c.file.Truncate(d.Size) // what was reserved beyond it goes
}

// stop waits for the writer; without a change it gives up.
func (c *candidate) stop() error {
	if !c.known {
		c.known = true
		close(c.change)
	}
	return <-c.done
}

// discard takes the text away again.
func (c *candidate) discard() {
	c.stop()
	c.file.Close()
	c.t.dir.Remove(currentTemp)
}

// install makes the text current.csv. The file that was there must be the one that v looked at: another one is
// somebody's edit, saved meanwhile, and is kept aside; edited says so. The lock must be held.
func (c *candidate) install(v *view) (stat durable.Stat, edited bool, err error) {
	defer c.file.Close()
	if err := c.stop(); err != nil {
		c.t.dir.Remove(currentTemp)
		return stat, false, err
	}
	// Older than any time the clock can stamp on a later write, so that even a write in the same tick shows.
	durable.SetModified(c.file, time.Now().Add(-durable.Tick))
	before, err := durable.StatOf(c.file)
	if err == nil {
		edited, err = c.t.putInPlace(v)
	}
	if err != nil {
		return stat, false, err
	}
	if c.t.opt.SyncCurrent {
		if err := c.t.dir.Sync(); err != nil {
			return stat, edited, err
		}
	}
	stat, err = durable.StatOf(c.file)
	if !sameText(before, stat) {
		stat = before // it was edited as soon as it was in place, so what is found there is not this
	}
	return stat, edited, err
}

// swap makes d of old the new current.csv.
func (t *Table) swap(v *view, d *delta.Delta, old *Content) (durable.Stat, error) {
	c, err := t.prepare(d, old)
	if err != nil {
		return durable.Stat{}, err
	}
	stat, _, err := c.install(v)
	return stat, err
}
