package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
)

const currentTemp = currentFile + tempSuffix

// copyAtLeast is the length from which a range is copied in the kernel; shorter ones are cheaper through a buffer.
const copyAtLeast = 64 << 10

// A replacement of current.csv is written under a temp name and then exchanged with the file that is there. Writing may
// begin, in the background, as soon as the change is known, while the version is made durable; the exchange comes after
// the commit point.
//
// The calls: open temp, copy_file_range and write, futimens, renameat2 RENAME_EXCHANGE, fstat, unlink. Nothing is
// synced: after a power cut current.csv is checked and rebuilt from what is.

// candidate is a text being written that is to become current.csv.
type candidate struct {
	t    *Table
	file *os.File
	done chan error
}

// prepare begins to write d of old. Old must stay open until install or discard.
func (t *Table) prepare(d *delta.Delta, old *Content) (*candidate, error) {
	f, err := t.dir.Fresh(currentTemp)
	if err != nil {
		return nil, err
	}
	c := &candidate{t, f, make(chan error, 1)}
	go func() { c.done <- c.write(d, old) }()
	return c, nil
}

func (c *candidate) write(d *delta.Delta, old *Content) error {
	err := writeText(c.file, d, old)
	if err == nil && c.t.opt.SyncCurrent {
		err = c.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("write %q: %w", c.t.dir.Path(currentTemp), err)
	}
	return nil
}

// discard takes the text away again.
func (c *candidate) discard() {
	<-c.done
	c.file.Close()
	c.t.dir.Remove(currentTemp)
}

// install makes the text current.csv. The file that was there must be the one that v looked at: another one is
// somebody's edit, saved meanwhile, and is kept aside; edited says so. The lock must be held.
func (c *candidate) install(v *view) (stat durable.Stat, edited bool, err error) {
	defer c.file.Close()
	if err := <-c.done; err != nil {
		c.t.dir.Remove(currentTemp)
		return stat, false, err
	}
	// Older than any time the clock can stamp on a later write, so that even a write in the same tick shows.
	durable.SetModified(c.file, time.Now().Add(-durable.Tick))
	if edited, err = c.t.putInPlace(v); err != nil {
		return stat, false, err
	}
	if c.t.opt.SyncCurrent {
		if err := c.t.dir.Sync(); err != nil {
			return stat, edited, err
		}
	}
	stat, err = durable.StatOf(c.file)
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

func writeText(f *os.File, d *delta.Delta, old *Content) error {
	buf := make([]byte, 0, 256<<10)
	flush := func() error {
		_, err := f.Write(buf)
		buf = buf[:0]
		return err
	}
	extra := d.Extra
	for _, op := range d.Ops {
		if op.Off >= 0 && op.N >= copyAtLeast && old.file != nil {
			if err := flush(); err != nil {
				return err
			}
			if err := durable.CopyRange(f, old.file, op.Off, op.N); err != nil {
				return err
			}
			continue
		}
		for off, left := op.Off, op.N; left > 0; {
			if len(buf) == cap(buf) {
				if err := flush(); err != nil {
					return err
				}
			}
			n := min(left, int64(cap(buf)-len(buf)))
			part := buf[len(buf) : len(buf)+int(n)]
			if op.Off < 0 {
				extra = extra[copy(part, extra):]
			} else if _, err := old.ReadAt(part, off); err != nil && err != io.EOF {
				return err
			}
			buf = buf[:len(buf)+int(n)]
			off, left = off+n, left-n
		}
	}
	return flush()
}

// putInPlace moves the temp file to current.csv and settles what was there; edited says that it was not what v saw.
func (t *Table) putInPlace(v *view) (edited bool, err error) {
	if v.current == nil {
		err := t.dir.RenameNew(currentTemp, currentFile)
		if !durable.IsExist(err) {
			return false, err
		}
	}
	err = t.dir.Exchange(currentTemp, currentFile)
	switch {
	case err == nil:
		if edited, err = t.settle(v, currentTemp); err != nil {
			// What was displaced must not stay where the next write clears.
			err = errors.Join(err, t.dir.Exchange(currentTemp, currentFile))
		}
		return edited, err
	case !errors.Is(err, durable.ErrNoExchange):
		return false, err
	}
	// Where files cannot be exchanged a moment remains in which an edit could be lost, so the file is compared first.
	if edited, err = t.settle(v, currentFile); err != nil {
		return edited, err
	}
	return edited, t.dir.Rename(currentTemp, currentFile)
}

// settle looks at the file that is displaced, which has this name now: it is removed when v knows it, else kept aside.
func (t *Table) settle(v *view, name string) (edited bool, err error) {
	f, err := t.dir.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	stat, err := durable.StatOf(f)
	if err != nil {
		return false, err
	}
	if sameText(stat, v.stat) {
		if name == currentFile {
			return false, nil // a rename over it is to come
		}
		return false, t.dir.Remove(name)
	}
	kept, err := t.moveAside(name, currentFile)
	if err != nil {
		return true, err
	}
	t.warn("current.csv was edited while this was stored; the edit is kept in " + kept)
	return true, nil
}

// sameText compares all but the change time, which the exchange itself sets.
func sameText(a, b durable.Stat) bool {
	a.Changed, b.Changed = 0, 0
	return a == b
}

// rebuild makes current.csv the head, from the deltas. What stands there and is no version is moved aside first.
func (t *Table) rebuild(v *view, x *index) error {
	if v.state == Damaged || v.state == Dirty {
		name, err := t.moveAside(currentFile, currentFile)
		if err != nil {
			return err
		}
		v.current.Close()
		v.current = nil
		if v.state == Damaged {
			t.warn("current.csv was damaged by a power cut and has been rebuilt; the damaged file is kept in " + name)
		}
	}
	if v.deleted() {
		return t.dropCurrent(v)
	}
	c, err := t.content(v.head().ID, x)
	if err != nil {
		return err
	}
	defer c.Close()
	keep := delta.Edit(c.Size, nil)
	stat, err := t.swap(v, keep, c)
	if err != nil {
		return err
	}
	return v.reopen(t, stat)
}

// reopen looks at the current.csv that was just put in place.
func (v *view) reopen(t *Table, stat durable.Stat) error {
	if v.current != nil {
		v.current.Close()
		v.current = nil
	}
	if err := t.lookCurrent(v); err != nil {
		return err
	}
	v.state, v.version, v.fresh = Clean, v.head().ID, false
	if v.current == nil || v.stat != stat {
		v.state = Dirty
	}
	return nil
}

// dropCurrent takes the file of a deleted table away, unless it was edited meanwhile: then it is kept aside.
func (t *Table) dropCurrent(v *view) error {
	if v.current != nil {
		v.current.Close()
		v.current = nil
	}
	err := t.dir.Rename(currentFile, currentTemp)
	if err == nil {
		_, err = t.settle(v, currentTemp)
	} else if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	v.state, v.stat, v.version, v.fresh = Clean, durable.Stat{}, v.head().ID, false
	return err
}

// moveAside moves the file name into aside/ and returns where it went. Nothing there is ever overwritten or deleted.
func (t *Table) moveAside(name, as string) (string, error) {
	aside, err := t.dir.MakeSub(asideFolder)
	if err != nil {
		return "", err
	}
	defer aside.Close()
	to, err := freeName(aside, as)
	if err != nil {
		return "", err
	}
	if err := t.dir.Root().Rename(name, asideFolder+"/"+to); err != nil {
		return "", err
	}
	if err := errors.Join(aside.Sync(), t.dir.Sync()); err != nil {
		return "", errors.Join(err, t.dir.Root().Rename(asideFolder+"/"+to, name))
	}
	return t.dir.Path(asideFolder + "/" + to), nil
}

// putAside keeps data in aside/ and returns where.
func (t *Table) putAside(as string, data []byte) (string, error) {
	aside, err := t.dir.MakeSub(asideFolder)
	if err != nil {
		return "", err
	}
	defer aside.Close()
	to, err := freeName(aside, as)
	if err != nil {
		return "", err
	}
	if have := lastLike(aside, as, data); have != "" {
		return aside.Path(have), nil
	}
	return aside.Path(to), aside.Create(to, to+tempSuffix, data)
}

// lastLike finds evidence with just this content that was kept before, so that a recovery that is cut short and run
// again does not pile up copies.
func lastLike(aside *durable.Dir, as string, data []byte) string {
	names, _ := aside.Names()
	for _, name := range names {
		if len(name) > len(as) && name[:len(as)] == as {
			if have, err := aside.ReadFile(name, int64(len(data))); err == nil && bytes.Equal(have, data) {
				return name
			}
		}
	}
	return ""
}

func freeName(dir *durable.Dir, as string) (string, error) {
	for n := 1; n < 1<<20; n++ {
		name := fmt.Sprintf("%s.%d", as, n)
		if !dir.Exists(name) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s holds too much: look through it and move it away", dir.Path(""))
}
