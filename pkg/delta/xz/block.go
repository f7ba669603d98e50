package xz

// block takes one block and returns what the index must say of it.
func (p *parser) block(c check) (r record, err error) {
	b := block{at: p.at, check: c}
	if err := p.blockHeader(&b.header); err != nil {
		return r, err
	}
	start := p.at
	if err := p.chunks(&b); err != nil {
		return r, err
	}
	b.chunks = p.z[start:p.at]
	r = record{int64(p.at - b.at + c.size), b.length}
	if !b.header.fits(int64(len(b.chunks)), b.length) {
		return r, p.corrupt("block has another size than its header says")
	}
	padding, ok := p.take(-len(b.chunks) & 3)
	if !ok || !zero(padding) {
		return r, p.corrupt("padding of a block is wrong")
	}
	if b.sum, ok = p.take(c.size); !ok {
		return r, p.corrupt("block is cut short")
	}
	p.blocks = append(p.blocks, b)
	p.length += b.length
	return r, nil
}

func zero(p []byte) bool {
	for _, c := range p {
		if c != 0 {
			return false
		}
	}
	return true
}

// blockHeader is what a block's header tells.
type blockHeader struct {
	dictionary     int64  // bytes
	chunks, length *int64 // sizes of the chunks and of what they hold, or nil
}

// fits reports whether the sizes are those the header tells, if it does.
func (h *blockHeader) fits(chunks, length int64) bool {
	return (h.chunks == nil || *h.chunks == chunks) && (h.length == nil || *h.length == length)
}

// The bits of a block's flags.
const (
	flagFilters  = 0x03 // number of filters, less one
	flagReserved = 0x3c
	flagChunks   = 0x40 // the size of the chunks is told
	flagLength   = 0x80
)

// blockHeader takes the header of a block that begins at p.at, before the end of the file.
func (p *parser) blockHeader(b *blockHeader) error {
	h, ok := p.take((int(p.z[p.at]) + 1) * 4)
	if !ok || len(h) < 8 || !sealed(h) {
		return p.corrupt("block header is cut short or its checksum is wrong")
	}
	flags, h := h[1], h[2:len(h)-crcSize]
	if flags&flagReserved != 0 {
		return p.corrupt("block is of a kind the format does not define")
	}
	if flags&flagChunks != 0 {
		b.chunks, h = takeSize(h)
	}
	if flags&flagLength != 0 {
		b.length, h = takeSize(h)
	}
	if flags&flagFilters != 0 || len(h) < 3 || h[0] != filterLZMA2 || h[1] != 1 || h[2] > maxDictionaryCode {
		return p.corrupt("block header is wrong, or asks for a filter other than LZMA2")
	}
	b.dictionary = dictionarySize(h[2])
	if !zero(h[3:]) {
		return p.corrupt("padding of a block header is wrong")
	}
	return nil
}

// takeSize takes a size off a block's header; where it is malformed, nothing is left.
func takeSize(h []byte) (size *int64, rest []byte) {
	v, n := integer(h)
	if n == 0 {
		return nil, nil
	}
	s := int64(v)
	return &s, h[n:]
}

// maxRatio is more than a compressed byte can unpack to: the longest match, 273 bytes, takes 14 decisions, each at least
// 0.022 bits.
const maxRatio = 7200

// chunks takes the chunks of a block up to their end, compressed ones unread.
func (p *parser) chunks(b *block) error {
	for first := true; ; first = false {
		kind, ok := p.take(1)
		if !ok {
			return p.corrupt("block is cut short")
		}
		if kind[0] == chunkEnd {
			return nil
		}
		if first && kind[0] != chunkStoredFirst && kind[0] < chunkCompressedFirst {
			return p.corrupt("first chunk does not forget the dictionary")
		}
		length, err := p.chunk(b, kind[0])
		if err != nil {
			return err
		}
		if length > p.left {
			return p.corrupt("more payload than is allowed")
		}
		p.left -= length
		b.length += length
	}
}

// chunk takes a chunk behind its first byte, and returns the length of what it holds.
func (p *parser) chunk(b *block, kind byte) (length int64, err error) {
	if kind >= chunkCompressed {
		b.compressed = true
		return p.compressedChunk(kind)
	}
	if kind > chunkStored {
		return 0, p.corrupt("chunk is of a kind the format does not define")
	}
	h, ok := p.take(chunkHeaderSize - 1)
	if !ok {
		return 0, p.corrupt("chunk is cut short")
	}
	data, ok := p.take(int(h[0])<<8 + int(h[1]) + 1)
	if !ok {
		return 0, p.corrupt("chunk is cut short")
	}
	b.stored = append(b.stored, data)
	return int64(len(data)), nil
}

// compressedChunk takes a compressed chunk: its length, 21 bits with the lowest of kind, its size, 16 bits, both less
// one, new properties where kind says so, and the data.
func (p *parser) compressedChunk(kind byte) (length int64, err error) {
	h, ok := p.take(4)
	if !ok {
		return 0, p.corrupt("chunk is cut short")
	}
	length = int64(kind&0x1f)<<16 + int64(h[0])<<8 + int64(h[1]) + 1
	size := int(h[2])<<8 + int(h[3]) + 1
	if length > int64(size)*maxRatio {
		return 0, p.corrupt("chunk cannot hold what its header says")
	}
	if kind >= chunkProperties {
		size++
	}
	if _, ok := p.take(size); !ok {
		return 0, p.corrupt("chunk is cut short")
	}
	return length, nil
}
