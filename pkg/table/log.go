package table

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// logView is version.log as it stood when it was opened. Bytes behind the last newline are no line yet: an append
// under way, or one that a crash tore.
type logView struct {
	file  *os.File // open for reading and writing; nil when there is no log
	stat  durable.Stat
	head  verlog.Line
	end   int64         // behind the last complete line
	torn  bool          // bytes follow end
	lines []verlog.Line // all lines, nil when the record vouched for the head
	fixed error         // why the file cannot be written; nil when it can
	err   error         // damage, of kind fault.Corrupt

	disputed bool // lines that no record vouches for opened or settled conflicts
}

func (l *logView) close() {
	if l.file != nil {
		l.file.Close()
	}
}

// openLog opens version.log and finds the head. Lines that rec vouches for are not read again: only what was appended
// since. With whole, every line is read.
func (t *Table) openLog(rec *record, whole bool) (*logView, error) {
	f, err := t.dir.OpenFile(logFile, os.O_RDWR)
	fixed := err
	if errors.Is(err, fs.ErrPermission) {
		f, err = t.dir.Open(logFile)
	}
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return &logView{err: t.lostLog()}, nil
		}
		return nil, err
	}
	l := &logView{file: f, fixed: fixed}
	if l.stat, err = durable.StatOf(f); err != nil {
		f.Close()
		return nil, err
	}
	if rec != nil && !whole && sameFile(rec.log, l.stat) {
		if rec.log == l.stat {
			l.head, l.end = rec.head, l.stat.Size
			return l, nil
		}
		if rec.log.Size < l.stat.Size && l.extend(rec) {
			return l, nil
		}
	}
	if err := l.readAll(t.dir.Path(logFile)); err != nil {
		f.Close()
		return nil, err
	}
	if rec != nil && l.err == nil && rec.head.ID > l.head.ID {
		l.endsBefore(rec.head, t)
	}
	return l, nil
}

// endsBefore notes that the log has lost its end: the version head was stored, and no line says so. It stays the head, so that
// nobody takes current.csv for a copy that is behind.
func (l *logView) endsBefore(head verlog.Line, t *Table) {
	l.head, l.lines = head, append([]verlog.Line{}, l.lines...)
	l.err = fault.New(fault.Corrupt, "%s ends before version %s, which was stored", t.dir.Path(logFile), head.ID)
	l.err = fault.WithHint(l.err, "run 'rdb recover %s' to take the lines from the deltas", t.name)
}

// lostLog returns the damage where there is no log and has been one: current.csv and the state file come to be after the
// log's first line, and so does a version that has a base. A delta without one alone is what a creation leaves that was cut short.
func (t *Table) lostLog() error {
	names, err := t.dir.Names()
	if fault.KindOf(err) == fault.NotFound {
		return nil // the folder has just been removed, which whoever locks it will find out
	}
	if err != nil {
		return err
	}
	deltas := slices.DeleteFunc(names, func(n string) bool { return !strings.HasSuffix(n, deltaSuffix) })
	lost := len(deltas) > 0 && (t.dir.Exists(currentFile) || t.dir.Exists(stateFile))
	for i := 0; i < len(deltas) && !lost; i++ {
		id, err := stamp.Parse(strings.TrimSuffix(deltas[i], deltaSuffix))
		if err != nil {
			continue
		}
		line, ok, err := t.carriedLine(id)
		if err != nil {
			return err
		}
		lost = ok && line.Base != 0
	}
	if !lost {
		return nil
	}
	err = fault.New(fault.Corrupt, "%s is missing, and there are deltas", t.dir.Path(logFile))
	return fault.WithHint(err, "'rdb recover %s' rebuilds it from them", t.name)
}

func sameFile(a, b durable.Stat) bool {
	return a.Mount == b.Mount && a.Device == b.Device && a.Inode == b.Inode
}

// extend reads what was appended since rec; false when that is not plainly more good lines.
func (l *logView) extend(rec *record) bool {
	data, err := readRange(l.file, rec.log.Size, l.stat.Size)
	if err != nil {
		return false
	}
	lines, torn, err := verlog.Scan(data)
	if err != nil {
		return false
	}
	l.head, l.end = rec.head, l.stat.Size
	if torn >= 0 {
		l.end, l.torn = rec.log.Size+torn, true
	}
	for _, line := range lines {
		if line.Base == l.head.ID {
			l.head = line
		}
	}
	if n := len(lines); n > 0 && lines[n-1].ID != l.head.ID && lines[n-1].Action != verlog.Compact {
		return false // a side version without its merge: half an append, perhaps
	}
	l.disputed = holdsConflicts(lines)
	return true
}

func (l *logView) readAll(path string) error {
	data, err := readRange(l.file, 0, min(l.stat.Size, maxLog))
	if err != nil {
		return err
	}
	lines, torn, err := verlog.Scan(data)
	if err != nil {
		l.err = fault.WithHint(fault.New(fault.Corrupt, "%s: %w", path, err), "run 'rdb recover' to rebuild it from the deltas")
	}
	l.lines, l.end = lines, int64(len(data))
	if torn >= 0 {
		l.end, l.torn = torn, true
	}
	l.head, _ = verlog.Head(lines)
	l.disputed = holdsConflicts(lines)
	return nil
}

// readRange returns the bytes of f from one offset to another; fewer when the file has become shorter.
func readRange(f *os.File, from, to int64) ([]byte, error) {
	data := make([]byte, to-from)
	n, err := f.ReadAt(data, from)
	if err == io.EOF {
		err = nil
	}
	return data[:n], err
}

// readLines returns every line of the log, oldest first; damage is an error. Lines appended meanwhile may be missing.
func (t *Table) readLines() ([]verlog.Line, error) {
	l, err := t.openLog(nil, true)
	if err != nil {
		return nil, err
	}
	defer l.close()
	if len(l.lines) == 0 && l.err == nil {
		return nil, t.notFound()
	}
	return l.lines, l.err
}

// cutTorn moves the bytes behind the last complete line aside and cuts them off. The lock must be held.
func (t *Table) cutTorn(l *logView) error {
	tail, err := readRange(l.file, l.end, l.stat.Size)
	if err != nil {
		return err
	}
	name, err := t.putAside("version.log.tail", bytes.TrimRight(tail, "\x00"))
	if err != nil {
		return err
	}
	if err := durable.Cut(l.file, l.end); err != nil {
		return uncounted(err)
	}
	t.warn("an append to version.log was cut short by a crash before it counted; its " + plural(int64(len(tail)), "byte") + " are kept in " + name)
	l.torn = false
	l.stat, err = durable.StatOf(l.file)
	return err
}
