package bzip2

const (
	rounds     = 4 // how often, in bzip2, groups are shared out and codes fitted to their groups
	moreRounds = 4 // a ten-thousandth or two of a large block may come of them
)

// several shares the groups out among as many codes as bzip2 would take, in its way.
func (c *coding) several(t *tree, list []uint16, alphabet int) {
	c.start(list, codesFor(len(list)))
	c.divide(list, alphabet)
	c.improve(t, list, alphabet, rounds)
}

// improve shares the groups out anew and fits the codes to them, some times or until nothing changes.
func (c *coding) improve(t *tree, list []uint16, alphabet, times int) {
	for i := range times {
		changed := c.share(list, alphabet)
		if i > 0 && !changed {
			break
		}
		c.fit(t, list, alphabet)
	}
	c.measure(list, alphabet)
}

// copy makes c what other is.
func (c *coding) copy(other *coding) {
	c.room, c.size = other.room, other.size
	c.codes = c.room[:len(other.codes)]
	c.selectors = append(c.selectors[:0], other.selectors...)
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
	codes := len(c.codes)
	left, from := len(list), 0
	for part := codes; part > 0; part-- {
		want, have, to := left/part, 0, from
		for have < want && to < alphabet {
			have += freq[to]
			to++
		}
		if to > from+1 && part != codes && part != 1 && (codes-part)%2 == 1 {
			to--
			have -= freq[to]
		}
		l := c.codes[part-1][:alphabet]
		for s := range l {
			l[s] = 15
		}
		clear(l[from:to])
		from = to
		left -= have
	}
}

// share gives every group the code that takes the fewest bits, and reports whether any choice is new.
func (c *coding) share(list []uint16, alphabet int) (changed bool) {
	const field = 10 // bits for the cost of a group in one code: at most 50 times 20
	var packed [maxAlphabet]uint64
	for i := range c.codes {
		for s, n := range c.codes[i][:alphabet] {
			packed[s] |= uint64(n) << (field * i)
		}
	}
	for g := range c.selectors {
		var cost uint64
		for _, s := range group(list, g) {
			cost += packed[s]
		}
		best, least := 0, cost&(1<<field-1)
		for i := 1; i < len(c.codes); i++ {
			if n := cost >> (field * i) & (1<<field - 1); n < least {
				best, least = i, n
			}
		}
		changed = changed || c.selectors[g] != uint8(best)
		c.selectors[g] = uint8(best)
	}
	return changed
}

// fit makes each code the best one for its groups.
func (c *coding) fit(t *tree, list []uint16, alphabet int) {
	var freq [maxCodes][maxAlphabet]int32
	for g, sel := range c.selectors {
		f := &freq[sel]
		for _, s := range group(list, g) {
			f[s]++
		}
	}
	for i := range c.codes {
		t.fit(&c.codes[i], freq[i][:alphabet], lengthLimit)
	}
}
