package xz

import (
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"sync"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Decode returns what the .xz file z holds. It takes any file with the LZMA2 filter alone: several streams, padding
// between them, any check that the format defines. Every size, checksum and padding is verified; a file that is damaged,
// cut anywhere, followed by anything else, or that holds more than max bytes is refused with fault.Corrupt. What is
// allocated is bounded by what the file can hold, whatever dictionary it asks for. The payload may alias z.
func Decode(z []byte, max int64) (payload []byte, err error) {
	p := parser{z: z, left: max}
	if err := p.file(); err != nil {
		return nil, err
	}
	if len(p.blocks) == 1 && len(p.blocks[0].stored) == 1 {
		b := &p.blocks[0]
		return b.stored[0], b.verify(b.stored[0])
	}
	payload = make([]byte, max-p.left)
	return payload, unpackAll(p.blocks, payload)
}

// unpackAll unpacks the blocks side by side and returns the first block's error.
func unpackAll(blocks []block, dst []byte) error {
	errs := make([]error, len(blocks))
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i := range blocks {
		b := &blocks[i]
		part := dst[:b.length]
		dst = dst[b.length:]
		gate <- struct{}{}
		all.Go(func() {
			errs[i] = b.unpack(part)
			<-gate
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// parser walks the structure of a file, all but the packed bytes.
type parser struct {
	z      []byte
	at     int
	left   int64 // bytes the rest may hold
	blocks []block
}

// corrupt is the error of what stands at p.at.
func (p *parser) corrupt(what string) error {
	return fault.New(fault.Corrupt, "xz file, byte %d: %s", p.at, what)
}

// take returns the next n bytes, or nil when they are cut.
func (p *parser) take(n int) []byte {
	if n > len(p.z)-p.at {
		return nil
	}
	p.at += n
	return p.z[p.at-n : p.at]
}

// file parses streams, each with padding behind it.
func (p *parser) file() error {
	for {
		if err := p.stream(); err != nil {
			return err
		}
		for len(p.z)-p.at >= 4 && binary.LittleEndian.Uint32(p.z[p.at:]) == 0 {
			p.at += 4
		}
		if p.at == len(p.z) {
			return nil
		}
	}
}

func (p *parser) stream() error {
	header := p.take(streamHeaderSize)
	if header == nil || string(header[:6]) != streamMagic {
		return p.corrupt("not an .xz stream, or cut short")
	}
	if !sealed(header[6:]) {
		return p.corrupt("checksum of the stream header is wrong")
	}
	check, ok := checkOf(header[7])
	if header[6] != 0 || !ok {
		return p.corrupt("stream flags are unknown")
	}
	var records []record
	for p.at < len(p.z) && p.z[p.at] != 0 {
		r, err := p.block(check)
		if err != nil {
			return err
		}
		records = append(records, r)
	}
	size, err := p.index(records)
	if err != nil {
		return err
	}
	return p.footer(size, header[7])
}

// sealed reports whether b ends with the CRC32 of what is before it.
func sealed(b []byte) bool {
	n := len(b) - crcSize
	return binary.LittleEndian.Uint32(b[n:]) == crc32.ChecksumIEEE(b[:n])
}

// index parses the index, which must tell of these blocks, and returns its size.
func (p *parser) index(records []record) (size int, err error) {
	start := p.at
	want := append(make([]byte, 0, 32), 0)
	want = binary.AppendUvarint(want, uint64(len(records)))
	for _, r := range records {
		want = binary.AppendUvarint(want, uint64(r.unpadded))
		want = binary.AppendUvarint(want, uint64(r.length))
	}
	for len(want)&3 != 0 {
		want = append(want, 0)
	}
	want = binary.LittleEndian.AppendUint32(want, crc32.ChecksumIEEE(want))
	if got := p.take(len(want)); string(got) != string(want) {
		p.at = start
		return 0, p.corrupt("index does not match the blocks")
	}
	return len(want), nil
}

// footer parses the footer behind an index of this size.
func (p *parser) footer(index int, flags byte) error {
	f := p.take(footerSize)
	if f == nil {
		return p.corrupt("cut short")
	}
	if string(f[10:]) != footerMagic || binary.LittleEndian.Uint32(f) != crc32.ChecksumIEEE(f[4:10]) {
		return p.corrupt("footer is wrong")
	}
	if (int64(binary.LittleEndian.Uint32(f[4:]))+1)*4 != int64(index) || f[8] != 0 || f[9] != flags {
		return p.corrupt("footer does not match the stream")
	}
	return nil
}
