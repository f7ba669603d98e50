package main

import (
	"os"
	"path/filepath"
	"syscall"

	"github.com/reedbase/reedbase/pkg/fault"
)

func runVersionPrune(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	t, err := db.Table(c.operands[0])
	if err != nil {
		return err
	}
	keep := int(c.number("keep"))
	if !c.flags.Given("keep") {
		config, err := db.Config()
		if err != nil {
			return err
		}
		keep = config.Commit.MaxVersions
	}
	if keep == 0 {
		if c.on("auto") {
			return nil
		}
		return fault.New(fault.Usage, "version:prune wants --keep N, as config.toml sets no max-versions")
	}
	result, err := t.Prune(keep)
	if err != nil || c.on("quiet") || c.on("auto") {
		return err
	}
	if result.Folded == 0 {
		c.say("%s has nothing to fold", t.Name())
		return nil
	}
	c.say("%s %s: %s folded, %s freed", t.Name(), result.Snapshot.String(), count(int64(result.Folded), "version"), bytesText(result.Freed))
	return nil
}

// pruneInBackground starts folding the table's old versions in a process of its own, which outlives this one and says nothing.
// Should it not start, a later write tries again.
func (c *call) pruneInBackground(table string) {
	program, err := os.Executable()
	if err != nil {
		return
	}
	dir, err := filepath.Abs(c.db.Dir())
	if err != nil {
		return
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer null.Close()
	argv := []string{program, "-C", dir, "version:prune", table, "--auto"}
	c.Trace(argv...)
	process, err := os.StartProcess(program, argv, &os.ProcAttr{
		Dir: "/", Env: c.cleanEnvironment(), Files: []*os.File{null, null, null}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err == nil {
		process.Release()
	}
}
