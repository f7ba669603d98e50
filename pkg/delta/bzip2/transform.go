package bzip2

import "slices"

// transform replaces text by the last letters of its rotations, sorted: the last column. It notes the rank of the text.
//
// Rotations are sorted as suffixes: in a text turned to its least rotation, the two orders are one.
func (b *block) transform() {
	n := len(b.text)
	start := leastRotation(b.text)
	b.rotated = append(append(b.rotated[:0], b.text[start:]...), b.text[:start]...)
	b.sa = slices.Grow(b.sa[:0], n)[:n]
	clear(b.sa)
	sortSuffixes(b.rotated, b.sa, 256, b.room[:])
	first := int32((n - start) % n)
	for i, j := range b.sa {
		if j == first {
			b.origin = i
		}
		if j == 0 {
			j = int32(n)
		}
		b.text[i] = b.rotated[j-1]
	}
}

// leastRotation returns where the least rotation of s begins, in linear time: the contest of two candidates.
func leastRotation(s []byte) int {
	n := len(s)
	at := func(i int) byte {
		if i >= n {
			i -= n
		}
		return s[i]
	}
	i, j, k := 0, 1, 0
	for i < n && j < n && k < n {
		a, b := at(i+k), at(j+k)
		switch {
		case a == b:
			k++
			continue
		case a > b:
			i += k + 1
		default:
			j += k + 1
		}
		if i == j {
			j++
		}
		k = 0
	}
	return min(i, j)
}
