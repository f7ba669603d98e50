package verlog

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

const fields = 9

// minLine is the length of the shortest line there can be, its newline included.
const minLine = len("1|0|0|0|0|0|00000000000000000000000000000000|0|0\n")

var fieldNames = [fields]string{"id", "action", "user", "base", "size", "rows", "hash", "parent", "crc"}

// ParseLine reads one line, with or without its newline. What Append would not have written in just these bytes is
// refused with fault.Corrupt: another number of fields, an id of 0, signs, leading zeros, numbers out of range,
// upper-case hashes, a wrong checksum.
func ParseLine(b []byte) (Line, error) {
	l, err := parse(bytes.TrimSuffix(b, []byte("\n")))
	return l, fault.As(fault.Corrupt, err)
}

func parse(b []byte) (l Line, err error) {
	if n := bytes.Count(b, []byte("|")) + 1; n != fields {
		return l, fmt.Errorf("%d fields instead of %d", n, fields)
	}
	var num [fields]uint64
	rest := b
	for i := range num {
		field, after, _ := bytes.Cut(rest, []byte("|"))
		ok := false
		if i == 6 {
			l.Hash, ok = readHash(field)
		} else {
			num[i], ok = readUint(field, limit(i))
		}
		if !ok {
			return Line{}, fmt.Errorf("field %d (%s) is %q", i+1, fieldNames[i], clip(field))
		}
		if i == fields-1 {
			break
		}
		rest = after
	}
	if sum := crc32.ChecksumIEEE(b[:len(b)-len(rest)]); num[8] != uint64(sum) {
		return Line{}, fmt.Errorf("checksum is %d, the line's is %d", num[8], sum)
	}
	if num[0] == 0 {
		return Line{}, errors.New("version id is 0")
	}
	l.ID, l.Action, l.User = stamp.ID(num[0]), Action(num[1]), num[2]
	l.Base, l.Size, l.Rows, l.Parent = stamp.ID(num[3]), int64(num[4]), int64(num[5]), stamp.ID(num[7])
	return l, nil
}

// limit returns the largest number that field i may hold.
func limit(i int) uint64 {
	switch i {
	case 1, 8:
		return math.MaxUint32
	default:
		return math.MaxInt64
	}
}

// readUint reads a decimal number up to limit in its one shortest spelling.
func readUint(b []byte, limit uint64) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > 19 || b[0] == '0' && len(b) > 1 {
		return 0, false // 19 digits cannot overflow 64 bits
	}
	for _, c := range b {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = n*10 + uint64(c)
	}
	return n, n <= limit
}

func readHash(b []byte) (h Hash, ok bool) {
	if len(b) != 2*len(h) {
		return h, false
	}
	for _, c := range b {
		if 'A' <= c && c <= 'F' {
			return h, false
		}
	}
	_, err := hex.Decode(h[:], b)
	return h, err == nil
}

// clip shortens a field for a message.
func clip(b []byte) []byte {
	if len(b) > 40 {
		return append(b[:40:40], "..."...)
	}
	return b
}
