package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// names translates between codes and what they are called.
type names struct {
	actions, users *dict.Dict
}

const maxDict = 64 << 20

// readNames returns the names in the dictionaries of the folder dir. A log outlives its dictionaries: instead of one that
// is missing, and where no folder is given, those that every database begins with are used; one that is damaged gives
// what can be read of it.
func readNames(e *cli.Env, dir string) (n names, err error) {
	if n.actions, err = readDict(e, dir, dict.Actions); err != nil {
		return n, err
	}
	n.users, err = readDict(e, dir, dict.Users)
	return n, err
}

func readDict(e *cli.Env, dir string, kind dict.Kind) (*dict.Dict, error) {
	file, text := filepath.Join(dir, kind.File()), kind.Default(time.Unix(0, 0))
	if dir != "" {
		found, err := cli.ReadInput(e, file, maxDict)
		switch {
		case err == nil:
			text = found
		case fault.KindOf(err) == fault.NotFound:
			e.Warn("%s is missing; other codes than every database has are shown as numbers", file)
		default:
			return nil, err
		}
	}
	d, err := dict.Parse(kind, file, text)
	if err != nil {
		e.Warn("%s", err)
	}
	return d, nil
}

// toAction returns the action that has this code.
func toAction(code uint64) (verlog.Action, error) {
	a := verlog.Action(code)
	if uint64(a) != code {
		return 0, fault.New(fault.Input, "%d is too large for the code of an action", code)
	}
	return a, nil
}

// lookup returns the code of what d names, given by name or code.
func lookup(d *dict.Dict, s string) (uint64, error) {
	if code, err := strconv.ParseUint(s, 10, 63); err == nil {
		return code, nil
	}
	if e, ok := d.Name(s); ok {
		return e.Code, nil
	}
	err := fault.New(fault.NotFound, "there is no %s %q", d.Kind(), s)
	var known []string
	for _, e := range d.Entries() {
		known = append(known, e.Name)
	}
	switch near := cli.Suggest(s, known); {
	case near != "":
		return 0, fault.WithHint(err, "did you mean %s?", near)
	case d.Kind() == dict.Users:
		return 0, fault.WithHint(err, "name the folder of users.dict with --dicts, or give the code")
	}
	return 0, fault.WithHint(err, "the actions are %s", strings.Join(known, ", "))
}
