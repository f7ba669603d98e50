package table

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
)

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
	v.part()
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
