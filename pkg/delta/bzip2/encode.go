package bzip2

import "sync"

// block is one block on its way into a stream, with the room the work takes.
type block struct {
	text    []byte // the run-length code; after transform the last column
	crc     uint32 // of the bytes before the run-length code
	sum     checksum
	origin  int // rank of the rotation that is the text
	rotated []byte
	sa      []int32
	room    [4096]int32
	symbols symbols
	several coding
	further coding
	single  coding
	tree    tree
	spare   bool // write a code that nothing uses
	out     bitWriter
}

var blocks = sync.Pool{New: func() any { return new(block) }}

// take fills the block from the front of p and returns the rest.
func (b *block) take(p []byte) (rest []byte) {
	b.text, rest = appendRuns(b.text[:0], p)
	b.sum.crc = 0
	b.sum.write(p[:len(p)-len(rest)])
	b.crc = b.sum.value()
	return rest
}

// encode makes out of text.
func (b *block) encode() {
	b.transform()
	b.symbols.encode(b.text)
	b.out = bitWriter{buf: b.out.buf[:0]}
	b.write(&b.out)
}

// write appends the block, symbols made, to w.
func (b *block) write(w *bitWriter) {
	w.putMagic(blockMark)
	w.put(b.crc, 32)
	w.put(0, 1) // not randomised
	w.put(uint32(b.origin), 24)
	b.writeUsed(w)
	s := &b.symbols
	best := &b.several
	best.several(&b.tree, s.list, s.alphabet)
	if b.single.single(&b.tree, s.list, s.alphabet); b.single.size < best.size {
		best = &b.single
	}
	if len(s.list) >= manySymbols {
		b.further.copy(&b.several)
		if b.further.improve(&b.tree, s.list, s.alphabet, moreRounds); b.further.size < best.size {
			best = &b.further
		}
	}
	if b.spare {
		best.addSpare(s.alphabet)
	}
	best.write(w, s.list, s.alphabet)
}

// writeUsed appends which bytes occur: a bit for each 16 that have any, then 16 bits for each of those.
func (b *block) writeUsed(w *bitWriter) {
	var rows [16]uint32
	var any uint32
	for c, ok := range b.symbols.used {
		if ok {
			any |= 0x8000 >> (c >> 4)
			rows[c>>4] |= 0x8000 >> (c & 15)
		}
	}
	w.put(any, 16)
	for _, row := range rows {
		if row != 0 {
			w.put(row, 16)
		}
	}
}

// stream assembles a stream of blocks.
type stream struct {
	bitWriter
	crc     uint32
	longest int // text of a block
	header  int // where the header stands in buf
}

func newStream(dst []byte) *stream {
	return &stream{bitWriter: bitWriter{buf: append(dst, "BZh1"...)}, header: len(dst)}
}

// add notes a block with its checksum and the length of its text; its bits are put by the caller.
func (s *stream) add(crc uint32, length int) {
	s.crc = combine(s.crc, crc)
	s.longest = max(s.longest, length)
}

// end closes the stream and returns the buffer. The digit is the least that fits: readers allocate by it.
func (s *stream) end() []byte {
	s.buf[s.header+3] = '0' + byte(max(1, (s.longest+levelUnit-1)/levelUnit))
	s.putMagic(endMark)
	s.put(s.crc, 32)
	return s.close()
}

// Append appends one bzip2 stream that holds p to dst and returns the longer slice. It is never larger than the one
// bzip2 -9 makes. Large payloads are worked on by all processors.
func Append(dst, p []byte) []byte {
	s := newStream(dst)
	next := func() (*block, bool) {
		if len(p) == 0 {
			return nil, false
		}
		b := blocks.Get().(*block)
		p = b.take(p)
		return b, true
	}
	use := func(b *block) bool {
		s.add(b.crc, len(b.text))
		s.putBits(&b.out)
		blocks.Put(b)
		return true
	}
	if len(p) < blockRoom {
		if b, ok := next(); ok {
			b.encode()
			use(b)
		}
	} else {
		inOrder(next, (*block).encode, use)
	}
	return s.end()
}
