package xz

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/ulikunitz/xz/lzma"
)

// Decode returns what the .xz file z holds. It takes any file whose only filter is LZMA2: several streams, padding behind
// them, every check that the format defines. All sizes, checksums and paddings are verified; a file that is damaged, cut
// anywhere, followed by anything else, or that holds more than max bytes is refused with fault.Corrupt. What is allocated
// is bounded by what the file can hold, whatever dictionary it asks for. The payload may alias z.
func Decode(z []byte, max int64) (payload []byte, err error) {
	p := parser{z: z, left: max}
	if err := p.file(); err != nil {
		return nil, err
	}
	if len(p.blocks) == 1 && p.blocks[0].single() {
		b := &p.blocks[0]
		return b.stored[0], b.verify(b.stored[0])
	}
	payload = make([]byte, p.length)
	return payload, unpack(p.blocks, payload)
}

// unpack fills dst, which has just the room, from the blocks. It returns the first block's error.
func unpack(blocks []block, dst []byte) error {
	parts := make([][]byte, len(blocks))
	for i := range blocks {
		parts[i], dst = dst[:blocks[i].length], dst[blocks[i].length:]
	}
	errs := make([]error, len(blocks))
	sideBySide(len(blocks), func(i int) { errs[i] = blocks[i].unpack(parts[i]) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// block is a block found in a file.
type block struct {
	at         int // where it begins
	header     blockHeader
	chunks     []byte   // with their end
	stored     [][]byte // what the stored chunks hold
	compressed bool
	length     int64 // of what it holds, by its chunks
	check      check
	sum        []byte
}

// single reports whether the block is one stored chunk.
func (b *block) single() bool { return !b.compressed && len(b.stored) == 1 }

// unpack fills dst, of the block's length, and verifies it.
func (b *block) unpack(dst []byte) error {
	if b.compressed {
		if err := b.decompress(dst); err != nil {
			return b.corrupt(err)
		}
		return b.verify(dst)
	}
	rest := dst
	for _, s := range b.stored {
		rest = rest[copy(rest, s):]
	}
	return b.verify(dst)
}

func (b *block) verify(p []byte) error {
	if !bytes.Equal(b.check.sum(p), b.sum) {
		return b.corrupt(errors.New("checksum is wrong"))
	}
	return nil
}

func (b *block) corrupt(err error) error {
	return fault.New(fault.Corrupt, "xz block at byte %d: %w", b.at, err)
}

var errEnd = errors.New("chunks do not end where their headers say")

// decompress hands the chunks to the library. No distance reaches back further than what comes out is long, so neither
// need the dictionary.
func (b *block) decompress(dst []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	in := bytes.NewReader(b.chunks)
	dictionary := max(leastDictionary, min(b.header.dictionary, b.length))
	r, err := lzma.Reader2Config{DictCap: int(dictionary)}.NewReader2(in)
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(r, dst); err != nil {
		return err
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF || in.Len() != 0 {
		return errEnd
	}
	return nil
}
