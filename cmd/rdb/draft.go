package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"github.com/mattn/go-shellwords"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

// draft is a private copy of a table's text while its user edits it.
type draft struct {
	call *call
	dir  string
	path string
	argv []string // the editor's command line
	base reedbase.ID
	file string // how the text is taken when it is kept: the flag before the path, of schema:edit
}

func (c *call) newDraft(name string, text []byte) (*draft, error) {
	argv, err := c.editor()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rdb-edit-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return &draft{call: c, dir: dir, path: path, argv: append(argv, path)}, nil
}

// editor returns the command line that VISUAL or EDITOR hold, split as a shell splits words; nothing in it is expanded.
func (c *call) editor() ([]string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		line := c.Getenv(name)
		if line == "" {
			continue
		}
		argv, err := shellwords.NewParser().Parse(line)
		if err != nil || len(argv) == 0 {
			return nil, fault.New(fault.Usage, "%s is no command line: %q", name, line)
		}
		return argv, nil
	}
	return []string{"vi"}, nil
}

// edit runs the editor and returns the text it leaves.
func (d *draft) edit() ([]byte, error) {
	editor := exec.Command(d.argv[0], d.argv[1:]...)
	editor.Stdin, editor.Stdout, editor.Stderr = os.Stdin, os.Stdout, d.call.Err
	interrupts := make(chan os.Signal, 1) // ^C in the editor is the editor's
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	if err := editor.Run(); err != nil {
		return nil, fmt.Errorf("the editor %q: %w", d.argv[0], err)
	}
	return cli.ReadInput(d.call.Env, d.path, maxTable)
}

// keep leaves the text where it is and adds to err how to use it.
func (d *draft) keep(err error) error {
	again := []string{"apply", d.call.operands[0], d.path, "--base", d.base.String()}
	if d.file != "" {
		again = []string{d.call.verb.name, d.call.operands[0], d.file, d.path}
	}
	hint := "your text is kept: mend it, then rdb " + shellLine(again)
	if before := fault.HintOf(err); before != "" {
		hint = before + "; " + hint
	}
	return fault.WithHint(err, "%s", hint)
}

func (d *draft) remove() { os.RemoveAll(d.dir) }
