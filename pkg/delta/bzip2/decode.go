package bzip2

import (
	"sync"

	"github.com/reedbase/reedbase/pkg/fault"
)

// parallelFrom is the size in bytes from which a stream may hold blocks enough to share out.
const parallelFrom = 1 << 16

// Decode appends what the bzip2 stream at the front of z holds to dst, and returns the longer slice and the number of
// bytes the stream takes: others may follow. A stream that holds more than max bytes is refused, as is any that is damaged
// or cut, with fault.Corrupt; dst is then returned as it was. What is allocated is bounded by what the stream holds, not
// by its digit. The blocks of large streams are worked on by all processors.
func Decode(dst, z []byte, max int64) (out []byte, used int, err error) {
	d, err := newDecoder(z, max)
	if err != nil {
		return dst, 0, err
	}
	defer d.release()
	if len(z) < parallelFrom {
		out, err = d.inTurn(dst)
	} else {
		out, err = d.sideBySide(dst)
	}
	if err != nil {
		return dst, 0, err
	}
	return out, d.used(), nil
}

// inTurn appends block by block.
func (d *decoder) inTurn(dst []byte) ([]byte, error) {
	for {
		c, err := d.next()
		if c == nil || err != nil {
			return dst, err
		}
		c.restore()
		if dst, err = d.append(dst, c); err != nil {
			return dst, err
		}
	}
}

// pair is two blocks of a stream, or the last one, or the error that stands there.
type pair struct {
	first, second *column
	err           error
}

// sideBySide reads the symbols of blocks, turns the transforms of blocks read before back, and appends those turned back,
// at the same time.
func (d *decoder) sideBySide(dst []byte) ([]byte, error) {
	var failed error
	read := func() (p pair, ok bool) {
		if p.first, p.err = d.next(); p.first != nil {
			p.second, p.err = d.next()
		}
		ended := p.first == nil && p.err == nil
		return p, !ended
	}
	restore := func(p pair) {
		switch {
		case p.second != nil:
			restorePair(p.first, p.second)
		case p.first != nil:
			p.first.restore()
		}
	}
	use := func(p pair) bool {
		for _, c := range []*column{p.first, p.second} {
			if c != nil && failed == nil {
				dst, failed = d.append(dst, c)
			}
		}
		if failed == nil {
			failed = p.err
		}
		return failed == nil
	}
	inOrder(read, restore, use)
	return dst, failed
}

// decoder takes the blocks off a stream.
type decoder struct {
	bitReader
	left   int64 // bytes the rest may hold
	limit  int   // length of a block's text, by the digit and by left at first
	crc    uint32
	blocks int  // seen
	ended  bool // the end mark was seen

	codes     [maxCodes]decodingCode
	selectors []uint8
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

func newDecoder(z []byte, most int64) (*decoder, error) {
	if len(z) < headerSize || string(z[:3]) != "BZh" || z[3] < '1' || z[3] > '9' {
		return nil, fault.New(fault.Corrupt, "not a bzip2 stream")
	}
	d := decoders.Get().(*decoder)
	d.bitReader = bitReader{buf: z, pos: headerSize}
	d.left, d.crc, d.blocks, d.ended = max(most, 0), 0, 0, false
	d.limit = int(z[3]-'0') * levelUnit
	if d.left < int64(d.limit) {
		d.limit = min(d.limit, int(d.left+d.left/4)+zeroUnit) // a unit of five bytes holds four or more
	}
	return d, nil
}

// release gives d back, which must not be used any more.
func (d *decoder) release() {
	d.buf = nil
	decoders.Put(d)
}

// next reads one block up to its last column. It returns nil at the end of the stream, as often as it is asked.
func (d *decoder) next() (*column, error) {
	if d.ended {
		return nil, nil
	}
	d.blocks++
	mark, crc := d.magic(), d.get(32)
	switch {
	case d.overrun():
		return nil, d.corrupt("cut short")
	case mark == endMark && crc == d.crc:
		d.ended = true
		return nil, nil
	case mark == endMark:
		return nil, fault.New(fault.Corrupt, "bzip2 stream: checksum is wrong")
	case mark != blockMark:
		return nil, d.corrupt("does not begin with a block mark")
	}
	d.crc = combine(d.crc, crc)
	c := columns.Get().(*column)
	c.crc, c.block = crc, d.blocks
	if err := d.readBlock(c); err != nil {
		columns.Put(c)
		return nil, err
	}
	return c, nil
}

// corrupt is the error of the block at hand.
func (d *decoder) corrupt(what string) error { return corrupt(d.blocks, what) }

func corrupt(block int, what string) error {
	return fault.New(fault.Corrupt, "bzip2 block %d: %s", block, what)
}

// append appends what c, restored, holds, and gives c back.
func (d *decoder) append(dst []byte, c *column) ([]byte, error) {
	defer columns.Put(c)
	start := len(dst)
	dst, err := c.appendTo(dst, d.left)
	d.left -= int64(len(dst) - start)
	return dst, err
}
