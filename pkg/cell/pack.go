package cell

import (
	"encoding/binary"
	"math"
	"strconv"
)

// spelledFlag marks a number that has the spelling of its cell behind it.
const spelledFlag = 8

// AppendPacked appends v as bytes that Unpack reads back, spelling included. They are for memory only: their form may change.
func AppendPacked(dst []byte, v Value) []byte {
	if v.kind == KindNull {
		return append(dst, byte(KindNull))
	}
	tag := byte(v.kind)
	if v.kind != KindText && v.text != nil {
		tag |= spelledFlag
	}
	dst = append(dst, tag)
	if v.kind != KindText {
		dst = binary.LittleEndian.AppendUint64(dst, v.bits)
	}
	if v.kind == KindTime {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(v.nanos))
	}
	if v.kind == KindText || tag&spelledFlag != 0 {
		dst = append(binary.AppendUvarint(dst, uint64(len(v.text))), v.text...)
	}
	return dst
}

// Unpack returns the value that b begins with, as AppendPacked wrote it, and what is behind it. The value aliases b.
func Unpack(b []byte) (v Value, rest []byte) {
	tag := b[0]
	v.kind, b = Kind(tag&^spelledFlag), b[1:]
	if v.kind == KindNull {
		return v, b
	}
	if v.kind != KindText {
		v.bits, b = binary.LittleEndian.Uint64(b), b[8:]
	}
	if v.kind == KindTime {
		v.nanos, b = int32(binary.LittleEndian.Uint32(b)), b[4:]
	}
	if v.kind == KindText || tag&spelledFlag != 0 {
		n, width := uint64(b[0]), 1
		if n >= 0x80 {
			n, width = binary.Uvarint(b)
		}
		v.text, b = b[width:width+int(n):width+int(n)], b[width+int(n):]
	}
	return v, b
}

// SkipPacked returns what is behind the value that b begins with.
func SkipPacked(b []byte) []byte {
	_, rest := Unpack(b)
	return rest
}

// AppendEqual appends v as bytes that are equal exactly where Order finds values equal. No such bytes are the beginning of others.
func AppendEqual(dst []byte, v Value) []byte {
	switch {
	case v.kind == KindNull:
		return append(dst, 0)
	case v.kind == KindText:
		return append(binary.AppendUvarint(append(dst, 2), uint64(len(v.text))), v.text...)
	case v.kind == KindInteger, v.kind == KindTime && v.nanos == 0:
		return binary.LittleEndian.AppendUint64(append(dst, 1), v.bits)
	case v.kind == KindFloat:
		if f := v.Float(); f >= -1<<63 && f < 1<<63 && f == math.Trunc(f) {
			return binary.LittleEndian.AppendUint64(append(dst, 1), uint64(int64(f)))
		}
	}
	return AppendKey(append(dst, 3), v)
}

// Own appends the text of v, or how its cell spells it, to dst and returns v with that text in place of the one it had.
// The value aliases what is returned for dst, and stays valid when dst has to move.
func Own(dst []byte, v Value) ([]byte, Value) {
	if v.text == nil {
		return dst, v
	}
	at := len(dst)
	dst = append(dst, v.text...)
	v.text = dst[at:len(dst):len(dst)]
	return dst, v
}

// FromEqual returns the value that b begins with, as AppendEqual wrote it, and what is behind it; ok is false for a number that is
// no integer of 64 bits, which cannot be read back. The value has no spelling, and a time is the integer that it is equal to.
func FromEqual(b []byte) (v Value, rest []byte, ok bool) {
	tag, b := b[0], b[1:]
	switch tag {
	case 0:
		return v, b, true
	case 1:
		return FromInteger(int64(binary.LittleEndian.Uint64(b))), b[8:], true
	case 2:
		n, width := binary.Uvarint(b)
		end := width + int(n)
		return FromText(b[width:end:end]), b[end:], true
	}
	return v, nil, false
}

// IsPlain reports whether FromEqual gives v back, spelling included.
func (v Value) IsPlain() bool {
	switch v.kind {
	case KindNull, KindText:
		return true
	case KindInteger:
		if v.text == nil {
			return true
		}
		var buf [20]byte
		return string(strconv.AppendInt(buf[:0], int64(v.bits), 10)) == string(v.text)
	}
	return false
}
