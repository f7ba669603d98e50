package bzip2

const (
	quickBits = 9 // codes up to this length are found by one look
)

// decodingCode is a Huffman code laid out for reading.
type decodingCode struct {
	quick  [1 << quickBits]uint16    // by the next bits: symbol<<4 | length, or 0
	limit  [maxCodeLength + 2]uint32 // codes of a length are below this, left-aligned in maxCodeLength bits
	offset [maxCodeLength + 1]int32  // from a code of a length to its place in sorted
	sorted [maxAlphabet]uint16       // symbols by code
}

// set lays out the code of the lengths of n symbols; false when there are more codes than bits tell apart.
func (c *decodingCode) set(l *lengths, n int) bool {
	var count [maxCodeLength + 1]int32
	for _, length := range l[:n] {
		count[length]++
	}
	var next [maxCodeLength + 1]int32
	code, place := int32(0), int32(0)
	for i := 1; i <= maxCodeLength; i++ {
		c.offset[i] = place - code
		next[i] = place
		place += count[i]
		code += count[i]
		if code > 1<<i {
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
			width := quickBits - uint(length)
			from := (place - c.offset[length]) << width
			for i := range int32(1) << width {
				c.quick[from+i] = uint16(s)<<4 | uint16(length)
			}
		}
	}
	return true
}

// symbol takes one symbol; false when no code begins with the bits ahead.
func (d *decoder) symbol(c *decodingCode) (s int, ok bool) {
	if d.n < maxCodeLength {
		d.fill()
	}
	if q := c.quick[d.acc>>(64-quickBits)]; q != 0 {
		d.skip(uint(q & 15))
		return int(q >> 4), true
	}
	ahead := uint32(d.acc >> (64 - maxCodeLength))
	for i := quickBits + 1; i <= maxCodeLength; i++ {
		if ahead < c.limit[i] {
			d.skip(uint(i))
			return int(c.sorted[int32(ahead>>(maxCodeLength-i))+c.offset[i]]), true
		}
	}
	return 0, false
}

// readBlock reads a block behind its checksum, of at most limit bytes of text, into c.
func (d *decoder) readBlock(c *column, limit int) error {
	if d.get(1) != 0 {
		return d.corrupt("is randomised, as before bzip2 0.9.5")
	}
	c.origin = int(d.get(24))
	var places [256]byte
	used := d.readUsed(&places)
	codes, selectors := int(d.get(3)), int(d.get(15))
	if used == 0 || codes < 2 || codes > maxCodes || selectors == 0 || d.overrun() {
		return d.corrupt("header is wrong")
	}
	chosen := make([]uint8, selectors)
	if !d.readSelectors(chosen, codes) {
		return d.corrupt("selectors are wrong")
	}
	for i := range codes {
		if !d.readCode(&c.codes[i], used+2) {
			return d.corrupt("code lengths are wrong")
		}
	}
	return d.readColumn(c, places[:used], chosen, limit)
}

// readUsed reads which bytes occur and lists them in places.
func (d *decoder) readUsed(places *[256]byte) (n int) {
	rows := d.get(16)
	for i := range 16 {
		if rows&(0x8000>>i) == 0 {
			continue
		}
		row := d.get(16)
		for j := range 16 {
			if row&(0x8000>>j) != 0 {
				places[n] = byte(i<<4 | j)
				n++
			}
		}
	}
	return n
}

func (d *decoder) readSelectors(chosen []uint8, codes int) bool {
	front := newFront()
	for i := range chosen {
		place := 0
		for d.get(1) != 0 {
			if place++; place == codes {
				return false
			}
		}
		chosen[i] = front.take(place)
	}
	return !d.overrun()
}

func (d *decoder) readCode(c *decodingCode, alphabet int) bool {
	var l lengths
	length := d.get(5)
	for s := range alphabet {
		for {
			if length < 1 || length > maxCodeLength {
				return false
			}
			if d.get(1) == 0 {
				break
			}
			length += 1 - 2*d.get(1)
		}
		l[s] = uint8(length)
	}
	return !d.overrun() && c.set(&l, alphabet)
}

// readColumn reads the symbols and takes back the move-to-front code.
func (d *decoder) readColumn(c *column, places []byte, chosen []uint8, limit int) error {
	end := len(places) + 1
	c.links = c.links[:0]
	c.counts = [256]uint32{}
	run, digit := 0, 1
	for _, sel := range chosen {
		code := &c.codes[sel]
		for range groupSize {
			s, ok := d.symbol(code)
			if !ok {
				return d.corrupt("holds a code that is not in use")
			}
			if s <= runB {
				run += digit << s
				if digit <<= 1; run > limit {
					return d.corrupt("is too long")
				}
				continue
			}
			if run > 0 {
				if run > limit-len(c.links) {
					return d.corrupt("is too long")
				}
				letter := uint32(places[0])
				c.counts[letter] += uint32(run)
				for range run {
					c.links = append(c.links, letter)
				}
				run, digit = 0, 1
			}
			if s == end {
				if c.origin >= len(c.links) {
					return d.corrupt("begins behind its end")
				}
				return nil
			}
			if len(c.links) >= limit {
				return d.corrupt("is too long")
			}
			letter := places[s-1]
			copy(places[1:s], places[:s-1])
			places[0] = letter
			c.counts[letter]++
			c.links = append(c.links, uint32(letter))
		}
		if d.overrun() {
			return d.corrupt("cut short")
		}
	}
	return d.corrupt("has no end")
}
