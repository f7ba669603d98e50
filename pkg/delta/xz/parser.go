package xz

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/reedbase/reedbase/pkg/fault"
)

// parser walks a file: all but what is compressed.
type parser struct {
	z      []byte
	at     int
	left   int64 // bytes the rest may hold
	length int64 // bytes held so far
	blocks []block
}

// corrupt is the error of what stands before p.at.
func (p *parser) corrupt(what string) error {
	return fault.New(fault.Corrupt, "xz file, before byte %d: %s", p.at, what)
}

// take returns the next n bytes; false when they are cut.
func (p *parser) take(n int) ([]byte, bool) {
	if n > len(p.z)-p.at {
		p.at = len(p.z)
		return nil, false
	}
	p.at += n
	return p.z[p.at-n : p.at], true
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
	h, ok := p.take(streamHeaderSize)
	if !ok || string(h[:len(streamMagic)]) != streamMagic {
		return p.corrupt("not an .xz stream")
	}
	if !sealed(h[len(streamMagic):]) {
		return p.corrupt("checksum of the stream header is wrong")
	}
	check, ok := checkOf(h[7])
	if !ok || h[6] != 0 {
		return p.corrupt("stream is of a kind the format does not define")
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
	return p.footer(size, h[7])
}

// sealed reports whether b ends with the CRC32 of what is before it.
func sealed(b []byte) bool {
	n := len(b) - crcSize
	return binary.LittleEndian.Uint32(b[n:]) == crc32.ChecksumIEEE(b[:n])
}

// index takes the index, which can only be this one, and returns its size.
func (p *parser) index(records []record) (size int, err error) {
	want := appendIndex(nil, records)
	if got, ok := p.take(len(want)); !ok || string(got) != string(want) {
		return 0, p.corrupt("index does not match the blocks")
	}
	return len(want), nil
}

// footer takes the footer of a stream with this check and an index of this size: it too can only be one.
func (p *parser) footer(index int, check byte) error {
	want := appendFooter(nil, index, check)
	if got, ok := p.take(len(want)); !ok || string(got) != string(want) {
		return p.corrupt("footer does not match the stream")
	}
	return nil
}
