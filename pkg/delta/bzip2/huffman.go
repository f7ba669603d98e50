package bzip2

import "math/bits"

// lengths holds the length of each symbol's code, in bits.
type lengths [maxAlphabet]uint8

// flat makes l the code for n symbols whose lengths differ least.
func (l *lengths) flat(n int) {
	long := bits.Len(uint(n - 1))
	short := 1<<long - n
	for i := range n {
		l[i] = uint8(long)
		if i < short {
			l[i]--
		}
	}
}

// cost counts the bits that the lengths of n symbols take in a block.
func (l *lengths) cost(n int) int {
	bits := 5 + n
	for i := 1; i < n; i++ {
		bits += 2 * max(int(l[i])-int(l[i-1]), int(l[i-1])-int(l[i]))
	}
	return bits
}

// write appends the lengths of n symbols as a block holds them.
func (l *lengths) write(w *bitWriter, n int) {
	at := l[0]
	w.put(uint32(at), 5)
	for _, want := range l[:n] {
		for ; at < want; at++ {
			w.put(0b10, 2)
		}
		for ; at > want; at-- {
			w.put(0b11, 2)
		}
		w.put(0, 1)
	}
}

// assign gives n symbols their codes: shorter before longer, then in order; length<<24 | code.
func (l *lengths) assign(codes *[maxAlphabet]uint32, n int) {
	var next [maxCodeLength + 2]uint32
	for _, length := range l[:n] {
		next[length+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] = (next[i-1] + next[i]) << 1
	}
	for i, length := range l[:n] {
		codes[i] = uint32(length)<<24 | next[length]
		next[length]++
	}
}
