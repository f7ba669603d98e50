package merge

import (
	"bytes"
	"hash/maphash"
	"io"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/row"
)

// index finds numbers by hashes: a hash table with open addressing. The nil index is empty.
type index struct {
	slots []slot // a power of two, at most half full
	used  int
}

type slot struct {
	hash  uint64
	value int // + 1; 0 marks a free slot
}

// newIndex returns an index for n values.
func newIndex(n int) *index {
	size := 64
	for size < 2*n {
		size *= 2
	}
	return &index{slots: make([]slot, size)}
}

// add enters value, whose hash may be that of others.
func (x *index) add(hash uint64, value int) {
	if 2*x.used >= len(x.slots) {
		x.grow()
	}
	mask := len(x.slots) - 1
	i := int(hash) & mask
	for x.slots[i].value > 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = slot{hash, value + 1}
	x.used++
}

func (x *index) grow() {
	larger := newIndex(len(x.slots))
	for _, s := range x.slots {
		if s.value > 0 {
			larger.add(s.hash, s.value-1)
		}
	}
	*x = *larger
}

// find returns the value entered for hash that is the right one.
func (x *index) find(hash uint64, isRight func(value int) bool) (value int, ok bool) {
	if x == nil {
		return 0, false
	}
	mask := len(x.slots) - 1
	for i := int(hash) & mask; x.slots[i].value > 0; i = (i + 1) & mask {
		if s := x.slots[i]; s.hash == hash && isRight(s.value-1) {
			return s.value - 1, true
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
	s := surveyor{text: base, seed: m.seed, known: newIndex(bytes.Count(base.bytes, newline) + 1)}
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
	seed  maphash.Seed
	known *index
	cells [][]byte
	group [256]slot
	n     int
}

// add takes the record at offset body. It reports whether all so far have keys of their own.
func (s *surveyor) add(body int) bool {
	s.group[s.n] = slot{s.text.hash(s.seed, body), body}
	s.n++
	return s.n < len(s.group) || s.flush()
}

func (s *surveyor) flush() bool {
	for _, k := range s.group[:s.n] {
		_, twin := s.known.find(k.hash, func(at int) bool { return sameKey(s.text, k.value, s.text, at) })
		if twin {
			return false
		}
		s.known.add(k.hash, k.value)
	}
	s.n = 0
	return true
}
