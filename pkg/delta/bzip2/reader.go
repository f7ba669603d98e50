package bzip2

import "io"

// Reader gives out what a bzip2 stream holds, piece by piece, in memory bounded by one block.
type Reader struct {
	d   *decoder
	c   *column
	err error
}

// NewReader returns a reader of the one stream at the front of z, which must not change meanwhile.
func NewReader(z []byte) *Reader {
	d, err := newDecoder(z)
	return &Reader{d: d, err: err}
}

// Read implements io.Reader. Damage is an error with fault.Corrupt; bytes before it may have been given out.
func (r *Reader) Read(p []byte) (n int, err error) {
	for n < len(p) && r.err == nil {
		n += r.step(p[n:])
	}
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	return 0, r.err
}

// step reads from the block at hand, or takes the next one.
func (r *Reader) step(p []byte) (n int) {
	if r.c != nil {
		if n = r.c.read(p); n < len(p) {
			r.err = r.c.check()
			columns.Put(r.c)
			r.c = nil
		}
		return n
	}
	if r.c, r.err = r.d.next(1 << 62); r.c == nil && r.err == nil {
		r.err = io.EOF
	}
	if r.c != nil {
		r.c.link()
	}
	return 0
}
