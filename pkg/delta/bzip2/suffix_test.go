package bzip2

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestSortSuffixes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		greatest := rapid.SampledFrom([]byte{0, 1, 2, 255}).Draw(t, "greatest letter")
		text := rapid.SliceOfN(rapid.ByteRange(0, greatest), 0, 200).Draw(t, "text")
		sa := make([]int32, len(text))
		sortSuffixes(text, sa, 256, nil)
		seen := make([]bool, len(text))
		for i, j := range sa {
			if seen[j] {
				t.Fatalf("%d stands twice in %v", j, sa)
			}
			seen[j] = true
			if i > 0 && bytes.Compare(text[sa[i-1]:], text[j:]) >= 0 {
				t.Fatalf("%d before %d in %v", sa[i-1], j, sa)
			}
		}
	})
}

func TestLeastRotation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.ByteRange(0, 2), 1, 40).Draw(t, "text")
		twice := append(text, text...)
		least := leastRotation(text)
		for i := range text {
			if bytes.Compare(twice[i:i+len(text)], twice[least:least+len(text)]) < 0 {
				t.Fatalf("%d, but %d is less", least, i)
			}
		}
	})
}
