// Rdb keeps tables of plain text with their whole history: it is to tables what git is to files.
//
//	rdb [-C DIR] VERB [OPERAND…] [FLAG…]
//
// It is the porcelain: every verb is one or a few calls of pkg/reedbase, and what they print. See rdb(1).
package main

import (
	"errors"
	"os"
	"runtime/debug"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
)

func main() { os.Exit(cli.Main("rdb", "", run)) }

// run answers what stands before the verb and hands the rest to it.
func run(e *cli.Env) error {
	debug.SetGCPercent(400) // it lives for milliseconds, and its memory with it
	c := &call{Env: e}
	c.flags = cli.NewFlags(e)
	c.bindCommon()
	rest, err := c.flags.ParseLeading()
	switch {
	case errors.Is(err, cli.ErrDone) && c.flags.Given("help"):
		writeOverview(c.Out)
		return err
	case err != nil:
		return err
	case len(rest) == 0:
		writeOverview(c.Err)
		return fault.WithHint(fault.New(fault.Usage, "no verb given"), "rdb help VERB tells more about one of the verbs above")
	}
	return c.dispatch(rest[0], rest[1:])
}

// dispatch performs the verb called name: an old name of one of ours, a verb of ours, else a program rdb-NAME.
func (c *call) dispatch(name string, args []string) error {
	if verb, now, ok := renamed(name, args); ok {
		c.Warn("%s is an old name: say rdb %s", name, shellLine(append([]string{verb}, now...)))
		name, args = verb, now
	}
	if v := findVerb(name); v != nil {
		return c.perform(v, args)
	}
	if path := findExtension(name, c.Getenv("PATH")); path != "" {
		return c.become(path, args)
	}
	return unknownVerb(name)
}

func unknownVerb(name string) error {
	err := fault.New(fault.Usage, "unknown verb %q", name)
	if near := cli.Suggest(name, verbNames()); near != "" {
		return fault.WithHint(err, "did you mean %s? rdb help lists the verbs", near)
	}
	return fault.WithHint(err, "rdb help lists the verbs")
}
