package main

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func runConflictShow(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	k, err := db.FindConflict(c.operands[0])
	if err != nil {
		return err
	}
	if c.format != cli.Table {
		return c.listConflicts([]reedbase.Conflict{k})
	}
	t, err := db.Table(k.Table)
	if err != nil {
		return err
	}
	strategy, err := t.Strategy()
	if err != nil {
		return err
	}
	err = c.writeFields(
		field{"conflict", k.ID}, field{"table", k.Table}, field{"key", keyField(k.Key)}, field{"kind", k.Kind.String()},
		field{"recorded", c.moment(k.Version.Time())}, field{"version", k.Version}, field{"strategy", strategy},
	)
	if err != nil {
		return err
	}
	c.say("")
	return c.compareSides(k)
}

// compareSides prints the states of a conflict's row side by side.
func (c *call) compareSides(k reedbase.Conflict) error {
	sides := []reedbase.ConflictSide{k.Base, k.Ours, k.Theirs}
	records := cli.NewRecords(c.Env, c.format, "", "base", "ours", "theirs", "now")
	add := func(name string, of func(reedbase.ConflictSide) string, now string) error {
		return records.Add(name, of(sides[0]), of(sides[1]), of(sides[2]), now)
	}
	err := add("version", func(s reedbase.ConflictSide) string { return idText(s.Version.ID) }, "")
	if err == nil {
		err = add("time", func(s reedbase.ConflictSide) string { return c.moment(s.Version.Time) }, "")
	}
	if err == nil {
		err = add("user", func(s reedbase.ConflictSide) string { return s.Version.User }, "")
	}
	for _, column := range columnsOf(k) {
		mark := "  "
		if len(k.Columns) == 0 || slices.Contains(k.Columns, column) {
			mark = "* "
		}
		if err == nil {
			err = add(mark+column, func(s reedbase.ConflictSide) string { return cellOf(s.Record, column) }, cellOf(k.Now, column))
		}
	}
	if err != nil {
		return err
	}
	return records.Close()
}

// columnsOf returns the columns of all sides of a conflict, in the order of the merged ones.
func columnsOf(k reedbase.Conflict) (list []string) {
	for _, r := range []*reedbase.Record{k.Now, k.Ours.Record, k.Theirs.Record, k.Base.Record} {
		if r == nil {
			continue
		}
		for _, name := range r.Columns {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

func cellOf(r *reedbase.Record, column string) string {
	if r == nil {
		return "-"
	}
	cell, _ := r.Cell(column)
	return cell
}
