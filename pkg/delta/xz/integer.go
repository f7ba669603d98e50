package xz

import "math/bits"

// maxInteger is the longest a multibyte integer gets: 63 bits, 7 a byte.
const maxInteger = 9

// integer reads a multibyte integer at the front of b, the least 7 bits first; n is its size, 0 when it is cut, too long
// or not the shortest form.
func integer(b []byte) (v uint64, n int) {
	for i, c := range b[:min(len(b), maxInteger)] {
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			if c == 0 && i > 0 {
				return 0, 0
			}
			return v, i + 1
		}
	}
	return 0, 0
}

// integerSize returns the size of v as a multibyte integer.
func integerSize(v uint64) int { return max(1, (bits.Len64(v)+6)/7) }
