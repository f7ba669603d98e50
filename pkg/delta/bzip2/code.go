package bzip2

// quickBits is the length up to which codes are found by one look.
const quickBits = 9

// decodingCode is a Huffman code laid out for reading.
type decodingCode struct {
	quick  [1 << quickBits]uint16    // by the bits ahead: symbol<<4 | length, or 0
	limit  [maxCodeLength + 1]uint32 // codes of a length are below this, left-aligned in maxCodeLength bits
	offset [maxCodeLength + 1]int32  // from a code of a length to its place in sorted
	sorted [maxAlphabet]uint16       // symbols by code
}

// set lays out the code of the lengths of n symbols; false when it would need more codes than there are.
func (c *decodingCode) set(l *lengths, n int) bool {
	var next [maxCodeLength + 1]int32 // place in sorted by length
	for _, length := range l[:n] {
		next[length]++
	}
	code, place := int32(0), int32(0)
	for i := 1; i <= maxCodeLength; i++ {
		count := next[i]
		c.offset[i], next[i] = place-code, place
		place += count
		if code += count; code > 1<<i {
			return false
		}
		c.limit[i] = uint32(code) << (maxCodeLength - i)
		code <<= 1
	}
	c.quick = [1 << quickBits]uint16{}
	for s, length := range l[:n] {
		place := next[length]
		next[length]++
		c.sorted[place] = uint16(s)
		if length <= quickBits {
			code := int(place-c.offset[length]) << (quickBits - length)
			span := c.quick[code : code+1<<(quickBits-length)]
			for i := range span {
				span[i] = uint16(s)<<4 | uint16(length)
			}
		}
	}
	return true
}

// symbol takes one symbol; false when no code begins with the bits ahead.
func (r *bitReader) symbol(c *decodingCode) (s int, ok bool) {
	if r.n < maxCodeLength {
		r.fill()
	}
	if q := c.quick[r.acc>>(64-quickBits)]; q != 0 {
		r.skip(uint(q & 15))
		return int(q >> 4), true
	}
	ahead := uint32(r.acc >> (64 - maxCodeLength))
	for i := quickBits + 1; i <= maxCodeLength; i++ {
		if ahead < c.limit[i] {
			r.skip(uint(i))
			return int(c.sorted[int32(ahead>>(maxCodeLength-i))+c.offset[i]]), true
		}
	}
	return 0, false
}
