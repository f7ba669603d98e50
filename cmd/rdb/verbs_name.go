package main

import (
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func nameVerbs() topic {
	return topic{"Names in the log", []verb{
		{
			name: "dict:actions", summary: "list the actions and their codes",
			shape:   list,
			example: "rdb dict:actions",
			run:     func(c *call) error { return c.listNames((*reedbase.DB).Actions) },
		},
		{
			name: "dict:users", summary: "list the users and their codes",
			shape:   list,
			example: "rdb dict:users",
			run:     func(c *call) error { return c.listNames((*reedbase.DB).Users) },
		},
		{
			name: "dict:validate", summary: "report every problem in the two dictionaries",
			about:   "Exits 1 when there is one.",
			shape:   list,
			example: "rdb dict:validate",
			run:     runDictValidate,
		},
		{
			name: "dict:reload", summary: "say why dictionaries need no reloading",
			example: "rdb dict:reload",
			run:     runDictReload,
		},
	}}
}

func (c *call) listNames(names func(*reedbase.DB) ([]reedbase.Name, error)) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	all, err := names(db)
	if err != nil {
		return err
	}
	return writeRecords(c, "code name note", all, func(n reedbase.Name) []any { return []any{n.Code, n.Name, n.Note} })
}

func runDictValidate(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	problems, err := db.CheckDictionaries()
	if err != nil {
		return err
	}
	damaged, err := c.writeProblems(problems)
	if err != nil {
		return err
	}
	if damaged > 0 {
		return fault.New(fault.No, "the dictionaries have %s", verdict(damaged))
	}
	if c.format == cli.Table {
		c.say("both dictionaries are sound")
	}
	return nil
}

func runDictReload(c *call) error {
	c.say("every command reads the dictionaries afresh: an edit of them counts from the next command on")
	return nil
}
