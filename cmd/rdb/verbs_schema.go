package main

import (
	"bytes"
	"slices"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/schema"
)

func schemaVerbs() topic {
	return topic{"Schemas", []verb{
		{
			name: "schema:create", operands: "TABLE", summary: "give a table the schema that it suggests",
			about: `The columns get the types that all their cells have, and the key stays. The
table passes the schema. With --file the schema is read; - is standard input.`,
			shape: writes,
			flags: []flag{
				{"--file", "FILE", "not what the table suggests, but what FILE says"},
				{"--level", "WORD", "warn (default), strict or off: what breaks it is"},
				{"-m, --message", "TEXT", "why"},
			},
			example: "rdb schema:create users --level strict",
			run:     runSchemaCreate,
		},
		{
			name: "schema:show", operands: "TABLE", summary: "print a table's schema",
			about:   "It is printed as reed-schema(5) describes it, byte for byte as it was stored.",
			flags:   []flag{{"--at", "ID", "as it was at a version: an id, a tag, ~N or a time"}},
			example: "rdb schema:show users",
			run:     runSchemaShow,
		},
		{
			name: "schema:validate", operands: "TABLE", summary: "list all that breaks a table's rules",
			about: `Exits 1 when something does. The table is looked at as it stands, with edits
by hand. Keys that are none of rbks(7), where the table lets them be, break
nothing; they are listed as such.`,
			shape: list,
			flags: []flag{
				{"--schema", "FILE", "hold it against the schema in FILE instead"},
				{"-q, --quiet", "", "print nothing, only exit"},
			},
			example: "rdb schema:validate users",
			run:     runSchemaValidate,
		},
		{
			name: "schema:edit", operands: "TABLE", summary: "change a table's schema in your editor",
			about: `VISUAL or EDITOR opens a private copy; where somebody has edited
.reed/schema/TABLE.schema.toml, that. A schema that the table breaks is
refused, and kept, and the message names the file.`,
			shape: writes,
			flags: []flag{
				{"--file", "FILE", "open no editor, but take what FILE says"},
				{"--force-warn", "", "store what the table breaks, with the level warn"},
				{"-m, --message", "TEXT", "why"},
			},
			example: "EDITOR='sed -i s/warn/strict/' rdb schema:edit users",
			run:     runSchemaEdit,
		},
		{
			name: "schema:migrate", operands: "TABLE FILE", summary: "change a table and its schema together",
			about: `FILE, or - for standard input, holds statements, one a line:
    add column NAME TYPE default VALUE
    drop column NAME
    rename column NAME to NAME
    retype column NAME TYPE
Schema and table change in one version; version:rollback takes both back.`,
			shape: writes,
			flags: []flag{
				{"--force-warn", "", "also where cells do not convert, with the level warn"},
				{"-m, --message", "TEXT", "why"},
			},
			example: "echo 'add column team string' | rdb schema:migrate users -",
			run:     runSchemaMigrate,
		},
	}}
}

// schemaFlag returns what the file holds that --schema names; nil when it is not given.
func (c *call) schemaFlag() ([]byte, error) { return c.schemaFile("schema") }

func (c *call) schemaFile(flag string) ([]byte, error) {
	if !c.flags.Given(flag) {
		return nil, nil
	}
	text, err := cli.ReadInput(c.Env, c.text(flag), schema.MaxSize)
	if err != nil {
		return nil, err
	}
	if _, err := schema.Parse(text); err != nil {
		return nil, fault.New(fault.KindOf(err), "%s: %w", c.text(flag), err)
	}
	return text, nil
}

func runSchemaShow(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	var at reedbase.ID
	if c.flags.Given("at") {
		v, err := t.Resolve(c.text("at"))
		if err != nil {
			return err
		}
		at = v.ID
	}
	s, ok, err := t.Schema(at)
	if err != nil {
		return err
	}
	if !ok {
		return noSchema(t)
	}
	_, err = c.Out.Write(s.Text)
	return err
}

func noSchema(t *reedbase.Table) error {
	err := fault.New(fault.NotFound, "table %q has no schema", t.Name())
	return fault.WithHint(err, "'rdb schema:create %s' makes one", cli.Quote(t.Name()))
}

func runSchemaCreate(c *call) error {
	if err := cli.Exclusive(c.flags, "file", "level"); err != nil {
		return err
	}
	word, err := c.choice("level", "warn", "strict", "off")
	if err != nil {
		return err
	}
	level, _ := schema.ParseLevel(word)
	text, err := c.schemaFile("file")
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	var result reedbase.Result
	if text == nil {
		result, err = t.CreateSchema(level, c.text("message"))
	} else {
		result, err = c.createFrom(t, text)
	}
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}

// createFrom gives a table that has no schema the one that a file says.
func (c *call) createFrom(t *reedbase.Table, text []byte) (reedbase.Result, error) {
	now, ok, err := t.Schema(0)
	if err != nil {
		return reedbase.Result{}, err
	}
	if ok && !namesKeyOnly(now.Text) {
		err := fault.New(fault.Input, "table %q has a schema already", t.Name())
		return reedbase.Result{}, fault.WithHint(err, "'rdb schema:edit %s' changes it", cli.Quote(t.Name()))
	}
	return t.SetSchema(text, reedbase.SchemaOptions{Message: c.text("message"), Was: &now.Version})
}

func namesKeyOnly(text []byte) bool {
	s, err := schema.Parse(text)
	return err == nil && s.NamesKeyOnly()
}

func runSchemaValidate(c *call) error {
	text, err := c.schemaFlag()
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	report, err := t.Validate(text)
	if err != nil {
		return err
	}
	return c.listBreaks(t.Name(), report)
}

// listBreaks prints what breaks rules: a line each for people.
func (c *call) listBreaks(table string, report *reedbase.SchemaReport) error {
	switch {
	case c.on("quiet"):
	case c.format == cli.Table:
		for _, b := range report.Breaks {
			c.say("%s", b.String())
		}
		for _, b := range report.Odd {
			c.say("let be: %s", b.String())
		}
		if more := report.Total + report.OddTotal - len(report.Breaks) - len(report.Odd); more > 0 {
			c.say("and %d more", more)
		}
		if report.Total == 0 {
			c.say("%s keeps its rules", table)
		}
	default:
		all := slices.Concat(report.Breaks, report.Odd)
		broken := len(report.Breaks)
		err := writeRecords(c, "line column rule verdict text", all, func(b reedbase.Break) []any {
			verdict := "broken"
			if broken--; broken < 0 {
				verdict = "let be"
			}
			return []any{b.Line, b.Column, string(b.Rule), verdict, b.Text}
		})
		if err != nil {
			return err
		}
	}
	switch {
	case report.Total == 0:
		return nil
	case c.on("quiet"):
		return fault.New(fault.No, "")
	}
	return fault.New(fault.No, "table %q breaks its rules in %s", table, count(int64(report.Total), "place"))
}

func runSchemaEdit(c *call) error {
	if c.flags.Given("file") {
		return c.schemaFromFile()
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	now, before, err := c.schemaToEdit(t)
	if err != nil {
		return err
	}
	draft, err := c.newDraft(t.Name()+".schema.toml", before)
	if err != nil {
		return err
	}
	draft.file = "--file"
	after, err := draft.edit()
	if err != nil {
		return draft.keep(err)
	}
	if bytes.Equal(now.Text, after) {
		draft.remove()
		head, err := t.Resolve("head")
		if err != nil {
			return err
		}
		return c.stored(t.Name(), reedbase.Result{ID: head.ID})
	}
	result, err := t.SetSchema(after, c.schemaOptions(&now.Version))
	if err != nil {
		return draft.keep(err)
	}
	draft.remove()
	return c.stored(t.Name(), result)
}

// schemaToEdit returns the schema that a table has, and the text that an editor is to open: an edit by hand where there is one.
func (c *call) schemaToEdit(t *reedbase.Table) (now reedbase.Schema, text []byte, err error) {
	now, ok, err := t.Schema(0)
	if err != nil {
		return now, nil, err
	}
	if text, err = t.EditedSchema(); text != nil || err != nil {
		return now, text, err
	}
	if !ok {
		return now, nil, noSchema(t)
	}
	return now, now.Text, nil
}

func (c *call) schemaFromFile() error {
	text, err := c.schemaFile("file")
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	result, err := t.SetSchema(text, c.schemaOptions(nil))
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}

func (c *call) schemaOptions(was *reedbase.ID) reedbase.SchemaOptions {
	return reedbase.SchemaOptions{Message: c.text("message"), Was: was, ForceWarn: c.on("force-warn")}
}

func runSchemaMigrate(c *call) error {
	statements, err := cli.ReadInput(c.Env, c.operands[1], schema.MaxSize)
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	result, err := t.Migrate(statements, c.schemaOptions(nil))
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}
