package main

import (
	"io"

	"github.com/reedbase/reedbase/pkg/ask"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/syntax"
)

func queryVerbs() topic {
	return topic{"Questions", []verb{
		{
			name: "query", operands: "[REEDQL]", summary: "ask, or write, in ReedQL",
			about: `REEDQL, or standard input, is one or more statements, reedql(7), with ; between
them. Rows go to standard output, as pipe where that is no terminal; what was
written is said on standard error. Each statement that writes is a version of
its table; those between BEGIN and COMMIT are a frame: all are stored, or none.`,
			flags: append(formFlags(),
				flag{"--validate", "", "only say what is wrong; exit 1 if anything is"},
				flag{"-e, --exit-code", "", "exit 1 when no row comes out"},
				flag{"-m, --message", "TEXT", "why, for what is written"},
				flag{"-q, --quiet", "", "do not say what was written"},
			),
			example: `rdb query "SELECT key, value FROM text WHERE key LIKE 'page.%'"` + "\n" +
				`rdb query --param new=Hi "UPDATE text SET value = :new WHERE key = 'a'"`,
			run: runQuery,
		},
		{
			name: "explain", operands: "[REEDQL]", summary: "run a query and print its plan, not its rows",
			about: `The plan is a tree of operators, with how many rows each was thought to have
and had. EXPLAIN before a statement asks for its plan without running it.`,
			flags:   []flag{{"--param", "N=V…", "the value of :N, or of the Nth question mark"}},
			example: `rdb explain "SELECT count(*) FROM text"`,
			run:     runExplain,
		},
		{
			name: "shell", summary: "read statements and answer each",
			about: `A statement ends with ; and may have several lines; .help lists commands beside
them. At a terminal lines can be edited, a tab completes words, and what was
typed is kept in REEDBASE_HOME/history. From a file or pipe there is no prompt,
errors name their line, and the first one sets the exit code.`,
			flags: []flag{
				{"-f, --format", "FORMAT", "table (on a terminal), csv, pipe, json, jsonl, markdown"},
				{"--no-header", "", "leave out the names of the columns"},
				{"-q, --quiet", "", "do not say what was written"},
			},
			example: `echo "SELECT count(*) FROM text;" | rdb shell`,
			run:     runShell,
		},
	}}
}

// formFlags are those of verbs that print the rows of queries.
func formFlags() []flag {
	return []flag{
		{"-f, --format", "FORMAT", "table (on a terminal), csv, pipe, json, jsonl, markdown"},
		{"--no-header", "", "leave out the names of the columns"},
		{"-o, --output", "FILE", "write rows to FILE, which is replaced only by all of them"},
		{"--param", "N=V…", "the value of :N, or of the Nth question mark"},
	}
}

func runQuery(c *call) error {
	form, err := ask.ReadForm(c.Env, c.text("format"), c.on("no-header"))
	if err != nil {
		return err
	}
	if err := cli.Exclusive(c.flags, "validate", "exit-code"); err != nil {
		return err
	}
	text, parameters, err := c.question()
	if err != nil {
		return err
	}
	db, err := c.openAsking()
	if err != nil {
		return err
	}
	if c.on("validate") {
		return cli.WriteOutput(c.Env, c.text("output"), func(w io.Writer) error { return c.validate(w, db, text, parameters) })
	}
	p := &ask.Printer{Form: form}
	err = cli.WriteOutput(c.Env, c.text("output"), func(w io.Writer) error {
		p.Out = w
		console := db.Console(c.text("message"))
		if err := console.Run(c.Context(), text, parameters, c.observer(p)); err != nil {
			return err
		}
		return console.Close()
	})
	if err == nil && c.on("exit-code") && p.Rows == 0 {
		return fault.New(fault.No, "")
	}
	return err
}

// question returns the statements, which are the operand or stand on standard input, and the parameters.
func (c *call) question() (text string, p plan.Parameters, err error) {
	if p, err = ask.ReadParameters(c.all("param")); err != nil {
		return "", p, err
	}
	text = c.operand(0)
	if len(c.operands) == 0 || text == "-" {
		b, err := cli.ReadInput(c.Env, "-", maxQuestion)
		if err != nil {
			return "", p, err
		}
		text = string(b)
	}
	if syntax.Blank(text) {
		err := fault.New(fault.Input, "there is no statement")
		return "", p, fault.WithHint(err, "rdb help %s shows how it is used", c.verb.name)
	}
	return text, p, nil
}

// maxQuestion bounds what is read as statements, in bytes: more than the settings are likely to allow.
const maxQuestion = 64 << 20

// observer prints what statements come to: rows as data, and what was written as talk.
func (c *call) observer(p *ask.Printer) reedbase.Observer {
	return reedbase.Observer{
		Rows:  func(rows *reedbase.Rows) error { return p.Print(rows.Rows) },
		Plan:  p.PrintText,
		Wrote: func(w reedbase.Written) error { c.wrote(w); return nil },
	}
}

// wrote says on standard error what was written, and starts folding old versions where that is due.
func (c *call) wrote(w reedbase.Written) {
	for _, t := range w.Tables {
		if t.PruneDue {
			c.pruneInBackground(t.Name)
		}
	}
	if c.on("quiet") {
		return
	}
	stored := false
	if w.Frame != 0 {
		c.tell("frame %s", w.Frame.String())
	}
	for _, t := range w.Tables {
		if t.Stored {
			stored = true
			c.tell("%s %s: %s, %s", t.Name, t.ID.String(), whatChanged(t.Result), bytesText(t.DeltaSize))
		}
	}
	if !stored {
		c.tell("%s: nothing stored", w.Statement)
	}
}

func runExplain(c *call) error {
	text, parameters, err := c.question()
	if err != nil {
		return err
	}
	db, err := c.openAsking()
	if err != nil {
		return err
	}
	return c.explain(db, text, parameters, c.Out)
}

// explain runs a query, drops its rows, and prints its plan. What writes is not run.
func (c *call) explain(db *reedbase.DB, text string, p plan.Parameters, w io.Writer) error {
	rows, err := db.Query(c.Context(), text, p)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := ask.Discard(rows.Rows); err != nil {
		return err
	}
	_, err = io.WriteString(w, rows.Explain())
	return err
}

// validate prints what is wrong with statements, which are not run.
func (c *call) validate(w io.Writer, db *reedbase.DB, text string, p plan.Parameters) error {
	found, err := db.Validate(text, p)
	if err != nil {
		return err
	}
	return ask.PrintFindings(w, found)
}
