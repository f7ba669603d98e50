package store

import (
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Cut says what going back to a moment does to one table.
type Cut struct {
	Table    string
	From, To stamp.ID // the head, and the version whose content it gets; 0 is none
	What     Turn
}

// Turn is a way in which a table goes back.
type Turn uint8

// The turns.
const (
	Unchanged   Turn = iota // it has the content already
	RolledBack              // an older content is brought back
	Deleted                 // it did not exist yet
	BroughtBack             // it was deleted since
)

// String returns the turn in words.
func (t Turn) String() string {
	return [...]string{"unchanged", "rolled back", "deleted", "brought back"}[t]
}

// RestoreTo takes all tables back to what they were at a moment, versions of that very microsecond included: as one
// frame, all or none. Tables born later are deleted, tables deleted later come back; nothing leaves the history. With
// dry it only says what it would do. A table edited by hand is refused.
func (s *Store) RestoreTo(at time.Time, user uint64, dry bool) (cuts []Cut, err error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	j, err := s.lock(names)
	if err != nil {
		return nil, err
	}
	defer j.close()
	r := &restoration{at: stamp.Last(at), user: user, dry: dry}
	for _, t := range j.tables {
		if err := r.add(t); err != nil {
			return nil, err
		}
	}
	if !r.known {
		err := fault.New(fault.NotFound, "nothing is as old as %s", at.UTC().Format(time.RFC3339))
		return nil, fault.WithHint(err, "'rdb version:list TABLE' shows the times of the versions")
	}
	_, err = j.store(PointInTime, r.at)
	return r.cuts, err
}

type restoration struct {
	at    stamp.ID
	user  uint64
	dry   bool
	known bool // some table existed then
	cuts  []Cut
}

// add stages what one table needs, unless that is only to be said.
func (r *restoration) add(t *locked) error {
	if t.Head().ID == 0 {
		return nil // never finished being made
	}
	if err := t.RefuseDirty(); err != nil {
		return err
	}
	draft, cut, err := t.GoBack(r.user, r.at)
	if err != nil {
		return err
	}
	c := Cut{Table: t.name, From: t.Head().ID, To: cut}
	r.known = r.known || cut != 0
	switch {
	case draft == nil && cut == 0 && !t.Exists():
		return nil // not there then, not there now
	case draft == nil:
	case draft.Action == verlog.Delete:
		c.What = Deleted
	case !t.Exists():
		c.What = BroughtBack
	default:
		c.What = RolledBack
	}
	r.cuts = append(r.cuts, c)
	if draft == nil || r.dry {
		return nil
	}
	_, err = t.Stage(*draft)
	return err
}
