package table

import (
	"errors"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

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
