package bzip2

import "encoding/binary"

// bitWriter appends bits, the most significant first, to buf. Up to 31 bits wait in acc.
type bitWriter struct {
	buf []byte
	acc uint64
	n   uint
}

// put appends the low n bits of v, n <= 32; v has no bits above them.
func (w *bitWriter) put(v uint32, n uint) {
	w.acc = w.acc<<n | uint64(v)
	w.n += n
	if w.n >= 32 {
		w.n -= 32
		w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(w.acc>>w.n))
	}
}

// putMagic appends a 48-bit block or end mark.
func (w *bitWriter) putMagic(m uint64) {
	w.put(uint32(m>>24), 24)
	w.put(uint32(m&0xffffff), 24)
}

// putBits appends the bits of o, which may not be closed yet.
func (w *bitWriter) putBits(o *bitWriter) {
	p := o.buf
	for ; len(p) >= 4; p = p[4:] {
		w.put(binary.BigEndian.Uint32(p), 32)
	}
	for _, b := range p {
		w.put(uint32(b), 8)
	}
	w.put(uint32(o.acc&(1<<o.n-1)), o.n)
}

// close fills the last byte with zero bits and returns the buffer.
func (w *bitWriter) close() []byte {
	for w.n > 0 {
		take := min(w.n, 8)
		w.n -= take
		w.buf = append(w.buf, byte(w.acc>>w.n<<(8-take)))
	}
	return w.buf
}

// bitReader takes bits, the most significant first, from buf. Behind the end it gives zero bits: overrun tells.
type bitReader struct {
	buf []byte
	pos int    // bytes taken into acc
	acc uint64 // the next n bits, left-aligned
	n   uint
}

// fill makes at least 56 bits ready.
func (r *bitReader) fill() {
	if r.pos+8 <= len(r.buf) {
		r.acc |= binary.BigEndian.Uint64(r.buf[r.pos:]) >> r.n
		r.pos += int(63-r.n) >> 3
		r.n |= 56
		return
	}
	for ; r.n <= 56; r.n += 8 {
		if r.pos < len(r.buf) {
			r.acc |= uint64(r.buf[r.pos]) << (56 - r.n)
		}
		r.pos++
	}
}

// get takes n bits, n <= 32.
func (r *bitReader) get(n uint) uint32 {
	if r.n < n {
		r.fill()
	}
	v := uint32(r.acc >> (64 - n))
	r.skip(n)
	return v
}

// skip drops n bits that are ready.
func (r *bitReader) skip(n uint) {
	r.acc <<= n
	r.n -= n
}

// magic takes a 48-bit block or end mark.
func (r *bitReader) magic() uint64 { return uint64(r.get(24))<<24 | uint64(r.get(24)) }

// overrun reports whether bits behind the end of buf were taken.
func (r *bitReader) overrun() bool { return r.pos*8-int(r.n) > len(r.buf)*8 }

// used counts the bytes of which a bit was taken.
func (r *bitReader) used() int { return (r.pos*8 - int(r.n) + 7) / 8 }
