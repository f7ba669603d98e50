package table

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// staged is a version that is durable but for its line in the log.
type staged struct {
	line  verlog.Line
	draft Draft
	files []string // that were made for it; none when they stay whatever happens
}

// create makes a file of the version. In a session that stores many, the folder is flushed once for all.
func (s *Session) create(v *staged, name string, data []byte) error {
	create := s.t.dir.Create
	if s.group {
		create = s.t.dir.CreateUnsynced
	}
	if err := create(name, "delta"+tempSuffix, data); err != nil {
		return uncounted(err)
	}
	v.files = append(v.files, name)
	return nil
}

// discard takes the files away again.
func (v *staged) discard(t *Table) {
	for _, name := range v.files {
		t.dir.Remove(name)
	}
	v.files = nil
}

// result is what storing the version did.
func (v *staged) result() Result {
	r := Result{ID: v.line.ID, Stored: true, Action: v.line.Action, Counts: v.draft.Counts, DeltaSize: v.line.Size, Side: v.line.Parent, warning: v.draft.warning}
	if d := v.draft.conflicts; d != nil {
		r.Conflicts, r.Settled = d.Left(), len(d.Settled)
	}
	return r
}

// Staged returns the lines of the versions that Publish will add, in their order.
func (s *Session) Staged() []verlog.Line {
	lines := make([]verlog.Line, len(s.staged))
	for i, p := range s.staged {
		lines[i] = p.line
	}
	return lines
}

// unstage takes the version staged last back.
func (s *Session) unstage() {
	last := len(s.staged) - 1
	s.staged[last].discard(s.t)
	s.staged, s.rules = s.staged[:last], nil
	s.supersede()
	s.dropKeys()
}

// newest returns the id of the version staged last, or 0.
func (s *Session) newest() stamp.ID {
	if len(s.staged) == 0 {
		return 0
	}
	return s.staged[len(s.staged)-1].line.ID
}

// moves returns the staged versions that will be the head one after the other.
func (s *Session) moves() (list []staged) {
	head := s.v.head().ID
	for _, p := range s.staged {
		if p.line.Base == head {
			list, head = append(list, p), p.line.ID
		}
	}
	return list
}

// joined refuses a side version that no staged merge joins: readers would take it for what is left of a torn append.
func (s *Session) joined() error {
	head, sides := s.v.head().ID, map[stamp.ID]bool{}
	for _, p := range s.staged {
		switch {
		case p.line.Base == head:
			head = p.line.ID
			delete(sides, p.line.Parent)
		case p.line.Action != verlog.Compact:
			sides[p.line.ID] = true
		}
	}
	if len(sides) > 0 {
		return fault.New(fault.Other, "table %q: a side version is staged without the merge that joins it", s.t.name)
	}
	return nil
}

// change returns what the staged versions make of the head's text; nil when none becomes the head.
func (s *Session) change() (*delta.Delta, error) {
	moves := s.moves()
	switch len(moves) {
	case 0:
		return nil, nil
	case 1:
		return moves[0].draft.Delta, nil
	}
	text := delta.NewText(moves[0].draft.Delta.BaseSize)
	for _, p := range moves {
		if err := text.Apply(p.draft.Delta); err != nil {
			return nil, err
		}
	}
	return deltaOf(text, moves[0].draft.Delta.BaseSize), nil
}

// deltaOf returns a composition as one delta over its base.
func deltaOf(text *delta.Text, baseSize int64) *delta.Delta {
	d := &delta.Delta{BaseSize: baseSize, Size: text.Size(), Ops: opsOf(text)}
	for _, p := range text.Pieces() {
		d.Extra = append(d.Extra, p.Src...)
	}
	return d
}

// stagedContent returns the text of the staged head. Who asks for it is about to stage another version.
func (s *Session) stagedContent(moves []staged) (*Content, error) {
	s.dropNext()
	if s.tip != nil {
		return s.tip, nil
	}
	base, err := s.logged(s.v.head())
	if err != nil {
		return nil, err
	}
	text := delta.NewText(base.Size)
	for _, p := range moves {
		if err := text.Apply(p.draft.Delta); err != nil {
			return nil, err
		}
	}
	s.tip = &Content{ReaderAt: text.Reader(base), Size: text.Size()}
	return s.tip, nil
}

// dropNext drops the current.csv that was begun for a version staged before. One that was begun since is for the version
// about to be staged.
func (s *Session) dropNext() {
	if s.next != nil && s.next == s.ahead {
		s.next.discard()
		s.next = nil
	}
	s.ahead = nil
}

// bringUpConflicts makes conflicts.csv follow the published versions, where they say anything of conflicts.
func (s *Session) bringUpConflicts() {
	lines := s.Staged()
	if holdsConflicts(lines) || s.t.dir.Exists(openFile) && slices.ContainsFunc(lines, func(l verlog.Line) bool {
		return l.Action == verlog.Create || l.Action == verlog.Import
	}) {
		s.t.bringUpConflicts(s.v)
	}
}

// supersede makes way for another staged head.
func (s *Session) supersede() {
	s.dropNext()
	s.ahead, s.tip = s.next, nil
}

// forget ends the staged versions: they are published, or taken back.
func (s *Session) forget() {
	s.dropNext()
	s.staged, s.tip, s.rules = nil, nil, nil
}
