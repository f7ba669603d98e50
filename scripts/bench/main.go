// Bench measures ReedBase beside its rivals: whole processes, in turn, medians.
//
//	bench [-only REGEXP] [-n ROUNDS] [-each N] [-quick] [-markdown] [-list] [-bin DIR] [-dir DIR]
//
// It exits 1 when anything asked for is missed or could not be measured.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

const usage = `usage: bench [-only REGEXP] [-n ROUNDS] [-each N] [-quick] [-markdown] [-list] [-bin DIR] [-dir DIR]

Runs our command and its rival as whole processes in turn, once to warm up and
then ROUNDS times (3 times when a pair takes over 2 seconds, once over 10, nine
times as often to look up a row), and prints the medians, one line for everything
asked of a figure. Many writers at once do N updates each, every one a process of
its own. Exits 1 when anything asked for is missed or cannot be measured. At the first time npm fetches daff and
DuckDB, and go builds csvq and dolt, which takes minutes; Miller is measured if it
is installed.

  -only REGEXP   figures whose name matches
  -n ROUNDS      rounds (11)
  -each N        updates that each of many writers does (500)
  -quick         3 rounds, no table of a million rows, histories of 100
                 versions, 50 updates each
  -markdown      print a table for README.md instead, without the real tables
  -list          print the figures' names and what they are, measure nothing
  -bin DIR       the built programs (bin)
  -dir DIR       where to work; about 4 GB, kept for the next time (bench)

bench -only '^set-.*-100k$'
`

type options struct {
	only                  *regexp.Regexp
	rounds, each          int
	quick, markdown, list bool
	bin, dir              string
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		if c, ok := childOf(args[0]); ok {
			return runChild(c, args, stdout, stderr)
		}
	}
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "bench: error: %v\n%s", err, usage)
		return 129
	}
	debug.SetGCPercent(20) // a process counts its parent's memory as its own peak
	ok, err := bench(o, stdout)
	if err != nil {
		fmt.Fprintf(stderr, "bench: error: %v\n", err)
		return 128
	}
	if !ok {
		return 1
	}
	return 0
}

func parse(args []string) (options, error) {
	o := options{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	only := flags.String("only", "", "")
	flags.IntVar(&o.rounds, "n", 0, "")
	flags.IntVar(&o.each, "each", 0, "")
	flags.BoolVar(&o.quick, "quick", false, "")
	flags.BoolVar(&o.markdown, "markdown", false, "")
	flags.BoolVar(&o.list, "list", false, "")
	flags.StringVar(&o.bin, "bin", "bin", "")
	flags.StringVar(&o.dir, "dir", "bench", "")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.rounds == 0 {
		o.rounds = 11
		if o.quick {
			o.rounds = 3
		}
	}
	if o.each == 0 {
		o.each = 500
		if o.quick {
			o.each = 50
		}
	}
	if o.rounds < 0 {
		return o, fmt.Errorf("bad number of rounds %d", o.rounds)
	}
	if o.each < 0 {
		return o, fmt.Errorf("bad number of updates %d", o.each)
	}
	var err error
	o.only, err = regexp.Compile(*only)
	return o, err
}

// bench measures the chosen figures and reports whether all that was asked is met.
func bench(o options, stdout io.Writer) (bool, error) {
	source, err := filepath.Abs(".")
	if err != nil {
		return false, err
	}
	l := newLab(source, o)
	chosen := choose(allFigures(l), o)
	if len(chosen) == 0 {
		return false, fmt.Errorf("no figure matches %q", o.only)
	}
	if o.list {
		for _, f := range chosen {
			fmt.Fprintf(stdout, "%-28s %s\n", f.name, f.what)
		}
		return true, nil
	}
	if err := l.open(); err != nil {
		return false, err
	}
	r := newReport(stdout, o.markdown)
	for _, f := range chosen {
		ours, rival, err := l.measure(f, o.rounds)
		r.add(f, ours, rival, err)
	}
	floor, err := l.process(side{}, []string{"nothing"}, oursPrinted)
	if err != nil {
		return false, err
	}
	return r.close(floor.peak)
}

// allFigures lists the figures in the order they are measured.
func allFigures(l *lab) []figure {
	var all []figure
	for _, group := range []func(*lab) []figure{
		deltaFigures, boundFigures, applyFigures, setFigures, schemaFigures, diskFigures,
		openFigures, diffFigures, historyFigures, mergeFigures, writerFigures,
		queryFigures, lookupFigures, indexFigures, keyFigures, realFigures,
	} {
		all = append(all, group(l)...)
	}
	return all
}

func choose(all []figure, o options) []figure {
	var chosen []figure
	for _, f := range all {
		left := o.quick && f.big || o.markdown && strings.HasPrefix(f.name, "real-")
		if o.only.MatchString(f.name) && !left {
			chosen = append(chosen, f)
		}
	}
	return chosen
}
