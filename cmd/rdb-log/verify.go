package main

import (
	"bytes"
	"fmt"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// verify prints every problem of a log in its order, a torn tail last.
func verify(e *cli.Env) error {
	var asJSON bool
	flags := cli.NewFlags(e)
	flags.Bool(&asJSON, "json")
	name, log, err := source(e, flags)
	if err != nil {
		return err
	}
	problems, torn := verlog.Check(log)
	if torn >= 0 {
		problems = append(problems, verlog.Problem{
			Number: bytes.Count(log[:torn], []byte("\n")) + 1, Offset: torn, Text: tornText(log, torn),
		})
	}
	if asJSON {
		err = listJSON(e, problems)
	} else {
		for _, p := range problems {
			fmt.Fprintf(e.Out, "%s: %s\n", cli.Escape(name), cli.Escape(p.String()))
		}
	}
	if len(problems) == 0 || err != nil {
		return err
	}
	return fault.New(fault.No, "%s has %s", name, count(len(problems)))
}

// tornText describes the tail of log from offset torn on.
func tornText(log []byte, torn int64) string {
	return fmt.Sprintf("torn: the last %d bytes are an append that never finished; it was never acknowledged", int64(len(log))-torn)
}

func count(problems int) string {
	if problems == 1 {
		return "1 problem"
	}
	return fmt.Sprint(problems, " problems")
}

func listJSON(e *cli.Env, problems []verlog.Problem) error {
	list := cli.NewRecords(e, cli.JSON, "line", "offset", "version", "problem")
	for _, p := range problems {
		var version any
		if p.ID != 0 {
			version = p.ID
		}
		if err := list.Add(p.Number, p.Offset, version, p.Text); err != nil {
			return err
		}
	}
	return list.Close()
}
