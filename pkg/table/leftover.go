package table

import (
	"os"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// settleLeftover looks at the temp file of a writer that died: a text that it had begun to write, which goes, or what it
// displaced from current.csv and did not come to look at, which may be somebody's edit and is kept aside. The lock must be
// held, and the view be of before anything was changed.
//
// An exchange gives current.csv another inode than the one on record, which is written later: as long as it has that one,
// nothing was displaced. An edit that is saved as a new file looks like an exchange; what is no version, nor a piece of one, is
// kept then too, for nobody can tell.
func (t *Table) settleLeftover(v *view) error {
	if !t.dir.Exists(currentTemp) {
		return nil
	}
	if rec, now := v.rec, v.stat; rec != nil && v.current != nil && rec.current.Inode == now.Inode && rec.current.Device == now.Device {
		return t.dir.Remove(currentTemp)
	}
	f, err := t.dir.Open(currentTemp)
	if err != nil {
		return err
	}
	defer f.Close()
	ours, err := t.isOfVersion(f, v)
	if err != nil {
		return err
	}
	if ours {
		return t.dir.Remove(currentTemp)
	}
	kept, err := t.moveAside(currentTemp, currentFile)
	if err == nil {
		t.warn("a writer died while it put its version into current.csv; what it may have displaced is kept in " + kept)
	}
	return err
}

// isOfVersion reports whether f holds a text that a version has, or the beginning of one of the newest, or what a power cut
// left of one.
func (t *Table) isOfVersion(f *os.File, v *view) (bool, error) {
	stat, err := durable.StatOf(f)
	if err != nil || stat.Size == 0 {
		return stat.Size == 0, err
	}
	hash, err := hashFile(f)
	if err != nil {
		return false, err
	}
	if err := v.needLines(); err != nil {
		return false, err
	}
	for _, l := range v.log.lines {
		if l.Hash == hash && l.Action != verlog.Delete {
			return true, nil
		}
	}
	return t.isPiece(f, stat.Size, v.log.lines)
}

// isPiece reports whether f holds NULs, or the beginning of one of the newest versions.
func (t *Table) isPiece(f *os.File, size int64, lines []verlog.Line) (bool, error) {
	nul, err := hasNUL(f)
	if err != nil || nul {
		return nul, err
	}
	text, err := readRange(f, 0, size)
	if err != nil {
		return false, err
	}
	return t.begun(text, lines), nil
}
