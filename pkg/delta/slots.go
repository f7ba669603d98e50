package delta

import "math/bits"

// slots is a hash table from hashes to offsets in a text. Of several offsets with one hash it knows the first. A slot
// holds 32 bits of the hash and 32 of the offset + 1; 0 is free.
type slots []uint64

const (
	// indexable is how much of a text can be indexed, in bytes: what a slot can hold.
	indexable = 1<<32 - 2
	// probes is how many slots are tried for a hash; the bound keeps texts made to collide from taking for ever.
	probes = 64
)

// newSlots returns a table for n hashes.
func newSlots(n int) slots { return make(slots, 1<<bits.Len(uint(n+n/2))) }

// enter notes an offset, unless its hash is known.
func (s slots) enter(hash uint64, at int) bool {
	mask := uint64(len(s) - 1)
	for i := range uint64(probes) {
		slot := &s[(hash+i)&mask]
		if *slot == 0 {
			*slot = hash&^(1<<32-1) | uint64(at+1)
			return true
		}
		if *slot>>32 == hash>>32 {
			return false
		}
	}
	return true
}

// find returns the offset entered for hash that is the right one.
func (s slots) find(hash uint64, isRight func(at int) bool) (at int, ok bool) {
	mask := uint64(len(s) - 1)
	for i := range uint64(probes) {
		slot := s[(hash+i)&mask]
		if slot == 0 {
			break
		}
		if at := int(uint32(slot)) - 1; slot>>32 == hash>>32 && isRight(at) {
			return at, true
		}
	}
	return 0, false
}
