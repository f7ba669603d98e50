package table

import (
	"errors"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

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
