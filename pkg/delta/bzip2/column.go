package bzip2

import "github.com/reedbase/reedbase/pkg/fault"

// column is a block's last column, on its way back to the text.
type column struct {
	links  []uint32 // the letters, and above them, after link, where the next one stands: link<<8 | letter
	counts [256]uint32
	origin int
	block  int
	crc    uint32
	codes  [maxCodes]decodingCode

	// where read is
	at, left uint32
	last     int // the byte of the run at hand, -1 for none
	run      int // its length so far
	repeat   int // of last, to be given out
	checksum checksum
}

// link turns the letters into chains and makes ready to read.
func (c *column) link() {
	sum := uint32(0)
	for i, n := range c.counts {
		c.counts[i] = sum
		sum += n
	}
	for i, l := range c.links {
		at := &c.counts[byte(l)]
		c.links[*at] |= uint32(i) << 8
		*at++
	}
	c.at = c.links[c.origin] >> 8
	c.left = uint32(len(c.links))
	c.last, c.run, c.repeat = -1, 0, 0
	c.checksum = 0
}

// read fills p with the next bytes of the text, and returns fewer than len(p) only at its end.
func (c *column) read(p []byte) (n int) {
	defer func() { c.checksum.write(p[:n]) }()
	at, left, last, run := c.at, c.left, c.last, c.run
	for n < len(p) {
		if c.repeat > 0 {
			k := min(c.repeat, len(p)-n)
			for i := range k {
				p[n+i] = byte(last)
			}
			c.repeat -= k
			n += k
			continue
		}
		if left == 0 {
			break
		}
		left--
		l := c.links[at]
		at = l >> 8
		b := int(l & 0xff)
		if run == 4 {
			c.repeat, run = b, 0
			continue
		}
		if b != last {
			last, run = b, 0
		}
		run++
		p[n] = byte(b)
		n++
	}
	c.at, c.left, c.last, c.run = at, left, last, run
	return n
}

// appendTo appends the whole text, of at most max bytes, and checks it.
func (c *column) appendTo(dst []byte, max int64) ([]byte, error) {
	c.link()
	start := len(dst)
	var one [1]byte
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		room := dst[len(dst):cap(dst)]
		if left := max - int64(len(dst)-start); int64(len(room)) > left {
			room = room[:left]
		}
		n := c.read(room)
		dst = dst[:len(dst)+n]
		if n < len(room) {
			break
		}
		if int64(len(dst)-start) == max {
			if c.read(one[:]) > 0 {
				return nil, fault.New(fault.Corrupt, "bzip2 block %d: holds more than the %d bytes allowed", c.block, max)
			}
			break
		}
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return dst, nil
}

// check compares the checksum of what was read with the block's.
func (c *column) check() error {
	if c.checksum.sum() != c.crc {
		return fault.New(fault.Corrupt, "bzip2 block %d: checksum is wrong", c.block)
	}
	return nil
}
