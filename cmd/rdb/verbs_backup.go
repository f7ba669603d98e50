package main

import (
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func backupVerbs() topic {
	return topic{"Backups", []verb{
		{
			name: "backup:create", summary: "archive the whole database, and verify it",
			shape:   list,
			example: "rdb backup:create",
			run:     runBackupCreate,
		},
		{
			name: "backup:list", summary: "list the backups, the newest first",
			shape:   list,
			example: "rdb backup:list",
			run:     runBackupList,
		},
		{
			name: "backup:verify", operands: "NAME", summary: "read a backup whole and report every problem",
			about:   "Exits 1 when something is damaged. NAME latest is the newest one.",
			shape:   list,
			example: "rdb backup:verify latest",
			run:     runBackupVerify,
		},
		{
			name: "backup:restore", operands: "NAME", summary: "bring a backup back",
			about: `In place the present database is kept beside it under another name, which is
printed; --into DIR leaves it alone and makes DIR/.reed. NAME latest is the
newest backup.`,
			flags: []flag{
				{"--into", "DIR", "make a database in DIR of it"},
				{"--confirm", "", "yes, put it in the place of the present database"},
			},
			example: "rdb backup:restore latest --into ../copy",
			run:     runBackupRestore,
		},
		{
			name: "backup:prune", summary: "delete all but the newest backups",
			shape:   list,
			flags:   []flag{{"--keep", "N", "how many to keep (default that of config.toml)"}},
			example: "rdb backup:prune --keep 5",
			run:     runBackupPrune,
		},
	}}
}

func runBackupCreate(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	b, err := db.Backup()
	if err != nil {
		return err
	}
	if c.format == cli.Table {
		c.say("%s: %s, verified", b.Name, bytesText(b.Size))
		return nil
	}
	return c.writeBackups([]reedbase.Backup{b})
}

func runBackupList(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	backups, err := db.Backups()
	if err != nil {
		return err
	}
	if len(backups) == 0 && c.format == cli.Table {
		c.say("no backups: rdb backup:create makes one")
	}
	return c.writeBackups(backups)
}

func (c *call) writeBackups(backups []reedbase.Backup) error {
	return writeRecords(c, "backup time bytes", backups, func(b reedbase.Backup) []any {
		return []any{b.Name, c.moment(b.Time), b.Size}
	})
}

// backup opens the database and returns the name of the backup that the first operand means.
func (c *call) backup() (*reedbase.DB, string, error) {
	db, err := c.open()
	if err != nil || c.operands[0] != "latest" {
		return db, c.operands[0], err
	}
	backups, err := db.Backups()
	if err != nil {
		return nil, "", err
	}
	if len(backups) == 0 {
		return nil, "", fault.WithHint(fault.New(fault.NotFound, "no backups"), "rdb backup:create makes one")
	}
	return db, backups[0].Name, nil
}

func runBackupVerify(c *call) error {
	db, name, err := c.backup()
	if err != nil {
		return err
	}
	problems, err := db.VerifyBackup(name)
	if err != nil {
		return err
	}
	damaged, err := c.writeProblems(problems)
	if err != nil {
		return err
	}
	if damaged > 0 {
		return fault.New(fault.No, "backup %s: %s", name, verdict(damaged))
	}
	if c.format == cli.Table {
		c.say("%s: %s", name, verdict(damaged))
	}
	return nil
}

func runBackupRestore(c *call) error {
	into := c.text("into")
	if into == "" && !c.on("confirm") {
		return fault.WithHint(fault.New(fault.No, "nothing is restored: --confirm or --into DIR is missing"),
			"--confirm puts the backup in the place of the present database, which is kept beside it")
	}
	db, name, err := c.backup()
	if err != nil {
		return err
	}
	kept, err := db.RestoreBackup(name, into)
	switch {
	case err != nil:
		return err
	case into != "":
		c.say("%s is restored into %s/.reed", name, into)
	default:
		c.say("%s is restored; the database before it is kept as %s", name, kept)
	}
	return nil
}

func runBackupPrune(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	keep := int(c.number("keep"))
	if !c.flags.Given("keep") {
		config, err := db.Config()
		if err != nil {
			return err
		}
		keep = config.Backup.Keep
	}
	deleted, err := db.PruneBackups(keep)
	if err != nil {
		return err
	}
	if len(deleted) == 0 && c.format == cli.Table {
		c.say("no backup to delete")
	}
	return c.writeBackups(deleted)
}
