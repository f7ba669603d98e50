// Rdb-apply applies a delta, or a chain of deltas in order, to a file.
//
//	rdb-apply [-o FILE] [--hash HEX] [--max-size N] BASE DELTA ...
//	rdb-apply --inspect [--json | --porcelain | -z] DELTA ...
package main

import (
	"io"
	"os"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const usage = `usage: rdb-apply [-o FILE] [--hash HEX] [--max-size N] BASE DELTA ...
       rdb-apply --inspect [--json | --porcelain | -z] DELTA ...

Writes what the deltas make of BASE, one after another. A delta is a BSDIFF40
patch made by anyone, as it is or in .xz. One of the files may be - for standard
input. The result is checked against the log line in the last delta, if any.

      --hash HEX    check the result: its XXH3-128, as xxhsum -H2 prints it
      --max-size N  refuse larger files and results (4G); k, M, G count
  -o, --output FILE write to FILE instead of standard output; on an error it is
                    as it was
      --inspect     print what each delta is made of, and verify it
      --json        as JSON lines
      --porcelain   as fields separated by tabs, for programs
  -z                as --porcelain, ended by NUL, with nothing escaped

  rdb-apply -o text.new.csv text.csv text.bsdiff
`

type options struct {
	inspect bool
	format  cli.Format
	hash    *verlog.Hash // that the result must have
	maxSize int64
	output  string
}

func main() { os.Exit(cli.Main("rdb-apply", usage, run)) }

func run(e *cli.Env) error {
	o, names, err := parse(e)
	if err != nil {
		return err
	}
	if o.inspect {
		return inspect(e, o, names)
	}
	c, err := openChain(e, names[0], o.maxSize)
	if err != nil {
		return err
	}
	defer c.close()
	for _, name := range names[1:] {
		if err := c.apply(name); err != nil {
			return err
		}
	}
	c.work = e.Progress("write", c.size())
	defer c.work.Done()
	return cli.WriteOutput(e, o.output, func(w io.Writer) error { return c.write(w, o.hash) })
}

func parse(e *cli.Env) (o options, names []string, err error) {
	o.maxSize = 4 << 30
	var hash string
	flags := cli.NewFlags(e)
	flags.Bool(&o.inspect, "inspect")
	flags.Format(&o.format)
	flags.String(&hash, "hash")
	flags.Size(&o.maxSize, "max-size")
	flags.File(&o.output, "o", "output")
	if names, err = flags.Parse(); err != nil {
		return o, nil, err
	}
	if err := refuse(flags, o, names); err != nil {
		return o, nil, err
	}
	if flags.Given("hash") {
		want, err := verlog.ParseHash(strings.ToLower(hash))
		if err != nil {
			return o, nil, fault.New(fault.Usage, "--hash: %w", err)
		}
		o.hash = &want
	}
	return o, names, nil
}

// refuse returns what is wrong with the command line as a whole.
func refuse(flags *cli.Flags, o options, names []string) error {
	stdin := 0
	for _, name := range names {
		if name == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return fault.New(fault.Usage, "standard input can be only one of the files")
	}
	if o.inspect {
		if len(names) == 0 {
			return fault.New(fault.Usage, "a delta to inspect is missing")
		}
		for _, name := range []string{"o", "hash", "max-size"} {
			if err := cli.Exclusive(flags, "inspect", name); err != nil {
				return err
			}
		}
		return nil
	}
	if o.format != cli.Table {
		return fault.New(fault.Usage, "--json, --porcelain and -z go with --inspect")
	}
	if len(names) < 2 {
		return fault.New(fault.Usage, "a base and at least one delta are needed")
	}
	return nil
}
