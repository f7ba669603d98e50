package row

import (
	"bytes"
	"io"

	"github.com/reedbase/reedbase/pkg/fault"
)

// NewConverter returns what Convert makes of r, as it is read. Memory depends on the longest record alone. Errors are those of
// Convert, and of r.
func NewConverter(r io.Reader, delimiter byte) (io.Reader, error) {
	_, err := Convert(nil, nil, delimiter)
	return &converter{in: r, delimiter: delimiter, chunk: chunk, line: 1}, err
}

type converter struct {
	in        io.Reader
	delimiter byte
	chunk     int
	buf       []byte // read and not converted, from the beginning of a record on
	out       []byte // converted and not returned
	store     []byte // what out lies in
	line      int    // of buf
	begun     bool
	err       error // what ended in
}

// Read returns converted text.
func (c *converter) Read(p []byte) (int, error) {
	for len(c.out) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.step()
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// step reads on and converts the records that end in what was read.
func (c *converter) step() {
	n := len(c.buf)
	want := max(c.chunk, n) // a record that fills the buffer makes it twice as large
	c.buf = append(c.buf, make([]byte, want)...)
	m, err := io.ReadFull(c.in, c.buf[n:])
	c.buf = c.buf[:n+m]
	end := len(c.buf)
	if err == nil {
		end = c.whole()
	} else if c.err = err; err == io.ErrUnexpectedEOF {
		c.err = io.EOF
	}
	out, bad := convert(c.store[:0], c.buf[:end], c.delimiter, !c.begun)
	if bad != nil {
		c.err = fault.New(fault.Input, "line %d: %s", c.line+bytes.Count(c.buf[:bad.at], []byte("\n")), bad.text)
	}
	c.begun = c.begun || end > 0
	c.line += bytes.Count(c.buf[:end], []byte("\n"))
	c.store, c.out = out, out
	c.buf = c.buf[:copy(c.buf, c.buf[end:])]
}

// whole returns where the last record ends that is complete in buf: behind which a line end follows and another byte.
func (c *converter) whole() int {
	last, at := 0, 0
	if !c.begun {
		at = len(mark(c.buf)) // a quote behind it opens a cell
	}
	for at < len(c.buf) {
		end, bad := recordEnd(c.buf, at, c.delimiter)
		if bad != nil && bad.open || end == len(c.buf) && c.buf[end-1] != '\n' {
			return last
		}
		if bad != nil {
			return len(c.buf)
		}
		last, at = end, end
	}
	return last
}
