package delta

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// stride is how many bytes are compared at once where texts are likely to agree.
const stride = 4096

// CommonPrefix returns how many bytes a and b begin alike with.
func CommonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	a, b = a[:n], b[:n]
	at := wordsAlike(a[:min(n, 64)], b[:min(n, 64)])
	if at < min(n, 64) {
		return at
	}
	for at+stride <= n && bytes.Equal(a[at:at+stride], b[at:at+stride]) {
		at += stride
	}
	return at + wordsAlike(a[at:], b[at:])
}

// wordsAlike is CommonPrefix for short slices of one length.
func wordsAlike(a, b []byte) int {
	at := 0
	for ; at+8 <= len(a) && at+8 <= len(b); at += 8 {
		if x := binary.LittleEndian.Uint64(a[at:]) ^ binary.LittleEndian.Uint64(b[at:]); x != 0 {
			return at + bits.TrailingZeros64(x)/8
		}
	}
	for at < len(a) && a[at] == b[at] {
		at++
	}
	return at
}

// CommonSuffix returns how many bytes a and b end alike with.
func CommonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	a, b = a[len(a)-n:], b[len(b)-n:]
	end := n
	for end >= stride && bytes.Equal(a[end-stride:end], b[end-stride:end]) {
		end -= stride
	}
	for ; end >= 8; end -= 8 {
		if x := binary.LittleEndian.Uint64(a[end-8:]) ^ binary.LittleEndian.Uint64(b[end-8:]); x != 0 {
			return n - end + bits.LeadingZeros64(x)/8
		}
	}
	for end > 0 && a[end-1] == b[end-1] {
		end--
	}
	return n - end
}
