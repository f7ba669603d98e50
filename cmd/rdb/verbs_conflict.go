package main

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/row"
)

func conflictVerbs() topic {
	return topic{"Conflicts", []verb{
		{
			name: "conflict:list", operands: "[TABLE]", summary: "list the open conflicts, of one table or all",
			about: `A conflict is what two writes set differently, neither having seen the other:
what "ours" set is in the table, "theirs" is the write from an older version.`,
			shape: list,
			example: "rdb set text page.title@en value=Moin\n" +
				"rdb set text page.title@en value=Servus --base ~1 || echo a conflict\n" +
				"rdb conflict:list text",
			run: runConflictList,
		},
		{
			name: "conflict:show", operands: "ID", summary: "show a conflict's rows side by side",
			about:   "ID may be the beginning of an id. Cells that clash have a * before the column.",
			shape:   list,
			example: `rdb conflict:show "$(rdb conflict:list text --porcelain | cut -f1)"`,
			run:     runConflictShow,
		},
		{
			name: "conflict:resolve", operands: "[ID…]", summary: "settle conflicts, as one version of each table",
			about: `With --all the operand is a TABLE; without one every table is meant. Say whose
value it is to be; without a choice the table's strategy in config.toml decides,
unless that is manual. --value may be given more than once, what stands behind
it as COLUMN=VALUE belongs to it too, and columns that get none stay open. A row
that was changed since its conflict was recorded is refused: nothing of its
table is stored, and rdb exits 1.`,
			shape: writes,
			flags: []flag{
				{"--all", "", "all that are open"},
				{"--ours", "", "what the table has"},
				{"--theirs", "", "what the write from the older version set"},
				{"--base", "", "what there was before both"},
				{"--both", "", "both rows; theirs gets a new key"},
				{"--value", "COLUMN=VALUE…", "these cells"},
				{"--strategy", "NAME", "last-write-wins or first-write-wins"},
				{"--column", "COLUMN", "only this column of those that clash"},
				{"--force", "", "also where the row was changed since"},
			},
			example: "rdb conflict:resolve --all --ours",
			run:     runConflictResolve,
		},
	}}
}

func runConflictList(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	list, err := openConflicts(db, c.operand(0))
	switch {
	case err != nil:
		return err
	case c.format != cli.Table:
		return c.listConflicts(list)
	case len(list) == 0 && c.operand(0) == "":
		c.say("no conflicts are open")
		return nil
	case len(list) == 0:
		return c.headConflicts(db, c.operand(0), 0)
	}
	for i, of := range byTable(list) {
		if i > 0 {
			c.say("")
		}
		if err := c.headConflicts(db, of[0].Table, len(of)); err != nil {
			return err
		}
		if err := c.listConflicts(of); err != nil {
			return err
		}
	}
	return nil
}

// openConflicts returns the open conflicts of one table, or of all.
func openConflicts(db *reedbase.DB, name string) ([]reedbase.Conflict, error) {
	if name == "" {
		return db.Conflicts()
	}
	t, err := db.Table(name)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	return t.Conflicts()
}

// byTable parts a list in which the conflicts of each table stand together.
func byTable(list []reedbase.Conflict) (parts [][]reedbase.Conflict) {
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(k reedbase.Conflict) bool { return k.Table != list[0].Table })
		if n < 0 {
			n = len(list)
		}
		parts, list = append(parts, list[:n]), list[n:]
	}
	return parts
}

// headConflicts says how many conflicts of a table are open, and how new ones are settled.
func (c *call) headConflicts(db *reedbase.DB, name string, n int) error {
	t, err := db.Table(name)
	if err != nil {
		return err
	}
	defer t.Close()
	strategy, err := t.Strategy()
	if err != nil {
		return err
	}
	c.say("%s: %s, strategy %s", c.paint(bold, name), openText(n), strategy)
	return nil
}

func openText(n int) string {
	if n == 0 {
		return "no open conflict"
	}
	return count(int64(n), "open conflict")
}

// listConflicts prints conflicts, for people those of one table. They have no ids where nothing was stored.
func (c *call) listConflicts(list []reedbase.Conflict) error {
	if c.format != cli.Table {
		columns := "id table kind key columns ours_version ours_user theirs_version theirs_user version base_version base ours theirs now"
		return writeRecords(c, columns, list, func(k reedbase.Conflict) []any {
			return []any{
				k.ID, k.Table, k.Kind.String(), keyField(k.Key), words(k.Columns),
				idText(k.Ours.Version.ID), k.Ours.Version.User, idText(k.Theirs.Version.ID), k.Theirs.Version.User,
				idText(k.Version), idText(k.Base.Version.ID),
				rowObject{k.Base.Record}, rowObject{k.Ours.Record}, rowObject{k.Theirs.Record}, rowObject{k.Now},
			}
		})
	}
	columns, skip := "id kind key ours theirs", 0
	if len(list) > 0 && list[0].ID == "" {
		columns, skip = strings.TrimPrefix(columns, "id "), 1
	}
	return writeRecords(c, columns, list, func(k reedbase.Conflict) []any {
		return []any{k.ID, k.Kind.String(), keyField(k.Key), sideText(k, k.Ours), sideText(k, k.Theirs)}[skip:]
	})
}

// keyField is a key in one field: an array in JSON, elsewhere as a command line writes it. None is that of the header.
type keyField []string

func (k keyField) String() string {
	if k == nil {
		return ""
	}
	return writeKey(k)
}

// MarshalJSON returns an array of strings.
func (k keyField) MarshalJSON() ([]byte, error) { return words(k).MarshalJSON() }

// sideText writes what a side set, for people: "ada: price=9".
func sideText(k reedbase.Conflict, side reedbase.ConflictSide) string {
	who := side.Version.User + ": "
	switch {
	case k.Kind == reedbase.HeaderConflict:
		return who + strings.Join(side.Record.Columns, ",")
	case side.Record == nil:
		return who + "(deleted)"
	case len(k.Columns) == 0:
		return who + string(row.AppendRecord(nil, byteCells(side.Record.Cells), ""))
	}
	var parts []string
	for _, column := range k.Columns {
		cell, _ := side.Record.Cell(column)
		parts = append(parts, column+"="+cli.Quote(cell))
	}
	return who + strings.Join(parts, " ")
}
