package store

import (
	"errors"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
)

// RollbackOptions say how a frame is taken back.
type RollbackOptions struct {
	User   uint64
	Note   string // what the author says about it
	Record bool   // conflicts are stored, and do not refuse it
	Dry    bool   // only say what would be done
}

// Obstacle is what stands in the way of taking a frame back in one table: a conflict with what came later, or in words what
// became of the whole table since.
type Obstacle struct {
	Table    string
	Text     string
	Conflict conflict.Conflict // without an id; where Text is ""
}

// RollbackFrame takes back what a frame did to its tables, in all of them or in none, as a new frame; what came after it
// stays. What clashes with that is returned, and refuses the whole with fault.No unless it is to be recorded.
func (s *Store) RollbackFrame(id stamp.ID, o RollbackOptions) (c Committed, obstacles []Obstacle, err error) {
	f, err := s.readFrame(id)
	if err != nil {
		return c, nil, err
	}
	if f.Pending {
		err := fault.New(fault.Busy, "frame %s is not carried out in all tables yet", id)
		return c, nil, fault.WithHint(err, "'rdb recover' does it, or says why it cannot")
	}
	j, err := s.lock(f.Tables())
	if err != nil {
		return c, nil, err
	}
	defer j.close()
	r := reversal{f: &f, o: o}
	if r.config, err = s.config(); err != nil {
		return c, nil, err
	}
	if err := r.prepare(j); err != nil {
		return c, nil, err
	}
	for _, t := range j.tables {
		if err := r.stage(t); err != nil {
			return c, r.obstacles, err
		}
	}
	if n := len(r.obstacles); n > 0 && (r.barred || !o.Record) {
		err := fault.New(fault.No, "frame %s is not taken back: %d conflicts with what came later", id, n)
		return c, r.obstacles, err
	}
	if o.Dry {
		return j.drafted(), r.obstacles, nil
	}
	c, err = j.store(Undo, id)
	return c, r.obstacles, err
}

// reversal is a frame being taken back.
type reversal struct {
	f         *Frame
	o         RollbackOptions
	config    Config
	obstacles []Obstacle
	barred    bool // one of them cannot be recorded
}

func (r *reversal) of(t *locked) table.Reversal {
	before, after := r.f.Before(t.name)
	return table.Reversal{Before: before, After: after, User: r.o.User, Note: r.o.Note}
}

// prepare finds out which tables merge, before the first version is staged.
func (r *reversal) prepare(j *joint) (err error) {
	for _, t := range j.tables {
		if err := t.RefuseDirty(); err != nil {
			return err
		}
		if t.merges, err = t.Merges(r.of(t)); err != nil {
			return err
		}
	}
	return nil
}

// stage stages what one table needs, and notes what stands in the way.
func (r *reversal) stage(t *locked) (err error) {
	back := r.of(t)
	back.Merge = table.MergeOptions{Rows: r.config.MergeOptions(t.name).Rows, Strategy: table.Manual, Fail: true} // what came later stays
	err = t.TakeBack(back)
	var clash *table.Clash
	var overtaken *table.Overtaken
	switch {
	case errors.As(err, &overtaken):
		r.obstacles, r.barred = append(r.obstacles, Obstacle{Table: t.name, Text: overtaken.Text}), true
		return nil
	case !errors.As(err, &clash):
		return err
	}
	for _, c := range clash.Conflicts {
		r.obstacles = append(r.obstacles, Obstacle{Table: t.name, Conflict: c})
	}
	if !r.o.Record {
		return nil
	}
	back.Merge.Fail = false
	return t.TakeBack(back)
}
