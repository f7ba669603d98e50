package bzip2

import (
	"math/bits"
	"slices"
)

// coding is how a block's symbols are written: which of the Huffman codes serves each group of symbols.
type coding struct {
	codes     []lengths // 2 to maxCodes of them
	selectors []uint8   // the code of each group
	size      int       // bits of codes, selectors and symbols together
	room      [maxCodes]lengths
}

const (
	lengthLimit = 17   // bits of a code, as in bzip2
	manySymbols = 2400 // with fewer in a block there are fewer than six codes, and little to gain
)

// group returns the symbols of group g.
func group(list []uint16, g int) []uint16 {
	return list[g*groupSize : min((g+1)*groupSize, len(list))]
}

func (c *coding) start(list []uint16, codes int) {
	c.codes = c.room[:codes]
	groups := (len(list) + groupSize - 1) / groupSize
	c.selectors = slices.Grow(c.selectors[:0], groups)[:groups]
	clear(c.selectors)
}

// single serves all groups by one code, the best for its own size and the symbols together. A block must hold two codes:
// the second one is the cheapest there is.
func (c *coding) single(t *tree, list []uint16, alphabet int) {
	c.start(list, 2)
	var freq [maxAlphabet]int32
	for _, s := range list {
		freq[s]++
	}
	c.codes[1].flat(alphabet)
	c.size = len(c.selectors) + c.codes[1].cost(alphabet)
	c.size += c.fitSingle(t, freq[:alphabet])
}

// fitSingle makes the first code and returns the size of it and of the symbols: the plain Huffman code, or one with lower
// lengths if what that adds to the symbols is less than it saves in the lengths.
func (c *coding) fitSingle(t *tree, freq []int32) (least int) {
	alphabet := len(freq)
	longest := uint8(lengthLimit)
	for first := true; int(longest) >= bits.Len(uint(alphabet-1)); first = false {
		var l lengths
		longest = t.fit(&l, freq, longest) - 1
		size := l.cost(alphabet)
		for s, f := range freq {
			size += int(f) * int(l[s])
		}
		if !first && size >= least {
			break
		}
		c.codes[0], least = l, size
	}
	return least
}

// addSpare adds the cheapest code there is, to be used by no group.
func (c *coding) addSpare(alphabet int) {
	c.codes = c.room[:len(c.codes)+1]
	c.codes[len(c.codes)-1].flat(alphabet)
}

// measure sets size.
func (c *coding) measure(list []uint16, alphabet int) {
	c.size = 0
	for i := range c.codes {
		c.size += c.codes[i].cost(alphabet)
	}
	front := newFront()
	for g, sel := range c.selectors {
		c.size += front.place(sel) + 1
		for _, s := range group(list, g) {
			c.size += int(c.codes[sel][s])
		}
	}
}

// write appends the selectors, the codes and the symbols.
func (c *coding) write(w *bitWriter, list []uint16, alphabet int) {
	w.put(uint32(len(c.codes)), 3)
	w.put(uint32(len(c.selectors)), 15)
	front := newFront()
	for _, sel := range c.selectors {
		place := front.place(sel)
		w.put(1<<(place+1)-2, uint(place)+1)
	}
	var codes [maxCodes][maxAlphabet]uint32
	for i := range c.codes {
		c.codes[i].write(w, alphabet)
		c.codes[i].assign(&codes[i], alphabet)
	}
	for g, sel := range c.selectors {
		code := &codes[sel]
		for _, s := range group(list, g) {
			w.put(code[s]&(1<<24-1), uint(code[s]>>24))
		}
	}
}

// front is the move-to-front code of the selectors.
type front [maxCodes]uint8

func newFront() front { return front{0, 1, 2, 3, 4, 5} }

// place returns where v stands and moves it to the front.
func (f *front) place(v uint8) int {
	i := 0
	for f[i] != v {
		i++
	}
	f.take(i)
	return i
}

// take returns what stands at place i and moves it to the front.
func (f *front) take(i int) uint8 {
	v := f[i]
	copy(f[1:i+1], f[:i])
	f[0] = v
	return v
}
