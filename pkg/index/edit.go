package index

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/zeebo/xxh3"
)

// An entry of the journal:
//
//	length of the body 4 | body | CRC-32 of length and body 4
//
// The body: id of the version before 8, its own id 8, hash 16, size 8, then unsigned varints: count of splices, each as the
// distance of its offset from the end of the one before, the bytes removed, the bytes put in; count of rows put in, each as
// its key's XXH3-64 in 8 bytes and the offset of its record in the new text.
const (
	entryHead = 4
	entryTail = 4

	// maxJournal bounds what a lookup reads and walks through, in bytes: some hundred edits. Past it the index is built anew.
	maxJournal = 32 << 10
)

// Splice is an edit of a text: at offset Off, Removed bytes give way to Added ones.
type Splice struct{ Off, Removed, Added int64 }

// Inserted is a row that an edit put in: its key, and the offset of its record in the text after the edit.
type Inserted struct {
	Key []byte
	At  int64
}

// edit is an entry of the journal.
type edit struct {
	splices []Splice
	rows    []insertedRow
}

type insertedRow struct{ sum, at uint64 }

// place is an offset in the text that came out of the first since edits; 0 is the text that the pages are of.
type place struct {
	off   int64
	since int
}

// now returns the offset in the newest text; ok is false when what began there was removed.
func (p place) now(edits []edit) (off int64, ok bool) {
	for _, e := range edits[p.since:] {
		shift := int64(0)
		for _, s := range e.splices {
			if s.Off >= p.off {
				break // at the record's beginning its first cell is edited; if it was removed, another record stands there
			}
			if p.off < s.Off+s.Removed {
				return 0, false
			}
			shift += s.Added - s.Removed
		}
		p.off += shift
	}
	return p.off, true
}

func (k *Keys) inserted(sum uint64) (found []place) {
	for i, e := range k.edits {
		for _, r := range e.rows {
			if r.sum == sum {
				found = append(found, place{int64(r.at), i + 1})
			}
		}
	}
	return found
}

// follow reads the journal up to the version v.
func (k *Keys) follow(v Version) bool {
	if k.at.ID == v.ID {
		return true
	}
	buf := make([]byte, maxJournal)
	n, _ := k.file.ReadAt(buf, k.end)
	for buf = buf[:n]; len(buf) >= entryHead; {
		n := int(binary.LittleEndian.Uint32(buf))
		if n > len(buf)-entryHead-entryTail {
			return false
		}
		body := buf[entryHead : entryHead+n]
		if crc32.ChecksumIEEE(buf[:entryHead+n]) != binary.LittleEndian.Uint32(buf[entryHead+n:]) || !k.take(body) {
			return false
		}
		buf = buf[entryHead+n+entryTail:]
		k.end += int64(entryHead + n + entryTail)
		if k.at.ID == v.ID {
			return true
		}
	}
	return false
}

// take adds an entry, if it is one of an edit of the text that was come to.
func (k *Keys) take(body []byte) bool {
	if len(body) < 40 || binary.LittleEndian.Uint64(body) != k.at.ID {
		return false
	}
	size := k.at.Size
	k.at.ID, k.at.Hash = binary.LittleEndian.Uint64(body[8:]), [16]byte(body[16:])
	k.at.Size = int64(binary.LittleEndian.Uint64(body[32:]))
	r := numbers{body[40:], true}
	var e edit
	for at, n := int64(0), r.next(); n > 0 && r.ok; n-- {
		s := Splice{Off: at + r.length(), Removed: r.length(), Added: r.length()}
		at = s.Off + s.Removed
		if at > size {
			return false
		}
		e.splices = append(e.splices, s)
	}
	for n := r.next(); n > 0 && r.ok; n-- {
		e.rows = append(e.rows, insertedRow{r.fixed(), r.next()})
	}
	k.edits = append(k.edits, e)
	return r.ok && len(r.b) == 0
}

// numbers reads the numbers of an entry; ok turns false where there is none.
type numbers struct {
	b  []byte
	ok bool
}

func (r *numbers) next() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.ok, r.b = false, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// length reads a number of bytes, which no text exceeds.
func (r *numbers) length() int64 {
	v := r.next()
	if v > offsetMask {
		r.ok, v = false, 0
	}
	return int64(v)
}

func (r *numbers) fixed() uint64 {
	if len(r.b) < 8 {
		r.ok, r.b = false, nil
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

// Follow notes that the splices, in ascending order and in offsets of the text that k is of, made the text of v, and which
// rows are new in it. From now on k is of that text. False says that the journal is full: then k is good for nothing more.
func (k *Keys) Follow(v Version, splices []Splice, rows []Inserted) bool {
	start := len(k.fresh)
	b := append(k.fresh, make([]byte, entryHead)...)
	b = binary.LittleEndian.AppendUint64(b, k.at.ID)
	b = binary.LittleEndian.AppendUint64(b, v.ID)
	b = append(b, v.Hash[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(v.Size))
	b = binary.AppendUvarint(b, uint64(len(splices)))
	at := int64(0)
	for _, s := range splices {
		b = binary.AppendUvarint(b, uint64(s.Off-at))
		b = binary.AppendUvarint(b, uint64(s.Removed))
		b = binary.AppendUvarint(b, uint64(s.Added))
		at = s.Off + s.Removed
	}
	b = binary.AppendUvarint(b, uint64(len(rows)))
	for _, r := range rows {
		b = binary.LittleEndian.AppendUint64(b, xxh3.Hash(r.Key))
		b = binary.AppendUvarint(b, uint64(r.At))
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-entryHead))
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
	k.fresh = b
	return k.end-k.journal()+int64(len(b)) <= maxJournal && k.take(b[start+entryHead:len(b)-entryTail])
}

// Flush writes what was followed since the index was opened or last flushed, without a sync; false when it could not. The
// table's lock must be held, and the texts followed be versions of it.
func (k *Keys) Flush() bool {
	n, err := k.file.WriteAt(k.fresh, k.end)
	k.end += int64(n)
	k.fresh = k.fresh[:0]
	return err == nil
}
