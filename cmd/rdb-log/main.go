// Rdb-log turns lines of version.log into readable records and back, verifies a log, and picks lines from one.
//
//	rdb-log encode [--dicts DIR] [--json] [FILE]
//	rdb-log decode [--dicts DIR] [--json] [FILE]
//	rdb-log verify [--json] [FILE]
//	rdb-log cat [--since T] [--until T] [--action A] [--user U] [--dicts DIR] [FILE]
package main

import (
	"errors"
	"os"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const usage = `usage: rdb-log encode [--dicts DIR] [--json] [FILE]
       rdb-log decode [--dicts DIR] [--json] [FILE]
       rdb-log verify [--json] [FILE]
       rdb-log cat [--since T] [--until T] [--action A] [--user U]
           [--dicts DIR] [FILE]

FILE is a table's version.log, by default standard input.

  encode  turn readable records or JSON lines into lines of a log
  decode  turn lines of a log into readable records
  verify  report everything that is wrong with a log; exit 1 if anything is
  cat     print the lines that all the conditions given select, as they are

      --dicts DIR   names come from actions.dict and users.dict in DIR, such as
                    .reed/registry; without it no user but system has a name
      --json        one JSON object a line
      --since T     no version before T: a time or a version id
      --until T     no version after T
      --action A    the action with this name or code
      --user U      the user with this name or code

A time is 2026-03-01T12:00:00Z, 2026-03-01 (its start, UTC) or @SECONDS.

  rdb-log cat --since 2026-03-01 version.log | rdb-log decode --dicts .reed/registry
`

const maxLog = 1 << 30

func main() { os.Exit(cli.Main("rdb-log", usage, run)) }

func run(e *cli.Env) error {
	rest, err := cli.NewFlags(e).ParseLeading()
	if err != nil {
		return err
	}
	verbs := []string{"encode", "decode", "verify", "cat"}
	if len(rest) == 0 {
		return fault.New(fault.Usage, "a verb is missing: encode, decode, verify or cat")
	}
	verb := e.Command(usage, rest[1:])
	switch rest[0] {
	case "encode":
		return encode(verb)
	case "decode":
		return decode(verb)
	case "verify":
		return verify(verb)
	case "cat":
		return cat(verb)
	}
	err = fault.New(fault.Usage, "unknown verb %q", rest[0])
	if near := cli.Suggest(rest[0], verbs); near != "" {
		err = fault.WithHint(err, "did you mean %s?", near)
	}
	return err
}

// source parses the command line and returns the input it names.
func source(e *cli.Env, flags *cli.Flags) (name string, text []byte, err error) {
	operands, err := flags.Parse()
	switch {
	case err != nil:
		return "", nil, err
	case len(operands) > 1:
		return "", nil, fault.New(fault.Usage, "one FILE can be read, not %d", len(operands))
	case len(operands) == 0:
		operands = []string{"-"}
	}
	text, err = cli.ReadInput(e, operands[0], maxLog)
	if name = operands[0]; name == "-" {
		name = "standard input"
	}
	return name, text, err
}

// scan returns the lines of a log. A torn tail is a warning; damaged lines come as an error beside the others.
func scan(e *cli.Env, name string, log []byte) ([]verlog.Line, error) {
	lines, torn, err := verlog.Scan(log)
	if torn >= 0 {
		e.Warn("%s: %s", name, tornText(log, torn))
	}
	var damage *verlog.Damage
	if errors.As(err, &damage) {
		err = fault.New(fault.Corrupt, "%s: %w", name, err)
	}
	return lines, err
}

func decode(e *cli.Env) error {
	var dicts string
	var asJSON bool
	flags := cli.NewFlags(e)
	flags.String(&dicts, "dicts")
	flags.Bool(&asJSON, "json")
	name, log, err := source(e, flags)
	if err != nil {
		return err
	}
	names, err := readNames(e, dicts)
	if err != nil {
		return err
	}
	lines, damage := scan(e, name, log)
	var out []byte
	for _, l := range lines {
		if asJSON {
			out, err = names.appendJSON(out[:0], l)
			if err != nil {
				return err
			}
		} else {
			out = names.appendReadable(out[:0], l)
		}
		e.Out.Write(out)
	}
	return damage
}
