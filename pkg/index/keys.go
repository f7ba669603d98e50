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

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/row"
)

// The file TABLE.hashmap: a head of headSize bytes,
//
//	magic 16 | id 8 | hash 16 | size 8 | key columns 8 | slots 8 | CRC-32 of the 64 bytes before 4 | 0 4
//
// then slots and spare more of 8 bytes each, then the journal. All numbers are little-endian. A row's slot is the first
// empty one from the place on that its key's XXH3-64 names, high bits first. It holds the offset of the record plus one in
// its low 40 bits and the hash's low 24 bits above them; an empty one is 0. The journal has an entry an edit; see edit.go.
const (
	keysSuffix = ".hashmap"
	keysMagic  = "reed-keys 1\n\x00\x00\x00\x00"
	headSize   = 72
	slotSize   = 8
	spare      = 64 // slots behind the last place, and the most that one lookup reads

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
	slots uint64
	edits []edit
	end   int64 // of the journal
	at    Version
}

// Open opens the index of table's keys in dir if it is one of the version v; else it returns nil. Follow needs one that is
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
	k.slots = binary.LittleEndian.Uint64(head[56:])
	k.at = Version{ID: binary.LittleEndian.Uint64(head[16:]), Hash: [16]byte(head[24:]), Size: int64(binary.LittleEndian.Uint64(head[40:])), Key: v.Key}
	if k.slots > offsetMask {
		return false
	}
	k.end = headSize + int64(k.slots+spare)*slotSize
	return k.follow(v) && k.at.Hash == v.Hash && k.at.Size == v.Size
}

// Close closes the file.
func (k *Keys) Close() error { return k.file.Close() }

// Find returns where in the text the record of key may begin. The caller must look whether it does: of several places one at
// most is right, and that there is none does not mean that the text has no such row.
func (k *Keys) Find(key []byte) (places []int64) {
	sum := xxh3.Hash(key)
	for _, off := range append(k.home(sum), k.inserted(sum)...) {
		if off, ok := off.now(k.edits); ok {
			places = append(places, off)
		}
	}
	return places
}

// home returns what the slots hold for a key's hash.
func (k *Keys) home(sum uint64) (found []place) {
	var buf [spare * slotSize]byte
	n, err := k.file.ReadAt(buf[:], headSize+int64(homeOf(sum, k.slots))*slotSize)
	if err != nil && err != io.EOF {
		return nil
	}
	for i := 0; i+slotSize <= n; i += slotSize {
		slot := binary.LittleEndian.Uint64(buf[i:])
		if slot == 0 {
			break
		}
		if slot>>offsetBits == sum&(1<<24-1) {
			found = append(found, place{off: int64(slot&offsetMask) - 1})
		}
	}
	return found
}

// homeOf returns the place of a hash among n: the high half of a product spreads it evenly without a division.
func homeOf(sum, n uint64) uint64 {
	hi, _ := bits.Mul64(sum, n)
	return hi
}

// Build makes the index of a text's keys and replaces the one that is there. The text is that of v. It takes 14 bytes of
// memory a row, and as much of the disk; over limit bytes none is built. Nothing is synced.
func Build(dir *durable.Dir, table string, v Version, text io.ReaderAt, rows, limit int64) error {
	slots := uint64(max(rows, 1)) * 7 / 4
	if int64(slots+spare)*slotSize > limit || v.Size > offsetMask {
		return nil
	}
	file := make([]byte, headSize+(slots+spare)*slotSize)
	table64 := file[headSize:]
	err := row.Each(text, v.Size, func(at int64, record []byte) error {
		put(table64, slots, xxh3.Hash(row.Key(record, v.Key)), at)
		return nil
	})
	if err != nil {
		return err
	}
	head(file, v, slots)
	name := table + keysSuffix
	return dir.Put(name, name+".tmp", file)
}

// put enters an offset; a row whose slots are taken is left out, and must be found otherwise.
func put(slots []byte, n, sum uint64, at int64) {
	i := homeOf(sum, n) * slotSize
	for end := i + spare*slotSize; i < end; i += slotSize {
		if binary.LittleEndian.Uint64(slots[i:]) == 0 {
			binary.LittleEndian.PutUint64(slots[i:], sum<<offsetBits|uint64(at+1))
			return
		}
	}
}

func head(b []byte, v Version, slots uint64) {
	copy(b, keysMagic)
	binary.LittleEndian.PutUint64(b[16:], v.ID)
	copy(b[24:], v.Hash[:])
	binary.LittleEndian.PutUint64(b[40:], uint64(v.Size))
	binary.LittleEndian.PutUint64(b[48:], v.columns())
	binary.LittleEndian.PutUint64(b[56:], slots)
	binary.LittleEndian.PutUint32(b[64:], crc32.ChecksumIEEE(b[:64]))
}

// Drop removes the index of table's keys.
func Drop(dir *durable.Dir, table string) { dir.Remove(table + keysSuffix) }
