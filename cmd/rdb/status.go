package main

import (
	"fmt"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/verlog"
)

func runStatus(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	all, err := statuses(db, c.operand(0))
	if err != nil {
		return err
	}
	if c.format == cli.Table {
		c.describeStatus(db.Dir(), all)
	} else if err := c.listStatus(all); err != nil {
		return err
	}
	if c.on("exit-code") && countClean(all) < len(all) {
		return fault.New(fault.No, "")
	}
	return nil
}

// statuses returns the status of one table, or of all.
func statuses(db *reedbase.DB, name string) ([]reedbase.Status, error) {
	if name == "" {
		return db.Statuses()
	}
	t, err := db.Table(name)
	if err != nil {
		return nil, err
	}
	status, err := t.Status()
	return []reedbase.Status{status}, err
}

// needsNothing holds for a table that is clean, or whose current.csv the next write brings up to date by itself.
func needsNothing(s reedbase.Status) bool {
	return (s.State == reedbase.Clean || s.State == reedbase.Stale) && !s.Unknown && s.Problem == nil && !s.SchemaEdited
}

func countClean(all []reedbase.Status) int {
	n := 0
	for _, s := range all {
		if needsNothing(s) {
			n++
		}
	}
	return n
}

func (c *call) describeStatus(dir string, all []reedbase.Status) {
	conflicts, clashing := 0, 0
	for _, s := range all {
		c.describeLock(s)
		if s.Conflicts > 0 {
			conflicts, clashing = conflicts+s.Conflicts, clashing+1
			c.say("%s has %s (strategy %s): rdb conflict:list %s", c.paint(bold, s.Name), count(int64(s.Conflicts), "open conflict"), s.Strategy.String(), cli.Quote(s.Name))
		}
		if !needsNothing(s) {
			c.describeTable(s)
		}
		if s.SchemaEdited && (s.State == reedbase.Dirty || s.Problem != nil || s.Unknown) {
			c.say("  its schema was edited by hand too")
		}
	}
	clean := countClean(all)
	switch {
	case len(all) == 0:
		c.say("no tables in %s/.reed yet: rdb import TABLE FILE makes one", dir)
	case len(all) == 1 && clean == 1 && all[0].Head.ID != 0 && all[0].Head.Action == verlog.Delete:
		c.say("%s is deleted, since %s", all[0].Name, idText(all[0].Head.ID))
	case len(all) == 1 && clean == 1:
		c.say("%s is clean, at %s", all[0].Name, idText(all[0].Head.ID))
	case clean == len(all):
		c.say("%d tables, all clean", clean)
	case clean > 0:
		c.say("%s clean", isAre(clean))
	}
	if clashing > 1 {
		c.say("%s in %d tables: rdb conflict:list shows them", openText(conflicts), clashing)
	}
}

// describeLock says who holds a table's lock, and who waits for it.
func (c *call) describeLock(s reedbase.Status) {
	switch {
	case s.Locked && s.Holder.Alive():
		c.say("%s is locked by process %d for %s: %s", c.paint(bold, s.Name), s.Holder.PID, age(s.Holder.Since), s.Holder.Command)
	case s.Locked:
		c.say("%s is locked by a process that has not said who it is", c.paint(bold, s.Name))
	}
	for i, w := range s.Waiting {
		if i == shownWaiters {
			c.say("  %d more wait", len(s.Waiting)-i)
			break
		}
		c.say("  process %d waits for %s: %s", w.PID, age(w.Since), w.Command)
	}
}

// shownWaiters is how many of those who wait are named.
const shownWaiters = 10

func isAre(n int) string {
	if n == 1 {
		return "1 other table is"
	}
	return fmt.Sprintf("%d other tables are", n)
}

// step is a command that a user may want next.
type step struct{ command, does string }

// describeTable says what is up with a table and what to do next.
func (c *call) describeTable(s reedbase.Status) {
	fact, steps := diagnosis(s)
	c.say("%s: %s", c.paint(yellow, s.Name), fact)
	wide := 0
	for _, step := range steps {
		wide = max(wide, len(step.command))
	}
	for _, step := range steps {
		c.say("  %-*s  %s", wide, step.command, step.does)
	}
}

func diagnosis(s reedbase.Status) (fact string, steps []step) {
	name := cli.Quote(s.Name)
	drop := step{"rdb restore " + name, "drops the edit and keeps the file aside"}
	rebuild := []step{{"rdb recover " + name, "rebuilds it"}}
	switch {
	case s.Unknown:
		return "the outcome of its last write is unknown", []step{{"rdb recover " + name, "settles it"}}
	case s.State == reedbase.Dirty && s.Problem != nil:
		return "edited by hand, and no valid table now: " + s.Problem.Error(), []step{drop}
	case s.State == reedbase.Dirty:
		return "edited by hand, " + changes(s.Added, s.Changed, s.Deleted), []step{
			{"rdb version:diff " + name, "shows the edit"}, {"rdb commit " + name, "records it"}, drop,
		}
	case s.Problem != nil:
		return s.Problem.Error(), rebuild
	case s.SchemaEdited:
		return "its schema was edited by hand", []step{
			{"rdb schema:edit " + name, "opens the edit"}, {"rdb commit " + name, "records it"}, drop,
		}
	case s.State == reedbase.Missing:
		return "current.csv is missing", rebuild
	}
	return s.State.String(), rebuild
}

func (c *call) listStatus(all []reedbase.Status) error {
	return writeRecords(c, "table state version added changed deleted lock_pid lock_since problem lock_command lock_alive waiting conflicts strategy schema_edited", all, func(s reedbase.Status) []any {
		state, problem, since, command := s.State.String(), "", "", ""
		if s.Unknown {
			state = "unknown"
		}
		if s.Problem != nil {
			problem = s.Problem.Error()
		}
		var pid any
		if s.Locked {
			pid, since, command = s.Holder.PID, c.moment(s.Holder.Since), s.Holder.Command
		}
		return []any{s.Name, state, idText(s.Head.ID), s.Added, s.Changed, s.Deleted, pid, since, problem, command, s.Locked && s.Holder.Alive(), len(s.Waiting), s.Conflicts, s.Strategy.String(), s.SchemaEdited}
	})
}
