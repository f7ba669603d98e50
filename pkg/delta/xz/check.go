package xz

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"hash/crc64"
)

// The checks that the format defines, by their ids.
const (
	checkNone   = 0
	checkCRC32  = 1
	checkCRC64  = 4
	checkSHA256 = 10
)

// check verifies what a block holds.
type check struct {
	size int
	sum  func(p []byte) []byte
}

// checkOf returns the check of an id; false when the format does not define it.
func checkOf(id byte) (c check, ok bool) {
	switch id {
	case checkNone:
		return check{0, func([]byte) []byte { return nil }}, true
	case checkCRC32:
		return check{crcSize, sumCRC32}, true
	case checkCRC64:
		return check{8, sumCRC64}, true
	case checkSHA256:
		return check{sha256.Size, sumSHA256}, true
	}
	return check{}, false
}

func sumCRC32(p []byte) []byte {
	return binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(p))
}

func sumCRC64(p []byte) []byte {
	return binary.LittleEndian.AppendUint64(nil, crc64.Checksum(p, crc64.MakeTable(crc64.ECMA)))
}

func sumSHA256(p []byte) []byte {
	sum := sha256.Sum256(p)
	return sum[:]
}
