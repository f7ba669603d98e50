package index

import (
	"encoding/binary"
	"hash/crc32"
	"os"
)

// An entry of the journal:
//
//	length of the body 4 | body | CRC-32 of length and body 4
//
// The body: id of the version before 8, its own id 8, hash 16, size 8, plain 1, then unsigned varints: count of splices, each
// as the distance of its offset from the end of the one before, the bytes removed, the bytes put in; count of rows put in,
// each as the length of its key, the key, and the offset of its record in the new text.
const (
	entryHead = 4
	entryTail = 4
	bodyHead  = 41

	// maxJournal bounds what a lookup reads and walks through, in bytes: some hundred changes. Past it the changes are
	// worked into the pages.
	maxJournal = 64 << 10
)

// Splice is a change of a text: at offset Off, Removed bytes give way to Added ones. Both ranges begin and end between rows,
// so that a row is in one whole or not at all.
type Splice struct{ Off, Removed, Added int64 }

// Inserted is a row in what a splice put in: its key in the index, and the offset of its record in the text after the change.
type Inserted struct {
	Key []byte
	At  int64
}

// Change is what became of a text's rows.
type Change struct {
	Splices []Splice // in ascending order, in offsets of the text before
	Rows    []Inserted
	Plain   bool // in the text after it no record is longer than a line; false where that is not known
}

// edit is an entry of the journal.
type edit struct {
	splices []Splice
	rows    []Inserted
}

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
			if s.Off > p.off {
				break
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

// journal is an open file of an index: its head as the entries so far leave it, and the entries.
type journal struct {
	head  // at and plain are those of the text that was come to
	file  *os.File
	edits []edit
	base  int64  // bytes of the text that the pages are of
	made  uint64 // its version
	start int64  // where the entries begin
	end   int64  // of the entries in the file
	fresh []byte // entries that are not in the file yet
}

// Close closes the file.
func (j *journal) Close() error { return j.file.Close() }

// At returns the version that the index is of.
func (j *journal) At() Version { return j.at }

// Plain reports whether it is known that no record of the text is longer than a line.
func (j *journal) Plain() bool { return j.plain }

// follow reads the entries up to the version id, or to the last, of which there are so many bytes.
func (j *journal) follow(id uint64, size int64) bool {
	if j.at.ID == id || size == 0 {
		return true
	}
	buf := make([]byte, size)
	n, _ := j.file.ReadAt(buf, j.end)
	for buf = buf[:n]; len(buf) >= entryHead && j.at.ID != id; {
		n := int(binary.LittleEndian.Uint32(buf))
		if n > len(buf)-entryHead-entryTail {
			return true // an entry that is being written, or was torn: what it says is not known here
		}
		if crc32.ChecksumIEEE(buf[:entryHead+n]) != binary.LittleEndian.Uint32(buf[entryHead+n:]) {
			return true
		}
		if !j.take(buf[entryHead : entryHead+n]) {
			return false
		}
		buf = buf[entryHead+n+entryTail:]
		j.end += int64(entryHead + n + entryTail)
	}
	return true
}

// take adds an entry, if it is one of a change of the text that was come to.
func (j *journal) take(body []byte) bool {
	if len(body) < bodyHead || binary.LittleEndian.Uint64(body) != j.at.ID || body[40] > 1 {
		return false
	}
	size := j.at.Size
	at := Version{ID: binary.LittleEndian.Uint64(body[8:]), Hash: [16]byte(body[16:]), Size: int64(binary.LittleEndian.Uint64(body[32:])), Of: j.at.Of}
	r := numbers{body[bodyHead:], true}
	var e edit
	for from, n := int64(0), r.next(); n > 0 && r.ok; n-- {
		s := Splice{Off: from + r.length(), Removed: r.length(), Added: r.length()}
		if from = s.Off + s.Removed; from > j.at.Size {
			return false
		}
		size += s.Added - s.Removed
		e.splices = append(e.splices, s)
	}
	for n := r.next(); n > 0 && r.ok; n-- {
		row := Inserted{Key: r.bytes(), At: r.length()}
		if row.At >= at.Size {
			return false
		}
		e.rows = append(e.rows, row)
	}
	if !r.ok || len(r.b) > 0 || at.Size != size || at.Size > offsetMask {
		return false
	}
	j.at, j.plain = at, body[40] == 1
	j.edits = append(j.edits, e)
	return true
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

func (r *numbers) bytes() []byte {
	n := r.next()
	if n > uint64(len(r.b)) {
		r.ok, r.b = false, nil
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// add notes the change that made the text of v, for the file and in memory. False says that the journal is full: then j is
// good for nothing more but Compact.
func (j *journal) add(v Version, c Change) bool {
	start := len(j.fresh)
	b := append(j.fresh, make([]byte, entryHead)...)
	b = binary.LittleEndian.AppendUint64(b, j.at.ID)
	b = binary.LittleEndian.AppendUint64(b, v.ID)
	b = append(b, v.Hash[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(v.Size))
	b = append(b, bit(c.Plain))
	b = binary.AppendUvarint(b, uint64(len(c.Splices)))
	at := int64(0)
	for _, s := range c.Splices {
		b = binary.AppendUvarint(b, uint64(s.Off-at))
		b = binary.AppendUvarint(b, uint64(s.Removed))
		b = binary.AppendUvarint(b, uint64(s.Added))
		at = s.Off + s.Removed
	}
	b = binary.AppendUvarint(b, uint64(len(c.Rows)))
	for _, r := range c.Rows {
		b = binary.AppendUvarint(b, uint64(len(r.Key)))
		b = append(b, r.Key...)
		b = binary.AppendUvarint(b, uint64(r.At))
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-entryHead))
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
	j.fresh = b
	return j.take(b[start+entryHead:len(b)-entryTail]) && !j.Full()
}

// Full reports whether the journal has grown past what a lookup should read: Compact empties it.
func (j *journal) Full() bool { return j.Changes() > maxJournal }

// Changes returns the bytes of the journal.
func (j *journal) Changes() int64 { return j.end - j.start + int64(len(j.fresh)) }

// Flush writes what was followed since the index was opened or last flushed, without a sync; false when it could not. The
// table's lock must be held, and the texts followed be versions of it.
func (j *journal) Flush() bool {
	n, err := j.file.WriteAt(j.fresh, j.end)
	j.end += int64(n)
	j.fresh = j.fresh[:0]
	return err == nil
}
