package main

import (
	"bytes"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// encode prints a log's line for each record of its input: readable ones, and JSON where a line begins with a brace.
// Blank lines are passed over. The first record that cannot be encoded ends it.
func encode(e *cli.Env) error {
	var dicts string
	var asJSON bool
	flags := cli.NewFlags(e)
	flags.String(&dicts, "dicts")
	flags.Bool(&asJSON, "json")
	name, text, err := source(e, flags)
	if err != nil {
		return err
	}
	names, err := readNames(e, dicts)
	if err != nil {
		return err
	}
	number := 0
	for s := range bytes.Lines(text) {
		number++
		if s = bytes.TrimSpace(s); len(s) == 0 {
			continue
		}
		line, err := names.encode(s, asJSON)
		if err != nil {
			return fault.New(fault.KindOf(err), "%s, line %d: %w", name, number, err)
		}
		e.Out.Write(line)
	}
	return nil
}

// encode returns the line for one record.
func (n names) encode(s []byte, asJSON bool) ([]byte, error) {
	var l verlog.Line
	var err error
	if asJSON || s[0] == '{' {
		l, err = n.parseJSON(s)
	} else {
		l, err = n.parseReadable(strings.TrimSpace(string(s)))
	}
	if err != nil {
		return nil, err
	}
	line := l.Append(nil)
	if again, err := verlog.ParseLine(line); err != nil {
		return nil, fault.New(fault.Input, "no log can hold this: %w", err)
	} else if again != l {
		return nil, fault.New(fault.Input, "no log can hold this: size and rows cannot be negative")
	}
	return line, nil
}
