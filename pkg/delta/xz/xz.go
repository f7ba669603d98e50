// Package xz owns .xz files around one payload: stored in a fixed size, compressed, and anybody's read back. It must
// never know what the payload is.
//
// The format is version 1.1.0 of The .xz File Format, tukaani.org: streams of blocks, each the chunks of one LZMA2 filter
// and a check of what they hold, then an index of the blocks' sizes and a footer.
package xz

import (
	"hash/crc32"
)

const (
	streamMagic = "\xfd7zXZ\x00"
	footerMagic = "YZ"

	streamHeaderSize = 12
	footerSize       = 12
	blockHeaderSize  = 12
	crcSize          = 4

	filterLZMA2 = 0x21

	chunkHeaderSize = 3 // of a stored chunk
	chunkRoom       = 1 << 16
	leastDictionary = 1 << 12 // bytes; stored chunks need none
)

// The first byte of a chunk. A first chunk forgets the dictionary.
const (
	chunkEnd             = 0x00
	chunkStoredFirst     = 0x01
	chunkStored          = 0x02
	chunkCompressed      = 0x80 // and greater
	chunkProperties      = 0xc0 // and greater: tells new properties
	chunkCompressedFirst = 0xe0 // and greater
)

// Append appends an .xz file to dst that holds the parts, one behind the other, as one payload, and returns the longer
// slice. Nothing is compressed: each part stands in chunks of its own, so the file's size, StoredSize, depends on the
// parts' lengths alone.
func Append(dst []byte, parts ...[]byte) []byte {
	f := newFile(dst)
	length, crc := int64(0), uint32(0)
	for _, p := range parts {
		length += int64(len(p))
		crc = crc32.Update(crc, crc32.IEEETable, p)
	}
	if length > 0 {
		f.openBlock(leastDictionary)
		f.buf = appendStored(f.buf, parts...)
		f.closeBlock(length, crc)
	}
	return f.end()
}

// appendStored appends the parts as stored chunks, and the end of a block's chunks.
func appendStored(dst []byte, parts ...[]byte) []byte {
	kind := byte(chunkStoredFirst)
	for _, p := range parts {
		for len(p) > 0 {
			n := min(len(p), chunkRoom)
			dst = append(dst, kind, byte((n-1)>>8), byte(n-1))
			dst = append(dst, p[:n]...)
			p, kind = p[n:], chunkStored
		}
	}
	return append(dst, chunkEnd)
}

// StoredSize returns the size of the file that Append makes of parts of these lengths, all at least 0.
func StoredSize(lengths ...int) int64 {
	size, length := int64(streamHeaderSize+footerSize), int64(0)
	chunks := int64(1) // the end
	for _, n := range lengths {
		length += int64(n)
		chunks += int64(n) + chunkHeaderSize*((int64(n)+chunkRoom-1)/chunkRoom)
	}
	index := int64(2)
	if length > 0 {
		size += blockHeaderSize + padded(chunks) + crcSize
		index += int64(integerSize(uint64(blockHeaderSize+chunks+crcSize)) + integerSize(uint64(length)))
	}
	return size + padded(index) + crcSize
}

// padded rounds n up to a multiple of 4: all parts of a file are aligned so.
func padded(n int64) int64 { return (n + 3) &^ 3 }
