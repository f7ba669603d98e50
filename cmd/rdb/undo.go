package main

import (
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func runFrameRollback(c *call) error {
	onConflict, err := c.choice("on-conflict", "fail", "record")
	if err != nil {
		return err
	}
	dry := c.on("dry-run")
	if !dry && !c.on("confirm") {
		err := fault.New(fault.No, "frame %s is not taken back: --confirm is missing", c.operands[0])
		return fault.WithHint(err, "--dry-run says what it would do")
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	f, err := db.Frame(c.operands[0])
	if err != nil {
		return err
	}
	o := reedbase.RollbackOptions{Message: c.text("message"), Record: onConflict == "record", Dry: dry}
	result, obstacles, err := db.RollbackFrame(f.ID, o)
	if err != nil {
		return c.refused(obstacles, err)
	}
	if dry {
		err = c.wouldStore(result)
	} else {
		err = c.storedFrame(result)
	}
	if err == nil && len(obstacles) > 0 && !dry {
		err = fault.New(fault.Conflicts, "%s recorded", count(int64(len(obstacles)), "conflict"))
		err = fault.WithHint(err, "'rdb conflict:list' lists them")
	}
	return err
}

// refused lists what stands in the way.
func (c *call) refused(obstacles []reedbase.Obstacle, err error) error {
	if len(obstacles) == 0 || c.on("quiet") {
		return err
	}
	listed := writeRecords(c, "table kind key columns before frame now problem", obstacles, func(o reedbase.Obstacle) []any {
		if o.Text != "" {
			return []any{o.Table, "table", "", words(nil), rowObject{}, rowObject{}, rowObject{}, o.Text}
		}
		clash := o.Conflict
		return []any{o.Table, clash.Kind.String(), writeKey(clash.Key), words(clash.Columns), rowObject{clash.Theirs.Record}, rowObject{clash.Base.Record}, rowObject{clash.Ours.Record}, ""}
	})
	if listed != nil {
		return listed
	}
	return err
}

// wouldStore prints what a write to several tables would do.
func (c *call) wouldStore(r reedbase.Committed) error {
	for i := range r.Tables {
		r.Tables[i].PruneDue = false
	}
	if c.on("quiet") {
		return nil
	}
	if c.format != cli.Table {
		for i := range r.Tables {
			r.Tables[i].Stored = false
		}
		return c.writeCommitted(r)
	}
	for _, t := range r.Tables {
		if t.Stored {
			c.say("%s: %s%s", t.Name, changes(t.Added, t.Changed, t.Deleted), conflicts(t))
		} else {
			c.say("%s: as it is", t.Name)
		}
	}
	return nil
}

// conflicts says how many conflicts a table has of a write to several, behind a comma; nothing of none.
func conflicts(t reedbase.CommittedTable) string {
	if t.Conflicts == 0 {
		return ""
	}
	return ", " + count(int64(t.Conflicts), "conflict")
}
