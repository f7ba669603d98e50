package bzip2

import (
	"sync"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Decode appends what the bzip2 stream at the front of z holds to dst, and returns the longer slice and the number of
// bytes the stream takes: others may follow. A stream that holds more than max bytes is refused, as is any that is damaged
// or cut, with fault.Corrupt; dst is then returned as it was. What is allocated is bounded by what the stream holds, not
// by its digit. The blocks of large streams are worked on by all processors.
func Decode(dst, z []byte, max int64) (out []byte, used int, err error) {
	d, err := newDecoder(z)
	if err != nil {
		return dst, 0, err
	}
	out = dst
	for {
		c, err := d.next(max - int64(len(out)-len(dst)))
		if err != nil {
			return dst, 0, err
		}
		if c == nil {
			return out, d.used(), nil
		}
		if out, err = c.appendTo(out, max-int64(len(out)-len(dst))); err != nil {
			return dst, 0, err
		}
		columns.Put(c)
	}
}

// decoder takes the blocks off a stream.
type decoder struct {
	bitReader
	limit int // text of a block, by the digit
	crc   uint32
	block int // blocks seen
}

func newDecoder(z []byte) (*decoder, error) {
	if len(z) < headerSize || string(z[:3]) != "BZh" || z[3] < '1' || z[3] > '9' {
		return nil, fault.New(fault.Corrupt, "not a bzip2 stream")
	}
	return &decoder{bitReader: bitReader{buf: z, pos: headerSize}, limit: int(z[3]-'0') * levelUnit}, nil
}

// next reads one block up to its column, or the end of the stream: then it returns nil.
func (d *decoder) next(max int64) (*column, error) {
	mark, crc := d.magic(), d.get(32)
	switch {
	case d.overrun():
		return nil, d.corrupt("cut short")
	case mark == endMark && crc == d.crc:
		return nil, nil
	case mark == endMark:
		return nil, fault.New(fault.Corrupt, "bzip2 stream: checksum is wrong")
	case mark != blockMark:
		return nil, d.corrupt("does not begin with a block mark")
	}
	d.block++
	d.crc = combine(d.crc, crc)
	c := columns.Get().(*column)
	c.crc, c.block = crc, d.block
	limit := d.limit
	if max < int64(limit) {
		limit = int(max + max/4 + zeroUnit) // a unit of five bytes holds four or more
	}
	if err := d.readBlock(c, min(limit, d.limit)); err != nil {
		columns.Put(c)
		return nil, err
	}
	return c, nil
}

// corrupt is the error of the block at hand.
func (d *decoder) corrupt(what string) error {
	return fault.New(fault.Corrupt, "bzip2 block %d: %s", d.block, what)
}

var columns = sync.Pool{New: func() any { return new(column) }}
