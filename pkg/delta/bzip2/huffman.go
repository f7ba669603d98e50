package bzip2

import (
	"math/bits"
	"slices"
)

// lengths holds the length of each symbol's code, in bits.
type lengths [maxAlphabet]uint8

// fit makes l the Huffman code of the frequencies, no code longer than limit; a symbol that does not occur gets one too.
func (l *lengths) fit(freq []int32, limit uint8) {
	var leaves [maxAlphabet]uint64 // frequency<<16 | symbol
	for shift := 0; ; shift++ {
		for i, f := range freq {
			leaves[i] = uint64(max(f>>shift, 1))<<16 | uint64(i)
		}
		sorted := leaves[:len(freq)]
		slices.Sort(sorted)
		if l.fitSorted(sorted) <= limit {
			return
		}
	}
}

// fitSorted builds the code of the sorted leaves and returns its longest length: the two least of what is left become
// one node, again and again; nodes come up in ascending order, so two queues do.
func (l *lengths) fitSorted(leaves []uint64) (longest uint8) {
	n := len(leaves)
	var weight [maxAlphabet]uint64
	var parent [2 * maxAlphabet]uint16 // leaves by rank, then nodes
	leaf, node := 0, 0
	least := func(made int) (w uint64, i int) {
		if leaf < n && (node == made || leaves[leaf]>>16 <= weight[node]) {
			leaf++
			return leaves[leaf-1] >> 16, leaf - 1
		}
		node++
		return weight[node-1], n + node - 1
	}
	for made := range n - 1 {
		a, i := least(made)
		b, j := least(made)
		weight[made] = a + b
		parent[i], parent[j] = uint16(n+made), uint16(n+made)
	}
	var depth [2 * maxAlphabet]uint8
	for i := 2*n - 3; i >= 0; i-- {
		depth[i] = depth[parent[i]] + 1
		if i < n {
			l[leaves[i]&0xffff] = depth[i]
			longest = max(longest, depth[i])
		}
	}
	return longest
}

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
