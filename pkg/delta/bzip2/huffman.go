package bzip2

import (
	"math/bits"
	"slices"
)

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

// tree builds Huffman codes. It holds nothing between two of them but room.
type tree struct {
	leaves [maxAlphabet]uint64     // frequency<<16 | symbol, ascending
	weight [2 * maxAlphabet]uint64 // of the leaves, then of the nodes, in the order they were made
	parent [2 * maxAlphabet]uint16
	depth  [2 * maxAlphabet]uint8
}

// fit makes l the Huffman code of the frequencies with no length above limit, and returns the greatest. A symbol that
// does not occur gets a code too. As in bzip2, frequencies are flattened by halves until the code fits.
func (t *tree) fit(l *lengths, freq []int32, limit uint8) (longest uint8) {
	n := len(freq)
	for i, f := range freq {
		t.leaves[i] = uint64(f)<<16 | uint64(i)
	}
	slices.Sort(t.leaves[:n])
	for shift := 16; ; shift++ {
		for i, leaf := range t.leaves[:n] {
			t.weight[i] = max(leaf>>shift, 1)
		}
		t.join(n)
		if t.depth[0] <= limit {
			break
		}
	}
	for i, leaf := range t.leaves[:n] {
		l[leaf&0xffff] = t.depth[i]
	}
	return t.depth[0]
}

// join makes one tree of n leaves of ascending weight and notes all depths; the first leaf is the deepest. The two least
// of what is left become one, again and again, and what is made comes in ascending order too: two queues serve.
func (t *tree) join(n int) {
	leaf, node := 0, n
	for made := n; made < 2*n-1; made++ {
		t.weight[made] = 0
		for range 2 {
			least := leaf
			if leaf == n || node < made && t.weight[node] < t.weight[leaf] {
				least = node
				node++
			} else {
				leaf++
			}
			t.weight[made] += t.weight[least]
			t.parent[least] = uint16(made)
		}
	}
	t.depth[2*n-2] = 0
	for i := 2*n - 3; i >= 0; i-- {
		t.depth[i] = t.depth[t.parent[i]] + 1
	}
}
