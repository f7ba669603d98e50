package main

import (
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func indexVerbs() topic {
	return topic{"Indices", []verb{
		{
			name: "index:create", operands: "TABLE.COLUMN", summary: "make an index of a column",
			about: `Queries use it by themselves where that reads less than the table. The kind
ordered, which is the default, finds values, ranges of them and their order,
the kind hash cells with just this content, however long, the kind modifier
the keys with a language, an environment, a season or a variant. A table of
512 KiB or more has an index of its key without being asked for one. Writes
keep all of them up to date, and one that is lost is made again by whoever
needs it.`,
			shape:   list,
			flags:   []flag{{"--kind", "KIND", "ordered (default), hash or modifier"}},
			example: "rdb index:create text.value",
			run:     runIndexCreate,
		},
		{
			name: "index:list", operands: "[TABLE]", summary: "list the indices, of one table or all",
			about: `The state is ready; behind or missing, which the next one to use it mends;
idle, while the table has an edit by hand that is not recorded or no such
column, or since the schema gave the column another type, which an index of
the kind ordered takes by index:rebuild or index:create; or refused, where it
came to be larger than config.toml allows or a cell too long for it, until
index:rebuild finds that this has changed.`,
			shape:   list,
			example: "rdb index:list",
			run:     runIndexList,
		},
		{
			name: "index:stats", operands: "[TABLE]", summary: "count what the indices hold",
			about: `Those that are missing are made first. Of the kind modifier the entries are
the modifiers of all keys, of any other kind the rows.`,
			shape:   list,
			example: "rdb index:stats text",
			run:     runIndexStats,
		},
		{
			name: "index:rebuild", operands: "[TABLE]", summary: "make all indices of a table anew",
			about:   "They take the types that the schema gives their columns now.",
			shape:   list,
			flags:   []flag{{"--all", "", "of all tables"}},
			example: "rdb index:rebuild text",
			run:     runIndexRebuild,
		},
		{
			name: "index:drop", operands: "TABLE.COLUMN", summary: "remove the indices of a column",
			shape:   list,
			flags:   []flag{{"--kind", "KIND", "only that of this kind: ordered, hash or modifier"}},
			example: "rdb index:drop text.value",
			run:     runIndexDrop,
		},
	}}
}

func (c *call) indexKind(standard reedbase.IndexKind) (reedbase.IndexKind, error) {
	if c.text("kind") == "" {
		return standard, nil
	}
	word, err := c.choice("kind", "ordered", "hash", "modifier")
	switch word {
	case "hash":
		return reedbase.HashIndex, err
	case "modifier":
		return reedbase.ModifierIndex, err
	}
	return reedbase.OrderedIndex, err
}

// indexedColumn opens the table of the first operand, TABLE.COLUMN.
func (c *call) indexedColumn() (*reedbase.Table, string, error) {
	db, err := c.open()
	if err != nil {
		return nil, "", err
	}
	return db.IndexedColumn(c.operands[0])
}

func runIndexCreate(c *call) error {
	kind, err := c.indexKind(reedbase.OrderedIndex)
	if err != nil {
		return err
	}
	t, column, err := c.indexedColumn()
	if err != nil {
		return err
	}
	x, err := t.CreateIndex(column, kind)
	if err != nil {
		return err
	}
	return c.writeIndices(x)
}

func runIndexDrop(c *call) error {
	kind, err := c.indexKind(0)
	if err != nil {
		return err
	}
	t, column, err := c.indexedColumn()
	if err != nil {
		return err
	}
	dropped, err := t.DropIndex(column, kind)
	if err != nil {
		return err
	}
	if c.format == cli.Table {
		for _, x := range dropped {
			c.say("dropped %s.%s, %s", x.Table, x.Column, x.Kind.String())
		}
		return nil
	}
	return writeRecords(c, "table column kind", dropped, func(x reedbase.TableIndex) []any {
		return []any{x.Table, x.Column, x.Kind.String()}
	})
}

func (c *call) writeIndices(all ...reedbase.TableIndex) error {
	return writeRecords(c, "table column kind type state bytes", all, func(x reedbase.TableIndex) []any {
		return []any{x.Table, x.Column, x.Kind.String(), x.Type, x.State, x.Bytes}
	})
}

func runIndexList(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	var all []reedbase.TableIndex
	err = db.EachTable(c.operand(0), func(t *reedbase.Table) error {
		list, err := t.Indices()
		all = append(all, list...)
		return err
	})
	if err != nil {
		return err
	}
	if len(all) == 0 && c.format == cli.Table {
		c.say("no indices: rdb index:create TABLE.COLUMN makes one")
		return nil
	}
	return c.writeIndices(all...)
}

func runIndexStats(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	var all []reedbase.IndexCounts
	err = db.EachTable(c.operand(0), func(t *reedbase.Table) error {
		list, err := t.CountIndices()
		all = append(all, list...)
		return err
	})
	if err != nil {
		return err
	}
	return writeRecords(c, "table column kind entries distinct bytes changes state", all, func(x reedbase.IndexCounts) []any {
		return []any{x.Table, x.Column, x.Kind.String(), x.Entries, x.Distinct, x.Bytes, x.Changes, x.State}
	})
}

func runIndexRebuild(c *call) error {
	switch {
	case c.on("all") && len(c.operands) > 0:
		return fault.New(fault.Usage, "--all is all tables; %q is one operand too many", c.operands[0])
	case !c.on("all") && len(c.operands) == 0:
		return fault.New(fault.Usage, "index:rebuild wants TABLE or --all")
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	var all []reedbase.TableIndex
	err = db.EachTable(c.operand(0), func(t *reedbase.Table) error {
		list, err := t.RebuildIndices()
		all = append(all, list...)
		return err
	})
	if err != nil {
		return err
	}
	return c.writeIndices(all...)
}
