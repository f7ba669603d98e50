package main

import (
	"fmt"
	"io"
	"os"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// heaviest is how much memory a delta may take to be composed with others, in bytes. A heavier one is streamed.
const heaviest = 32 << 20

// chain is a base and the deltas applied to it. Light deltas are composed before a byte is touched. A heavy one is
// streamed: to the result when it is the last, else to a temporary file, which is the base from then on.
type chain struct {
	env     *cli.Env
	maxSize int64

	base  cli.Section
	text  *delta.Text  // over base
	heavy []byte       // a patch of text that is still to be streamed, or nil
	line  *verlog.Line // in the last delta, or nil

	work *cli.Progress // bytes of the result written
}

func openChain(e *cli.Env, base string, maxSize int64) (*chain, error) {
	section, err := cli.OpenSection(e, base, maxSize)
	if err != nil {
		return nil, err
	}
	return &chain{env: e, maxSize: maxSize, base: section, text: delta.NewText(section.Size())}, nil
}

func (c *chain) close() { c.base.Close() }

// watched tells work how much has been written.
type watched struct {
	io.Writer
	work *cli.Progress
}

func (w watched) Write(p []byte) (n int, err error) {
	n, err = w.Writer.Write(p)
	w.work.Add(int64(n))
	return n, err
}

// apply reads the delta in the named file and applies it.
func (c *chain) apply(name string) error {
	file, err := cli.ReadInput(c.env, name, c.maxSize)
	if err != nil {
		return err
	}
	patch, record, err := unseal(file)
	if err == nil {
		err = c.spill()
	}
	if err == nil {
		err = c.add(patch)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", cli.Quote(name), err)
	}
	c.line = nil
	if record != nil {
		if line, err := verlog.ParseLine(record); err != nil {
			c.env.Warn("%s: what follows the patch is no line of a log (%v)", cli.Quote(name), err)
		} else {
			c.line = &line
		}
	}
	return nil
}

// unseal bounds what a small file can ask for: patches are compressed already, so .xz gains little on them.
func unseal(file []byte) (patch, record []byte, err error) {
	return delta.Unseal(file, 64*int64(len(file))+1<<20)
}

// add applies a patch to the text, or keeps it for streaming.
func (c *chain) add(patch []byte) error {
	weight, err := delta.Weight(patch, c.text.Size(), c.maxSize)
	if err != nil {
		return err
	}
	if weight > heaviest {
		c.heavy = patch
		return nil
	}
	d, _, err := delta.Parse(patch, c.text.Reader(c.base), c.text.Size(), c.maxSize)
	if err != nil {
		return err
	}
	return c.text.Apply(d)
}

// spill streams the heavy patch, if there is one, to a temporary file that becomes the base.
func (c *chain) spill() error {
	if c.heavy == nil {
		return nil
	}
	f, err := os.CreateTemp("", "rdb-apply-")
	if err != nil {
		return err
	}
	size := int64(0)
	if err = os.Remove(f.Name()); err == nil { // the open file is all that is needed, and nothing can be left behind
		size, err = c.stream(f)
	}
	if err != nil {
		f.Close()
		return err
	}
	c.base.Close()
	c.base = cli.Section{SectionReader: io.NewSectionReader(f, 0, size), File: f}
	c.text, c.heavy = delta.NewText(size), nil
	return nil
}

// size returns the size of the result, as far as it is known.
func (c *chain) size() int64 {
	if c.heavy != nil {
		return 0
	}
	return c.text.Size()
}

// stream writes what the heavy patch makes of the text.
func (c *chain) stream(w io.Writer) (int64, error) {
	return delta.Stream(watched{w, c.work}, c.heavy, c.text.Reader(c.base), c.text.Size(), c.maxSize)
}
