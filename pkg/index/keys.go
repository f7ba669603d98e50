package index

import (
	"encoding/binary"
	"io"
	"math/bits"
	"slices"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/row"
)

// A page of the file TABLE.hashmap:
//
//	checksum 4 | 1 when rows were left out of it, else 0 4 | slots 8 each
//
// A row's page is the one that its key's XXH3-64 names by its high bits; it has the page's first empty slot. A slot holds
// the offset of the record plus one in its low 40 bits and the hash's low 24 bits above them; an empty one is 0.
const (
	keyPage  = 512
	slotSize = 8
	pageRows = 36 // on average, of the 63 that fit: one page in some 100,000 is too small
)

// Map is the open index of a table's keys. It is for one goroutine; keys may be looked up by several.
type Map struct {
	*journal
	damaged atomic.Bool
}

// Damaged reports whether a page was met that is none: the index is then to be made anew.
func (m *Map) Damaged() bool { return m.damaged.Load() }

// Open opens the index of table's keys in dir, as far as it leads, but not beyond the version v; nil when there is none, or
// it is of another text or other columns. Whoever looks a key of v up must see that At is v. Flush needs an index that is
// writable. The caller closes it.
func Open(dir *durable.Dir, table string, v Version, writable bool) *Map {
	j, ok := open(dir, table+keysSuffix, v, keyPage, writable)
	if !ok {
		return nil
	}
	if j.kind != Keys {
		j.Close()
		return nil
	}
	return &Map{journal: j}
}

// Follow notes the change that made the text of v. From now on m is of that text. False says that the journal is full, and
// to be compacted.
func (m *Map) Follow(v Version, c Change) bool {
	rows := make([]Inserted, len(c.Rows))
	for i, r := range c.Rows {
		rows[i] = Inserted{Key: binary.BigEndian.AppendUint64(nil, xxh3.Hash(r.Key)), At: r.At}
	}
	c.Rows = rows
	return m.add(v, c)
}

// Find returns where in the text the record of key may begin: the caller looks whether it does, as one place at most is
// right. Sure says that it begins nowhere else.
func (m *Map) Find(key []byte) (places []int64, sure bool) {
	sum := xxh3.Hash(key)
	found, sure := m.page(sum)
	for _, p := range append(found, m.inserted(sum)...) {
		if off, ok := p.now(m.edits); ok {
			places = append(places, off)
		}
	}
	return places, sure
}

func (m *Map) inserted(sum uint64) (found []place) {
	for i, e := range m.edits {
		for _, r := range e.rows {
			if len(r.Key) == 8 && binary.BigEndian.Uint64(r.Key) == sum {
				found = append(found, place{r.At, i + 1})
			}
		}
	}
	return found
}

// page returns what the page of a key's hash holds for it, and whether all rows of that page are in it.
func (m *Map) page(sum uint64) (found []place, whole bool) {
	var page [keyPage]byte
	number := pageOf(sum, m.pages)
	_, err := m.file.ReadAt(page[:], headSize+int64(number)*keyPage)
	if err != nil || pageSum(m.made, number, page[:]) != binary.LittleEndian.Uint32(page[:]) {
		m.damaged.Store(true)
		return nil, false
	}
	for i := slotSize; i < keyPage; i += slotSize {
		slot := binary.LittleEndian.Uint64(page[i:])
		if slot == 0 {
			break
		}
		if slot>>offsetBits == sum&(1<<24-1) {
			found = append(found, place{off: int64(slot&offsetMask) - 1})
		}
	}
	return found, page[4] == 0
}

// pageOf returns the page of a hash among n: the high half of a product spreads it evenly without a division.
func pageOf(sum, n uint64) uint64 {
	hi, _ := bits.Mul64(sum, n)
	return hi
}

// Build makes the index of the keys that key takes of the records of the text of v, and replaces the one that is there.
// About rows of them are expected. It takes 15 bytes a row of memory, and as many of the disk; over limit bytes none is
// built, and built is false. Nothing is synced.
func Build(dir *durable.Dir, table string, v Version, text io.ReaderAt, key func(record []byte) []byte, rows, limit int64) (built bool, err error) {
	h := head{at: v, kind: Keys, plain: true, pages: uint64(max(rows, 0))/pageRows + 1}
	if h.pages > uint64(limit)/keyPage || v.Size > offsetMask {
		return false, nil
	}
	name := table + keysSuffix
	undo, err := begin(dir, name)
	if err != nil {
		return false, err
	}
	defer undo()
	file := durable.Buffer(int64(headSize + h.pages*keyPage))
	body := file[headSize:]
	err = row.Each(text, v.Size, func(at int64, record []byte) error {
		sum := xxh3.Hash(key(record))
		h.entries++
		h.plain = h.plain && OneLine(record)
		put(body[pageOf(sum, h.pages)*keyPage:][:keyPage], sum<<offsetBits|uint64(at+1))
		return nil
	})
	if err != nil {
		return false, err
	}
	h.distinct = h.entries
	sealPages(body, h.at.ID)
	h.put(file)
	return true, dir.Put(name, tempName(name), file)
}

// OneLine reports whether a record has no newline but at its end.
func OneLine(record []byte) bool {
	return len(record) == 0 || slices.Index(record[:len(record)-1], '\n') < 0
}

func sealPages(body []byte, made uint64) {
	number := uint64(0)
	for page := range slices.Chunk(body, keyPage) {
		binary.LittleEndian.PutUint32(page, pageSum(made, number, page))
		number++
	}
}

// put enters a slot into a page; when that is full it says so.
func put(page []byte, slot uint64) {
	for i := slotSize; i < keyPage; i += slotSize {
		if binary.LittleEndian.Uint64(page[i:]) == 0 {
			binary.LittleEndian.PutUint64(page[i:], slot)
			return
		}
	}
	page[4] = 1
}

// Compact works the journal into the pages, as a new file. False says that this could not be done: the index is then to be
// dropped and built anew. The table's lock must be held. m is good for nothing more.
func (m *Map) Compact(dir *durable.Dir, table string) bool {
	file := durable.Buffer(m.start)
	if _, err := m.file.ReadAt(file, 0); err != nil {
		return false
	}
	h, body := m.head, file[headSize:]
	list := m.segments()
	h.entries = 0
	number := uint64(0)
	for page := range slices.Chunk(body, keyPage) {
		if pageSum(m.made, number, page) != binary.LittleEndian.Uint32(page) {
			return false
		}
		h.entries += movePage(page, list)
		number++
	}
	for i, e := range m.edits {
		for _, r := range e.rows {
			if off, ok := (place{r.At, i + 1}).now(m.edits); ok && len(r.Key) == 8 {
				sum := binary.BigEndian.Uint64(r.Key)
				put(body[pageOf(sum, h.pages)*keyPage:][:keyPage], sum<<offsetBits|uint64(off+1))
				h.entries++
			}
		}
	}
	if h.pages < h.entries/(pageRows+8) {
		return false // too small by now
	}
	h.distinct = h.entries
	sealPages(body, h.at.ID)
	h.put(file)
	name := table + keysSuffix
	return dir.Put(name, tempName(name), file) == nil
}

// Count returns how many rows there are in the index, by going over all of it. Rows that were left out of pages do not count.
func (m *Map) Count() (n int64) {
	list := m.segments()
	page := make([]byte, keyPage)
	for i := range int64(m.pages) {
		if _, err := m.file.ReadAt(page, headSize+i*keyPage); err == nil && pageSum(m.made, uint64(i), page) == binary.LittleEndian.Uint32(page) {
			n += int64(movePage(page, list))
		}
	}
	for i, e := range m.edits {
		for _, r := range e.rows {
			if _, ok := (place{r.At, i + 1}).now(m.edits); ok {
				n++
			}
		}
	}
	return n
}

// movePage brings the offsets of a page up to date and returns how many are left.
func movePage(page []byte, list []segment) (n uint64) {
	to := slotSize
	for i := slotSize; i < keyPage; i += slotSize {
		slot := binary.LittleEndian.Uint64(page[i:])
		if slot == 0 {
			break
		}
		if off, ok := moved(list, int64(slot&offsetMask)-1); ok {
			binary.LittleEndian.PutUint64(page[to:], slot&^uint64(offsetMask)|uint64(off+1))
			to += slotSize
			n++
		}
	}
	clear(page[to:])
	return n
}

// Drop removes the index of table's keys.
func Drop(dir *durable.Dir, table string) { dir.Remove(table + keysSuffix) }
