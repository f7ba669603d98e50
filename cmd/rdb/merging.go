package main

import (
	"errors"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

// mergeFlags are those of the verbs whose write may be merged.
func mergeFlags() []flag {
	return []flag{
		{"--on-conflict", "WORD", "record stores conflicts, fail refuses the write"},
		{"--strategy", "WORD", "manual, last-write-wins or first-write-wins"},
		{"--rows", "", "changes of one row conflict, also of different cells"},
	}
}

// merging reads mergeFlags; what is not given is as the settings say. They make sense only with the flags named.
func (c *call) merging(with ...string) (o reedbase.MergeOptions, err error) {
	for _, name := range []string{"on-conflict", "strategy", "rows"} {
		for _, other := range with {
			if c.flags.Given(name) && !c.flags.Given(other) {
				return o, fault.New(fault.Usage, "%s is of use only with %s", cli.Dashed(name), cli.Dashed(other))
			}
		}
	}
	o.Rows = c.on("rows")
	if c.flags.Given("on-conflict") {
		if o.OnConflict, err = c.choice("on-conflict", "record", "fail"); err != nil {
			return o, err
		}
	}
	if c.flags.Given("strategy") {
		o.Strategy, err = c.choice("strategy", reedbase.Manual.String(), reedbase.LastWriteWins.String(), reedbase.FirstWriteWins.String())
	}
	return o, err
}

// base returns the version that --base names; 0 when it is not given.
func (c *call) base(t *reedbase.Table) (reedbase.ID, error) {
	if !c.flags.Given("base") {
		return 0, nil
	}
	v, err := t.Resolve(c.text("base"))
	return v.ID, err
}

// clashed prints the conflicts for which a write was refused, if that is why it was.
func (c *call) clashed(err error) error {
	var clash *reedbase.Clash
	if !errors.As(err, &clash) {
		return err
	}
	if !c.on("quiet") {
		if err := c.listConflicts(clash.Conflicts); err != nil {
			return err
		}
	}
	return fault.WithHint(err, "--on-conflict record stores it, with its conflicts")
}
