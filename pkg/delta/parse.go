package delta

import (
	"bytes"
	"io"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
	"github.com/reedbase/reedbase/pkg/fault"
)

// blocks are the parts of a patch whose header has been checked. They alias it.
type blocks struct {
	control, diff []byte // one bzip2 stream each
	extra         []byte // the last one, with whatever follows it
	size          int64  // of the text
}

// split takes the header off a patch.
func split(patch []byte, maxSize int64) (b blocks, err error) {
	if len(patch) < headerSize || string(patch[:len(magic)]) != magic {
		return b, fault.New(fault.Corrupt, "not a BSDIFF40 patch")
	}
	control, diff, size := getInt(patch[8:]), getInt(patch[16:]), getInt(patch[24:])
	rest := patch[headerSize:]
	if control < 0 || diff < 0 || control > int64(len(rest)) || diff > int64(len(rest))-control {
		return b, fault.New(fault.Corrupt, "a patch of %d bytes cannot hold blocks of %d and %d", len(patch), control, diff)
	}
	if size < 0 || size > min(maxSize, MaxSize) {
		return b, fault.New(fault.Corrupt, "the patch makes %d bytes, the limit is %d", size, min(maxSize, MaxSize))
	}
	return blocks{rest[:control], rest[control : control+diff], rest[control+diff:], size}, nil
}

// Parse reads a BSDIFF40 patch made by anyone for a base of baseSize bytes, and refuses one that would make more than
// maxSize bytes. The cost of a patch made by Encode depends on its operations and extra bytes alone, and base is not
// read (it may be nil). For any other patch base is read where the diff block is not zero: those bytes become extra
// bytes. used is the length of the patch in the slice: other bytes may follow it. Errors are of kind fault.Corrupt and
// name the control at fault, except those of reading base.
//
// Memory is bounded by the text that is made: a patch whose operations would outweigh it becomes a snapshot.
//
// A baseSize of AnySize takes the base's size from the patch, where Encode says it with the last control. A patch that
// changes bytes of its base, as Encode's never do, cannot be parsed so.
func Parse(patch []byte, base io.ReaderAt, baseSize, maxSize int64) (d *Delta, used int, err error) {
	b, err := split(patch, maxSize)
	if err != nil {
		return nil, 0, err
	}
	c := newControls(b.control, b.size, baseSize)
	d, err = c.delta()
	if err != nil {
		return nil, 0, err
	}
	switch {
	case d == nil && baseSize == AnySize:
		return nil, 0, errNoBase()
	case d == nil:
		return render(patch, base, baseSize)
	case baseSize == AnySize:
		d.BaseSize, c.baseSize = c.at, c.at
	}
	n, err := b.readExtra(d, c.extra)
	if err == nil && b.isPlain(c.added) {
		err = c.checkBase(b.control)
	} else if err == nil {
		a := adder{diff: bzip2.NewReader(b.diff), base: base}
		d, err = a.addDiff(d)
	}
	if err != nil {
		return nil, 0, err
	}
	return d, len(patch) - len(b.extra) + n, nil
}

// delta returns the operations of all the triples, without extra bytes. It returns nil when they are so many that the
// text itself would take less memory.
func (c *controls) delta() (*Delta, error) {
	d := &Delta{BaseSize: c.baseSize}
	limit := int(c.size/8) + 4096
	for len(d.Ops) < limit {
		t, from, err := c.next()
		if err == io.EOF {
			return d, nil
		}
		if err != nil {
			return nil, err
		}
		d.copy(from, t.add)
		d.reserve(t.extra)
	}
	return nil, nil
}

// readExtra decodes the extra block, which must hold n bytes, for d, and returns the length of its stream.
func (b blocks) readExtra(d *Delta, n int64) (used int, err error) {
	d.Extra, used, err = bzip2.Decode(nil, b.extra, n)
	if err != nil {
		return 0, fault.New(fault.Corrupt, "extra block: %w", err)
	}
	if int64(len(d.Extra)) != n {
		return 0, fault.New(fault.Corrupt, "the extra block holds %d bytes, the controls use %d", len(d.Extra), n)
	}
	return used, nil
}

// namesBase reports whether the position after the last triple is the size of the base, which is where Encode ends.
// Other encoders end anywhere; they are told by their control stream, which is of a higher level than its length asks
// for.
func (c *controls) namesBase(control []byte) bool {
	return c.added > 0 && int64(c.number)*tripleSize <= 100_000 && control[3] == '1'
}

// checkBase refuses a base of another size than the one the patch was made for, where the patch says it.
func (c *controls) checkBase(control []byte) error {
	if c.namesBase(control) && c.at != c.baseSize {
		return fault.New(fault.Corrupt, "the patch is for a base of %d bytes, not of %d", c.at, c.baseSize)
	}
	return nil
}

// render applies the patch and returns the result as a snapshot.
func render(patch []byte, base io.ReaderAt, baseSize int64) (*Delta, int, error) {
	var text bytes.Buffer
	if _, err := Stream(&text, patch, base, baseSize, MaxSize); err != nil {
		return nil, 0, err
	}
	d := Snapshot(text.Bytes())
	d.BaseSize = baseSize
	return d, recordAt(patch), nil
}
