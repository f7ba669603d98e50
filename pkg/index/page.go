package index

import (
	"bytes"
	"encoding/binary"
)

// A page of a tree, of treePage bytes:
//
//	checksum 4 | count of entries 2 | level 1 | 0 1 | entries
//
// An entry is four things: how many bytes its key shares with the one before, how many follow, as unsigned varints; these
// bytes; and a number, as an unsigned varint too. On level 0, in the leaves, that is the offset of a record, and the entries
// are in the order of their keys, those of one key in the order of the offsets. The leaves are the first pages of the file, in order. On
// each level above, which follows the one below, there is an entry for each page below: the first key in it, and its number.
// The last page is the only one of its level, the root.
const (
	treePage = 4096
	pageHead = 8

	// MaxKey is the length in bytes up to which a tree takes keys: a longer one is refused, never cut.
	MaxKey = 1000
)

// entry is an entry of a page. Its key is good as long as the page that it was read from.
type entry struct {
	key []byte
	n   int64
}

// node is a page that was read.
type node struct {
	level   byte
	entries []entry
	keys    []byte // of all entries
}

// parse reads a page into n; false when it is none. What n held before is lost.
func (n *node) parse(page []byte) bool {
	count := int(binary.LittleEndian.Uint16(page[4:]))
	n.level, n.entries, n.keys = page[6], n.entries[:0], n.keys[:0]
	r := numbers{page[pageHead:], true}
	last := 0
	ends := make([]int, 0, count)
	for range count {
		shared, length := r.next(), r.next()
		if !r.ok || shared > uint64(len(n.keys)-last) || length > uint64(len(r.b)) || shared+length > MaxKey {
			return false
		}
		from := len(n.keys)
		n.keys = append(n.keys, n.keys[last:last+int(shared)]...)
		n.keys = append(n.keys, r.b[:length]...)
		r.b = r.b[length:]
		n.entries = append(n.entries, entry{n: r.length()})
		last = from
		ends = append(ends, len(n.keys))
	}
	from := 0
	for i, end := range ends { // now that keys grows no more
		n.entries[i].key = n.keys[from:end:end]
		from = end
	}
	return r.ok && n.sorted()
}

func (n *node) sorted() bool {
	for i := 1; i < len(n.entries); i++ {
		a, b := n.entries[i-1], n.entries[i]
		if c := bytes.Compare(a.key, b.key); c > 0 || c == 0 && n.level == 0 && a.n >= b.n {
			return false
		}
	}
	return true
}

// pages is a tree being written, entry by entry in their order.
type pages struct {
	file  []byte
	page  []byte // being filled
	level byte
	count int
	last  []byte // key in it
	first [][]byte
	made  uint64 // the version
}

// add appends an entry.
func (p *pages) add(key []byte, n int64) {
	shared := 0
	if p.count > 0 {
		for m := min(len(key), len(p.last)); shared < m && key[shared] == p.last[shared]; shared++ {
		}
	}
	var b [2 * binary.MaxVarintLen32]byte
	head := binary.AppendUvarint(b[:0], uint64(shared))
	head = binary.AppendUvarint(head, uint64(len(key)-shared))
	var t [binary.MaxVarintLen64]byte
	tail := binary.AppendUvarint(t[:0], uint64(n))
	if len(p.page)+len(head)+len(key)-shared+len(tail) > treePage {
		p.flush()
		p.add(key, n)
		return
	}
	if p.count == 0 {
		p.page = append(p.page[:0], make([]byte, pageHead)...)
		p.first = append(p.first, bytes.Clone(key))
	}
	p.page = append(append(append(p.page, head...), key[shared:]...), tail...)
	p.last = append(p.last[:0], key...)
	p.count++
}

// flush ends the page that is being filled.
func (p *pages) flush() {
	if p.count == 0 {
		p.page = append(p.page[:0], make([]byte, pageHead)...)
	}
	page := append(p.page, make([]byte, treePage-len(p.page))...)
	binary.LittleEndian.PutUint16(page[4:], uint16(p.count))
	page[6] = p.level
	binary.LittleEndian.PutUint32(page, pageSum(p.made, uint64(len(p.file)-headSize)/treePage, page))
	p.file = append(p.file, page...)
	p.page, p.count = p.page[:0], 0
}

// finish writes the levels above the leaves and returns how many leaves there are.
func (p *pages) finish() (leaves int) {
	if p.count > 0 || len(p.first) == 0 {
		p.flush()
	}
	leaves = (len(p.file) - headSize) / treePage
	below := 0
	for n := leaves; n > 1; {
		first := p.first
		p.first = nil
		p.level++
		for i, key := range first {
			p.add(key, int64(below+i))
		}
		p.flush()
		below += n
		n = len(p.first)
	}
	return leaves
}
