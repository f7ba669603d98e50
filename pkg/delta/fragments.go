package delta

import (
	"encoding/binary"
	"math/bits"
)

// fragments finds runs of bytes of a text anywhere in another, as rsync and its kin do, by hashes of the windows that
// begin at every so many bytes of it.
type fragments struct {
	text  []byte
	slots slots
	least int // length of a run worth finding
}

const (
	windowSize = 16
	// mostWindows bounds the memory of an index: windows of longer texts begin further apart.
	mostWindows = 2 << 20
	// everyByte is the length of a text up to which windows begin at every byte.
	everyByte = 8 << 10
)

// newFragments indexes text, to find runs of at least the given length or a little more.
func newFragments(text []byte, least int) *fragments {
	text = text[:min(len(text), indexable)]
	step := windowSize
	if len(text) <= everyByte {
		step = 1
	}
	for len(text)/step > mostWindows {
		step *= 2
	}
	f := &fragments{text: text, slots: newSlots(len(text)/step + 1), least: least}
	for at := 0; at+windowSize <= len(text); at += step {
		f.slots.enter(hashWindow(text[at:]), at)
	}
	return f
}

// hashWindow mixes the first windowSize bytes of p.
func hashWindow(p []byte) uint64 {
	const odd1, odd2 = 0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f // primes of xxHash
	high, low := bits.Mul64(binary.LittleEndian.Uint64(p)^odd1, binary.LittleEndian.Uint64(p[8:])^odd2)
	return (high ^ low) * odd1
}

// first returns the first run of text that is in the indexed one: n bytes at start there and at off here.
func (f *fragments) first(text []byte) (start, off, n int, ok bool) {
	for at := 0; at+windowSize <= len(text); at++ {
		window := text[at : at+windowSize]
		off, ok := f.slots.find(hashWindow(window), func(off int) bool {
			return string(f.text[off:off+windowSize]) == string(window)
		})
		if !ok {
			continue
		}
		before := CommonSuffix(f.text[:off], text[:at])
		if n := before + CommonPrefix(f.text[off:], text[at:]); n >= f.least {
			return at - before, off - before, n, true
		}
	}
	return 0, 0, 0, false
}
