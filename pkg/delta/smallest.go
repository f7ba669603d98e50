package delta

import (
	"io"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
)

// Patch returns the encoded patch from base to next: that of DiffSections, or that of a snapshot where that is smaller.
func Patch(base, next *io.SectionReader, compare func() Alike) ([]byte, error) {
	d, err := DiffSections(base, next, compare)
	if err != nil {
		return nil, err
	}
	if d.IsSnapshot() {
		return d.Encode(), nil
	}
	return OrSnapshot(d.Encode(), next)
}

// OrSnapshot returns patch, which makes next, or the patch of a snapshot of next where that is smaller: no delta needs
// to be much larger than the new text in bzip2. The time is proportional to the patch, not to next, unless the two are
// near each other.
func OrSnapshot(patch []byte, next *io.SectionReader) ([]byte, error) {
	if !mayBeLarge(patch, next) {
		return patch, nil
	}
	text, err := between(next, 0, 0)
	if err != nil {
		return nil, err
	}
	if overtakes(text, len(patch)) {
		return patch, nil
	}
	if snapshot := Snapshot(text).Encode(); len(snapshot) < len(patch) {
		return snapshot, nil
	}
	return patch, nil
}

const (
	tinyPatch = 256 // bytes that are never too many
	smallText = 64 << 10
	// The size of a snapshot is estimated from a sample of this many bytes where compressing all of the text would take long.
	sampleSize = 16 << 10
	// sampleError is how many times smaller than estimated a snapshot may be: long texts compress better than short ones.
	sampleError = 4
	longText    = 2 << 20
)

// mayBeLarge reports whether a snapshot of next might be smaller than patch.
func mayBeLarge(patch []byte, next *io.SectionReader) bool {
	n := next.Size()
	switch {
	case len(patch) <= tinyPatch:
		return false
	case n <= smallText || n <= longText && int64(len(patch)) > n/64:
		return true
	case len(patch) <= 4*tinyPatch:
		return false
	}
	sample := make([]byte, sampleSize)
	if _, err := next.ReadAt(sample, n/2); err != nil {
		return true
	}
	estimate := n / sampleSize * int64(len(bzip2.Append(nil, sample)))
	return int64(len(patch)) > estimate/sampleError
}

// overtakes reports whether text makes a bzip2 stream of more than limit bytes, in time proportional to limit.
func overtakes(text []byte, limit int) bool {
	const part = 2 * 900_000 // a block for each of two cores
	for len(text) > part && limit > 0 {
		limit -= len(bzip2.Append(nil, text[:part]))
		text = text[part:]
	}
	return limit <= 0
}
