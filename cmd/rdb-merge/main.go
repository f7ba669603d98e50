// Rdb-merge merges two tables that were made of one base.
//
//	rdb-merge [--key COLS] [--cells|--rows] [--favor ours|theirs] [--conflicts FILE] [--stat] [--max-size N] [-o FILE] BASE OURS THEIRS
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/merge"
)

const usage = `usage: rdb-merge [--key COLS] [--cells|--rows] [--favor ours|theirs]
                 [--conflicts FILE] [--stat] [--max-size N] [-o FILE]
                 BASE OURS THEIRS

Writes the table that has what OURS and THEIRS each changed in BASE. One of the
three may be - for standard input; BASE may be /dev/null. What both changed
differently is a conflict: the table has it as OURS has, the conflict is printed
as a line of JSON to standard error, and the exit code is 1.

      --key COLS        the columns that name a row, as a,b (the first)
      --cells           merge the cells of a row (the default)
      --rows            a row that both changed is a conflict, whichever cells
      --favor SIDE      settle conflicts for ours or theirs: the exit code is 0,
                        and they are printed only with --conflicts
      --conflicts FILE  write the conflicts to FILE, none as an empty file
      --stat            print how many rows were added (+), changed (~) and
                        deleted (-); the table is written only with -o
      --max-size N      refuse larger files (4G); k, M, G count
  -o, --output FILE     write to FILE instead of standard output

  rdb-merge -o text.csv text.base.csv text.csv text.other.csv
`

type options struct {
	merge.Options
	favor     string
	conflicts string
	stat      bool
	maxSize   int64
	output    string
}

func main() { os.Exit(cli.Main("rdb-merge", usage, run)) }

func run(e *cli.Env) error {
	o, names, err := parse(e)
	if err != nil {
		return err
	}
	texts, err := read(e, names, o.maxSize)
	if err != nil {
		return err
	}
	r, err := merge.Merge(texts[merge.Base], texts[merge.Ours], texts[merge.Theirs], o.Options)
	if err != nil {
		return name(err, names)
	}
	if err := o.write(e, r); err != nil {
		return err
	}
	if o.stat {
		describe(e.Out, r)
	}
	if len(r.Conflicts) > 0 && o.favor == "" {
		return o.answer(r)
	}
	return nil
}

func parse(e *cli.Env) (o options, names []string, err error) {
	o.maxSize = 4 << 30
	var key string
	var cells bool
	flags := cli.NewFlags(e)
	flags.String(&key, "key")
	flags.Bool(&cells, "cells")
	flags.Bool(&o.Rows, "rows")
	flags.String(&o.favor, "favor")
	flags.File(&o.conflicts, "conflicts")
	flags.Bool(&o.stat, "stat")
	flags.Size(&o.maxSize, "max-size")
	flags.File(&o.output, "o", "output")
	if names, err = flags.Parse(); err != nil {
		return o, nil, err
	}
	if flags.Given("key") {
		o.Key = strings.Split(key, ",")
	}
	switch o.favor {
	case "", "ours":
	case "theirs":
		o.Favor = merge.Theirs
	default:
		return o, nil, fault.New(fault.Usage, "--favor: %q is refused: want ours or theirs", o.favor)
	}
	return o, names, o.refuse(flags, names)
}

// refuse returns what is wrong with the command line as a whole.
func (o options) refuse(flags *cli.Flags, names []string) error {
	stdin := 0
	for _, name := range names {
		if name == "-" {
			stdin++
		}
	}
	switch {
	case len(names) != 3:
		return fault.New(fault.Usage, "three files are needed, BASE, OURS and THEIRS, not %d", len(names))
	case stdin > 1:
		return fault.New(fault.Usage, "standard input can be only one of the files")
	case o.stat && o.output == "-":
		return fault.New(fault.Usage, "--stat and -o - would both write to standard output")
	case o.stat && o.conflicts == "-":
		return fault.New(fault.Usage, "--stat and --conflicts - would both write to standard output")
	case o.conflicts == "-" && (o.output == "" || o.output == "-"):
		return fault.New(fault.Usage, "--conflicts - and the table would both be written to standard output")
	}
	return cli.Exclusive(flags, "cells", "rows")
}

// read reads the three files, all at once.
func read(e *cli.Env, names []string, limit int64) (texts [3][]byte, err error) {
	var work sync.WaitGroup
	var errs [3]error
	for i, name := range names {
		section, err := cli.OpenSection(e, name, limit)
		if err != nil {
			return texts, err
		}
		defer section.Close()
		texts[i] = durable.Buffer(section.Size())
		work.Go(func() {
			if _, err := io.ReadFull(section, texts[i]); err != nil {
				errs[i] = fmt.Errorf("read %q: %w", name, err)
			}
		})
	}
	work.Wait()
	return texts, errors.Join(errs[:]...)
}

// write writes the table and the conflicts. Of two files neither is replaced before both are complete.
func (o options) write(e *cli.Env, r *merge.Result) error {
	if o.conflicts != "" {
		return cli.WriteOutput(e, o.conflicts, func(w io.Writer) error {
			if err := o.encode(w, r); err != nil {
				return err
			}
			return o.writeTable(e, r)
		})
	}
	err := o.writeTable(e, r)
	if err == nil && o.favor == "" {
		err = o.encode(e.Err, r)
	}
	return err
}

func (o options) writeTable(e *cli.Env, r *merge.Result) error {
	if o.stat && o.output == "" {
		return nil
	}
	return cli.WriteOutput(e, o.output, func(w io.Writer) error {
		_, err := r.WriteTo(w)
		if flushed := e.Out.Flush(); err == nil && flushed != nil {
			err = fmt.Errorf("write standard output: %w", flushed)
		}
		return err
	})
}

// name puts the name of a file that is refused before the reason.
func name(err error, names []string) error {
	var refused *merge.Refused
	if errors.As(err, &refused) {
		return fault.As(fault.Input, fmt.Errorf("%q: %w", names[refused.Side], refused.Err))
	}
	return err
}

// answer is the error that sets the exit code. Standard error holds nothing but conflicts where they are printed there.
func (o options) answer(r *merge.Result) error {
	if o.conflicts == "" {
		return fault.New(fault.No, "")
	}
	return fault.New(fault.No, "conflicts: %d, in %q", len(r.Conflicts), o.conflicts)
}

// describe prints what was merged.
func describe(w io.Writer, r *merge.Result) {
	for _, line := range []struct {
		name string
		n    merge.Counts
	}{{"ours", r.Ours}, {"theirs", r.Theirs}, {"merged", r.Merged}} {
		fmt.Fprintf(w, "%-9s +%d ~%d -%d\n", line.name, line.n.Added, line.n.Changed, line.n.Deleted)
	}
	fmt.Fprintf(w, "conflicts %d\n", len(r.Conflicts))
}
