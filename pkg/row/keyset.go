package row

import (
	"bytes"
	"hash/maphash"
)

// keySet finds twin keys among the records of a text: a hash table with open addressing, 16 bytes a slot.
type keySet struct {
	text    []byte
	columns []int
	seed    maphash.Seed // random, so that no text can be made of keys that collide
	slots   []keySlot    // a power of two, at most half full
	used    int
}

type keySlot struct {
	hash uint32
	line uint32 // of the record; 0 marks a free slot
	body int    // where the record begins
}

func newKeySet(text []byte, columns []int) keySet {
	return keySet{text: text, columns: columns, seed: maphash.MakeSeed(), slots: make([]keySlot, 64)}
}

// add takes the key of the record at offset body. It returns the line of an earlier record with that key, or 0.
func (s *keySet) add(key []byte, body, line int) (first int) {
	if 2*s.used >= len(s.slots) {
		s.grow()
	}
	hash := uint32(maphash.Bytes(s.seed, key))
	i := s.probe(hash)
	for ; s.slots[i].line != 0; i = s.probe(uint32(i + 1)) {
		if slot := s.slots[i]; slot.hash == hash && bytes.Equal(key, Key(s.text[slot.body:], s.columns)) {
			return int(slot.line)
		}
	}
	s.slots[i] = keySlot{hash, uint32(line), body}
	s.used++
	return 0
}

func (s *keySet) probe(hash uint32) int { return int(hash) & (len(s.slots) - 1) }

func (s *keySet) grow() {
	old := s.slots
	s.slots = make([]keySlot, 2*len(old))
	for _, slot := range old {
		if slot.line == 0 {
			continue
		}
		i := s.probe(slot.hash)
		for s.slots[i].line != 0 {
			i = s.probe(uint32(i + 1))
		}
		s.slots[i] = slot
	}
}
