package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/delta"
)

// inspect lists what the named deltas are made of. Damage in one is reported after the others have been listed.
func inspect(e *cli.Env, o options, names []string) error {
	list := cli.NewRecords(e, o.format, "delta", "bytes", "patch", "base", "makes", "controls", "copied", "changed", "extra",
		"control_block", "diff_block", "extra_block", "line")
	var damage error
	for _, name := range names {
		file, err := cli.ReadInput(e, name, o.maxSize)
		if err != nil {
			return err
		}
		patch, line, err := unseal(file)
		var s delta.Stats
		if err == nil {
			s, err = delta.Inspect(patch)
		}
		if err != nil {
			damage = errors.Join(damage, fmt.Errorf("%s: %w", cli.Quote(name), err))
			continue
		}
		var base any // unknown
		if s.BaseSize >= 0 {
			base = s.BaseSize
		}
		err = list.Add(name, len(file), len(patch), base, s.Size, s.Controls, s.Copied, s.Changed, s.Extra,
			s.ControlBlock, s.DiffBlock, s.ExtraBlock, string(bytes.TrimSuffix(line, []byte("\n"))))
		if err != nil {
			return err
		}
	}
	if err := list.Close(); err != nil {
		return err
	}
	return damage
}
