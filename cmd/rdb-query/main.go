// Rdb-query answers questions in ReedQL about files, standard input and, where there is a database, its tables.
//
//	rdb-query [-f FORMAT] [--no-header] [-o FILE] [--param N=V…] [--explain | --validate] [-e] [--batch] [-C DIR] [--trust] [QUERY]
package main

import (
	"cmp"
	"io"
	"os"
	"runtime/debug"

	"github.com/reedbase/reedbase/pkg/ask"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
)

const usage = `usage: rdb-query [-f FORMAT] [--no-header] [-o FILE] [--param N=V…]
                 [--explain | --validate] [-e] [--batch] [-C DIR] [--trust]
                 [QUERY]

Answers a query in ReedQL, reedql(7), given as the argument or on standard input.
FROM 'file.csv' reads a file, FROM - standard input, which then cannot hold the
query: tables as ReedBase keeps them, or CSV with commas, semicolons or tabs, as
the first line shows. No database is needed. Other names are tables of the one
that -C or REED_DIR names or that is found from here upwards. Nothing is written
to it: rdb query does that.

  -f, --format FORMAT  table, csv, pipe, json, jsonl or markdown (table on a
                       terminal, else pipe: what is between cells in tables)
      --no-header      leave out the names of the columns
  -o, --output FILE    write to FILE, which is replaced only by a whole result
      --param N=V      the value of :N, or of the Nth question mark; may be
                       given several times
      --explain        run the query and print its plan instead of its rows
      --validate       only say what is wrong with the query; exit 1 if anything is
  -e, --exit-code      exit 1 when no row comes out
      --batch          answer many queries, one a line, an empty line behind each
                       result; what is wrong with one is said, with its line, and
                       sets the exit code
  -C, --dir DIR        the folder of .reed
      --trust          open a database that belongs to another user

  rdb-query "SELECT city, count(*) AS n FROM 'people.csv' GROUP BY city"
`

// options is the command line.
type options struct {
	form                                      ask.Form
	params                                    []string
	output, dir                               string
	explain, validate, exitCode, batch, trust bool
}

func main() { os.Exit(cli.Main("rdb-query", usage, run)) }

func run(e *cli.Env) error {
	debug.SetGCPercent(400) // most live for milliseconds, and their memory with them
	o, operands, err := parse(e)
	if err != nil {
		return err
	}
	parameters, err := ask.ReadParameters(o.params)
	if err != nil {
		return err
	}
	text, given, err := readText(e, operands)
	if err != nil {
		return err
	}
	c := newCatalogue(e, o, given)
	defer c.Close()
	a := asker{Env: e, options: o, catalogue: c, parameters: parameters}
	// That the answer is no, is an answer: what says so replaces the file.
	var no error
	err = cli.WriteOutput(e, o.output, func(w io.Writer) error {
		err := a.answerTo(w, text)
		if fault.KindOf(err) == fault.No {
			no, err = err, nil
		}
		return err
	})
	return cmp.Or(err, no)
}

func parse(e *cli.Env) (o options, operands []string, err error) {
	format, noHeader := "", false
	flags := cli.NewFlags(e)
	flags.String(&format, "f", "format")
	flags.Bool(&noHeader, "no-header")
	flags.File(&o.output, "o", "output")
	flags.Strings(&o.params, "param")
	flags.Bool(&o.explain, "explain")
	flags.Bool(&o.validate, "validate")
	flags.Bool(&o.exitCode, "e", "exit-code")
	flags.Bool(&o.batch, "batch")
	flags.String(&o.dir, "C", "dir")
	flags.Bool(&o.trust, "trust")
	if operands, err = flags.Parse(); err != nil {
		return o, nil, err
	}
	if len(operands) > 1 {
		err := fault.New(fault.Usage, "one query is wanted, but %q is one operand too many", operands[1])
		return o, nil, fault.WithHint(err, "put quotes around a query, so that the shell takes it for one word")
	}
	for _, pair := range [][]string{{"explain", "validate"}, {"explain", "exit-code"}, {"validate", "exit-code"}, {"explain", "format"}, {"validate", "format"}} {
		if err := cli.Exclusive(flags, pair...); err != nil {
			return o, nil, err
		}
	}
	o.form, err = ask.ReadForm(e, format, noHeader)
	return o, operands, err
}

// maxText bounds what is read as a query, or as many of them, in bytes: more than any of them may have.
const maxText = 64 << 20

// readText returns the query, and whether it was an argument.
func readText(e *cli.Env, operands []string) (text string, given bool, err error) {
	if len(operands) == 1 && operands[0] != "-" {
		return operands[0], true, nil
	}
	b, err := cli.ReadInput(e, "-", maxText)
	return string(b), false, err
}
