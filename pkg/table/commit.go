package table

import (
	"errors"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Draft is a change that has been worked out and not yet stored.
type Draft struct {
	Action verlog.Action
	User   uint64
	Delta  *delta.Delta // over the head's content
	Patch  []byte       // Delta, encoded; nil where that is still to be done
	Hash   verlog.Hash  // of the new content
	Counts Counts       // what changed, in rows
	Schema []byte       // the schema that the version sets, or nil
	Note   string       // what its author says about it, or ""

	// Alias makes a compact version: its base is this version, whose content it has, and not the head.
	Alias stamp.ID
}

// Counts is a number of rows by what happened to them.
type Counts struct{ Added, Changed, Deleted int64 }

// Rows returns how many rows changed in any way.
func (c Counts) Rows() int64 { return c.Added + c.Changed + c.Deleted }

// Result says what a write did. A write that would change nothing stores nothing: Stored is false and ID is the head.
type Result struct {
	ID        stamp.ID
	Stored    bool
	Action    verlog.Action
	Counts    Counts
	DeltaSize int64 // bytes of the delta file
	PruneDue  bool  // more than twice the versions to keep are readable
}

// Session is a table locked for writing, its folder in order: the log ends in a whole line and, unless somebody edited
// it, current.csv is the head.
type Session struct {
	t      *Table
	lock   *durable.Lock
	v      *view
	head   *Content
	line   verlog.Line // staged
	before verlog.Line // the head when line was staged
	draft  Draft
	staged []string
	next   *candidate // current.csv after this write, being written; nil when that has not begun

	unsettled error // why a line of a commit over several tables is not in the log
}

// Begin locks the table and puts its folder in order. The error is fault.Busy when the lock is not to be had in time,
// fault.Unknown when the outcome of an earlier write is unknown, fault.Corrupt when the log is damaged: all say what
// to do. The caller closes the session.
func (t *Table) Begin() (*Session, error) {
	lock, err := t.dir.Lock(lockFile, t.opt.Wait)
	if err != nil {
		return nil, err
	}
	s := &Session{t: t, lock: lock}
	if err := s.open(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Session) open() (err error) {
	t := s.t
	if t.dir.Exists(unknownFile) {
		err := fault.New(fault.Unknown, "table %q: the outcome of an earlier write is unknown", t.name)
		return fault.WithHint(err, "run 'rdb recover %s'", t.name)
	}
	if s.v, err = t.look(false); err != nil {
		return err
	}
	v := s.v
	if err := errors.Join(v.log.err, v.log.fixed); err != nil {
		return err
	}
	if v.log.torn {
		if err := t.cutTorn(v.log); err != nil {
			return err
		}
		v.fresh = false
	}
	if v.head().ID == 0 {
		return s.addPending()
	}
	if v.state == Stale || v.state == Missing || v.state == Damaged {
		if err := t.rebuild(v, nil); err != nil {
			return err
		}
	}
	t.refresh(v)
	return s.addPending()
}

// Close unlocks the table, whatever the system says to that: its error is nil. A draft that was staged and not published
// is taken back.
func (s *Session) Close() error {
	s.Abort()
	if s.next != nil {
		s.next.discard()
	}
	if s.head != nil && s.head.owned {
		s.head.Close()
	}
	if s.v != nil {
		s.v.close()
	}
	s.lock.Release()
	return nil
}

// TableName returns the name of the locked table.
func (s *Session) TableName() string { return s.t.name }

// Head returns the head's line; its ID is 0 when the table has no version yet.
func (s *Session) Head() verlog.Line { return s.v.head() }

// Exists reports whether the table is there: it has a version and was not deleted by the newest.
func (s *Session) Exists() bool { return s.v.head().ID != 0 && !s.v.deleted() }

// Dirty reports whether current.csv was edited by hand.
func (s *Session) Dirty() bool { return s.v.state == Dirty }

// KeyNames returns the names of the key's columns; none means the first.
func (s *Session) KeyNames() []string { return s.v.key }

// Content returns the head's text; the empty text before the first version. It belongs to the session.
func (s *Session) Content() (*Content, error) {
	if s.head != nil {
		return s.head, nil
	}
	var err error
	switch {
	case !s.Exists():
		s.head = memory(nil)
	case s.v.state == Clean:
		s.head = onDisk(s.v.current, s.v.stat.Size, false)
	default:
		s.head, err = s.t.content(s.v.head().ID, nil)
	}
	return s.head, err
}

// RefuseDirty returns the error of a write that would go over an edit by hand.
func (s *Session) RefuseDirty() error {
	if !s.Dirty() {
		return nil
	}
	err := fault.New(fault.No, "table %q: current.csv was edited by hand and the edit is not recorded", s.t.name)
	return fault.WithHint(err, "'rdb commit %s' records the edit, 'rdb restore %s' drops it", s.t.name, s.t.name)
}

// Stage makes the draft's delta durable. The version does not exist before Publish.
func (s *Session) Stage(d Draft) (verlog.Line, error) {
	t, v := s.t, s.v
	if err := s.untouched(); err != nil {
		return verlog.Line{}, err
	}
	id, err := t.opt.Mint(v.head().ID)
	if err != nil {
		return verlog.Line{}, err
	}
	s.draft, s.before = d, v.head()
	s.line = verlog.Line{ID: id, Action: d.Action, User: d.User, Base: v.head().ID, Rows: d.Counts.Rows(), Hash: d.Hash}
	if d.Alias != 0 {
		s.line.Base = d.Alias
	}
	if d.Note != "" {
		if err := t.addNote(id, d.Note); err != nil {
			return verlog.Line{}, uncounted(err)
		}
	}
	if d.Schema != nil {
		if err := s.create(id.String()+schemaSuffix, d.Schema); err != nil {
			return verlog.Line{}, err
		}
	}
	if d.Patch == nil {
		d.Patch = d.Delta.Encode()
	}
	file := delta.Seal(d.Patch, func(size int64) []byte {
		l := s.line
		l.Size = size
		return l.Append(nil)
	})
	s.line.Size = int64(len(file))
	if err := s.create(deltaName(id), file); err != nil {
		s.Abort()
		return verlog.Line{}, err
	}
	return s.line, nil
}

// untouched refuses to go on when current.csv was written to while the draft was made from it.
func (s *Session) untouched() error {
	if s.v.current == nil {
		return nil
	}
	stat, err := durable.StatOf(s.v.current)
	if err == nil && !sameText(stat, s.v.stat) {
		err = fault.New(fault.Busy, "table %q: current.csv was edited at this moment; nothing was stored", s.t.name)
	}
	return err
}

func (s *Session) create(name string, data []byte) error {
	if err := s.t.dir.Create(name, "delta"+tempSuffix, data); err != nil {
		return uncounted(err)
	}
	s.staged = append(s.staged, name)
	return nil
}

// uncounted is the error of a write to something that counts only when the log names it: whatever the disk now holds of
// it, the outcome is known.
func uncounted(err error) error {
	if fault.KindOf(err) == fault.Unknown {
		return fault.New(fault.Other, "%w", err)
	}
	return err
}

// Keep says that the staged version exists whatever becomes of this session: a frame that names it was committed.
func (s *Session) Keep() { s.staged = nil }

// Abort takes a staged draft back.
func (s *Session) Abort() {
	for _, name := range s.staged {
		s.t.dir.Remove(name)
	}
	s.staged = nil
}

// Publish appends the staged version to the log: with its flush the version exists. Then current.csv is brought up to
// date; not being able to is a warning.
func (s *Session) Publish() (Result, error) {
	t, v := s.t, s.v
	if err := s.append(); err != nil {
		return Result{}, err
	}
	res := Result{ID: s.line.ID, Stored: true, Action: s.line.Action, Counts: s.draft.Counts, DeltaSize: s.line.Size}
	if err := s.bringUp(); err != nil {
		t.warn("version " + s.line.ID.String() + " is stored; current.csv could not be brought up to date: " + err.Error())
		return res, nil
	}
	t.refresh(v)
	res.PruneDue = s.pruneDue()
	return res, nil
}

// Settle puts the table in order, as every write does first: lines of commits over several tables that its log lacks are
// in it then. The error says why one is not.
func (t *Table) Settle() error {
	s, err := t.Begin()
	if err != nil {
		return err
	}
	defer s.Close()
	return s.unsettled
}

// addPending publishes the lines that a commit over several tables has for this one and that a crash kept from the log. One
// that is damaged is passed over; one that only now cannot be read or stored is an error, because a version made before
// it would keep it out for ever.
func (s *Session) addPending() error {
	if s.t.opt.Pending == nil {
		return nil
	}
	lines, err := s.t.opt.Pending(s.t.name)
	if err != nil {
		return err
	}
	for _, line := range lines {
		err := s.add(line)
		if err := unlessDamage(err); err != nil {
			return err
		}
		s.unsettled = errors.Join(s.unsettled, err)
	}
	return nil
}

// add publishes a line whose delta is here. A line that the log holds is left alone.
func (s *Session) add(line verlog.Line) error {
	x, err := s.index()
	if err != nil {
		return err
	}
	if _, ok := x.line(line.ID); ok {
		return nil
	}
	if line.Base != s.Head().ID {
		return fault.New(fault.Corrupt, "table %q: a frame's version %s was made on %s, and the head is %s", s.t.name, line.ID, line.Base, s.Head().ID)
	}
	d, err := s.t.readDelta(line)
	if err != nil {
		return err
	}
	s.line, s.before, s.draft = line, s.Head(), Draft{Action: line.Action, User: line.User, Delta: d, Hash: line.Hash}
	_, err = s.Publish()
	s.line, s.draft = verlog.Line{}, Draft{}
	return err
}

// index returns all lines of the log; damage in them is an error.
func (s *Session) index() (*index, error) {
	if err := s.v.needLines(); err != nil {
		return nil, err
	}
	return indexOf(s.v.log.lines), s.v.log.err
}

// append makes the staged line part of the log: then the version exists. After an error that is known not to have come
// about it is taken back; where nobody knows, the table is marked, and takes no write until recovery has settled it.
func (s *Session) append() error {
	err := s.addLine()
	if err != nil && fault.KindOf(err) != fault.Unknown {
		s.Abort()
		return err
	}
	s.staged = nil
	if err != nil {
		s.t.dir.Create(unknownFile, unknownFile+tempSuffix, s.line.Append(nil))
	}
	return fault.WithHint(err, "run 'rdb recover %s' before anything else", s.t.name)
}

func (s *Session) addLine() error {
	t, l := s.t, s.v.log
	line := s.line.Append(nil)
	if l.file == nil {
		if err := t.dir.Create(logFile, logFile+tempSuffix, line); err != nil {
			return err
		}
		if fresh, err := t.openLog(nil, true); err == nil {
			l = fresh
		} else {
			l = &logView{lines: []verlog.Line{s.line}, head: s.line, end: int64(len(line))}
		}
		s.v.log = l
		return nil
	}
	if err := durable.Append(l.file, l.end, line); err != nil {
		return err
	}
	l.end += int64(len(line))
	if l.lines != nil {
		l.lines = append(l.lines, s.line)
	}
	if s.line.Base == l.head.ID {
		l.head = s.line
	}
	var err error
	if l.stat, err = durable.StatOf(l.file); err != nil {
		l.stat = durable.Stat{} // the state file will vouch for nothing
	}
	return nil
}

// bringUp makes current.csv what the published version says.
func (s *Session) bringUp() error {
	t, v := s.t, s.v
	v.fresh = false
	if s.line.ID != v.head().ID {
		return nil // it is no head: a snapshot of an older version
	}
	if s.draft.Schema != nil {
		if keys, err := parseKeys(s.draft.Schema); err == nil {
			v.key = keys
		}
	}
	if v.deleted() {
		return t.dropCurrent(v)
	}
	if s.line.Hash == s.before.Hash && s.before.Action != verlog.Delete {
		v.version = s.line.ID
		return nil
	}
	if v.state == Dirty {
		return s.adopt()
	}
	old, err := s.Content()
	if err != nil {
		return err
	}
	if s.next == nil {
		if s.next, err = t.prepare(s.draft.Delta, old); err != nil {
			return err
		}
	}
	stat, edited, err := s.next.install(v)
	s.next = nil
	if err != nil {
		return err
	}
	s.head = nil
	if err := v.reopen(t, stat); err != nil {
		return err
	}
	if edited {
		v.state = Stale // written from a text that changed underneath
		return t.rebuild(v, nil)
	}
	if s.draft.Delta.IsSnapshot() && v.state == Clean {
		t.keepBase(s.line, onDisk(v.current, v.stat.Size, false))
	}
	return nil
}

// adopt takes an edit by hand, now recorded, for what it is: current.csv already holds the new version. It is looked at
// again, because it may have been edited once more.
func (s *Session) adopt() error {
	t, v := s.t, s.v
	hash, err := hashFile(v.current)
	if err != nil {
		return err
	}
	before := v.stat
	if err := v.reopen(t, before); err != nil {
		return err
	}
	if hash != s.line.Hash || v.state == Dirty {
		v.state = Dirty
		t.warn("current.csv was edited again while version " + s.line.ID.String() + " was stored")
	}
	return nil
}

// Write runs build on the locked table and stores the draft it returns; nil stores nothing. It refuses a table that
// was edited by hand.
func (t *Table) Write(build func(s *Session) (*Draft, error)) (Result, error) {
	return t.write(build, false)
}

func (t *Table) write(build func(s *Session) (*Draft, error), dirtyToo bool) (res Result, err error) {
	s, err := t.Begin()
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if !dirtyToo {
		if err := s.RefuseDirty(); err != nil {
			return res, err
		}
	}
	d, err := build(s)
	if err != nil {
		return res, err
	}
	if d == nil {
		return Result{ID: s.Head().ID}, nil
	}
	if _, err := s.Stage(*d); err != nil {
		return res, err
	}
	return s.Publish()
}
