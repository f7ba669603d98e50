package bzip2

import "bytes"

// symbols is what the Huffman codes hold: the transform in move-to-front code, runs of place 0 as digits, and the end.
type symbols struct {
	used     [256]bool
	front    []byte // the bytes of the block, the last seen first
	places   [256]byte
	list     []uint16
	alphabet int
	zeros    int // waiting run of place 0
}

// start begins a block that is made of the bytes marked in used.
func (s *symbols) start() {
	s.front = s.places[:0]
	for c, ok := range s.used {
		if ok {
			s.front = append(s.front, byte(c))
		}
	}
	s.alphabet = len(s.front) + 2
	s.list = s.list[:0]
	s.zeros = 0
}

// end closes the block.
func (s *symbols) end() {
	s.flush()
	s.list = append(s.list, uint16(s.alphabet-1))
}

// encode makes the symbols of a whole column.
func (s *symbols) encode(column []byte) {
	s.used = [256]bool{}
	for _, c := range column {
		s.used[c] = true
	}
	s.start()
	for _, c := range column {
		if c == s.front[0] {
			s.zeros++
			continue
		}
		s.flush()
		s.move(c)
	}
	s.end()
}

// add appends n > 0 times c.
func (s *symbols) add(c byte, n int) {
	if c != s.front[0] {
		s.flush()
		s.move(c)
		n--
	}
	s.zeros += n
}

// move writes the place of c, which is not the first, and moves it to the front.
func (s *symbols) move(c byte) {
	place := bytes.IndexByte(s.front, c)
	copy(s.front[1:place+1], s.front[:place])
	s.front[0] = c
	s.list = append(s.list, uint16(place+1))
}

// flush writes the waiting run in digits.
func (s *symbols) flush() {
	for ; s.zeros > 0; s.zeros = (s.zeros - 1) >> 1 {
		if s.zeros&1 != 0 {
			s.list = append(s.list, runA)
		} else {
			s.list = append(s.list, runB)
		}
	}
}
