package xz

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"hash/crc64"
)

// check is a way to verify what a block holds.
type check struct {
	size int
	sum  func(p []byte) []byte
}

// checkOf returns the check with an id of the format; false when it is one nobody has defined.
func checkOf(id byte) (c check, ok bool) {
	switch id {
	case 0:
		return check{0, func([]byte) []byte { return nil }}, true
	case checkCRC32:
		return check{4, func(p []byte) []byte { return binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(p)) }}, true
	case 4:
		return check{8, func(p []byte) []byte {
			return binary.LittleEndian.AppendUint64(nil, crc64.Checksum(p, crc64.MakeTable(crc64.ECMA)))
		}}, true
	case 10:
		return check{sha256.Size, func(p []byte) []byte { s := sha256.Sum256(p); return s[:] }}, true
	}
	return check{}, false
}

func (c check) verify(p, sum []byte) bool { return bytes.Equal(c.sum(p), sum) }
