package main

import (
	"time"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// conditions select lines; all that are given must hold.
type conditions struct {
	since, until stamp.ID // both inclusive
	action       *verlog.Action
	user         *uint64
}

// cat prints the lines of a log that the flags select, byte for byte.
func cat(e *cli.Env) error {
	var dicts, since, until, action, user string
	flags := cli.NewFlags(e)
	flags.String(&dicts, "dicts")
	flags.String(&since, "since")
	flags.String(&until, "until")
	flags.String(&action, "action")
	flags.String(&user, "user")
	name, log, err := source(e, flags)
	if err != nil {
		return err
	}
	for _, f := range [...]struct{ name, value string }{{"since", since}, {"until", until}, {"action", action}, {"user", user}} {
		if f.value == "" && flags.Given(f.name) {
			return fault.New(fault.Usage, "--%s is an empty text, which would select all", f.name)
		}
	}
	names, err := readNames(e, dicts)
	if err != nil {
		return err
	}
	c, err := names.conditions(since, until, action, user)
	if err != nil {
		return err
	}
	lines, damage := scan(e, name, log)
	var out []byte
	for _, l := range lines {
		if c.hold(l) {
			out = l.Append(out[:0])
			e.Out.Write(out)
		}
	}
	return damage
}

// conditions reads the values of the flags; an empty one sets no condition.
func (n names) conditions(since, until, action, user string) (c conditions, err error) {
	if c.since, err = moment(since, 0, stamp.First); err != nil {
		return c, err
	}
	if c.until, err = moment(until, stamp.Max, stamp.Last); err != nil {
		return c, err
	}
	if action != "" {
		code, err := lookup(n.actions, action)
		if err != nil {
			return c, err
		}
		a, err := toAction(code)
		if err != nil {
			return c, err
		}
		c.action = &a
	}
	if user != "" {
		code, err := lookup(n.users, user)
		if err != nil {
			return c, err
		}
		c.user = &code
	}
	return c, nil
}

// moment reads a version id, or a time whose first or last id edge gives; an empty value is open.
func moment(s string, open stamp.ID, edge func(time.Time) stamp.ID) (stamp.ID, error) {
	if s == "" {
		return open, nil
	}
	if id, err := stamp.Parse(s); err == nil {
		return id, nil
	}
	t, err := stamp.ParseTime(s)
	return edge(t), err
}

func (c conditions) hold(l verlog.Line) bool {
	return c.since <= l.ID && l.ID <= c.until && (c.action == nil || *c.action == l.Action) && (c.user == nil || *c.user == l.User)
}
