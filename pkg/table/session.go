package table

import (
	"errors"
	"slices"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Session is a table locked for writing, its folder in order: the log ends in a whole line and, unless somebody edited
// it, current.csv is the head.
type Session struct {
	t      *Table
	lock   *durable.Lock
	v      *view
	head   *Content   // of the head in the log; nil until somebody asks
	staged []staged   // versions that Publish will add to the log
	tip    *Content   // of the staged head; nil until somebody asks
	next   *candidate // current.csv after this write, being written; nil when that has not begun
	ahead  *candidate // next, where it is for the version staged last

	hasher groupHasher
	group  bool // many versions are to be stored: head holds the text in memory, unless that is large

	keys     *rowindex.Map // where the head's rows are; nil when that is not known
	keyAt    []int         // the key's columns then
	asked    bool          // for keys
	searched bool          // for a row, in all of the text

	rules *Rules // of the table as the staged versions make it; nil until somebody asks

	announced bool // the log is an empty one that Announce made

	unsettled error // why a line of a commit over several tables is not in the log
}

// Begin locks the table and puts its folder in order. The error is fault.Busy when the lock is not to be had in time,
// fault.Unknown when the outcome of an earlier write is unknown, fault.Corrupt when the log is damaged: all say what
// to do. The caller closes the session.
func (t *Table) Begin() (*Session, error) {
	lock, _, _, err := t.queue().Ask(t.opt.Wait, nil)
	if err != nil {
		return nil, err
	}
	return t.begin(lock)
}

// begin is Begin with the lock, which is released if it fails.
func (t *Table) begin(lock *durable.Lock) (*Session, error) {
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
	if err := t.settleLeftover(v); err != nil {
		return err
	}
	if v.state == Stale || v.state == Missing || v.state == Damaged {
		if err := t.rebuild(v, nil); err != nil {
			return err
		}
	}
	if v.log.disputed {
		t.bringUpConflicts(v)
	}
	t.refresh(v)
	return s.addPending()
}

// Close unlocks the table, whatever the system says to that: its error is nil. Versions that were staged and not published
// are taken back.
func (s *Session) Close() error {
	s.Abort()
	s.unannounce()
	if s.next != nil {
		s.next.discard()
	}
	if s.head != nil {
		s.head.Close()
	}
	s.dropKeys()
	if s.v != nil {
		s.v.close()
	}
	s.lock.Release()
	return nil
}

// TableName returns the name of the locked table.
func (s *Session) TableName() string { return s.t.name }

// Head returns the head's line, as the versions staged so far make it; its ID is 0 when the table has no version yet.
func (s *Session) Head() verlog.Line {
	if moves := s.moves(); len(moves) > 0 {
		return moves[len(moves)-1].line
	}
	return s.v.head()
}

// Exists reports whether the table is there: it has a version and was not deleted by the newest.
func (s *Session) Exists() bool { return exists(s.Head()) }

// exists reports whether there is a table whose head is this.
func exists(head verlog.Line) bool { return head.ID != 0 && head.Action != verlog.Delete }

// Dirty reports whether current.csv was edited by hand.
func (s *Session) Dirty() bool { return s.v.state == Dirty }

// KeyNames returns the names of the key's columns; none means the first.
func (s *Session) KeyNames() []string {
	key := s.v.key
	for _, p := range s.staged {
		if p.draft.Schema == nil {
			continue
		}
		if names, err := parseKeys(p.draft.Schema); err == nil {
			key = names
		}
	}
	return key
}

// Content returns the head's text, as the versions staged so far make it; the empty text before the first. It belongs to the
// session, and is good until the next version is staged or published.
func (s *Session) Content() (*Content, error) {
	if moves := s.moves(); len(moves) > 0 {
		return s.stagedContent(moves)
	}
	return s.logged(s.v.head())
}

// logged returns the text of the head that the log had when the session began, or has since.
func (s *Session) logged(head verlog.Line) (*Content, error) {
	if s.head != nil {
		return s.head, nil
	}
	var err error
	switch {
	case !exists(head):
		s.head = memory(nil)
	case s.v.state == Clean:
		s.head = onDisk(s.v.current, s.v.stat.Size, false)
	default:
		s.head, err = s.t.content(head.ID, nil)
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

// index returns all lines of the log, and those that are staged; damage in the log is an error.
func (s *Session) index() (*index, error) {
	if err := s.v.needLines(); err != nil {
		return nil, err
	}
	lines := slices.Clip(s.v.log.lines)
	for _, p := range s.staged {
		lines = append(lines, p.line)
	}
	return indexOf(lines), s.v.log.err
}
