package powercut

import (
	"bytes"
	"fmt"
	"slices"
)

// A form is how much of an effect a power cut left. lost and kept are forms of every effect; a write has more, torn ones.
type form struct {
	from, to int64 // the part of the written bytes that arrived
	sized    bool  // the file is as long as the write made it, with zeros for what did not arrive
}

const (
	lost = 0
	kept = 1
)

// Sizes at which storage may tear a write.
const (
	sector = 512
	page   = 4096
)

// forms returns the forms of an effect, lost and kept first.
func (e *effect) forms() []form {
	n := int64(len(e.data))
	list := []form{{}, {0, n, true}}
	if n < 2 {
		return list
	}
	cuts := []int64{n / 2, n - 1, boundary(e.offset, sector), boundary(e.offset, page)}
	if e.offset > 0 {
		cuts = append(cuts, int64(bytes.IndexByte(e.data, '\n')+1)) // of what is appended a line may stand without the next
	}
	slices.Sort(cuts)
	for _, at := range slices.Compact(cuts) {
		if at > 0 && at < n {
			list = append(list, form{0, at, false})
		}
	}
	late := n / 2
	if first := boundary(e.offset, page); first < n {
		late = first
	}
	list = append(list, form{late, n, true})
	if e.grows {
		list = append(list, form{0, 0, true}, form{0, n / 2, true})
	}
	return list
}

// boundary returns how many bytes after offset the next multiple of unit stands.
func boundary(offset, unit int64) int64 { return unit - offset%unit }

// apply returns data, which it may change, after form f of a file effect.
func (e *effect) apply(data []byte, f form) []byte {
	switch {
	case e.data == nil && f.sized:
		return stretch(data, e.offset)
	case e.data == nil:
		return data
	}
	if end := e.offset + int64(len(e.data)); f.sized && end > int64(len(data)) {
		data = stretch(data, end)
	}
	if f.from < f.to {
		data = patch(data, e.offset+f.from, e.data[f.from:f.to])
	}
	return data
}

// words tells form number i of an effect.
func (e *effect) words(i int) string {
	switch {
	case i == lost:
		return "lost"
	case i == kept:
		return "kept"
	}
	f := e.forms()[i]
	s := fmt.Sprintf("torn: bytes [%d,%d) of %d arrived", f.from, f.to, len(e.data))
	if f.sized {
		s += ", zeros for the rest"
	}
	return s
}
