package main

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func runVersionDiff(c *call) error {
	format, err := c.diffFormat()
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	diff, err := c.diff(t)
	if err != nil {
		return err
	}
	switch {
	case c.on("stat"):
		err = c.writeDiffStat(diff)
	case format == "jsonl":
		c.writeDiffJSON(diff)
	case format == "csv":
		err = c.writeDiffCSV(diff)
	case format == "reedql":
		c.writeStatements(t.Name(), diff)
	case format == "fields":
		err = c.writeDiffFields(diff)
	default:
		c.writeDiff(diff)
	}
	if err == nil && c.on("exit-code") && differs(diff) {
		return fault.New(fault.No, "")
	}
	return err
}

// diffFormat returns what -f, --json, --porcelain and -z together ask for.
func (c *call) diffFormat() (string, error) {
	for _, name := range []string{"json", "porcelain", "z", "stat"} {
		if err := cli.Exclusive(c.flags, "format", name); err != nil {
			return "", err
		}
	}
	switch c.format {
	case cli.JSON:
		return "jsonl", nil
	case cli.Porcelain, cli.NUL:
		return "fields", nil
	}
	return c.choice("format", "table", "jsonl", "csv", "reedql")
}

// diff compares the versions that the operands name.
func (c *call) diff(t *reedbase.Table) (*reedbase.Diff, error) {
	from, err := t.Resolve(c.operand(1))
	if err != nil {
		return nil, err
	}
	var to reedbase.Version // none: current.csv as it is
	if c.operand(2) != "" {
		if to, err = t.Resolve(c.operand(2)); err != nil {
			return nil, err
		}
	}
	return t.Diff(from.ID, to.ID)
}

func differs(d *reedbase.Diff) bool {
	return len(d.Changes) > 0 || !slices.Equal(d.OldColumns, d.NewColumns)
}

// operation names what happened to a row, in the words of the statement that would do it.
func operation(change reedbase.RowChange) string {
	switch {
	case change.Old == nil:
		return "insert"
	case change.New == nil:
		return "delete"
	}
	return "update"
}

// cellsOf returns a change as its cells: all of an inserted or deleted row, the changed ones of another.
func cellsOf(change reedbase.RowChange) []reedbase.CellChange {
	var cells []reedbase.CellChange
	switch {
	case change.Old == nil:
		for i, column := range change.New.Columns {
			cells = append(cells, reedbase.CellChange{Column: column, New: change.New.Cells[i]})
		}
	case change.New == nil:
		for i, column := range change.Old.Columns {
			cells = append(cells, reedbase.CellChange{Column: column, Old: change.Old.Cells[i]})
		}
	default:
		return change.Cells
	}
	return cells
}

// writeDiff prints a diff for people: a line for each row, with its cells below it.
func (c *call) writeDiff(d *reedbase.Diff) {
	if !differs(d) {
		c.say("no row changed")
		return
	}
	for _, column := range without(d.NewColumns, d.OldColumns) {
		c.say("%s column %s", c.paint(green, "+"), column)
	}
	for _, column := range without(d.OldColumns, d.NewColumns) {
		c.say("%s column %s", c.paint(red, "-"), column)
	}
	marks := map[string]raw{"insert": c.paint(green, "+"), "delete": c.paint(red, "-"), "update": c.paint(yellow, "~")}
	for _, change := range d.Changes {
		op := operation(change)
		c.say("%s %s", marks[op], writeKey(change.Key))
		for _, cell := range cellsOf(change) {
			switch {
			case slices.Contains(d.KeyColumns, cell.Column):
			case op == "update":
				c.say("    %s: %s → %s", cell.Column, shown(cell.Old), shown(cell.New))
			case cell.Old+cell.New != "":
				c.say("    %s: %s", cell.Column, cell.Old+cell.New)
			}
		}
	}
	c.say("%s", summary(d))
}

// shown marks an empty cell, which would not be seen between arrows.
func shown(cell string) string {
	if cell == "" {
		return `""`
	}
	return cell
}

func summary(d *reedbase.Diff) string {
	rows := changes(d.Added, d.Changed, d.Deleted)
	if d.Changed == 0 {
		return rows
	}
	return rows + ", " + count(d.Cells, "cell") + " changed"
}

// without returns the words of a that b lacks.
func without(a, b []string) []string {
	var rest []string
	for _, word := range a {
		if !slices.Contains(b, word) {
			rest = append(rest, word)
		}
	}
	return rest
}

func (c *call) writeDiffStat(d *reedbase.Diff) error {
	if c.format == cli.Table {
		c.say("%s", summary(d))
		return nil
	}
	return c.writeFields(field{"from", idText(d.From)}, field{"to", idText(d.To)},
		field{"added", d.Added}, field{"changed", d.Changed}, field{"deleted", d.Deleted}, field{"cells", d.Cells})
}
