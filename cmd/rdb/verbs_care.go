package main

import (
	"path/filepath"
	"strconv"
	"time"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func careVerbs() topic {
	return topic{"The database", []verb{
		{
			name: "init", operands: "[DIR]", summary: "make an empty database in DIR, or here",
			about:   "A database that is there already is left as it is.",
			flags:   []flag{{"-q, --quiet", "", "print nothing when all went well"}},
			example: "rdb init",
			run:     runInit,
		},
		{
			name: "status", operands: "[TABLE]", summary: "say which tables are edited, locked or damaged",
			shape:   list,
			flags:   []flag{{"-e, --exit-code", "", "exit 1 when a table is not clean"}},
			example: "rdb status",
			run:     runStatus,
		},
		{
			name: "fsck", summary: "read everything and report every problem",
			about:   "Exits 1 when something is damaged.",
			shape:   list,
			example: "rdb fsck",
			run:     runFsck,
		},
		{
			name: "recover", operands: "[TABLE]", summary: "rebuild what is damaged from what is intact",
			about:   "What is damaged is moved to the table's folder aside/, never deleted.",
			shape:   list,
			example: "rdb recover",
			run:     runRecover,
		},
		{
			name: "gc", summary: "remove files that nothing needs",
			shape:   list,
			flags:   []flag{{"-n, --dry-run", "", "only say what would be removed"}},
			example: "rdb gc --dry-run",
			run:     runGC,
		},
	}}
}

func runInit(c *call) error {
	dir := c.operand(0)
	if dir == "" {
		dir = c.dir
	}
	if dir == "" {
		dir = "."
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	db, created, err := reedbase.Init(dir, c.options())
	switch {
	case err != nil || c.on("quiet"):
		return err
	case created:
		c.say("an empty database is in %s/.reed", db.Dir())
		if c.IsTerminal() {
			c.say("next: rdb import TABLE FILE, or rdb table:create TABLE --columns A,B,C")
		}
	default:
		c.say("a database is in %s/.reed already; nothing is changed", db.Dir())
	}
	return nil
}

func runFsck(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	progress := c.Progress("bytes read", 0)
	var read int64
	problems, stats, err := db.Fsck(func(seen reedbase.FsckStats) {
		progress.Add(seen.Bytes - read)
		read = seen.Bytes
	})
	progress.Done()
	if err != nil {
		return err
	}
	damaged, err := c.writeProblems(problems)
	if err != nil {
		return err
	}
	if c.format == cli.Table {
		c.say("%s, %s, %s read: %s", count(int64(stats.Tables), "table"), count(int64(stats.Versions), "version"),
			bytesText(stats.Bytes), verdict(damaged))
	}
	if damaged > 0 {
		return fault.WithHint(fault.New(fault.No, "%s", verdict(damaged)), "rdb recover rebuilds what can be rebuilt and keeps the evidence")
	}
	return nil
}

func verdict(damaged int64) string {
	if damaged == 0 {
		return "no damage"
	}
	return count(damaged, "problem")
}

// writeProblems prints problems and returns how many of them are damage.
func (c *call) writeProblems(problems []reedbase.Problem) (damaged int64, err error) {
	for _, p := range problems {
		if !p.Note {
			damaged++
		}
		if c.format == cli.Table {
			c.say("%s%s", place(p), p.Text)
		}
	}
	if c.format == cli.Table {
		return damaged, nil
	}
	return damaged, writeRecords(c, "kind table file line offset version problem", problems, func(p reedbase.Problem) []any {
		kind := "damage"
		if p.Note {
			kind = "note"
		}
		return []any{kind, p.Table, p.File, known(int64(p.Line), 1), known(p.Offset, 0), idText(p.Version), p.Text}
	})
}

// place says where a problem is, as much of it as is known: "tables/text/version.log:12: offset 830: version 17…: ".
func place(p reedbase.Problem) string {
	at := p.File
	if at == "" {
		at = p.Table
	}
	if p.Line > 0 {
		at += ":" + strconv.Itoa(p.Line)
	}
	if p.Offset >= 0 {
		at += ": offset " + strconv.FormatInt(p.Offset, 10)
	}
	if p.Version != 0 {
		at += ": version " + p.Version.String()
	}
	if at == "" {
		return ""
	}
	return at + ": "
}

// known returns n, or nil when it is below the least that means something.
func known(n, least int64) any {
	if n < least {
		return nil
	}
	return n
}

func runRecover(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	repairs, err := db.Recover(c.operand(0))
	if err != nil {
		return err
	}
	if len(repairs) == 0 && c.format == cli.Table {
		c.say("nothing to repair")
	}
	return writeRecords(c, "table repair", repairs, func(r reedbase.Repair) []any { return []any{r.Table, r.Text} })
}

func runGC(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	removed, err := db.GC(c.on("dry-run"))
	if err != nil {
		return err
	}
	var total int64
	err = writeRecords(c, "path bytes", removed, func(r reedbase.Removed) []any {
		total += r.Bytes
		return []any{r.Path, r.Bytes}
	})
	if err != nil || c.format != cli.Table {
		return err
	}
	switch files := count(int64(len(removed)), "file"); {
	case len(removed) == 0:
		c.say("nothing to remove")
	case c.on("dry-run"):
		c.say("%s would be removed, %s", files, bytesText(total))
	default:
		c.say("%s removed, %s", files, bytesText(total))
	}
	return nil
}

// age says how long ago t was, for people.
func age(t time.Time) string {
	if t.IsZero() {
		return "a time unknown"
	}
	return max(0, time.Since(t)).Round(time.Second).String()
}
