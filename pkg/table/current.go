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
	"github.com/reedbase/reedbase/pkg/stamp"
)

const currentTemp = currentFile + tempSuffix

// copyAtLeast is the length from which a range is copied in the kernel; shorter ones are cheaper through a buffer.
const copyAtLeast = 64 << 10

// swap makes d of old the new current.csv, which stands for version id. The file that was there before must be the one
// that v looked at: another one is somebody's edit, saved meanwhile, and is kept aside. The lock must be held.
//
// The calls: open temp, copy_file_range and write, futimens, renameat2 RENAME_EXCHANGE, fstat, unlink. Nothing is
// synced: after a power cut current.csv is checked and rebuilt from what is.
func (t *Table) swap(v *view, d *delta.Delta, old *Content, id stamp.ID) (durable.Stat, error) {
	var none durable.Stat
	f, err := t.dir.OpenFile(currentTemp, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return none, err
	}
	defer f.Close()
	if err := writeText(f, d, old); err != nil {
		t.dir.Remove(currentTemp)
		return none, fmt.Errorf("write %q: %w", t.dir.Path(currentTemp), err)
	}
	// Older than any time the clock can stamp on a later write, so that even a write in the same tick shows.
	durable.SetModified(f, time.Now().Add(-durable.Tick))
	if t.opt.SyncCurrent {
		if err := f.Sync(); err != nil {
			return none, err
		}
	}
	if err := t.putInPlace(v); err != nil {
		return none, err
	}
	if t.opt.SyncCurrent {
		if err := t.dir.Sync(); err != nil {
			return none, err
		}
	}
	return durable.StatOf(f)
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

// putInPlace moves the temp file to current.csv and settles what was there.
func (t *Table) putInPlace(v *view) error {
	if v.current == nil {
		err := t.dir.RenameNew(currentTemp, currentFile)
		if !durable.IsExist(err) {
			return err
		}
	}
	err := t.dir.Exchange(currentTemp, currentFile)
	switch {
	case err == nil:
		return t.settle(v)
	case errors.Is(err, durable.ErrNoExchange):
		return t.replaceCurrent(v)
	}
	return err
}

// settle looks at the file that was displaced, now under the temp name.
func (t *Table) settle(v *view) error {
	f, err := t.dir.Open(currentTemp)
	if err != nil {
		return err
	}
	defer f.Close()
	stat, err := durable.StatOf(f)
	if err != nil {
		return err
	}
	if sameText(stat, v.stat) {
		return t.dir.Remove(currentTemp)
	}
	name, err := t.moveAside(currentTemp, currentFile)
	if err != nil {
		return err
	}
	t.warn("current.csv was edited while this was stored; the edit is kept in " + name)
	return nil
}

// replaceCurrent is putInPlace where files cannot be exchanged: a moment remains in which an edit could be lost, so the
// file is compared first.
func (t *Table) replaceCurrent(v *view) error {
	if f, err := t.dir.Open(currentFile); err == nil {
		stat, err := durable.StatOf(f)
		f.Close()
		if err == nil && !sameText(stat, v.stat) {
			name, err := t.moveAside(currentFile, currentFile)
			if err != nil {
				return err
			}
			t.warn("current.csv was edited while this was stored; the edit is kept in " + name)
		}
	}
	return t.dir.Rename(currentTemp, currentFile)
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
	stat, err := t.swap(v, keep, c, v.head().ID)
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

// dropCurrent takes the file of a deleted table away.
func (t *Table) dropCurrent(v *view) error {
	if v.current != nil {
		v.current.Close()
		v.current = nil
	}
	v.state, v.stat, v.version, v.fresh = Clean, durable.Stat{}, v.head().ID, false
	return t.dir.Remove(currentFile)
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
		return "", err
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
