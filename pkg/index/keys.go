// Package index owns the files of the cache that say where the rows of a table are. It must never know versions' deltas,
// locks or what a cell means. An index is derived: it is bound to one text by its id, hash and size, followed from there
// edit by edit, and where anything does not fit there is none.
package index

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/bits"
	"os"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/row"
)

// The file TABLE.hashmap: a head of headSize bytes,
//
//	magic 16 | id 8 | hash 16 | size 8 | key columns 8 | pages 8 | CRC-32 of the 64 bytes before 4 | 0 4
//
// then the pages, of pageSize bytes each, then the journal, which has an entry an edit; see edit.go. All numbers are
// little-endian. A page is
//
//	CRC-32 of the rest 4 | 1 when rows were left out of it, else 0 4 | slots 8 each
//
// A row's page is the one that its key's XXH3-64 names by its high bits; it has the page's first empty slot. A slot holds
// the offset of the record plus one in its low 40 bits and the hash's low 24 bits above them; an empty one is 0.
const (
	keysSuffix = ".hashmap"
	keysMagic  = "reed-keys 1\n\x00\x00\x00\x00"
	headSize   = 72
	pageSize   = 512
	slotSize   = 8
	pageRows   = 36 // on average, of the 63 that fit: one page in some 100,000 is too small

	offsetBits = 40
	offsetMask = 1<<offsetBits - 1
)

// Version names a text that an index is of.
type Version struct {
	ID   uint64
	Hash [16]byte
	Size int64
	Key  []int // the key's columns in the text; none: the first
}

// columns folds the key's columns into a number that differs when they do.
func (v Version) columns() uint64 {
	sum := uint64(1)
	for _, c := range v.Key {
		sum = sum*1_000_003 + uint64(c) + 1
	}
	if len(v.Key) == 1 && v.Key[0] == 0 {
		return 1
	}
	return sum
}

// Keys is the open index of a table's keys. It is for one goroutine.
type Keys struct {
	file  *os.File
	pages uint64
	edits []edit
	end   int64  // of the journal
	fresh []byte // entries that are not in the file yet
	at    Version
}

// Open opens the index of table's keys in dir if it is one of the version v; else it returns nil. Flush needs one that is
// writable. The caller closes it.
func Open(dir *durable.Dir, table string, v Version, writable bool) *Keys {
	flag := os.O_RDONLY
	if writable {
		flag = os.O_RDWR
	}
	f, err := dir.OpenFile(table+keysSuffix, flag)
	if err != nil {
		return nil
	}
	k := &Keys{file: f}
	if !k.read(v) {
		f.Close()
		return nil
	}
	return k
}

func (k *Keys) read(v Version) bool {
	var head [headSize]byte
	if _, err := k.file.ReadAt(head[:], 0); err != nil {
		return false
	}
	if string(head[:16]) != keysMagic || crc32.ChecksumIEEE(head[:64]) != binary.LittleEndian.Uint32(head[64:]) {
		return false
	}
	if binary.LittleEndian.Uint64(head[48:]) != v.columns() {
		return false
	}
	k.pages = binary.LittleEndian.Uint64(head[56:])
	k.at = Version{ID: binary.LittleEndian.Uint64(head[16:]), Hash: [16]byte(head[24:]), Size: int64(binary.LittleEndian.Uint64(head[40:])), Key: v.Key}
	if k.pages > offsetMask/pageSize {
		return false
	}
	k.end = k.journal()
	return k.follow(v) && k.at.Hash == v.Hash && k.at.Size == v.Size
}

// Close closes the file.
func (k *Keys) Close() error { return k.file.Close() }

// journal returns where the journal begins.
func (k *Keys) journal() int64 { return headSize + int64(k.pages)*pageSize }

// Find returns where in the text the record of key may begin: the caller looks whether it does, as one place at most is
// right. Sure says that it begins nowhere else.
func (k *Keys) Find(key []byte) (places []int64, sure bool) {
	sum := xxh3.Hash(key)
	found, sure := k.page(sum)
	for _, p := range append(found, k.inserted(sum)...) {
		if off, ok := p.now(k.edits); ok {
			places = append(places, off)
		}
	}
	return places, sure
}

// page returns what the page of a key's hash holds for it, and whether all rows of that page are in it.
func (k *Keys) page(sum uint64) (found []place, whole bool) {
	var page [pageSize]byte
	if _, err := k.file.ReadAt(page[:], headSize+int64(pageOf(sum, k.pages))*pageSize); err != nil {
		return nil, false
	}
	if crc32.ChecksumIEEE(page[4:]) != binary.LittleEndian.Uint32(page[:]) {
		return nil, false
	}
	for i := slotSize; i < pageSize; i += slotSize {
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

// Build makes the index of the text of v, which has that many rows, and replaces the one that is there. It takes 15 bytes
// a row of memory, and as many of the disk; over limit bytes none is built. Nothing is synced.
func Build(dir *durable.Dir, table string, v Version, text io.ReaderAt, rows, limit int64) error {
	pages := uint64(max(rows, 0))/pageRows + 1
	if pages > uint64(limit)/pageSize || v.Size > offsetMask {
		return nil
	}
	file := durable.Buffer(int64(headSize + pages*pageSize))
	body := file[headSize:]
	err := row.Each(text, v.Size, func(at int64, record []byte) error {
		sum := xxh3.Hash(row.Key(record, v.Key))
		put(body[pageOf(sum, pages)*pageSize:][:pageSize], sum, at)
		return nil
	})
	if err != nil {
		return err
	}
	for page := range slices.Chunk(body, pageSize) {
		binary.LittleEndian.PutUint32(page, crc32.ChecksumIEEE(page[4:]))
	}
	putHead(file, v, pages)
	name := table + keysSuffix
	return dir.Put(name, name+".tmp", file)
}

// put enters an offset into a page; when it is full it says so.
func put(page []byte, sum uint64, at int64) {
	for i := slotSize; i < pageSize; i += slotSize {
		if binary.LittleEndian.Uint64(page[i:]) == 0 {
			binary.LittleEndian.PutUint64(page[i:], sum<<offsetBits|uint64(at+1))
			return
		}
	}
	page[4] = 1
}

func putHead(b []byte, v Version, pages uint64) {
	copy(b, keysMagic)
	binary.LittleEndian.PutUint64(b[16:], v.ID)
	copy(b[24:], v.Hash[:])
	binary.LittleEndian.PutUint64(b[40:], uint64(v.Size))
	binary.LittleEndian.PutUint64(b[48:], v.columns())
	binary.LittleEndian.PutUint64(b[56:], pages)
	binary.LittleEndian.PutUint32(b[64:], crc32.ChecksumIEEE(b[:64]))
}

// Drop removes the index of table's keys.
func Drop(dir *durable.Dir, table string) { dir.Remove(table + keysSuffix) }
