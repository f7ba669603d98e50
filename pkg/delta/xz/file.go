package xz

import (
	"encoding/binary"
	"hash/crc32"
)

// file assembles a file of one stream, its blocks checked by CRC32.
type file struct {
	buf     []byte
	block   int // where the block at hand begins
	records []record
	room    [4]record
}

// record is what the index tells of a block: its size before the padding, and that of what it holds.
type record struct{ unpadded, length int64 }

const checkCRC32 = 1

func newFile(dst []byte) *file {
	f := &file{}
	f.records = f.room[:0]
	start := len(dst)
	f.buf = append(dst, streamMagic...)
	f.buf = append(f.buf, 0, checkCRC32)
	f.seal(start + len(streamMagic))
	return f
}

// seal appends the CRC32 of all from start.
func (f *file) seal(start int) {
	f.buf = binary.LittleEndian.AppendUint32(f.buf, crc32.ChecksumIEEE(f.buf[start:]))
}

// pad appends zeros until all from start is a multiple of 4 bytes.
func (f *file) pad(start int) {
	for (len(f.buf)-start)&3 != 0 {
		f.buf = append(f.buf, 0)
	}
}

// openBlock appends a block's header; its chunks are to be appended to buf next.
func (f *file) openBlock(dictionary int64) {
	f.block = len(f.buf)
	f.buf = append(f.buf, blockHeaderSize/4-1, 0, filterLZMA2, 1, dictionaryCode(dictionary), 0, 0, 0)
	f.seal(f.block)
}

// closeBlock ends a block that holds length bytes with this checksum.
func (f *file) closeBlock(length int64, crc uint32) {
	f.records = append(f.records, record{int64(len(f.buf)-f.block) + crcSize, length})
	f.pad(f.block)
	f.buf = binary.LittleEndian.AppendUint32(f.buf, crc)
}

// end appends index and footer and returns the buffer.
func (f *file) end() []byte {
	index := len(f.buf)
	f.buf = append(f.buf, 0)
	f.buf = binary.AppendUvarint(f.buf, uint64(len(f.records)))
	for _, r := range f.records {
		f.buf = binary.AppendUvarint(f.buf, uint64(r.unpadded))
		f.buf = binary.AppendUvarint(f.buf, uint64(r.length))
	}
	f.pad(index)
	f.seal(index)
	var footer [6]byte
	binary.LittleEndian.PutUint32(footer[:], uint32((len(f.buf)-index)/4-1))
	footer[5] = checkCRC32
	f.buf = binary.LittleEndian.AppendUint32(f.buf, crc32.ChecksumIEEE(footer[:]))
	f.buf = append(f.buf, footer[:]...)
	return append(f.buf, footerMagic...)
}

// dictionaryCode returns the code of the least dictionary of at least n bytes that a block can ask for: code c stands for
// 2 or 3, by its lowest bit, times 2 to the power of c/2+11.
func dictionaryCode(n int64) (c byte) {
	for dictionarySize(c) < n {
		c++
	}
	return c
}

// maxDictionaryCode stands for 4 GiB less one byte.
const maxDictionaryCode = 40

// dictionarySize is the reverse of dictionaryCode.
func dictionarySize(c byte) int64 {
	if c >= maxDictionaryCode {
		return 1<<32 - 1
	}
	return int64(2|c&1) << (c/2 + 11)
}
