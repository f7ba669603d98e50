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
	for len(lines) > 0 {
		n := s.together(lines)
		err := s.add(lines[:n])
		if err := unlessDamage(err); err != nil {
			return err
		}
		s.unsettled = errors.Join(s.unsettled, err)
		lines = lines[n:]
	}
	return nil
}

// together returns how many of the lines go into the log in one append: one that becomes the head, or is there, or has no
// place, with the side versions before it that it joins.
func (s *Session) together(lines []verlog.Line) int {
	for n, line := range lines[:len(lines)-1] {
		if line.Base == s.Head().ID || lines[n+1].Parent != line.ID {
			return n + 1
		}
	}
	return len(lines)
}

// add publishes lines whose deltas are here. Those that the log holds are left alone.
func (s *Session) add(lines []verlog.Line) error {
	x, err := s.index()
	if err != nil {
		return err
	}
	defer s.forget()
	for _, line := range lines {
		if _, ok := x.line(line.ID); ok {
			continue
		}
		if base := line.Base; base != s.Head().ID && !s.isSide(line, lines[len(lines)-1], x) {
			return fault.New(fault.Corrupt, "table %q: a frame's version %s was made on %s, and the head is %s", s.t.name, line.ID, base, s.Head().ID)
		}
		d, err := s.t.readDelta(line)
		if err != nil {
			return err
		}
		schema, err := s.t.dir.ReadFile(line.ID.String()+schemaSuffix, maxSchema)
		if err := unlessDamage(err); err != nil {
			return err
		}
		s.staged = append(s.staged, staged{line: line, draft: Draft{Action: line.Action, User: line.User, Delta: d, Hash: line.Hash, Schema: schema}})
	}
	if len(s.staged) == 0 {
		return nil
	}
	_, err = s.Publish()
	return err
}

// isSide reports whether line is a side version that the line merge joins to the head.
func (s *Session) isSide(line, merge verlog.Line, x *index) bool {
	_, known := x.line(line.Base)
	return known && merge.Parent == line.ID && merge.Base == s.Head().ID
}
