package bzip2

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
)

// checksum is the CRC-32 of bzip2 over the bytes written to it. It is Ethernet's polynomial with the most significant
// bit first, so it is the ordinary CRC-32 of the bit-reversed bytes, itself bit-reversed: the processor's instructions
// for that one serve here, and no table is needed.
type checksum struct {
	crc      uint32
	mirrored [1024]byte
}

func (c *checksum) write(p []byte) {
	for len(p) > 0 {
		n := mirror(&c.mirrored, p)
		c.crc = crc32.Update(c.crc, crc32.IEEETable, c.mirrored[:n])
		p = p[n:]
	}
}

// value returns the checksum as a block's header holds it.
func (c *checksum) value() uint32 { return bits.Reverse32(c.crc) }

// mirror reverses the bits of each byte at the front of p into dst, as many as fit.
func mirror(dst *[1024]byte, p []byte) int {
	n := min(len(p), len(dst))
	i := 0
	for ; i+8 <= n; i += 8 {
		x := binary.LittleEndian.Uint64(p[i:])
		x = x>>1&0x5555555555555555 | x&0x5555555555555555<<1
		x = x>>2&0x3333333333333333 | x&0x3333333333333333<<2
		x = x>>4&0x0f0f0f0f0f0f0f0f | x&0x0f0f0f0f0f0f0f0f<<4
		binary.LittleEndian.PutUint64(dst[i:], x)
	}
	for ; i < n; i++ {
		dst[i] = bits.Reverse8(p[i])
	}
	return n
}

// zerosChecksum is the checksum of n zero bytes, as a block's header holds it, in O(log n): n zero bytes multiply the
// register by x^(8n) modulo the polynomial.
func zerosChecksum(n int64) uint32 {
	power, square := uint32(1<<31), uint32(1<<23) // 1 and x^8; bit 31 is the constant term
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			power = multiply(power, square)
		}
		square = multiply(square, square)
	}
	return bits.Reverse32(^multiply(power, 0xffffffff))
}

// multiply returns a*b modulo the CRC's polynomial over GF(2), in the reflected bit order of hash/crc32.
func multiply(a, b uint32) (product uint32) {
	for ; a != 0; a <<= 1 {
		product ^= b & -(a >> 31)
		b = b>>1 ^ crc32.IEEE&-(b&1)
	}
	return product
}

// combine folds a block's checksum into the checksum of a stream.
func combine(stream, block uint32) uint32 { return bits.RotateLeft32(stream, 1) ^ block }
