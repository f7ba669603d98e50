package delta

import (
	"bytes"
	"encoding/binary"

	"github.com/reedbase/reedbase/pkg/delta/xz"
	"github.com/reedbase/reedbase/pkg/fault"
)

// recordLimit is how many bytes may follow a patch.
const recordLimit = 4096

// smallPatch is the length up to which LZMA is worth its time, in bytes: it finds the headers of the blocks to be
// alike, and nothing in them.
const smallPatch = 2 << 10

// storedSize is the size up to which a file is stored without LZMA: a change of one row. A chain of a thousand of them
// is then read in a quarter of the time.
const storedSize = 416

// Seal returns the file that stores a patch: an .xz of the patch and a record behind it, which bspatch ignores. record
// returns the record, a text of at most 4,000 bytes that ends in a newline, for the size of the whole file in bytes,
// which it may hold; its length must depend on nothing but the number of digits of that size. A nil record seals the
// patch alone.
func Seal(patch []byte, record func(size int64) []byte) []byte {
	if record == nil {
		if len(patch) > smallPatch {
			return xz.Append(nil, patch)
		}
		return xz.Compress(patch)
	}
	stored := sealStored(patch, record)
	if len(stored) <= storedSize || len(patch) > smallPatch {
		return stored
	}
	for padding := range 4 {
		if file := sealPacked(patch, padding, record); file != nil {
			return file
		}
	}
	return stored
}

// sealPacked compresses patch, newlines and record until the file has the size that the record says, or returns nil.
func sealPacked(patch []byte, padding int, record func(size int64) []byte) []byte {
	if len(patch) > smallPatch {
		return nil
	}
	file := []byte(nil)
	for range 4 {
		size := len(file)
		file = xz.Compress(join(patch, padding, record(int64(size))))
		if len(file) == size {
			return file
		}
	}
	return nil
}

// sealStored stores patch and record as they are, so that the size follows from their lengths, after newlines where the
// size would otherwise have another number of digits with the record than without.
func sealStored(patch []byte, record func(size int64) []byte) []byte {
	for padding := 0; ; padding++ {
		line := record(0)
		for range 4 {
			size := xz.StoredSize(len(patch) + padding + len(line))
			next := record(size)
			if len(next) == len(line) {
				return xz.Append(nil, join(patch, padding, next))
			}
			line = next
		}
	}
}

func join(patch []byte, padding int, record []byte) []byte {
	p := append(make([]byte, 0, len(patch)+padding+len(record)), patch...)
	for range padding {
		p = append(p, '\n')
	}
	return append(p, record...)
}

// Unseal takes apart a file that holds a patch: an .xz of it or the patch itself, made by anyone. record is what
// follows the patch without the newlines before it, nil when nothing does; it is what Seal was given, or anything. A
// payload of more than max bytes is refused. Both results may alias file. Damage that the .xz can notice is an error of
// kind fault.Corrupt.
func Unseal(file []byte, max int64) (patch, record []byte, err error) {
	payload := file
	if !bytes.HasPrefix(file, []byte(magic)) {
		if payload, err = xz.Decode(file, max); err != nil {
			return nil, nil, err
		}
	}
	if int64(len(payload)) > max {
		return nil, nil, fault.New(fault.Corrupt, "a patch of %d bytes is over the limit of %d", len(payload), max)
	}
	at := recordAt(payload)
	if record = bytes.TrimLeft(payload[at:], "\n"); len(record) == 0 {
		record = nil
	}
	return payload[:at:at], record, nil
}

// recordAt returns where the last bzip2 stream of p ends, or len(p) when no stream ends near the end of p.
func recordAt(p []byte) int {
	for at := len(p); at >= streamEnd && at > len(p)-recordLimit; at-- {
		if endsStream(p[at-streamEnd : at]) {
			return at
		}
	}
	return len(p)
}

// A bzip2 stream ends with the digits of the square root of pi (48 bits), a checksum (32 bits) and up to 7 bits that
// fill the last byte.
const (
	streamEnd = 11
	rootOfPi  = 0x177245385090
)

// endsStream reports whether the 11 bytes of p can be the last ones of a bzip2 stream.
func endsStream(p []byte) bool {
	head := binary.BigEndian.Uint64(p)
	for fill := range 8 {
		if head>>(8+fill)&(1<<48-1) == rootOfPi { // 24 of the 32+fill bits behind the mark are not in head
			return true
		}
	}
	return false
}
