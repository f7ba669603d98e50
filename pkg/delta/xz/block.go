package xz

import (
	"bytes"
	"io"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/ulikunitz/xz/lzma"
)

// block is a block found in a file, to be unpacked.
type block struct {
	at         int // where it begins
	packed     []byte
	stored     [][]byte // the chunks, when none is compressed
	length     int64
	dictionary int64
	check      check
	sum        []byte
}

// block parses one block and returns what the index must say of it.
func (p *parser) block(c check) (r record, err error) {
	b := block{at: p.at, check: c}
	sizes, err := p.blockHeader(&b)
	if err != nil {
		return r, err
	}
	start := p.at
	if err := p.chunks(&b); err != nil {
		return r, err
	}
	b.packed = p.z[start:p.at]
	r = record{int64(p.at - b.at + c.size), b.length}
	if sizes.packed >= 0 && sizes.packed != int64(len(b.packed)) || sizes.length >= 0 && sizes.length != b.length {
		return r, p.corrupt("block is not of the size its header says")
	}
	for _, pad := range p.take(-len(b.packed) & 3) {
		if pad != 0 {
			return r, p.corrupt("padding of a block is not zero")
		}
	}
	if b.sum = p.take(c.size); b.sum == nil {
		return r, p.corrupt("cut short")
	}
	p.blocks = append(p.blocks, b)
	return r, nil
}

// sizes are those a block's header may tell; -1 where it does not.
type sizes struct{ packed, length int64 }

func (p *parser) blockHeader(b *block) (s sizes, err error) {
	s = sizes{-1, -1}
	h := p.take((int(p.z[p.at]) + 1) * 4)
	if len(h) < 8 || !sealed(h) {
		return s, p.corrupt("block header is cut short or its checksum is wrong")
	}
	flags, h := h[1], h[2:len(h)-crcSize]
	if flags&0x3c != 0 {
		return s, p.corrupt("block flags are unknown")
	}
	for _, f := range []struct {
		flag byte
		to   *int64
	}{{0x40, &s.packed}, {0x80, &s.length}} {
		if flags&f.flag == 0 {
			continue
		}
		v, n := integer(h)
		if n == 0 {
			return s, p.corrupt("size in a block header is wrong")
		}
		*f.to, h = int64(v), h[n:]
	}
	if flags&3 != 0 || len(h) < 3 || h[0] != filterLZMA2 || h[1] != 1 || h[2] > maxDictionaryCode {
		return s, p.corrupt("block has filters other than LZMA2, which are not supported")
	}
	b.dictionary = dictionarySize(h[2])
	for _, pad := range h[3:] {
		if pad != 0 {
			return s, p.corrupt("padding of a block header is not zero")
		}
	}
	return s, nil
}

// maxRatio bounds what a compressed byte can unpack to: the longest match, 273 bytes, takes 14 decisions of at least
// 0.022 bits each.
const maxRatio = 7200

// chunks walks the chunk headers of a block, up to and with its end.
func (p *parser) chunks(b *block) error {
	compressed := false
	for {
		start := p.at
		h := p.take(1)
		if h == nil {
			return p.corrupt("cut short")
		}
		kind := h[0]
		if kind == chunkEnd {
			break
		}
		more := 2
		if kind >= 0x80 {
			more = 4
			if kind >= 0xc0 {
				more = 5
			}
		} else if kind > chunkStored {
			return p.corrupt("chunk is of unknown kind")
		}
		if h = p.take(more); h == nil {
			return p.corrupt("cut short")
		}
		length := int64(h[0])<<8 + int64(h[1]) + 1
		size := int(length)
		if kind >= 0x80 {
			compressed = true
			length += int64(kind&0x1f) << 16
			size = int(h[2])<<8 + int(h[3]) + 1
			if length > int64(size)*maxRatio {
				return p.corrupt("chunk cannot hold what its header says")
			}
		}
		data := p.take(size)
		if data == nil {
			return p.corrupt("cut short")
		}
		if length > p.left {
			p.at = start
			return p.corrupt("more payload than allowed")
		}
		p.left -= length
		b.length += length
		if !compressed {
			b.stored = append(b.stored, data)
		}
	}
	if compressed {
		b.stored = nil
	}
	return nil
}

// unpack fills dst, of the block's length, and verifies it.
func (b *block) unpack(dst []byte) error {
	if b.stored != nil || b.length == 0 {
		at := 0
		for _, s := range b.stored {
			at += copy(dst[at:], s)
		}
	} else if err := b.decompress(dst); err != nil {
		return b.corrupt(err.Error())
	}
	return b.verify(dst)
}

func (b *block) verify(p []byte) error {
	if !b.check.verify(p, b.sum) {
		return b.corrupt("checksum is wrong")
	}
	return nil
}

func (b *block) corrupt(what string) error {
	return fault.New(fault.Corrupt, "xz block at byte %d: %s", b.at, what)
}

// decompress runs the library, whose dictionary need not be longer than what comes out.
func (b *block) decompress(dst []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Corrupt, "%v", p)
		}
	}()
	in := bytes.NewReader(b.packed)
	r, err := lzma.Reader2Config{DictCap: int(max(leastDictionary, min(b.dictionary, b.length)))}.NewReader2(in)
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(r, dst); err != nil {
		return err
	}
	var one [1]byte
	if n, err := r.Read(one[:]); n != 0 || err != io.EOF || in.Len() != 0 {
		return fault.New(fault.Corrupt, "chunks do not end where their headers say")
	}
	return nil
}
