package xz

import (
	"bytes"
	"hash/crc32"

	"github.com/ulikunitz/xz/lzma"
)

const (
	blockRoom = 2 << 20 // bytes of payload in a block: blocks are compressed and read side by side
	tiny      = 8 << 10 // bytes of payload below which the plainest model, learning fastest, is best
)

// Compress returns an .xz file that holds payload in LZMA2, each block stored where that is no longer. Large payloads are
// worked on by all processors; the file is the same everywhere.
func Compress(payload []byte) []byte {
	blocks := divide(payload)
	bodies := make([][]byte, len(blocks))
	sideBySide(len(blocks), func(i int) { bodies[i] = body(blocks[i]) })
	f := newFile(nil)
	for i, p := range blocks {
		f.openBlock(max(leastDictionary, int64(len(p))))
		f.buf = append(f.buf, bodies[i]...)
		f.closeBlock(int64(len(p)), crc32.ChecksumIEEE(p))
	}
	return f.end()
}

// divide cuts p into the fewest blocks of even size that fit.
func divide(p []byte) (blocks [][]byte) {
	for n := (len(p) + blockRoom - 1) / blockRoom; n > 0; n-- {
		k := (len(p) + n - 1) / n
		blocks = append(blocks, p[:k])
		p = p[k:]
	}
	return blocks
}

// body returns the chunks of a block.
func body(p []byte) []byte {
	stored := len(p) + chunkHeaderSize*((len(p)+chunkRoom-1)/chunkRoom) + 1
	if packed := compress(p); packed != nil && len(packed) < stored {
		return packed
	}
	return appendStored(make([]byte, 0, stored), p)
}

// compress returns p as LZMA2 chunks, or nil when the library refuses.
func compress(p []byte) []byte {
	properties := lzma.Properties{LC: 3}
	if len(p) < tiny {
		properties.LC = 0
	}
	var out bytes.Buffer
	w, err := lzma.Writer2Config{Properties: &properties, DictCap: max(leastDictionary, len(p))}.NewWriter2(&out)
	if err != nil {
		return nil
	}
	if _, err := w.Write(p); err != nil {
		return nil
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return out.Bytes()
}
