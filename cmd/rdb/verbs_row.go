package main

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func rowVerbs() topic {
	return topic{"Rows", []verb{
		{
			name: "get", operands: "TABLE KEY [COLUMN…]", summary: "print a row, or some of its cells",
			about: `Without columns the whole row is printed, a line "column  value" for each cell
that is not empty.
With columns only those cells are printed, exact, one a line.
The KEY of a table with several key columns is written as the table writes
its cells: 'a|b', with quotes around a cell that holds | or ".
A KEY of rbks(7) may be spelled in any way. Where its row is not there the
nearest one answers: with less of the language, environment, season and variant
that the key and the flags name, in the order of rbks(7).`,
			shape: list,
			flags: []flag{
				{"--lang", "L", "the language wanted (else REED_LANG, config.toml)"},
				{"--env", "E", "the environment wanted (else REED_ENV, config.toml)"},
				{"--season", "S", "the season wanted"},
				{"--variant", "V", "the variant wanted"},
				{"--no-fallback", "", "only the row asked for, no nearest one"},
				{"-v, --verbose", "", "say which key answered"},
				{"-e, --exit-code", "", "print no error and exit 1 when there is no such row"},
			},
			example: "rdb get text page.title@en value\nrdb get text page.title --lang en --env prod -v",
			run:     runGet,
		},
		{
			name: "set", operands: "TABLE KEY COLUMN=VALUE…", summary: "change cells of a row, or insert it",
			about: `Everything behind the first = is the value, exact. COLUMN=- reads the value
from standard input, without its last newline. A row that is not there is
inserted, with the columns not named left empty. A column of the key may be
named with the cell that KEY has; where there are no others, it must be.
COLUMN+=N and COLUMN-=N add to a number, exact, with as many decimals as the
longer of the two has; an empty cell counts as 0. Conditions are looked at while
nobody else can write; where one does not hold nothing is stored and rdb exits
1. With --base the change is taken to be one of that version, as rdb apply
--base does. A new row stands behind the others, before comments at the end of
the table; it gets the schema's defaults, and a KEY of rbks(7) is stored in its
canonical form.`,
			shape: writes,
			flags: append([]flag{
				{"--normalize", "", "mend the KEY, and say so, where it is none of rbks(7)"},
				{"--if", "TEST…", "only if COLUMN=VALUE; numbers also with != < <= > >="},
				{"--if-version", "ID", "only if the row is as it was in that version"},
				{"--if-absent", "", "only if there is no such row"},
				{"--if-exists", "", "only if there is one"},
				{"--base", "ID", "change the row as it was in that version, and merge"},
			}, mergeFlags()...),
			example: "rdb set text page.title@en value='Welcome back'\nrdb set text page.visits@en value+=1\n" +
				"rdb set text page.visits@en value=0 --if 'value>0'",
			run: runSet,
		},
		{
			name: "delete", operands: "TABLE KEY…", summary: "delete rows: all of them, or none",
			shape:   writes,
			example: "rdb delete text page.footer@en",
			run:     runDelete,
		},
		{
			name: "list", operands: "TABLE [PREFIX]", summary: "print rows, all or by the key's beginning",
			about: `PREFIX NODE.* prints the rows of a node and of all below it: page.header.* the
keys page.header@de and page.header.logo, and no page.headers.`,
			shape:   list,
			flags:   []flag{{"--limit", "N", "print at most N rows (default 0, all)"}},
			example: "rdb list text page. --limit 10",
			run:     runList,
		},
	}}
}

func runGet(c *call) error {
	t, key, err := c.tableKey()
	if err != nil {
		return err
	}
	record, err := c.getNearest(t, key)
	if fault.KindOf(err) == fault.NotFound && c.on("exit-code") {
		return fault.New(fault.No, "")
	}
	if err != nil {
		return err
	}
	if wanted := c.operands[2:]; len(wanted) > 0 {
		return c.writeCells(record, wanted)
	}
	fields := make([]field, len(record.Columns))
	for i, column := range record.Columns {
		fields[i] = field{column, record.Cells[i]}
	}
	return c.writeFields(fields...)
}

// writeCells prints the cells of the wanted columns, one a line.
func (c *call) writeCells(record reedbase.Record, wanted []string) error {
	fields := make([]field, len(wanted))
	for i, column := range wanted {
		cell, ok := record.Cell(column)
		if !ok {
			return unknownColumn(column, record.Columns)
		}
		fields[i] = field{column, cell}
	}
	if c.format == cli.JSON {
		return c.writeFields(fields...)
	}
	for _, f := range fields {
		switch cell := f.value.(string); c.format {
		case cli.NUL:
			c.Out.WriteString(cell + "\x00")
		case cli.Porcelain:
			c.Out.WriteString(cli.EscapeField(cell) + "\n")
		default:
			c.Out.WriteString(cell + "\n")
		}
	}
	return nil
}

func unknownColumn(column string, known []string) error {
	err := fault.New(fault.NotFound, "no column %q", column)
	if near := cli.Suggest(column, known); near != "" {
		return fault.WithHint(err, "did you mean %q?", near)
	}
	return fault.WithHint(err, "the columns are %s", strings.Join(known, ", "))
}

func runDelete(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	var keys [][]string
	for _, operand := range c.operands[1:] {
		key, err := readKey(t, operand)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	result, err := t.Delete(keys...)
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}

func runList(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	columns, err := t.Columns()
	if err != nil {
		return err
	}
	records := cli.NewRecords(c.Env, c.format, columns...)
	values := make([]any, len(columns))
	for record, err := range t.List(c.operand(1), int(c.number("limit"))) {
		if err != nil {
			return err
		}
		for i, cell := range record.Cells {
			values[i] = cell
		}
		if err := records.Add(values...); err != nil {
			return err
		}
	}
	return records.Close()
}
