package delta

import (
	"bytes"
	"encoding/binary"

	"github.com/reedbase/reedbase/pkg/delta/xz"
	"github.com/reedbase/reedbase/pkg/fault"
)

// recordLimit is how many bytes may follow a patch.
const recordLimit = 4096

// Seal returns the file that stores a patch: an .xz of the patch and a record behind it, which bspatch ignores. record returns the record, a
// text of at most 4,000 bytes that ends in a newline, for the size of the whole file in bytes, which it may hold; its length must depend on nothing
// but the number of digits of that size. A nil record seals the patch alone, in the fewest bytes.
func Seal(patch []byte, record func(size int64) []byte) []byte {
	if record == nil {
		return xz.Compress(patch)
	}
	for padding := 0; ; padding++ {
		line := record(0)
		for range 4 {
			size := xz.StoredSize(len(patch) + padding + len(line))
			next := record(size)
			if len(next) == len(line) {
				payload := append(append(bytes.Clone(patch), bytes.Repeat([]byte{'\n'}, padding)...), next...)
				return xz.Append(nil, payload)
			}
			line = next
		}
	}
}

// Unseal takes apart a file that holds a patch: an .xz of it or the patch itself, made by anyone. record is what follows the patch without the newlines
// before it, nil when nothing does; it is what Seal was given, or anything. A payload of more than max bytes is refused. Both results may alias file.
// Damage that the .xz can notice is an error of kind fault.Corrupt.
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

// A bzip2 stream ends with the digits of the square root of pi (48 bits), a checksum (32 bits) and up to 7 bits that fill the last byte.
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
