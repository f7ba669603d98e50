package main

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/row"
)

func tableVerbs() topic {
	return topic{"Tables", []verb{
		{
			name: "import", operands: "TABLE FILE", summary: "make a table, or a version of it, of a CSV file",
			about: `FILE - is standard input. A file in the table's own dialect is kept byte for
byte; with another delimiter it is read as RFC 4180 says and written anew.`,
			shape: writes,
			flags: []flag{
				{"--delimiter", "C", "a character, or tab, comma, semicolon (default |)"},
				{"--key", "A,B", "the columns that name a row (default the first one)"},
				{"--schema", "FILE", "its schema, which names the key and is kept to"},
				{"--duplicates", "WHAT", "of one key: fail (default), or keep first or last"},
			},
			example: "rdb import users users.csv --delimiter comma",
			run:     runImport,
		},
		{
			name: "export", operands: "TABLE", summary: "write a table to standard output or a file",
			about: `Without -f the bytes are exactly the table's. The formats leave comments out:
csv (comma, RFC 4180), pipe (the table's dialect), json (an array), jsonl,
markdown.`,
			flags: []flag{
				{"-f, --format", "FORMAT", "csv, pipe, json, jsonl or markdown"},
				{"--at", "ID", "as it was at a version: an id, a tag, ~N or a time"},
				{"-o, --output", "FILE", "write to FILE, replaced as a whole"},
			},
			example: "rdb export text -f csv",
			run:     runExport,
		},
		{
			name: "table:create", operands: "TABLE", summary: "make an empty table",
			shape: writes,
			flags: []flag{
				{"--columns", "A,B,C", "its columns; the first one names a row"},
				{"--schema", "FILE", "its schema, which names the columns and the key"},
			},
			example: "rdb table:create prices --columns sku,price,currency",
			run:     runTableCreate,
		},
		{
			name: "table:list", summary: "list the tables",
			shape:   list,
			example: "rdb table:list",
			run:     runTableList,
		},
		{
			name: "table:info", operands: "TABLE", summary: "show a table's columns, size and history",
			shape:   list,
			example: "rdb table:info text",
			run:     runTableInfo,
		},
		{
			name: "table:delete", operands: "TABLE", summary: "delete a table; its history stays",
			about:   "rdb version:rollback TABLE ID brings it back.",
			shape:   writes,
			flags:   []flag{{"--confirm", "", "yes, delete it"}},
			example: "rdb table:delete prices --confirm",
			run:     runTableDelete,
		},
	}}
}

// maxTable bounds what is read as the content of a table, in bytes.
const maxTable = 1 << 34

func runImport(c *call) error {
	duplicates, err := c.choice("duplicates", "fail", "first", "last")
	if err != nil {
		return err
	}
	delimiter, err := readDelimiter(c.text("delimiter"))
	if err != nil {
		return err
	}
	options := reedbase.ImportOptions{Delimiter: delimiter, Duplicates: duplicates, Source: c.operands[1]}
	if c.text("key") != "" {
		options.Key = strings.Split(c.text("key"), ",")
	}
	if err := cli.Exclusive(c.flags, "schema", "key"); err != nil {
		return err
	}
	if options.Schema, err = c.schemaFlag(); err != nil {
		return err
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	content, err := cli.ReadInput(c.Env, c.operands[1], maxTable)
	if err != nil {
		return err
	}
	t, result, err := db.Import(c.operands[0], content, options)
	if fault.KindOf(err) == fault.Input && fault.HintOf(err) == "" {
		err = fault.WithHint(err, "--key names the columns of the key, --duplicates keeps one of two rows, --delimiter says what separates cells")
	}
	if err != nil {
		return err
	}
	c.doubtDelimiter(content, delimiter)
	return c.stored(t.Name(), result)
}

// doubtDelimiter warns of a table that has one column because its file separates them by something else.
func (c *call) doubtDelimiter(content []byte, delimiter byte) {
	columns, _, err := row.Header(content)
	if err != nil || delimiter != 0 || len(columns) != 1 {
		return
	}
	for _, name := range []string{"tab", "semicolon", "comma"} {
		if other, _ := readDelimiter(name); strings.IndexByte(columns[0], other) >= 0 {
			c.Warn("the table has one column, %q; did you mean --delimiter %s?", columns[0], name)
			return
		}
	}
}

// readDelimiter returns the character that name stands for, 0 for none.
func readDelimiter(name string) (byte, error) {
	switch name {
	case "tab", `\t`:
		return '\t', nil
	case "comma":
		return ',', nil
	case "semicolon":
		return ';', nil
	case "pipe":
		return '|', nil
	case "":
		return 0, nil
	}
	if len(name) > 1 || name[0] >= 0x80 || strings.Contains("\"\r\n\x00", name) {
		return 0, fault.New(fault.Usage, "--delimiter %q: want one ASCII character, or tab, comma, semicolon or pipe", name)
	}
	return name[0], nil
}

func runTableCreate(c *call) error {
	if err := cli.Exclusive(c.flags, "schema", "columns"); err != nil {
		return err
	}
	schema, err := c.schemaFlag()
	if err != nil {
		return err
	}
	if schema == nil && c.text("columns") == "" {
		return fault.New(fault.Usage, "table:create wants --columns A,B,C or --schema FILE")
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	create := func() (*reedbase.Table, reedbase.Result, error) {
		if schema != nil {
			return db.CreateWith(c.operands[0], schema)
		}
		return db.Create(c.operands[0], strings.Split(c.text("columns"), ","))
	}
	t, result, err := create()
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}

func runTableList(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	tables, err := db.Tables()
	if err != nil {
		return err
	}
	if len(tables) == 0 && c.format == cli.Table {
		c.say("no tables: rdb import TABLE FILE makes one")
	}
	return writeRecords(c, "table rows bytes versions state version time", tables, func(t reedbase.TableInfo) []any {
		return []any{t.Name, t.Rows, t.Size, t.Versions, t.State.String(), idText(t.Head.ID), c.moment(t.Head.Time)}
	})
}

func runTableInfo(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	info, err := t.Info()
	if err != nil {
		return err
	}
	return c.writeFields(
		field{"table", info.Name},
		field{"columns", words(info.Columns)},
		field{"key", words(info.Key)},
		field{"rows", info.Rows},
		field{"bytes", info.Size},
		field{"state", info.State.String()},
		field{"version", idText(info.Head.ID)},
		field{"time", c.moment(info.Head.Time)},
		field{"user", info.Head.User},
		field{"versions", info.Versions},
		field{"delta_bytes", info.DeltaBytes},
		field{"log_bytes", info.LogBytes},
	)
}

func runTableDelete(c *call) error {
	if !c.on("confirm") {
		return fault.WithHint(fault.New(fault.No, "%s is not deleted: --confirm is missing", c.operands[0]),
			"rdb table:delete %s --confirm deletes it; its history stays", cli.Quote(c.operands[0]))
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	result, err := t.Drop()
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}
