package reedbase

import (
	"slices"
	"time"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/store"
)

// Purpose is what a frame is for.
type Purpose = store.Purpose

// The purposes.
const (
	BatchFrame       = store.Batch       // a batch
	PointInTimeFrame = store.PointInTime // all tables go back to one moment
	UndoFrame        = store.Undo        // what an earlier frame did is taken back
)

// Frame is a commit over several tables.
type Frame struct {
	ID       ID
	Time     time.Time // UTC
	Purpose  Purpose
	Of       ID        // the frame that an UndoFrame takes back, or 0
	Moment   time.Time // to which a PointInTimeFrame goes back
	Users    []string  // who made its versions
	Tables   []string
	Versions []FrameVersion // in the order of the tables' names, then of the ids
	Rows     int64          // that all its versions changed
	Message  string
	Pending  bool // a crash kept it from being carried out in all tables; the next command does it
	UndoneBy ID   // the frame that took it back, unless that was taken back itself; or 0
}

// FrameVersion is one version of a frame.
type FrameVersion struct {
	Table string
	Version
}

// FrameFilter chooses frames; zero fields choose all.
type FrameFilter struct {
	Since, Until time.Time // both inclusive
	Table, User  string    // with a version of this table, made by this user
	Limit        int
}

// Frames returns the frames that f chooses, newest first.
func (db *DB) Frames(f FrameFilter) ([]Frame, error) {
	names := db.labels()
	by := store.FrameFilter{Since: f.Since, Until: f.Until, Table: f.Table, Limit: f.Limit}
	if f.User != "" {
		var err error
		if by.Users, err = db.userCodes(f.User); err != nil {
			return nil, err
		}
	}
	found, err := db.store.Frames(by)
	if err != nil {
		return nil, err
	}
	list, notes := make([]Frame, len(found)), map[string]map[ID]string{}
	for i, frame := range found {
		list[i] = db.frame(frame, names, notes)
	}
	return list, nil
}

// userCodes returns the codes of a name.
func (db *DB) userCodes(name string) (codes []uint64, err error) {
	d, err := db.store.Dictionary(dict.Users)
	if err != nil {
		return nil, err
	}
	for _, e := range d.Entries() {
		if e.Name == name {
			codes = append(codes, e.Code)
		}
	}
	if codes == nil {
		return nil, fault.New(fault.NotFound, "there is no user %q", name)
	}
	return codes, nil
}

// Frame returns the frame that a text means: its id or a unique beginning of one, or "latest" for the newest.
func (db *DB) Frame(spec string) (Frame, error) {
	f, err := db.store.Frame(spec)
	if err != nil {
		return Frame{}, err
	}
	return db.frame(f, db.labels(), map[string]map[ID]string{}), nil
}

// frame reads what the tables say about a frame's versions; notes are those read before, by table.
func (db *DB) frame(f store.Frame, names labels, notes map[string]map[ID]string) Frame {
	list := Frame{ID: f.ID, Time: f.ID.Time(), Purpose: f.Purpose, Tables: f.Tables(), Pending: f.Pending, UndoneBy: f.UndoneBy}
	switch f.Purpose {
	case store.Undo:
		list.Of = f.Of
	case store.PointInTime:
		list.Moment = f.Of.Time()
	}
	for _, p := range f.Parts {
		known, read := notes[p.Table]
		if !read {
			known = db.notes(p.Table)
			notes[p.Table] = known
		}
		v := versionOf(p.Line, names)
		v.Message = known[v.ID]
		list.Versions = append(list.Versions, FrameVersion{p.Table, v})
		list.Rows += v.Rows
		if !slices.Contains(list.Users, v.User) {
			list.Users = append(list.Users, v.User)
		}
		if list.Message == "" {
			list.Message = v.Message
		}
	}
	return list
}

// notes returns what was said about the versions of a table; nothing where that cannot be read, of which fsck tells.
func (db *DB) notes(name string) map[ID]string {
	t, err := db.store.Table(name)
	if err != nil {
		return nil
	}
	defer t.Close()
	notes, err := t.Notes()
	if err != nil {
		return nil
	}
	return notes
}

// RollbackOptions say how a frame is taken back.
type RollbackOptions struct {
	Message string // what the author says about it
	Record  bool   // store in spite of conflicts, and record them
	Dry     bool   // only say what would be done
}

// Obstacle is what stands in the way of taking a frame back in one table: a conflict, or in words what became of the table.
// In the conflict Base is the row as the frame left it, Ours what it is now, and Theirs what it was before the frame.
type Obstacle struct {
	Table    string
	Text     string
	Conflict Conflict // without an id; where Text is ""
}

// RollbackFrame takes back what a frame did to its tables, in all of them or in none, as a new frame; what came after it
// stays. What clashes with that is returned, and refuses the whole with fault.No unless it is to be recorded. Without a new
// frame nothing is left to take back, or the run was dry.
func (db *DB) RollbackFrame(id ID, o RollbackOptions) (Committed, []Obstacle, error) {
	by := store.RollbackOptions{Note: o.Message, Record: o.Record, Dry: o.Dry}
	if !o.Dry {
		var err error
		if by.User, err = db.user(); err != nil {
			return Committed{}, nil, err
		}
	}
	c, found, err := db.store.RollbackFrame(id, by)
	obstacles := make([]Obstacle, len(found))
	for i, f := range found {
		var unreadable error
		if obstacles[i], unreadable = db.obstacle(f); unreadable != nil {
			return Committed{}, nil, unreadable
		}
	}
	return db.committed(c), obstacles, err
}

func (db *DB) obstacle(f store.Obstacle) (Obstacle, error) {
	o := Obstacle{Table: f.Table, Text: f.Text}
	if o.Text != "" {
		return o, nil
	}
	t, err := db.Table(f.Table)
	if err != nil {
		return o, err
	}
	defer t.Close()
	list, err := t.conflictsOf([]conflict.Conflict{f.Conflict})
	if err == nil {
		o.Conflict = list[0]
	}
	return o, err
}
