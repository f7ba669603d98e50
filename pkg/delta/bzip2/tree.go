package bzip2

// tree builds Huffman codes by a heap of the nodes without a parent. Equal weights come up in the same order as in bzip2,
// so its choices are met exactly. It holds nothing between two codes but room.
//
// Nodes are numbered from 1, the symbols' first. Node 0 stands above the heap and is lighter than any.
type tree struct {
	weight [2 * maxAlphabet]uint32 // frequency<<8 | height
	parent [2 * maxAlphabet]uint16
	depth  [2 * maxAlphabet]uint8
	heap   [maxAlphabet + 1]uint16 // from 1: none is lighter than that at half its place
	size   int                     // of heap
}

// fit makes l the Huffman code of the frequencies with no length above limit, and returns the greatest. A symbol that
// does not occur gets a code too. As in bzip2, frequencies are flattened by halves until the code fits.
func (t *tree) fit(l *lengths, freq []int32, limit uint8) (longest uint8) {
	n := len(freq)
	for i, f := range freq {
		t.weight[i+1] = uint32(max(f, 1)) << 8
	}
	for longest = t.grow(n); longest > limit; longest = t.grow(n) {
		for i := range freq {
			t.weight[i+1] = (t.weight[i+1]>>9 + 1) << 8
		}
	}
	copy(l[:n], t.depth[1:])
	return longest
}

// grow makes one tree of the nodes up to n and returns the depth of the deepest.
func (t *tree) grow(n int) (deepest uint8) {
	t.size = 0
	for i := range n {
		t.push(uint16(i + 1))
	}
	node := n
	for t.size > 1 {
		node++
		a, b := t.pop(), t.pop()
		t.parent[a], t.parent[b] = uint16(node), uint16(node)
		height := max(t.weight[a]&0xff, t.weight[b]&0xff) + 1
		t.weight[node] = t.weight[a]&^0xff + t.weight[b]&^0xff | height
		t.push(uint16(node))
	}
	t.depth[node] = 0
	for i := node - 1; i > 0; i-- {
		t.depth[i] = t.depth[t.parent[i]] + 1
		deepest = max(deepest, t.depth[i])
	}
	return deepest
}

func (t *tree) push(node uint16) {
	t.size++
	at := t.size
	for ; t.weight[node] < t.weight[t.heap[at/2]]; at /= 2 {
		t.heap[at] = t.heap[at/2]
	}
	t.heap[at] = node
}

// pop takes the lightest node.
func (t *tree) pop() (lightest uint16) {
	lightest = t.heap[1]
	last := t.heap[t.size]
	t.size--
	at := 1
	for {
		child := 2 * at
		if child > t.size {
			break
		}
		if child < t.size && t.weight[t.heap[child+1]] < t.weight[t.heap[child]] {
			child++
		}
		if t.weight[last] < t.weight[t.heap[child]] {
			break
		}
		t.heap[at] = t.heap[child]
		at = child
	}
	t.heap[at] = last
	return lightest
}
