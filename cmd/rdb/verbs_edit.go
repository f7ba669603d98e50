package main

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func editVerbs() topic {
	return topic{"Whole tables by hand", []verb{
		{
			name: "edit", operands: "TABLE", summary: "change a table in your editor",
			about: `VISUAL or EDITOR opens a private copy, and what it leaves becomes a version.
A text that is refused is kept, and the message names the file. When the table
has moved on meanwhile, the edit is merged with what others wrote.`,
			shape:   writes,
			flags:   mergeFlags(),
			example: "EDITOR='sed -i s/Hello/Hi/' rdb edit text",
			run:     runEdit,
		},
		{
			name: "apply", operands: "TABLE FILE", summary: "store a whole new content of a table",
			about: `FILE - is standard input. With --base the content is taken to be an edit of
that version: when the table has moved on since, it is kept as a version of its
own and merged with the head, row by row and cell by cell. Where both set a cell
to different things the head's value stays, a conflict is recorded, and rdb
exits 3.`,
			shape:   writes,
			flags:   append([]flag{{"--base", "ID", "the version it was made from (default the head)"}}, mergeFlags()...),
			example: "rdb export text | sed 's/Hi/Hello/' | rdb apply text -",
			run:     runApply,
		},
		{
			name: "commit", operands: "TABLE", summary: "record what somebody edited in current.csv",
			about: "It also records what somebody edited in .reed/schema/TABLE.schema.toml.",
			shape: writes,
			flags: []flag{
				{"-m, --message", "TEXT", "why"},
				{"--force", "", "also when the file has been emptied"},
			},
			example: "sed -i 's/Hello/Good day/' .reed/tables/text/current.csv\nrdb commit text -m 'a warmer welcome'",
			run:     runCommit,
		},
		{
			name: "restore", operands: "TABLE", summary: "drop what somebody edited in current.csv",
			about:   "The edited file is kept in the table's folder aside/, and its name printed. So\nis an edited .reed/schema/TABLE.schema.toml.",
			flags:   []flag{{"-q, --quiet", "", "print nothing when all went well"}},
			example: "echo oops >> .reed/tables/text/current.csv\nrdb restore text",
			run:     runRestore,
		},
	}}
}

func runEdit(c *call) error {
	merging, err := c.merging()
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	base, before, err := c.toEdit(t)
	if err != nil {
		return err
	}
	draft, err := c.newDraft(t.Name()+".csv", before)
	if err != nil {
		return err
	}
	draft.base = base
	after, err := draft.edit()
	if err != nil {
		return draft.keep(err)
	}
	if bytes.Equal(before, after) {
		draft.remove()
		return c.stored(t.Name(), reedbase.Result{ID: base})
	}
	result, err := t.Apply(after, base, merging)
	if err != nil {
		return draft.keep(c.clashed(err))
	}
	draft.remove()
	return c.stored(t.Name(), result)
}

// toEdit returns the text that an editor is to open, and the version that it is.
func (c *call) toEdit(t *reedbase.Table) (base reedbase.ID, text []byte, err error) {
	head, err := t.Resolve("head")
	if err != nil {
		return 0, nil, err
	}
	var b bytes.Buffer
	status, err := t.Status()
	if err == nil && status.State == reedbase.Dirty {
		err = fault.New(fault.No, "table %q: current.csv was edited by hand and the edit is not recorded", t.Name())
		err = fault.WithHint(err, "'rdb commit %[1]s' records the edit, 'rdb restore %[1]s' drops it", t.Name())
	}
	if err == nil {
		_, err = t.Columns() // a table that was deleted has none
	}
	if err != nil {
		return 0, nil, err
	}
	err = t.Content(&b, head.ID)
	return head.ID, b.Bytes(), err
}

func runApply(c *call) error {
	merging, err := c.merging("base")
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	base, err := c.base(t)
	if err != nil {
		return err
	}
	content, err := cli.ReadInput(c.Env, c.operands[1], maxTable)
	if err != nil {
		return err
	}
	result, err := t.Apply(content, base, merging)
	if err != nil {
		return c.clashed(err)
	}
	return c.stored(t.Name(), result)
}

func runCommit(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	result, err := t.Commit(c.text("message"), c.on("force"))
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}

func runRestore(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	kept, err := t.Restore()
	switch {
	case err != nil || c.on("quiet"):
		return err
	case kept == "":
		c.say("%s is clean already", t.Name())
	default:
		c.say("%s is as its last version again; the edited file is kept as %s", t.Name(), kept)
	}
	return nil
}
