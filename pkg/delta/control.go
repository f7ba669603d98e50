package delta

import (
	"encoding/binary"
	"io"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
	"github.com/reedbase/reedbase/pkg/fault"
)

// A control triple says: add the next add bytes of the diff block to as many of the base, take extra bytes of the extra
// block, then move the position in the base by seek.
type triple struct{ add, extra, seek int64 }

const (
	tripleSize = 24
	// idleLimit is how many triples in a row may make no byte. bsdiff writes one where it finds a better place at once.
	idleLimit = 8
	// controlsAtOnce is how many bytes of controls are decoded in one go; more are streamed.
	controlsAtOnce = 1 << 20
)

const sign = 1 << 63

// appendInt appends v in the sign-magnitude little-endian form of bsdiff.
func appendInt(dst []byte, v int64) []byte {
	u := uint64(v)
	if v < 0 {
		u = uint64(-v) | sign
	}
	return binary.LittleEndian.AppendUint64(dst, u)
}

// getInt reads what appendInt wrote. The result is never the lowest int64, so it can be negated.
func getInt(p []byte) int64 {
	u := binary.LittleEndian.Uint64(p)
	if v := int64(u &^ sign); u&sign == 0 {
		return v
	} else {
		return -v
	}
}

func (t triple) append(dst []byte) []byte {
	return appendInt(appendInt(appendInt(dst, t.add), t.extra), t.seek)
}

func getTriple(p []byte) triple {
	return triple{getInt(p), getInt(p[8:]), getInt(p[16:])}
}

// controls reads the triples of a control block one after another in bounded memory and checks each of them.
type controls struct {
	buf    []byte
	more   io.Reader // nil when buf holds all that is left
	array  []byte    // what buf is filled in when there is more
	number int       // of the triple read last, from 1
	idle   int       // triples that made nothing, in a row

	size, baseSize int64 // of the text to make and of the base; AnySize where that is not known
	made           int64 // bytes of the text made by the triples so far
	at             int64 // position in the base after the last triple
	added, extra   int64 // bytes of the diff and of the extra block used so far
}

func newControls(z []byte, size, baseSize int64) *controls {
	c := &controls{size: size, baseSize: baseSize}
	if all, used, err := bzip2.Decode(nil, z, controlsAtOnce); err == nil && used == len(z) {
		c.buf = all
	} else {
		c.more = bzip2.NewReader(z)
	}
	return c
}

// next returns the next triple and the offset in the base that its add begins at. It returns io.EOF after the last one, when
// the triples make the whole text and the control block's own checksum has been verified.
func (c *controls) next() (t triple, from int64, err error) {
	if err := c.fill(); err != nil {
		return t, 0, err
	}
	if len(c.buf) == 0 {
		if c.made < c.size {
			return t, 0, fault.New(fault.Corrupt, "the controls end at byte %d of %d", c.made, c.size)
		}
		return t, 0, io.EOF
	}
	c.number++
	t = getTriple(c.buf)
	c.buf = c.buf[tripleSize:]
	from = c.at
	if err := c.check(t); err != nil {
		return t, 0, err
	}
	c.made += t.add + t.extra
	c.added += t.add
	c.extra += t.extra
	c.at += t.add + t.seek
	return t, from, nil
}

// fill sees to it that buf holds a whole triple, or nothing at the end.
func (c *controls) fill() error {
	if len(c.buf) < tripleSize && c.more != nil {
		if c.array == nil {
			c.array = make([]byte, 1024*tripleSize)
		}
		n := copy(c.array, c.buf)
		m, err := readUntilFull(c.more, c.array[n:])
		c.buf = c.array[:n+m]
		if err == io.EOF {
			c.more = nil
		} else if err != nil {
			return fault.New(fault.Corrupt, "control block after control %d: %w", c.number, err)
		}
	}
	if n := len(c.buf); n > 0 && n < tripleSize {
		return fault.New(fault.Corrupt, "control %d is cut off", c.number+1)
	}
	return nil
}

// readUntilFull fills p or returns the error that r ended with, io.EOF only for a proper end. io.ReadFull reports a short
// text and a bzip2 stream that is cut off alike.
func readUntilFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	if n == len(p) {
		err = nil
	}
	return n, err
}

func (c *controls) check(t triple) error {
	switch {
	case t.add < 0 || t.extra < 0:
		return c.refuse("negative length")
	case t.add > c.size-c.made || t.extra > c.size-c.made-t.add:
		return c.refuse("makes more than the %d bytes of the text", c.size)
	case t.add > 0 && (c.at < 0 || c.baseSize >= 0 && t.add > c.baseSize-c.at):
		return c.refuse("reads %d bytes at offset %d of a base of %d", t.add, c.at, c.baseSize)
	case t.seek > MaxSize || t.seek < -MaxSize || c.at+t.add+t.seek > 2*MaxSize || c.at+t.add+t.seek < -2*MaxSize:
		return c.refuse("moves by %d", t.seek)
	}
	if t.add+t.extra > 0 {
		c.idle = 0
		return nil
	}
	if c.idle++; c.idle > idleLimit || t.seek == 0 {
		return c.refuse("makes no progress")
	}
	return nil
}

func (c *controls) refuse(format string, args ...any) error {
	return fault.New(fault.Corrupt, "control %d: "+format, append([]any{c.number}, args...)...)
}
