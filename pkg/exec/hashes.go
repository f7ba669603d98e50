package exec

import (
	"bytes"
	"hash/maphash"
)

// hashes numbers byte strings: equal ones have one number, and the numbers count up from 0. It is a table of open addressing
// whose slots hold part of a hash beside the number, so that few strings are looked at in vain.
type hashes struct {
	seed  maphash.Seed
	slots []uint64 // number + 1 below, upper half of the hash above
	keys  store
	list  []entry
}

// entry is one string.
type entry struct {
	hash uint64
	at   place
	size uint32
}

const (
	leastSlots = 64
	upperHalf  = ^uint64(1<<32 - 1)
	slotSize   = 8 + 24/2 // bytes of a slot and of the entries for it
)

func newHashes(q *query) *hashes {
	return &hashes{seed: q.seed, keys: store{query: q}, slots: make([]uint64, leastSlots)}
}

func (h *hashes) hash(key []byte) uint64 { return maphash.Bytes(h.seed, key) }

// find returns the number of a key, or -1.
func (h *hashes) find(key []byte) int { return h.findHashed(key, h.hash(key)) }

func (h *hashes) findHashed(key []byte, hash uint64) int {
	mask := uint64(len(h.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		slot := h.slots[i]
		if slot == 0 {
			return -1
		}
		if slot&upperHalf == hash&upperHalf {
			if n := int(uint32(slot)) - 1; h.is(n, key) {
				return n
			}
		}
	}
}

func (h *hashes) is(n int, key []byte) bool {
	e := &h.list[n]
	return int(e.size) == len(key) && bytes.Equal(h.keys.at(e.at)[:e.size], key)
}

// key returns the string of a number.
func (h *hashes) key(n int) []byte {
	e := &h.list[n]
	return h.keys.at(e.at)[:e.size:e.size]
}

// insert returns the number of a key, and whether it is a new one.
func (h *hashes) insert(key []byte) (n int, isNew bool, err error) {
	return h.insertHashed(key, h.hash(key))
}

func (h *hashes) insertHashed(key []byte, hash uint64) (n int, isNew bool, err error) {
	mask := uint64(len(h.slots) - 1)
	i := hash & mask
	for ; h.slots[i] != 0; i = (i + 1) & mask {
		if slot := h.slots[i]; slot&upperHalf == hash&upperHalf {
			if n := int(uint32(slot)) - 1; h.is(n, key) {
				return n, false, nil
			}
		}
	}
	at, err := h.keys.add(key)
	if err != nil {
		return 0, false, err
	}
	n = len(h.list)
	h.list = append(h.list, entry{hash, at, uint32(len(key))})
	h.slots[i] = hash&upperHalf | uint64(n+1)
	if 2*len(h.list) > len(h.slots) {
		err = h.grow()
	}
	return n, true, err
}

// reserve makes room for n keys in an empty table.
func (h *hashes) reserve(n int) {
	size := len(h.slots)
	for size < 2*n {
		size *= 2
	}
	h.list = roomy(h.list, n)
	if size == len(h.slots) {
		return
	}
	if h.keys.query.charge(int64(size-len(h.slots))*slotSize) != nil {
		h.keys.query.charge(-int64(size-len(h.slots)) * slotSize)
		return // whoever inserts so many will be told
	}
	h.slots = make([]uint64, size)
	touch(h.slots, 0)
}

// grow doubles the slots.
func (h *hashes) grow() error {
	size := 2 * len(h.slots)
	if err := h.keys.query.charge(int64(size/2) * slotSize); err != nil {
		return err
	}
	h.slots = make([]uint64, size)
	touch(h.slots, 0)
	mask := uint64(size - 1)
	for n := range h.list {
		hash := h.list[n].hash
		i := hash & mask
		for h.slots[i] != 0 {
			i = (i + 1) & mask
		}
		h.slots[i] = hash&upperHalf | uint64(n+1)
	}
	return nil
}

// empty forgets all keys and keeps their memory for others.
func (h *hashes) empty() {
	clear(h.slots)
	h.list = h.list[:0]
	h.keys.empty()
}

func (h *hashes) free() {
	h.keys.query.charge(-int64(len(h.slots)-leastSlots) * slotSize)
	h.keys.free()
	h.slots, h.list = nil, nil
}
