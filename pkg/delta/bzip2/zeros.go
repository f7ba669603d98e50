package bzip2

import "bytes"

// A run of n zeros in the first run-length code is k units 00 00 00 00 FB of 255 zeros, and a tail: nothing, one to three
// zeros, or 00 00 00 00 c. The sorted rotations of that, and so their last letters, can be written down.

const (
	zeroUnit  = 5                                     // bytes of a unit
	fullUnits = (blockRoom + zeroUnit - 1) / zeroUnit // in a full block
	fullZeros = fullUnits * maxRun                    // zeros of a full block
	fullCount = maxRun - 4                            // FB
)

// AppendZeros appends the bzip2 stream that holds n zero bytes to dst, the same as Append would, and returns the longer
// slice. It looks at no zeros: its cost is that of the stream's own bytes, 49 for ten million and 32 for every 46 million more.
// A negative n counts as 0.
func AppendZeros(dst []byte, n int64) []byte {
	s := newStream(dst)
	b := blocks.Get().(*block)
	defer blocks.Put(b)
	if n >= fullZeros {
		length := b.zeros(fullZeros)
		for ; n >= fullZeros; n -= fullZeros {
			s.add(b.crc, length)
			s.putBits(&b.out)
		}
	}
	if n > 0 {
		s.add(b.crc, b.zeros(n))
		s.putBits(&b.out)
	}
	return s.end()
}

// leastBlock is less than the bytes any block takes.
const leastBlock = 16

// IsZeros reports whether z begins with the stream that AppendZeros makes for n, and how long that is. Its cost is bounded
// by the length of z.
func IsZeros(z []byte, n int64) (used int, ok bool) {
	if n/fullZeros > int64(len(z)/leastBlock) {
		return 0, false
	}
	var room [64]byte
	want := AppendZeros(room[:0], n)
	if !bytes.HasPrefix(z, want) {
		return 0, false
	}
	return len(want), true
}

// zeros makes out the block of n zeros, 0 < n <= fullZeros, and returns the length of its text.
func (b *block) zeros(n int64) (length int) {
	b.crc = zerosChecksum(n)
	var column []letters
	column, b.origin = zerosColumn(make([]letters, 0, 5), int(n))
	s := &b.symbols
	s.used = [256]bool{}
	for _, l := range column {
		s.used[l.c] = true
		length += l.n
	}
	s.start()
	for _, l := range column {
		s.add(l.c, l.n)
	}
	s.end()
	b.out = bitWriter{buf: b.out.buf[:0]}
	b.spare = n == fullZeros
	b.write(&b.out)
	b.spare = false
	return length
}

// letters is n > 0 times c.
type letters struct {
	c byte
	n int
}

// zerosColumn appends the last letters of the sorted rotations of the text of n zeros and returns the rank of the text.
//
// Rotations that begin with more zeros come first, the letter before them being a count where they begin a unit and 0
// elsewhere; among those with equally many, the one nearer to the odd tail comes first.
func zerosColumn(column []letters, n int) (_ []letters, origin int) {
	k, tail := n/maxRun, n%maxRun
	add := func(c byte, n int) {
		if n > 0 {
			column = append(column, letters{c, n})
		}
	}
	switch {
	case tail == 0:
		add(fullCount, k)
		add(0, 4*k)
		return column, k - 1
	case tail > 4:
		add(fullCount, k)
		add(byte(tail-4), 1)
		add(0, 4*k+4)
		return column, k
	}
	// The tail is all zeros, five for four since the count is one, and makes one run with the four zeros of the first unit.
	if tail == 4 {
		tail = 5
	}
	if k == 0 {
		add(0, tail)
		return column, tail - 1
	}
	add(fullCount, 1)
	add(0, tail-1)
	add(fullCount, k-1)
	add(0, 4*k+1)
	return column, tail + k - 1
}
