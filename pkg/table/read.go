package table

import (
	"cmp"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Read returns the table as it stands: the head, or current.csv with edits by hand. It takes no lock. Where current.csv
// is behind or gone the head is rendered in memory; after a power cut it is repaired first, if nobody else is at it. The
// caller closes the content.
func (t *Table) Read() (*Content, error) {
	c, _, err := t.View()
	return c, err
}

func (t *Table) contentOf(v *view) (*Content, error) {
	if v.head().ID == 0 || v.deleted() && v.state != Dirty {
		if v.log.err != nil {
			return nil, v.log.err
		}
		return nil, t.notFound()
	}
	switch v.state {
	case Clean:
		c := onDisk(v.current, v.stat.Size, true)
		v.current = nil
		return c, nil
	case Dirty:
		return t.editOf(v)
	}
	return t.content(v.head().ID, nil)
}

// editOf returns an edit by hand, if it is a table.
func (t *Table) editOf(v *view) (*Content, error) {
	b, err := readRange(v.current, 0, v.stat.Size)
	if err == nil && len(b) > 0 {
		err = checkTable(t.dir.Path(currentFile), b, v.key)
	}
	if err != nil {
		return nil, fault.WithHint(err, "it was edited by hand; 'rdb restore %s' drops the edit, 'rdb export %s --at head' reads the table without it", t.name, t.name)
	}
	return memory(b), nil
}

// lookHealed is look, with a folder that a power cut left behind put in order first.
func (t *Table) lookHealed() (*view, error) {
	v, err := t.look(false)
	if err != nil || !v.broken() {
		return v, err
	}
	quick := *t
	quick.opt.Wait = 0
	s, err := quick.Begin()
	if err != nil {
		return v, nil // somebody else writes, or nobody may: the view can be read from all the same
	}
	s.Close()
	v.close()
	return t.look(false)
}

// broken reports whether a crash left something to repair: never while the state file vouches for this boot.
func (v *view) broken() bool {
	if v.rec != nil || v.head().ID == 0 || v.log.err != nil {
		return false
	}
	return v.log.torn || v.state == Stale || v.state == Missing || v.state == Damaged
}

// Status is what a table looks like at a moment.
type Status struct {
	State   State
	Head    verlog.Line // ID 0: there is no version
	Holder  durable.Holder
	Locked  bool             // by Holder
	Waiting []durable.Waiter // for the lock, first come first
	Unknown bool             // the outcome of a write is unknown until recover is run
	Changes Counts           // of an edit by hand
	Problem error            // why the edit is no table, or why the log cannot be trusted
}

// Status looks at the table without changing it.
func (t *Table) Status() (st Status, err error) {
	v, err := t.look(false)
	if err != nil {
		return st, err
	}
	defer v.close()
	st.State, st.Head, st.Problem = v.state, v.head(), v.log.err
	st.Unknown = t.dir.Exists(unknownFile)
	if st.Holder, st.Locked, err = t.dir.Holder(lockFile); err != nil {
		return st, err
	}
	if st.Waiting, err = t.queue().Waiters(); err != nil {
		return st, err
	}
	if v.state == Dirty && v.log.err == nil {
		st.Changes, st.Problem = t.edited(v)
	}
	return st, nil
}

// edited counts the rows that an edit by hand changed, or says why it is no table.
func (t *Table) edited(v *view) (Counts, error) {
	b, err := t.readEdited(v)
	if err != nil {
		return Counts{}, err
	}
	if len(b) > 0 {
		if err := checkTable(t.dir.Path(currentFile), b, v.key); err != nil {
			return Counts{}, err
		}
	}
	var old []byte
	if !v.deleted() {
		if old, err = t.contentOrEmpty(v.head().ID, nil); err != nil {
			return Counts{}, err
		}
	}
	s := Session{t: t, v: v, head: memory(old)}
	d, err := s.against(b, v.key)
	if err != nil || d == nil {
		return Counts{}, err
	}
	return d.Counts, nil
}

// largeEdit is the size from which an edit by hand is looked through before it is read into memory, in bytes.
const largeEdit = 256 << 20

// readEdited returns what current.csv holds. A large file with NULs, such as one with holes, is no table and is not read
// into memory.
func (t *Table) readEdited(v *view) ([]byte, error) {
	if v.stat.Size >= largeEdit {
		if nul, err := hasNUL(v.current); err != nil || nul {
			return nil, cmp.Or(err, fault.New(fault.Input, "%s: a NUL byte", t.dir.Path(currentFile)))
		}
	}
	return readRange(v.current, 0, v.stat.Size)
}

// Exists reports whether the table is there: it has a version, and the newest did not delete it. Where the log that says so is
// lost, that is the error.
func (t *Table) Exists() (bool, error) {
	v, err := t.look(false)
	if err != nil {
		return false, err
	}
	defer v.close()
	if v.head().ID == 0 {
		return false, v.log.err
	}
	return !v.deleted(), nil
}

// Head returns the head's line; fault.NotFound when the table has no version.
func (t *Table) Head() (verlog.Line, error) {
	l, err := t.openLog(t.believed(), false)
	if err != nil {
		return verlog.Line{}, err
	}
	defer l.close()
	if l.head.ID == 0 && l.err == nil {
		return l.head, t.notFound()
	}
	return l.head, l.err
}

// Highest returns the highest id that the folder holds in any form: logged, or as a delta that never counted.
func (t *Table) Highest() (highest stamp.ID, err error) {
	l, err := t.openLog(nil, true)
	if err != nil {
		return 0, err
	}
	defer l.close()
	for _, line := range l.lines {
		highest = max(highest, line.ID)
	}
	names, err := t.dir.Names()
	for _, name := range names {
		if text, ok := strings.CutSuffix(name, deltaSuffix); ok {
			if id, err := stamp.Parse(text); err == nil {
				highest = max(highest, id)
			}
		}
	}
	return highest, err
}

// KeyNames returns the names of the key's columns; none means the first column.
func (t *Table) KeyNames() ([]string, error) {
	v, err := t.look(false)
	if err != nil {
		return nil, err
	}
	defer v.close()
	return v.key, nil
}

// WaitFor is Options.Wait of a table opened with other options.
func (t *Table) WaitFor(wait time.Duration) { t.opt.Wait = wait }

// noVersion is the error for an id that the log does not hold.
func (t *Table) noVersion(id string) error {
	err := fault.New(fault.NotFound, "table %q has no version %s", t.name, id)
	return fault.WithHint(err, "'rdb version:list %s' lists them", t.name)
}

// Hold takes the table's lock and does nothing with it.
func (t *Table) Hold() (*durable.Lock, error) { return t.dir.Lock(lockFile, t.opt.Wait) }

// File is a file of the table's folder as a backup takes it: its first Size bytes, or Data where it may change.
type File struct {
	Name string
	Size int64
	Data []byte
}

// Files lists what a backup needs of the locked table.
func (s *Session) Files() (files []File, err error) {
	t := s.t
	names, err := t.dir.Names()
	if err != nil || s.Head().ID == 0 {
		return nil, err
	}
	files = append(files, File{Name: logFile, Size: s.v.log.end})
	x, err := s.index()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		id, isDelta := strings.CutSuffix(name, deltaSuffix)
		if !isDelta {
			id = ofVersion(name)
		}
		n, err := stamp.Parse(id)
		if _, logged := x.line(n); id != name && err == nil && logged {
			info, err := t.dir.Root().Lstat(name)
			if err != nil {
				return nil, err
			}
			files = append(files, File{Name: name, Size: info.Size()})
			continue
		}
		if name == tagsFile || name == notesFile || name == indicesFile || name == currentFile && s.Dirty() {
			data, err := t.dir.ReadFile(name, MaxSize)
			if err != nil {
				return nil, err
			}
			files = append(files, File{name, int64(len(data)), data})
		}
	}
	return files, nil
}
