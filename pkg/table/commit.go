package table

import (
	"cmp"
	"errors"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Stage makes the draft's delta durable, as a version on top of those staged before. It does not exist before Publish.
func (s *Session) Stage(d Draft) (verlog.Line, error) {
	t, head := s.t, s.Head()
	if err := s.untouched(); err != nil {
		return verlog.Line{}, err
	}
	id, err := t.opt.Mint(max(head.ID, s.newest()))
	if err != nil {
		return verlog.Line{}, err
	}
	v := staged{draft: d, line: verlog.Line{
		ID: id, Action: d.Action, User: d.User, Base: cmp.Or(d.Base, head.ID), Rows: d.Counts.Rows(), Hash: d.Hash, Parent: d.Parent,
	}}
	if err := s.makeFiles(&v); err != nil {
		v.discard(t)
		return verlog.Line{}, err
	}
	if v.line.Base == head.ID {
		s.supersede()
		s.follow(v)
	}
	if d.Schema != nil {
		s.rules = nil
	}
	s.staged = append(s.staged, v)
	return v.line, nil
}

// makeFiles makes all that a version has beside its line in the log.
func (s *Session) makeFiles(v *staged) error {
	t, d, id := s.t, v.draft, v.line.ID
	if d.Note != "" {
		if err := t.addNote(id, d.Note); err != nil {
			return uncounted(err)
		}
	}
	if d.Schema != nil {
		if err := s.create(v, id.String()+schemaSuffix, d.Schema); err != nil {
			return err
		}
	}
	if d.conflicts != nil {
		file := d.conflicts.Encode(id)
		if len(file) > conflict.MaxSize {
			return fault.New(fault.Input, "table %q: what clashes takes %d bytes, more than a file of conflicts may have", t.name, len(file))
		}
		if err := s.create(v, conflictsName(id), file); err != nil {
			return err
		}
	}
	if d.Patch == nil {
		d.Patch = d.Delta.Encode()
	}
	file := delta.Seal(d.Patch, func(size int64) []byte {
		l := v.line
		l.Size = size
		return l.Append(nil)
	})
	v.line.Size = int64(len(file))
	return s.create(v, deltaName(id), file)
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

// uncounted is the error of a write to something that counts only when the log names it: whatever the disk now holds of
// it, the outcome is known.
func uncounted(err error) error {
	if fault.KindOf(err) == fault.Unknown {
		return fault.New(fault.Other, "%w", err)
	}
	return err
}

// Keep says that the staged versions exist whatever becomes of this session: a frame that names them was committed.
func (s *Session) Keep() {
	s.announced = false
	for i := range s.staged {
		s.staged[i].files = nil
	}
}

// Abort takes all staged versions back.
func (s *Session) Abort() {
	for i := range s.staged {
		s.staged[i].discard(s.t)
	}
	if len(s.staged) > 0 {
		s.dropKeys()
	}
	s.forget()
}

// Publish appends the staged versions to the log, all in one: with its flush they exist. Then current.csv is brought up to
// date; not being able to is a warning. Of several versions a crash before that flush may leave the first ones; never a
// side version without its merge. There is one result for each, in the order in which they were staged.
func (s *Session) Publish() ([]Result, error) {
	t, v := s.t, s.v
	if err := s.joined(); err != nil || len(s.staged) == 0 {
		return nil, err
	}
	before := v.head()
	change, err := s.change()
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(s.staged))
	for i, p := range s.staged {
		results[i] = p.result()
	}
	if err := s.prepareGroup(change); err != nil {
		s.Abort()
		return nil, err
	}
	if err := s.append(); err != nil {
		return nil, err
	}
	defer s.forget()
	if !s.group {
		t.tell(results)
	}
	s.bringUpSchema(before)
	if err := s.bringUp(before, change); err != nil {
		t.warn("version " + v.head().ID.String() + " is stored; current.csv could not be brought up to date: " + err.Error())
		return results, nil
	}
	s.bringUpConflicts()
	t.refresh(v)
	s.keepRows(before, change)
	results[len(results)-1].PruneDue = s.pruneDue()
	return results, nil
}

// nothing is the result of a write that changes nothing. The head it found may be that of a process which died before it
// flushed the log: what the caller is told must be durable all the same.
func (s *Session) nothing() (Result, error) {
	if f := s.v.log.file; f != nil {
		if err := durable.Datasync(f); err != nil {
			err = fault.New(fault.Unknown, "table %q: the flush of %s: %w", s.t.name, logFile, err)
			s.t.dir.Create(unknownFile, unknownFile+tempSuffix, s.v.head().Append(nil))
			return Result{}, fault.WithHint(err, "run 'rdb recover %s' before anything else", s.t.name)
		}
	}
	return Result{ID: s.Head().ID}, nil
}

// append makes the staged lines part of the log: then the versions exist. After an error that is known not to have come
// about they are taken back; where nobody knows, the table is marked, and takes no write until recovery has settled it.
func (s *Session) append() error {
	var lines []byte
	for _, p := range s.staged {
		lines = p.line.Append(lines)
	}
	err := s.addLines(lines)
	if err != nil && fault.KindOf(err) != fault.Unknown {
		s.Abort()
		return err
	}
	s.Keep()
	if err != nil {
		s.t.dir.Create(unknownFile, unknownFile+tempSuffix, lines)
	}
	return fault.WithHint(err, "run 'rdb recover %s' before anything else", s.t.name)
}

// addLines writes the lines of all staged versions.
func (s *Session) addLines(lines []byte) error {
	t, l := s.t, s.v.log
	if l.file == nil {
		if err := t.dir.Create(logFile, logFile+tempSuffix, lines); err != nil {
			return err
		}
		if fresh, err := t.openLog(nil, true); err == nil {
			s.v.log = fresh
			return nil
		}
		l.end, l.lines = int64(len(lines)), []verlog.Line{}
		s.advance()
		return nil
	}
	if err := durable.Append(l.file, l.end, lines); err != nil {
		return err
	}
	l.end += int64(len(lines))
	s.advance()
	var err error
	if l.stat, err = durable.StatOf(l.file); err != nil {
		l.stat = durable.Stat{} // the state file will vouch for nothing
	}
	return nil
}

// advance notes what was appended to the log.
func (s *Session) advance() {
	l := s.v.log
	for _, p := range s.staged {
		if l.lines != nil {
			l.lines = append(l.lines, p.line)
		}
		if p.line.Base == l.head.ID {
			l.head = p.line
		}
	}
}

// bringUp makes current.csv what the published versions say. Before is the head that they found, and change what they made
// of its text.
func (s *Session) bringUp(before verlog.Line, change *delta.Delta) error {
	t, v := s.t, s.v
	v.fresh = false
	head := v.head()
	if head.ID == before.ID {
		return nil // a snapshot of an older version
	}
	for _, p := range s.staged {
		if p.draft.Schema == nil {
			continue
		}
		if keys, err := parseKeys(p.draft.Schema); err == nil {
			v.key, v.schema = keys, p.line.ID
		}
	}
	if v.deleted() {
		return t.dropCurrent(v)
	}
	if head.Hash == before.Hash && before.Action != verlog.Delete {
		v.version = head.ID
		return nil
	}
	if v.state == Dirty {
		return s.adopt()
	}
	if s.next == nil {
		old, err := s.logged(before)
		if err == nil {
			s.next, err = t.prepare(change, old)
		}
		if err != nil {
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
	if change.IsSnapshot() && v.state == Clean {
		t.keepBase(head, onDisk(v.current, v.stat.Size, false))
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
	if hash != v.head().Hash || v.state == Dirty {
		v.state = Dirty
		t.warn("current.csv was edited again while version " + v.head().ID.String() + " was stored")
	}
	return nil
}

// Write runs build on the locked table and stores the draft it returns; nil stores nothing. It refuses a table that
// was edited by hand.
func (t *Table) Write(build func(s *Session) (*Draft, error)) (Result, error) {
	return t.write(build, false)
}

func (t *Table) write(build func(s *Session) (*Draft, error), dirtyToo bool) (Result, error) {
	return t.locked(dirtyToo, func(s *Session) error {
		d, err := build(s)
		if err == nil && d != nil {
			_, err = s.Stage(*d)
		}
		return err
	})
}

// commit runs stage on the locked table and publishes what it staged, if anything. The result is that of the version staged
// last. It refuses a table that was edited by hand.
func (t *Table) commit(stage func(s *Session) error) (Result, error) { return t.locked(false, stage) }

func (t *Table) locked(dirtyToo bool, stage func(s *Session) error) (res Result, err error) {
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
	if err := stage(s); err != nil {
		return res, err
	}
	if len(s.staged) == 0 {
		return s.nothing()
	}
	results, err := s.Publish()
	if err != nil {
		return res, err
	}
	return results[len(results)-1], nil
}
