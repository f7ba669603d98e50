package function

import (
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
)

// DefaultMaxText is Context.MaxText where that is 0.
const DefaultMaxText = 64 << 20

const (
	blockSize = 4 << 10
	mostKept  = 1 << 20 // bytes of a block that is used again
)

// Context is what a statement gives to the functions that it calls, and where their results lie. The zero Context will do for
// pure functions. It must not be copied, and each goroutine needs its own.
type Context struct {
	Now     time.Time     // what "now" means in the whole statement; its location is what "localtime" means
	MaxText int           // bytes that the text of one result has at most, no more than DefaultMaxText; 0: that
	Random  func() uint64 // random numbers, all bits alike; nil: random() is an error

	block    []byte // texts of results, one behind the other; what lies behind its length is free
	taken    int
	patterns patternCache
}

// Reset takes back the memory of all results so far: their texts must not be read any more. Without a Reset they stay valid for as
// long as somebody holds them.
func (c *Context) Reset() {
	c.block, c.taken = c.block[:0], 0
	if cap(c.block) > mostKept {
		c.block = nil
	}
}

// Taken returns how many bytes of memory results have taken since Reset, beside the block that was there.
func (c *Context) Taken() int { return c.taken }

// room returns an empty slice to append a result of about n bytes to, which text then makes a value of. There is one at a time.
func (c *Context) room(n int) []byte {
	if cap(c.block)-len(c.block) < n {
		c.block = make([]byte, 0, max(n, blockSize))
		c.taken += cap(c.block)
	}
	return c.block[len(c.block):]
}

// own keeps what was appended to a room and returns it, with no capacity behind it.
func (c *Context) own(b []byte) []byte {
	switch end := len(c.block) + len(b); {
	case len(b) == 0:
	case end <= cap(c.block) && &b[0] == &c.block[:end][len(c.block)]:
		c.block = c.block[:end]
	default:
		c.taken += cap(b) // it has grown out of its room
	}
	return b[:len(b):len(b)]
}

// text returns what was appended to a room as a value.
func (c *Context) text(b []byte) cell.Value { return cell.FromText(c.own(b)) }

// textOf returns the text of v, which is not NULL.
func (c *Context) textOf(v cell.Value) []byte {
	if b := v.Text(); b != nil || v.Kind() == cell.KindText {
		return b
	}
	return c.own(v.AppendText(c.room(32)))
}

// fits returns an error if the text of a result would have n bytes and may not.
func (c *Context) fits(name string, n int) error {
	most := c.MaxText
	if most == 0 {
		most = DefaultMaxText
	}
	if n > most {
		return refused(name, "the result has more than %d bytes", most)
	}
	return nil
}
