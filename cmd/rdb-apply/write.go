package main

import (
	"bufio"
	"errors"
	"io"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// write writes the result and checks it against want and the log line in the last delta, where there are such.
func (c *chain) write(w io.Writer, want *verlog.Hash) error {
	if want == nil && c.line == nil {
		return c.writeText(w)
	}
	sum := xxh3.New()
	if c.heavy != nil {
		if _, err := c.stream(io.MultiWriter(w, sum)); err != nil {
			return err
		}
		return c.check(sum.Sum128().Bytes(), want)
	}
	hashed := make(chan error, 1)
	go func() { // beside the writing: ranges are copied without passing through here
		_, err := c.text.Reader(c.base).WriteTo(sum)
		hashed <- err
	}()
	err := c.writeText(w)
	if err = errors.Join(err, <-hashed); err != nil {
		return err
	}
	return c.check(sum.Sum128().Bytes(), want)
}

// check compares the hash of the result with what it should be.
func (c *chain) check(got verlog.Hash, want *verlog.Hash) error {
	if c.line != nil && got != c.line.Hash {
		return fault.WithHint(fault.New(fault.Corrupt, "the result is not what the last delta is for: its hash is %s, not %s", got, c.line.Hash),
			"is BASE what the first delta was made from, and is no delta missing?")
	}
	if want != nil && got != *want {
		return fault.New(fault.Corrupt, "the hash of the result is %s, not %s", got, *want)
	}
	return nil
}

// writeText writes the result.
func (c *chain) writeText(w io.Writer) error {
	if c.heavy != nil {
		_, err := c.stream(w)
		return err
	}
	if c.base.File == nil {
		_, err := c.text.Reader(c.base).WriteTo(w)
		return err
	}
	return c.writePieces(w)
}

// longRange is the length from which a range of the base is handed to the system to copy, in bytes.
const longRange = 64 << 10

// writePieces writes the text, long ranges of the base from file to file.
func (c *chain) writePieces(w io.Writer) error {
	out := bufio.NewWriterSize(w, longRange)
	for _, p := range c.text.Pieces() {
		var err error
		switch {
		case p.Src != nil:
			_, err = out.Write(p.Src)
		case p.N < longRange:
			_, err = io.Copy(out, io.NewSectionReader(c.base, p.Off, p.N))
		default:
			if err = out.Flush(); err == nil {
				err = c.copyRange(w, p)
			}
		}
		if err != nil {
			return err
		}
		c.work.Add(p.N)
	}
	return out.Flush()
}

// copyRange lets the system copy a piece of the base's file to w, if that is a file.
func (c *chain) copyRange(w io.Writer, p delta.Piece) error {
	if _, err := c.base.File.Seek(p.Off, io.SeekStart); err != nil {
		return err
	}
	_, err := io.CopyN(w, c.base.File, p.N)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
