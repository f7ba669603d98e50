// Rdb-delta writes the delta that makes one file of another.
//
//	rdb-delta [--raw] [--bytes] [--stat] [--max-size N] [-o FILE] OLD NEW
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
)

const usage = `usage: rdb-delta [--raw] [--bytes] [--stat] [--max-size N] [-o FILE] OLD NEW

Writes the delta from OLD to NEW: a BSDIFF40 patch in .xz, for rdb-apply or for
xz -dc and bspatch. One of the two may be - for standard input; an OLD of
/dev/null gives a delta that holds all of NEW.

      --raw         the BSDIFF40 patch without .xz
      --bytes       for what is no table: the generic bsdiff, slow and hungry
      --stat        print what the delta is made of; it is written only with -o
      --max-size N  refuse larger files (4G; 64M with --bytes, which needs
                    twenty times the size of OLD in memory); k, M, G count
  -o, --output FILE write to FILE instead of standard output

  rdb-delta -o text.bsdiff text.csv text.new.csv
`

type options struct {
	raw, bytes, stat bool
	maxSize          int64
	output           string
}

func main() { os.Exit(cli.Main("rdb-delta", usage, run)) }

func run(e *cli.Env) error {
	o, names, err := parse(e)
	if err != nil {
		return err
	}
	old, err := cli.OpenSection(e, names[0], o.maxSize)
	if err != nil {
		return err
	}
	defer old.Close()
	next, err := cli.OpenSection(e, names[1], o.maxSize)
	if err != nil {
		return err
	}
	defer next.Close()
	file, err := o.make(e, old, next)
	if err != nil {
		return err
	}
	if !o.stat || o.output != "" {
		err = cli.WriteOutput(e, o.output, func(w io.Writer) error {
			_, err := w.Write(file)
			return err
		})
	}
	if err == nil && o.stat {
		err = describe(e, file)
	}
	return err
}

func parse(e *cli.Env) (o options, names []string, err error) {
	o.maxSize = 4 << 30
	flags := cli.NewFlags(e)
	flags.Bool(&o.raw, "raw")
	flags.Bool(&o.bytes, "bytes")
	flags.Bool(&o.stat, "stat")
	flags.Size(&o.maxSize, "max-size")
	flags.File(&o.output, "o", "output")
	names, err = flags.Parse()
	switch {
	case err != nil:
		return o, nil, err
	case len(names) != 2:
		return o, nil, fault.New(fault.Usage, "two files are needed, OLD and NEW, not %d", len(names))
	case names[0] == "-" && names[1] == "-":
		return o, nil, fault.New(fault.Usage, "OLD and NEW cannot both be standard input")
	case o.stat && o.output == "-":
		return o, nil, fault.New(fault.Usage, "--stat and -o - would both write to standard output")
	case !o.stat && (o.output == "" || o.output == "-") && e.IsTerminal():
		return o, nil, fault.WithHint(fault.New(fault.Usage, "a delta is not for a terminal"), "name a file with -o, or redirect")
	}
	if o.bytes && !flags.Given("max-size") {
		o.maxSize = 64 << 20
	}
	return o, names, nil
}

// make returns the delta as it is to be written.
func (o options) make(e *cli.Env, old, next cli.Section) (patch []byte, err error) {
	work := e.Progress("compare", old.Size()+next.Size())
	defer work.Done()
	if o.bytes {
		patch, err = genericPatch(watch(old, work), watch(next, work))
	} else {
		patch, err = delta.Patch(watch(old, work), watch(next, work), compare(old, next, work))
	}
	if err != nil || o.raw {
		return patch, err
	}
	return delta.Seal(patch, nil), nil
}

// watched tells work how much of a file has been read.
type watched struct {
	cli.Section
	work *cli.Progress
}

func (w watched) ReadAt(p []byte, off int64) (n int, err error) {
	n, err = w.Section.ReadAt(p, off)
	w.work.Add(int64(n))
	return n, err
}

func watch(file cli.Section, work *cli.Progress) *io.SectionReader {
	return io.NewSectionReader(watched{file, work}, 0, file.Size())
}

// describe prints what the delta in file is made of, in bytes but for the controls.
func describe(e *cli.Env, file []byte) error {
	patch, _, err := delta.Unseal(file, delta.MaxSize)
	if err != nil {
		return err
	}
	s, err := delta.Inspect(patch)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "makes     %12d\ncopied    %12d\nchanged   %12d\nextra     %12d\n", s.Size, s.Copied, s.Changed, s.Extra)
	fmt.Fprintf(e.Out, "controls  %12d\npatch     %12d\nfile      %12d\n", s.Controls, len(patch), len(file))
	return nil
}
