package xz_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta/xz"
	"github.com/reedbase/reedbase/pkg/fault"
)

// FuzzDecode refuses with the right kind, in bounds, and what it gives out can be written and read again.
func FuzzDecode(f *testing.F) {
	for _, p := range samples() {
		if len(p) < 6000 {
			f.Add(xz.Append(nil, p), byte(0))
			f.Add(xz.Compress(p), byte(40))
		}
	}
	const max = 1 << 17
	f.Fuzz(func(t *testing.T, z []byte, code byte) {
		if len(z) > 24 && code <= 41 { // let mutations behind the checksums of the headers
			copy(z, xz.Append(nil)[:12])
			z = dictionary(z, code)
		}
		p, err := xz.Decode(z, max)
		if err != nil {
			if fault.KindOf(err) != fault.Corrupt {
				t.Fatal(err)
			}
			return
		}
		if len(p) > max {
			t.Fatalf("%d bytes", len(p))
		}
		holds(t, xz.Append(nil, p), p)
	})
}

// FuzzChunks makes a file, right in all but what is fuzzed, around chunks.
func FuzzChunks(f *testing.F) {
	for _, p := range samples() {
		if len(p) < 6000 && len(p) > 0 {
			z := xz.Compress(p)
			f.Add(z[24:len(z)-28], uint16(len(p)))
		}
	}
	const max = 1 << 17
	f.Fuzz(func(t *testing.T, chunks []byte, length uint16) {
		z := append(xz.Append(nil)[:12:12], 2, 0, 0x21, 1, 0, 0, 0, 0)
		z[7] = 0 // no check
		binary.LittleEndian.PutUint32(z[8:], crc32.ChecksumIEEE(z[6:8]))
		z = binary.LittleEndian.AppendUint32(z, crc32.ChecksumIEEE(z[12:]))
		z = append(z, chunks...)
		for len(z)&3 != 0 {
			z = append(z, 0)
		}
		index := binary.AppendUvarint([]byte{0, 1}, uint64(12+len(chunks)))
		index = binary.AppendUvarint(index, uint64(length))
		for len(index)&3 != 0 {
			index = append(index, 0)
		}
		index = binary.LittleEndian.AppendUint32(index, crc32.ChecksumIEEE(index))
		footer := binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1))
		footer = append(footer, 0, 0)
		z = append(z, index...)
		z = binary.LittleEndian.AppendUint32(z, crc32.ChecksumIEEE(footer))
		z = append(append(z, footer...), "YZ"...)
		p, err := xz.Decode(z, max)
		if err != nil {
			if fault.KindOf(err) != fault.Corrupt {
				t.Fatal(err)
			}
			return
		}
		if len(p) != int(length) {
			t.Fatalf("%d bytes, the index says %d", len(p), length)
		}
		holds(t, xz.Append(nil, bytes.Clone(p)), p)
	})
}
