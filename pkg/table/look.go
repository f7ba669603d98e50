package table

import (
	"bytes"
	"io"
	"os"
	"sync"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// State says what current.csv is.
type State uint8

// The states, from harmless to harm.
const (
	Clean   State = iota // the head, byte for byte
	Stale                // an older version: the next write brings it up to date
	Missing              // not there: likewise
	Dirty                // edited by hand and not recorded
	Damaged              // cut or emptied by a power cut: rebuilt by the next write
)

// String returns the state in one word.
func (s State) String() string {
	return [...]string{"clean", "stale", "missing", "dirty", "damaged"}[s]
}

// view is a table at one moment, as a reader finds it without a lock: current.csv is opened before version.log is
// read, and a version is logged before it becomes current.csv, so a version in the file is always in the log read.
type view struct {
	log     *logView
	rec     *record // what the state file said, nil when it cannot be believed
	current *os.File
	stat    durable.Stat // of current
	seen    time.Time    // when stat was taken, or a little before
	state   State
	version stamp.ID // what current.csv holds, when Clean or Stale
	key     []string // names of the key's columns
	schema  stamp.ID // the version that set the table's schema; 0 for none
	fresh   bool     // the record says all of this already

	parted sync.WaitGroup // for files being closed
}

func (v *view) close() {
	v.log.close()
	if v.current != nil {
		v.current.Close()
	}
	v.parted.Wait()
}

// part closes current.csv. The last close of a file that was displaced gives its pages back, which takes as long as reading
// it: for a large one that goes on in the background.
func (v *view) part() {
	f := v.current
	v.current = nil
	switch {
	case f == nil:
	case v.stat.Size < hurryFrom:
		f.Close()
	default:
		v.parted.Go(func() { f.Close() })
	}
}

func (v *view) head() verlog.Line { return v.log.head }

// deleted reports whether the head says that the table is gone.
func (v *view) deleted() bool { return v.head().ID != 0 && v.head().Action == verlog.Delete }

// look opens the table's files and classifies current.csv. The caller closes the view.
func (t *Table) look(whole bool) (*view, error) {
	v := &view{log: &logView{}}
	err := t.lookCurrent(v)
	if err == nil {
		v.rec = t.believed()
		v.log, err = t.openLog(v.rec, whole)
	}
	if err == nil {
		err = t.classify(v)
	}
	if err == nil {
		err = t.lookSchema(v)
	}
	if err != nil {
		if v.log == nil {
			v.log = &logView{}
		}
		v.close()
		return nil, err
	}
	return v, nil
}

func (t *Table) lookCurrent(v *view) error {
	f, err := t.dir.Open(currentFile)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	v.current, v.seen = f, time.Now()
	v.stat, err = durable.StatOf(f)
	return err
}

func (t *Table) classify(v *view) error {
	if v.current == nil {
		v.state = Missing
		if v.deleted() {
			v.state = Clean
		}
		v.fresh = v.rec != nil && v.rec.current == durable.Stat{} && v.rec.log == v.log.stat
		return nil
	}
	if v.rec != nil && v.rec.current == v.stat {
		v.version = v.rec.version
		v.fresh = v.rec.log == v.log.stat
		v.state = cleanIf(v.version == v.head().ID)
		return nil
	}
	hash, err := hashFile(v.current)
	if err != nil {
		return err
	}
	if !v.deleted() && hash == v.head().Hash {
		v.version = v.head().ID
		return nil
	}
	if err := v.needLines(); err != nil {
		return err
	}
	sides := sidesOf(v.log.lines)
	for i := len(v.log.lines) - 1; i >= 0; i-- {
		// A side version was never in current.csv: a file that holds its content was edited.
		if l := v.log.lines[i]; l.Hash == hash && l.Action != verlog.Delete && !sides[l.ID] {
			v.version, v.state = l.ID, Stale
			return nil
		}
	}
	v.state = Dirty
	if v.rec == nil && !t.recordOfThisBoot() {
		v.state, err = t.judge(v)
	}
	return err
}

func cleanIf(yes bool) State {
	if yes {
		return Clean
	}
	return Stale
}

// needLines reads the whole log where only its head was needed so far.
func (v *view) needLines() error {
	if v.log.lines != nil || v.log.file == nil {
		return nil
	}
	whole := logView{file: v.log.file, stat: v.log.stat, fixed: v.log.fixed}
	if err := whole.readAll(v.log.file.Name()); err != nil {
		return err
	}
	*v.log = whole
	return nil
}

// recordOfThisBoot reports whether a state file was written in this boot, even one that could not be believed.
func (t *Table) recordOfThisBoot() bool {
	rec, _ := t.readRecord()
	return rec.boot != "" && rec.boot == durable.BootID()
}

const pageSize = 4096

// lastPieces is how many of the newest versions a file may be a piece of, for judge: current.csv is at most a few behind.
const lastPieces = 64

// judge tells damage done by a power cut from an edit by hand, in a file of no known content after a reboot. Data that
// was not flushed is lost from some place on: the file is empty, holds NULs where blocks were never written, or is the
// beginning of a version, cut at a page or, as between two writes that made it, anywhere else. A beginning that ends with
// a row and at no page is taken for an edit.
func (t *Table) judge(v *view) (State, error) {
	if v.stat.Size == 0 {
		return Damaged, nil
	}
	nul, err := hasNUL(v.current)
	if err != nil || nul {
		return Damaged, err
	}
	text, err := readRange(v.current, 0, v.stat.Size)
	if err != nil || len(text)%pageSize != 0 && text[len(text)-1] == '\n' {
		return Dirty, err
	}
	if t.begun(text, v.log.lines) {
		return Damaged, nil
	}
	return Dirty, nil
}

// begun reports whether one of the newest versions begins with text.
func (t *Table) begun(text []byte, lines []verlog.Line) bool {
	x := indexOf(lines)
	for _, l := range lines[max(0, len(lines)-lastPieces):] {
		if t.begins(l, x, text) {
			return true
		}
	}
	return false
}

// begins reports whether the content of l's version can be read and begins with text.
func (t *Table) begins(l verlog.Line, x *index, text []byte) bool {
	c, err := t.content(l.ID, x)
	if err != nil {
		return false
	}
	defer c.Close()
	if int64(len(text)) > c.Size {
		return false
	}
	b := make([]byte, len(text))
	_, err = c.ReadAt(b, 0)
	return (err == nil || err == io.EOF) && bytes.Equal(b, text)
}

// hashFile returns the hash of all of f, read in pieces: a file that people may edit is never mapped.
func hashFile(f *os.File) (verlog.Hash, error) {
	h := xxh3.New()
	_, err := io.CopyBuffer(h, io.NewSectionReader(f, 0, MaxSize), make([]byte, 256<<10))
	return sumOf(h), err
}

func sumOf(h *xxh3.Hasher) verlog.Hash { return h.Sum128().Bytes() }

func hasNUL(f *os.File) (bool, error) {
	buf := make([]byte, 256<<10)
	for off := int64(0); ; {
		n, err := f.ReadAt(buf, off)
		if bytes.IndexByte(buf[:n], 0) >= 0 {
			return true, nil
		}
		off += int64(n)
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// refresh writes down what v found, so that nobody has to find it again. The lock must be held.
func (t *Table) refresh(v *view) {
	if v.fresh || v.state > Missing || v.current != nil && v.stat.Racy(v.seen) {
		return
	}
	t.writeRecord(record{boot: durable.BootID(), current: v.stat, version: v.version, log: v.log.stat, head: v.head(), key: v.key, schema: v.schema})
}
