package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Frame is a commit over several tables.
type Frame struct {
	ID       stamp.ID
	Purpose  Purpose
	Of       stamp.ID    // the frame that Undo takes back, or the last id of the moment of PointInTime; else 0
	Parts    []FramePart // in the order of the tables' names, then of the ids
	Pending  bool        // a crash kept it from being carried out in all tables; the next command does it
	UndoneBy stamp.ID    // the newest frame that took it back and was not taken back itself; or 0
}

// FrameFilter chooses frames; zero fields choose all.
type FrameFilter struct {
	Since, Until time.Time // both inclusive
	Table        string
	Users        []uint64 // with a version that one of them made
	Limit        int
}

// Frames returns the frames that f chooses, newest first. One that is damaged is left out, and a warning says so.
func (s *Store) Frames(f FrameFilter) ([]Frame, error) {
	var list []Frame
	err := s.eachFrame(f.Since, func(frame Frame) bool {
		if f.chooses(frame) {
			list = append(list, frame)
		}
		return f.Limit == 0 || len(list) < f.Limit
	})
	return list, err
}

func (f FrameFilter) chooses(frame Frame) bool {
	return (f.Until.IsZero() || frame.ID <= stamp.Last(f.Until)) &&
		slices.ContainsFunc(frame.Parts, func(p FramePart) bool {
			return (f.Table == "" || p.Table == f.Table) && (f.Users == nil || slices.Contains(f.Users, p.Line.User))
		})
}

// eachFrame calls do for every frame that is not older than since, newest first, until it returns false. Newer ones tell
// of older ones that they were taken back: none is left out.
func (s *Store) eachFrame(since time.Time, do func(Frame) bool) error {
	ids, err := s.frameIDs()
	if err != nil {
		return err
	}
	if !since.IsZero() {
		at, _ := slices.BinarySearch(ids, stamp.First(since))
		ids = ids[at:]
	}
	undoneBy := map[stamp.ID]stamp.ID{}
	for _, id := range slices.Backward(ids) {
		frame, err := s.readFrame(id)
		switch fault.KindOf(err) {
		case fault.NotFound:
			continue // removed at this moment
		case fault.Corrupt:
			s.warn("frame " + id.String() + " is left out: " + err.Error())
			continue
		}
		if err != nil {
			return err
		}
		frame.UndoneBy = undoneBy[id]
		if frame.Purpose == Undo && frame.UndoneBy == 0 && undoneBy[frame.Of] == 0 {
			undoneBy[frame.Of] = id
		}
		if !do(frame) {
			return nil
		}
	}
	return nil
}

// frameIDs returns the ids of all frames, oldest first.
func (s *Store) frameIDs() (ids []stamp.ID, err error) {
	for _, folder := range []string{pendingFolder, framesFolder} { // the way they go, so that none is missed
		dir, err := s.dir.Sub(folder)
		if err := unlessDamage(err); err != nil {
			return nil, err
		}
		if dir == nil {
			continue
		}
		names, err := dir.Names()
		dir.Close()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if id, err := stamp.Parse(name); err == nil && id != 0 {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// readFrame reads one frame, wherever it stands.
func (s *Store) readFrame(id stamp.ID) (Frame, error) {
	b, path, err := s.frameFile(pendingFolder, id)
	pending := err == nil
	if fault.KindOf(err) == fault.NotFound {
		b, path, err = s.frameFile(framesFolder, id)
	}
	if fault.KindOf(err) == fault.NotFound {
		err = noFrame(id.String())
	}
	if err != nil {
		return Frame{}, err
	}
	f, err := parseFrame(b)
	if err == nil && f.id() != id {
		err = fault.New(fault.Corrupt, "it is the frame %s", f.id())
	}
	if err != nil {
		return Frame{}, fmt.Errorf("%s: %w", path, err)
	}
	return Frame{ID: id, Purpose: f.purpose, Of: f.of, Parts: f.parts, Pending: pending}, nil
}

func noFrame(spec string) error {
	return fault.WithHint(fault.New(fault.NotFound, "there is no frame %q", spec), "'rdb frame:list' lists them")
}

func (s *Store) frameFile(folder string, id stamp.ID) (b []byte, path string, err error) {
	dir, err := s.dir.Sub(folder)
	if err != nil {
		return nil, "", err
	}
	defer dir.Close()
	b, err = dir.ReadFile(id.String(), maxFrame)
	return b, dir.Path(id.String()), err
}

// Frame returns the frame that a text means: its id or the beginning of one, or "latest" for the newest.
func (s *Store) Frame(spec string) (Frame, error) {
	id, err := s.findFrame(spec)
	if err != nil {
		return Frame{}, err
	}
	var found Frame
	err = s.eachFrame(id.Time(), func(f Frame) bool {
		found = f
		return f.ID != id
	})
	if err == nil && found.ID != id {
		found, err = s.readFrame(id) // says what is wrong with it
	}
	return found, err
}

func (s *Store) findFrame(spec string) (stamp.ID, error) {
	ids, err := s.frameIDs()
	if err != nil {
		return 0, err
	}
	if spec == "latest" && len(ids) > 0 {
		return ids[len(ids)-1], nil
	}
	var found []stamp.ID
	for _, id := range ids {
		if id.String() == spec {
			return id, nil
		}
		if spec != "" && strings.HasPrefix(id.String(), spec) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return 0, noFrame(spec)
	case 1:
		return found[0], nil
	}
	return 0, fault.New(fault.Input, "%d frames begin with %s", len(found), spec)
}

// Before returns the version that was the head of a table when the frame was made, and the one that the frame made the
// head. They are 0 where it has none of the table.
func (f *Frame) Before(name string) (before, after stamp.ID) {
	base := map[stamp.ID]stamp.ID{}
	for _, p := range f.Parts {
		if p.Table == name {
			base[p.Line.ID], after = p.Line.Base, p.Line.ID
		}
	}
	before = after
	for {
		next, inside := base[before]
		if !inside || next >= before {
			return before, after
		}
		before = next
	}
}

// Tables returns the names of the frame's tables, sorted.
func (f *Frame) Tables() (names []string) {
	for _, p := range f.Parts {
		names = append(names, p.Table)
	}
	return slices.Compact(names)
}
