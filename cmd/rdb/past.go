package main

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func runVersionBlame(c *call) error {
	if len(c.operands) > 1 {
		return c.blameCells()
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	records := cli.NewRecords(c.Env, c.format, "version", "time", "user", "line", "key")
	for line, err := range t.Blame() {
		if err != nil {
			return err
		}
		v := line.Version
		if err := records.Add(v.ID, c.moment(v.Time), v.User, line.Record.Line, writeKey(line.Record.Key())); err != nil {
			return err
		}
	}
	return records.Close()
}

// blameCells prints which version set each cell of one row.
func (c *call) blameCells() error {
	t, key, err := c.tableKey()
	if err != nil {
		return err
	}
	records := cli.NewRecords(c.Env, c.format, "version", "time", "user", "column", "value")
	for line, err := range t.Blame(key...) {
		if err != nil {
			return err
		}
		for i, v := range line.CellVersions {
			err := records.Add(v.ID, c.moment(v.Time), v.User, line.Record.Columns[i], line.Record.Cells[i])
			if err != nil {
				return err
			}
		}
	}
	return records.Close()
}

func runVersionHistory(c *call) error {
	t, key, err := c.tableKey()
	if err != nil {
		return err
	}
	moments, err := t.History(key...)
	if err != nil {
		return err
	}
	last, values := "row", func(m reedbase.Moment) any { return rowObject{m.Record} }
	if c.format == cli.Table {
		last, values = "values", func(m reedbase.Moment) any { return changedValues(m) }
	}
	return writeRecords(c, "version time user action changed "+last, moments, func(m reedbase.Moment) []any {
		return []any{m.Version.ID, c.moment(m.Version.Time), m.Version.User, m.Version.ActionName, words(m.Changed), values(m)}
	})
}

// changedValues writes what a moment changed for people: "column=value …".
func changedValues(m reedbase.Moment) string {
	if m.Record == nil {
		return "(deleted)"
	}
	changed := m.Changed
	if len(changed) == 0 {
		changed = m.Record.Columns // it came to be
	}
	var parts []string
	for _, column := range changed {
		cell, _ := m.Record.Cell(column)
		parts = append(parts, column+"="+cli.Quote(cell))
	}
	return strings.Join(parts, " ")
}
