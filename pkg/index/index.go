// Package index owns the files of the cache that say where the rows of a table are. It must never know versions' deltas,
// locks or what a cell means. An index is derived: it is bound to one text by its id, hash and size, followed from there
// change by change, and where anything does not fit there is none.
package index

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"strconv"

	"github.com/reedbase/reedbase/pkg/durable"
)

// A file of an index; reed-index(5) describes it. A head of headSize bytes,
//
//	magic 16 | id 8 | hash 16 | size 8 | of 8 | pages 8 | entries 8 | distinct 8 | leaves 8 | kind 1 | plain 1 | 0 2 | CRC-32 of the 92 bytes before 4 | 0 …
//
// then the pages, then the journal, which has an entry a change; see journal.go. All numbers are little-endian. The pages of
// an index of keys are those of keys.go, all others those of tree.go.
const (
	magic    = "reed-index 1\n\x00\x00\x00"
	headSize = 512
	headSum  = 92 // offset of the checksum

	offsetBits = 40
	offsetMask = 1<<offsetBits - 1

	keysSuffix = ".hashmap"
	tempSuffix = ".tmp"
)

// Kind is what an index can answer.
type Kind uint8

// The kinds. Their numbers are stored.
const (
	Keys     Kind = 1 // where the row of a key is, in one page
	Hash     Kind = 2 // which rows have a value
	Ordered  Kind = 3 // which rows have a value, or one in a range, in its order
	Modifier Kind = 4 // which rows have a word among several
)

var kindNames = [...]string{Keys: "keys", Hash: "hash", Ordered: "ordered", Modifier: "modifier"}

// String returns the kind in one word.
func (k Kind) String() string {
	if k < Keys || k > Modifier {
		return "none"
	}
	return kindNames[k]
}

// ParseKind returns the kind of this name.
func ParseKind(name string) (Kind, bool) {
	for k := Keys; k <= Modifier; k++ {
		if kindNames[k] == name {
			return k, true
		}
	}
	return 0, false
}

// Version names a text that an index is of, and what of the text it is.
type Version struct {
	ID   uint64
	Hash [16]byte
	Size int64
	Of   uint64 // a number that differs when the index is of something else, such as another column; see Columns
}

// Columns folds the places of columns, and whatever else decides what is taken of them, into a number for Version.Of.
func Columns(at []int, more ...int) uint64 {
	sum := uint64(len(at)) + 1
	for _, list := range [][]int{at, more} {
		for _, c := range list {
			sum = sum*1_000_003 + uint64(c) + 1
		}
	}
	return sum
}

// head is the decoded head of a file.
type head struct {
	at                               Version
	pages, entries, distinct, leaves uint64
	kind                             Kind
	plain                            bool
}

func (h head) put(b []byte) {
	le := binary.LittleEndian
	copy(b, magic)
	le.PutUint64(b[16:], h.at.ID)
	copy(b[24:], h.at.Hash[:])
	le.PutUint64(b[40:], uint64(h.at.Size))
	for i, n := range []uint64{h.at.Of, h.pages, h.entries, h.distinct, h.leaves} {
		le.PutUint64(b[48+8*i:], n)
	}
	b[88], b[89] = byte(h.kind), bit(h.plain)
	le.PutUint32(b[headSum:], crc32.ChecksumIEEE(b[:headSum]))
}

func bit(on bool) byte {
	if on {
		return 1
	}
	return 0
}

func parseHead(b []byte) (h head, ok bool) {
	le := binary.LittleEndian
	if len(b) < headSize || string(b[:16]) != magic || crc32.ChecksumIEEE(b[:headSum]) != le.Uint32(b[headSum:]) || b[89] > 1 {
		return h, false
	}
	h.at = Version{ID: le.Uint64(b[16:]), Hash: [16]byte(b[24:]), Size: int64(le.Uint64(b[40:])), Of: le.Uint64(b[48:])}
	h.pages, h.entries, h.distinct, h.leaves = le.Uint64(b[56:]), le.Uint64(b[64:]), le.Uint64(b[72:]), le.Uint64(b[80:])
	h.kind, h.plain = Kind(b[88]), b[89] == 1
	return h, h.pages <= offsetMask/headSize && h.at.Size >= 0 && h.at.Size <= offsetMask
}

// open opens the file name and reads its head and its journal, as far as that leads, but not beyond the version v.
func open(dir *durable.Dir, name string, v Version, pageSize int64, writable bool) (*journal, bool) {
	mode := os.O_RDONLY
	if writable {
		mode = os.O_RDWR
	}
	f, err := dir.OpenFile(name, mode)
	if err != nil {
		return nil, false
	}
	j := &journal{file: f}
	if j.read(v, pageSize) {
		return j, true
	}
	f.Close()
	return nil, false
}

// read reads the head and the journal.
func (j *journal) read(v Version, pageSize int64) (ok bool) {
	var b [headSize]byte
	if _, err := j.file.ReadAt(b[:], 0); err != nil {
		return false
	}
	if j.head, ok = parseHead(b[:]); !ok || j.at.Of != v.Of {
		return false
	}
	j.base, j.made, j.start = j.at.Size, j.at.ID, headSize+int64(j.pages)*pageSize
	info, err := j.file.Stat()
	if err != nil || info.Size() < j.start {
		return false
	}
	j.end = j.start
	return j.follow(v.ID, min(info.Size()-j.end, maxJournal)) && (j.at.ID != v.ID || j.at == v)
}

// pageSum returns the checksum of a page, which counts for its place in the file of a version alone: what a power cut leaves of an
// earlier file is none.
func pageSum(made, number uint64, page []byte) uint32 {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], made)
	binary.LittleEndian.PutUint64(b[8:], number)
	return crc32.Update(crc32.ChecksumIEEE(b[:]), crc32.IEEETable, page[4:])
}

// tempName returns the name under which this process writes the file name: readers build an index without a lock.
func tempName(name string) string { return name + "." + strconv.Itoa(os.Getpid()) + tempSuffix }

// begin makes the file under which an index will be written, so that where that cannot be done the text is not read in vain. Undo
// removes it, unless it has become the index.
func begin(dir *durable.Dir, name string) (undo func(), err error) {
	f, err := dir.Fresh(tempName(name))
	if err != nil {
		return nil, err
	}
	return func() { dir.Remove(tempName(name)) }, f.Close()
}
