// Package ledger owns the dictionaries as files: opening, locking and adding to them. It must never know what uses a
// code, nor any other file of a database.
package ledger

import (
	"errors"
	"io/fs"
	"time"

	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// limit is how many bytes a dictionary may have: some hundred thousand users.
const limit = 64 << 20

// Ledger is one dictionary in a folder. It holds nothing open, and reads the file anew each time, so that an edit by
// hand is seen at once. Several goroutines and processes may use one file.
type Ledger struct {
	dir  *durable.Dir
	kind dict.Kind
	name string
}

// At returns the dictionary of this kind that is the file name of dir, by default ("") the kind's own. The caller keeps
// dir open as long as it uses the Ledger. No file is touched yet.
func At(dir *durable.Dir, kind dict.Kind, name string) *Ledger {
	if name == "" {
		name = kind.File()
	}
	return &Ledger{dir, kind, name}
}

// Path returns where the dictionary stands, for messages.
func (l *Ledger) Path() string { return l.dir.Path(l.name) }

// Read returns the dictionary. Its errors are those of dict.Parse, with the entries that are right beside them, or
// fault.NotFound where there is no file.
func (l *Ledger) Read() (*dict.Dict, error) {
	d, _, err := l.read()
	return d, err
}

func (l *Ledger) read() (*dict.Dict, []byte, error) {
	text, err := l.dir.ReadFile(l.name, limit)
	if err != nil {
		return nil, nil, err
	}
	d, err := dict.Parse(l.kind, l.Path(), text)
	return d, text, err
}

// Create writes the dictionary that a new database begins with, durably, unless there is one: that one keeps its bytes.
func (l *Ledger) Create(now time.Time, wait time.Duration) error {
	lock, err := l.lock(wait)
	if err != nil {
		return err
	}
	defer lock.Release()
	err = l.dir.Create(l.name, l.temp(), l.kind.Default(now))
	if errors.Is(err, fs.ErrExist) {
		return l.dir.Remove(l.temp())
	}
	return err
}

// Entry is an entry that may have to be added.
type Entry struct {
	Name string
	Note string // "" is the time for a user
	Node int    // the node that makes the code
	Now  time.Time
}

// Add returns the entry with this name, and adds it first, durably, when there is none: added says so. However many
// processes add at once, a name gets one code and a code one name. A damaged dictionary is refused with its problems. The
// lock is waited for at most wait, then the error is fault.Busy.
func (l *Ledger) Add(c Entry, wait time.Duration) (entry dict.Entry, added bool, err error) {
	if d, err := l.Read(); err == nil {
		if known, ok := d.Name(c.Name); ok {
			return known, false, nil
		}
	}
	lock, err := l.lock(wait)
	if err != nil {
		return dict.Entry{}, false, err
	}
	defer lock.Release()
	d, text, err := l.read()
	if err != nil {
		return dict.Entry{}, false, fault.WithHint(err, "nothing was added")
	}
	if known, ok := d.Name(c.Name); ok {
		return known, false, nil
	}
	entry, err = l.mint(d, c)
	if err != nil {
		return dict.Entry{}, false, err
	}
	if err := l.dir.Replace(l.name, l.temp(), dict.Add(text, entry)); err != nil {
		return dict.Entry{}, false, err
	}
	return entry, true, nil
}

func (l *Ledger) mint(d *dict.Dict, c Entry) (entry dict.Entry, err error) {
	entry = dict.Entry{Name: c.Name, Note: c.Note}
	if entry.Note == "" && l.kind == dict.Users {
		entry.Note = c.Now.UTC().Format(stamp.Layout)
	}
	if err := l.kind.Check(entry); err != nil {
		return entry, err
	}
	entry.Code, err = d.Mint(c.Node)
	return entry, err
}

func (l *Ledger) lock(wait time.Duration) (*durable.Lock, error) {
	return l.dir.Lock(l.name+".lock", wait)
}

// temp is the name used on the way to a new file: one for all, since the lock's holder alone uses it.
func (l *Ledger) temp() string { return l.name + ".tmp" }
