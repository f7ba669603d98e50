package bzip2

import "math/bits"

// coding is how a block's symbols are written: which of the Huffman codes serves each group of symbols.
type coding struct {
	codes     []lengths // 2 to maxCodes of them
	selectors []uint8   // the code of each group
	bits      int       // what codes, selectors and symbols take together
	room      [maxCodes]lengths
}

const (
	rounds      = 4    // of sharing the groups out and fitting the codes, as in bzip2
	lengthLimit = 17   // of the codes, as in bzip2
	singleBelow = 2400 // symbols: one code for all groups may be the smallest below
)

// groups counts the groups of n symbols.
func groups(n int) int { return (n + groupSize - 1) / groupSize }

// group returns the symbols of group g.
func group(list []uint16, g int) []uint16 {
	return list[g*groupSize : min((g+1)*groupSize, len(list))]
}

// single serves all groups by one code, the best for its own size and the symbols together. A block must hold two codes:
// the second one is the cheapest there is.
func (c *coding) single(list []uint16, alphabet int) {
	c.start(list, 2)
	var freq [maxAlphabet]int32
	for _, s := range list {
		freq[s]++
	}
	c.codes[1].flat(alphabet)
	best := c.codes[1]
	bestBits := -1
	for limit := uint8(bits.Len(uint(alphabet - 1))); limit <= lengthLimit; limit++ {
		var l lengths
		l.fit(freq[:alphabet], limit)
		n := l.cost(alphabet)
		longest := uint8(0)
		for i, f := range freq[:alphabet] {
			n += int(f) * int(l[i])
			longest = max(longest, l[i])
		}
		if bestBits < 0 || n < bestBits {
			best, bestBits = l, n
		}
		if longest < limit {
			break
		}
	}
	c.codes[0] = best
	c.bits = bestBits + c.codes[1].cost(alphabet) + len(c.selectors)
}

// several shares the groups out among as many codes as bzip2 would take, in its rounds.
func (c *coding) several(list []uint16, alphabet int) {
	c.start(list, codesFor(len(list)))
	c.divide(list, alphabet)
	for range rounds {
		c.round(list, alphabet)
	}
	c.bits = c.count(list, alphabet)
}

func (c *coding) start(list []uint16, codes int) {
	c.codes = c.room[:codes]
	if n := groups(len(list)); cap(c.selectors) < n {
		c.selectors = make([]uint8, n)
	} else {
		c.selectors = c.selectors[:n]
		clear(c.selectors)
	}
}

// codesFor is how many codes bzip2 takes for n symbols.
func codesFor(n int) int {
	switch {
	case n < 200:
		return 2
	case n < 600:
		return 3
	case n < 1200:
		return 4
	case n < 2400:
		return 5
	}
	return maxCodes
}

// divide makes the first codes: each favours a stretch of the alphabet, all stretches about equally frequent.
func (c *coding) divide(list []uint16, alphabet int) {
	var freq [maxAlphabet]int
	for _, s := range list {
		freq[s]++
	}
	left, from := len(list), 0
	for part := len(c.codes); part > 0; part-- {
		want, have, to := left/part, 0, from
		for have < want && to < alphabet {
			have += freq[to]
			to++
		}
		if to-1 > from && part != len(c.codes) && part != 1 && (len(c.codes)-part)%2 == 1 {
			to--
			have -= freq[to]
		}
		l := &c.codes[part-1]
		for s := range alphabet {
			l[s] = 15
			if from <= s && s < to {
				l[s] = 0
			}
		}
		from = to
		left -= have
	}
}

// round gives every group the code that takes the fewest bits, then fits the codes to their groups.
func (c *coding) round(list []uint16, alphabet int) {
	const field = 10 // bits for the cost of a group in one code: at most 50 times 20
	var packed [maxAlphabet]uint64
	for i := range c.codes {
		for s, n := range c.codes[i][:alphabet] {
			packed[s] |= uint64(n) << (field * i)
		}
	}
	var freq [maxCodes][maxAlphabet]int32
	for g := range c.selectors {
		var sum uint64
		symbols := group(list, g)
		for _, s := range symbols {
			sum += packed[s]
		}
		best, least := 0, sum&(1<<field-1)
		for i := 1; i < len(c.codes); i++ {
			if n := sum >> (field * i) & (1<<field - 1); n < least {
				best, least = i, n
			}
		}
		c.selectors[g] = uint8(best)
		for _, s := range symbols {
			freq[best][s]++
		}
	}
	for i := range c.codes {
		c.codes[i].fit(freq[i][:alphabet], lengthLimit)
	}
}

// count returns the bits that c takes.
func (c *coding) count(list []uint16, alphabet int) (n int) {
	for i := range c.codes {
		n += c.codes[i].cost(alphabet)
	}
	front := newFront()
	for g, sel := range c.selectors {
		n += front.place(sel) + 1
		for _, s := range group(list, g) {
			n += int(c.codes[sel][s])
		}
	}
	return n
}

// write appends the codes, the selectors and the symbols.
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
	copy(f[1:i+1], f[:i])
	f[0] = v
	return i
}

// take returns what stands at place i and moves it to the front.
func (f *front) take(i int) uint8 {
	v := f[i]
	copy(f[1:i+1], f[:i])
	f[0] = v
	return v
}
