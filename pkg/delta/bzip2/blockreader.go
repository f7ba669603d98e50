package bzip2

import "slices"

// readBlock reads a block behind its checksum up to its last column.
func (d *decoder) readBlock(c *column) error {
	if d.get(1) != 0 {
		return d.corrupt("is randomised, as by bzip2 before 0.9.5")
	}
	c.origin = int(d.get(24))
	var places [256]byte
	used := d.readUsed(&places)
	codes, selectors := int(d.get(3)), int(d.get(15))
	if used == 0 || codes < 2 || codes > maxCodes || selectors == 0 || d.overrun() {
		return d.corrupt("header is wrong")
	}
	if !d.readSelectors(selectors, codes) {
		return d.corrupt("choice of codes is wrong")
	}
	for i := range codes {
		if !d.readCode(&d.codes[i], used+2) {
			return d.corrupt("lengths of codes are wrong")
		}
	}
	c.start()
	if err := d.readColumn(c, places[:used]); err != nil {
		return err
	}
	if c.origin >= len(c.links) {
		return d.corrupt("begins behind its end")
	}
	return nil
}

// readUsed reads which bytes occur, lists them in places and counts them.
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

// readSelectors reads which of the codes serves each of n groups.
func (d *decoder) readSelectors(n, codes int) bool {
	d.selectors = slices.Grow(d.selectors[:0], n)[:n]
	front := newFront()
	for i := range d.selectors {
		place := 0
		for d.get(1) != 0 {
			if place++; place == codes {
				return false
			}
		}
		d.selectors[i] = front.take(place)
	}
	return !d.overrun()
}

// readCode reads the lengths of a code.
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

// readColumn reads the symbols, which begin with the bytes that occur in order, and takes back their codes.
func (d *decoder) readColumn(c *column, places []byte) error {
	end := len(places) + 1
	run, digit := 0, 1
	for _, sel := range d.selectors {
		code := &d.codes[sel]
		for range groupSize {
			s, ok := d.symbol(code)
			if !ok {
				return d.corrupt("holds a code that stands for nothing")
			}
			if s <= runB {
				if run += digit << s; run > d.limit-len(c.links) {
					return d.corrupt("is too long")
				}
				digit <<= 1
				continue
			}
			if run > 0 {
				c.add(places[0], run)
				run, digit = 0, 1
			}
			if s == end {
				if d.overrun() {
					break
				}
				return nil
			}
			if len(c.links) == d.limit {
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
