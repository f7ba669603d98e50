package main

import (
	"fmt"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

// getNearest returns the row of a key or, where that is not there, the nearest one.
func (c *call) getNearest(t *reedbase.Table, key []string) (reedbase.Record, error) {
	wanted := reedbase.Wanted{Language: c.text("lang"), Environment: c.text("env"), Season: c.text("season"), Variant: c.text("variant")}
	if len(key) != 1 {
		if wanted != (reedbase.Wanted{}) {
			return reedbase.Record{}, fault.New(fault.Input, "table %q: a key of several columns has no language, environment, season or variant", t.Name())
		}
		return t.Get(key...)
	}
	wanted, err := c.withDefaults(t, wanted, key[0])
	if err != nil {
		return reedbase.Record{}, err
	}
	record, err := t.GetFor(wanted, c.on("no-fallback"), key[0])
	if err == nil && c.on("verbose") {
		c.sayWho(key[0], strings.Join(record.Key(), "|"))
	}
	return record, err
}

// withDefaults adds the language and the environment that REED_LANG and REED_ENV, or else the settings, name. They are no reason to
// refuse a key that is none, and nothing is wanted beyond the flags of who asks for one row alone.
func (c *call) withDefaults(t *reedbase.Table, wanted reedbase.Wanted, key string) (reedbase.Wanted, error) {
	if c.on("no-fallback") {
		return wanted, nil
	}
	config, err := c.db.Config()
	if err != nil {
		return wanted, err
	}
	defaults := reedbase.Wanted{Language: c.Getenv("REED_LANG"), Environment: c.Getenv("REED_ENV")}
	defaults = defaults.Or(reedbase.Wanted{Language: config.Keys.Language, Environment: config.Keys.Environment})
	if defaults == (reedbase.Wanted{}) {
		return wanted, nil
	}
	if ok, err := t.IsKey(key); !ok {
		return wanted, err
	}
	return wanted.Or(defaults), nil
}

// sayWho says which key answered.
func (c *call) sayWho(asked, answered string) {
	text := cli.Escape(answered) + " answers"
	if asked != answered {
		text += " for " + cli.Escape(asked)
	}
	fmt.Fprintf(c.Err, "%s: %s\n", c.Name, text)
}

// normalized returns a key mended, having said what was wrong with it.
func (c *call) normalized(t *reedbase.Table, key []string) ([]string, error) {
	if len(key) != 1 {
		return nil, fault.New(fault.Input, "table %q: a key of several columns has no canonical form", t.Name())
	}
	n, problem, err := t.NormalizeKey(key[0])
	switch {
	case err != nil:
		return nil, err
	case n.Key == "":
		return nil, problem
	case problem != nil:
		c.Warn("%s; stored as %q", problem, n.Key)
	case n.Key != key[0]:
		c.Warn("key %q is stored as %q", key[0], n.Key)
	}
	return []string{n.Key}, nil
}
