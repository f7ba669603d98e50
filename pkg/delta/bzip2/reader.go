package bzip2

import (
	"io"
	"math"
)

// Reader gives out what a bzip2 stream holds, piece by piece, in memory bounded by one block.
type Reader struct {
	d   *decoder
	c   *column // the block at hand, or nil
	err error
}

// NewReader returns a reader of the one stream at the front of z, which must not change meanwhile.
func NewReader(z []byte) *Reader {
	d, err := newDecoder(z, math.MaxInt64)
	return &Reader{d: d, err: err}
}

// Read implements io.Reader. Damage is an error with fault.Corrupt; what came before it has been given out by then.
func (r *Reader) Read(p []byte) (n int, err error) {
	for n < len(p) && r.err == nil {
		if r.c == nil {
			r.next()
			continue
		}
		k := r.c.runs.read(p[n:])
		if n += k; n < len(p) {
			r.err = r.c.check()
			columns.Put(r.c)
			r.c = nil
		}
	}
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	return 0, r.err
}

// next makes the next block ready, or sets err.
func (r *Reader) next() {
	if r.c, r.err = r.d.next(); r.err != nil {
		return
	}
	if r.c == nil {
		r.err = io.EOF
		return
	}
	r.c.restore()
}
