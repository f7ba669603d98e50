package merge

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/row"
)

// index finds numbers by hashes: a hash table with open addressing. The nil index is empty.
type index struct {
	slots  []uint64 // a power of two, at most half full: the hash's upper bits, then the number + 1; 0 is free
	used   int
	hashOf func(value int) uint64
}

// valueBits are enough for an offset in the largest text.
const valueBits = 41

// newIndex returns an index for n values. hashOf returns the hash of one that has been added.
func newIndex(n int, hashOf func(value int) uint64) *index {
	size := 64
	for size < 2*n {
		size *= 2
	}
	return &index{slots: make([]uint64, size), hashOf: hashOf}
}

// add enters value, whose hash may be that of others.
func (x *index) add(hash uint64, value int) {
	if 2*x.used >= len(x.slots) {
		x.grow()
	}
	i := x.slot(hash)
	for x.slots[i] > 0 {
		i = (i + 1) & (len(x.slots) - 1)
	}
	x.slots[i] = hash>>valueBits<<valueBits | uint64(value+1)
	x.used++
}

func (x *index) slot(hash uint64) int { return int(hash) & (len(x.slots) - 1) }

func (x *index) grow() {
	larger := newIndex(len(x.slots), x.hashOf)
	for _, s := range x.slots {
		if value := int(s&(1<<valueBits-1)) - 1; value >= 0 {
			larger.add(x.hashOf(value), value)
		}
	}
	*x = *larger
}

// find returns the value entered for hash that is the right one.
func (x *index) find(hash uint64, isRight func(value int) bool) (value int, ok bool) {
	if x == nil {
		return 0, false
	}
	for i := x.slot(hash); x.slots[i] > 0; i = (i + 1) & (len(x.slots) - 1) {
		if s := x.slots[i]; s>>valueBits == hash>>valueBits {
			if value := int(s&(1<<valueBits-1)) - 1; isRight(value) {
				return value, true
			}
		}
	}
	return 0, false
}

// survey returns where in base each key is; ok is false when base is no table. It returns nil when base need not be
// looked at.
func (m *merger) survey() (known *index, ok bool) {
	base := m.texts[Base]
	if m.options.Sound || len(base.bytes) == 0 {
		return nil, true
	}
	if !utf8.Valid(base.bytes) || bytes.IndexByte(base.bytes, 0) >= 0 {
		return nil, false
	}
	hashOf := func(at int) uint64 { return base.hash(m.seed, at) }
	s := surveyor{text: base, known: newIndex(bytes.Count(base.bytes, newline)+1, hashOf)}
	for at := base.header.End; ; {
		r, err := row.Next(base.bytes, at)
		if err == io.EOF || err == nil && r.Body == r.End {
			return s.known, s.flush()
		}
		if err != nil || !base.fits(r, &s.cells) || !s.add(r.Body) {
			return nil, false
		}
		at = r.End
	}
}

// surveyor enters keys in groups: the processor then waits for the memory of many at once.
type surveyor struct {
	text  *text
	known *index
	cells [][]byte
	group [256]struct {
		hash uint64
		body int
	}
	n int
}

// add takes the record at offset body. It reports whether all so far have keys of their own.
func (s *surveyor) add(body int) bool {
	s.group[s.n].hash, s.group[s.n].body = s.known.hashOf(body), body
	s.n++
	return s.n < len(s.group) || s.flush()
}

func (s *surveyor) flush() bool {
	for _, k := range s.group[:s.n] {
		_, twin := s.known.find(k.hash, func(at int) bool { return sameKey(s.text, k.body, s.text, at) })
		if twin {
			return false
		}
		s.known.add(k.hash, k.body)
	}
	s.n = 0
	return true
}
