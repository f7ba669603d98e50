package xz

import (
	"encoding/binary"
	"hash/crc32"
)

// file assembles a file of one stream whose blocks are checked by CRC32.
type file struct {
	buf     []byte
	block   int // where the block at hand begins
	records []record
}

// record is what the index tells of a block: its size without padding, and the length of what it holds.
type record struct{ size, length int64 }

func newFile(dst []byte) *file {
	flags := len(dst) + len(streamMagic)
	dst = append(dst, streamMagic...)
	dst = append(dst, 0, checkCRC32)
	return &file{buf: seal(dst, flags)}
}

// seal appends the CRC32 of all from start.
func seal(b []byte, start int) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// pad appends zeros until all from start is a multiple of 4 bytes.
func pad(b []byte, start int) []byte {
	for (len(b)-start)&3 != 0 {
		b = append(b, 0)
	}
	return b
}

// openBlock appends a block's header; its chunks are to be appended to buf next.
func (f *file) openBlock(dictionary int64) {
	f.block = len(f.buf)
	f.buf = append(f.buf, blockHeaderSize/4-1, 0, filterLZMA2, 1, dictionaryCode(dictionary), 0, 0, 0)
	f.buf = seal(f.buf, f.block)
}

// closeBlock ends a block that holds length bytes with this checksum.
func (f *file) closeBlock(length int64, crc uint32) {
	f.records = append(f.records, record{int64(len(f.buf)-f.block) + crcSize, length})
	f.buf = pad(f.buf, f.block)
	f.buf = binary.LittleEndian.AppendUint32(f.buf, crc)
}

// end appends index and footer and returns the buffer.
func (f *file) end() []byte {
	index := len(f.buf)
	f.buf = appendIndex(f.buf, f.records)
	return appendFooter(f.buf, len(f.buf)-index, checkCRC32)
}

// appendIndex appends the index of blocks with these records.
func appendIndex(b []byte, records []record) []byte {
	start := len(b)
	b = append(b, 0)
	b = binary.AppendUvarint(b, uint64(len(records)))
	for _, r := range records {
		b = binary.AppendUvarint(b, uint64(r.size))
		b = binary.AppendUvarint(b, uint64(r.length))
	}
	return seal(pad(b, start), start)
}

// appendFooter appends the footer behind an index of this size.
func appendFooter(b []byte, index int, check byte) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(index/4-1))
	b = append(b, 0, check)
	binary.LittleEndian.PutUint32(b[start:], crc32.ChecksumIEEE(b[start+crcSize:]))
	return append(b, footerMagic...)
}

// maxDictionaryCode stands for 4 GiB less one byte.
const maxDictionaryCode = 40

// dictionaryCode returns the code of the least dictionary of n bytes or more that a block can ask for.
func dictionaryCode(n int64) (c byte) {
	for dictionarySize(c) < n {
		c++
	}
	return c
}

// dictionarySize returns the bytes that a code stands for: 2 or 3, by its lowest bit, times a power of 2.
func dictionarySize(c byte) int64 {
	if c == maxDictionaryCode {
		return 1<<32 - 1
	}
	return int64(2|c&1) << (c/2 + 11)
}
