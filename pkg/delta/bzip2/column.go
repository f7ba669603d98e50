package bzip2

import (
	"slices"
	"sync"
)

// column is a block's last column on its way back to what the block holds.
type column struct {
	links  []uint32 // the letters, and above them, once linked, which one stands behind in the text: link<<8 | letter
	counts [256]uint32
	origin int // rank of the text among its rotations
	block  int // number of the block
	crc    uint32
	text   []byte
	runs   runReader
}

var columns = sync.Pool{New: func() any { return new(column) }}

// start empties the column.
func (c *column) start() {
	c.links = c.links[:0]
	c.counts = [256]uint32{}
}

// add appends n times a letter.
func (c *column) add(letter byte, n int) {
	c.counts[letter] += uint32(n)
	at := len(c.links)
	c.links = slices.Grow(c.links, n)[:at+n]
	for i := range c.links[at:] {
		c.links[at+i] = uint32(letter)
	}
}

// link chains the letters: the nth place of a letter in the sorted first column is its nth in the last one. It returns
// where the text begins.
func (c *column) link() (first uint32) {
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
	c.text = slices.Grow(c.text[:0], len(c.links))[:len(c.links)]
	return c.links[c.origin] >> 8
}

// restore makes text out of the column.
func (c *column) restore() {
	c.follow(c.link(), 0)
	c.runs.start(c.text)
}

// follow fills text from i on, from the chain at.
func (c *column) follow(at uint32, i int) {
	text, links := c.text, c.links
	for ; i < len(text); i++ {
		l := links[at]
		text[i] = byte(l)
		at = l >> 8
	}
}

// restorePair restores two columns at once. Each step along a chain waits for memory: two chains wait together.
func restorePair(a, b *column) {
	atA, atB := a.link(), b.link()
	n := min(len(a.text), len(b.text))
	textA, textB := a.text[:n], b.text[:n]
	for i := range textA {
		linkA, linkB := a.links[atA], b.links[atB]
		textA[i], textB[i] = byte(linkA), byte(linkB)
		atA, atB = linkA>>8, linkB>>8
	}
	a.follow(atA, n)
	b.follow(atB, n)
	a.runs.start(a.text)
	b.runs.start(b.text)
}

// appendTo appends what the block holds, of at most max bytes, and checks it.
func (c *column) appendTo(dst []byte, max int64) ([]byte, error) {
	for start := len(dst); ; {
		dst = slices.Grow(dst, len(c.runs.text)+1)
		room := dst[len(dst):cap(dst)]
		left := max - int64(len(dst)-start)
		if int64(len(room))-1 > left {
			room = room[:left+1]
		}
		n := c.runs.read(room)
		if int64(n) > left {
			return dst, corrupt(c.block, "holds more than is allowed")
		}
		dst = dst[:len(dst)+n]
		if n < len(room) {
			return dst, c.check()
		}
	}
}

// check compares the checksum of what was read with the block's.
func (c *column) check() error {
	if c.runs.sum.value() != c.crc {
		return corrupt(c.block, "checksum is wrong")
	}
	return nil
}
