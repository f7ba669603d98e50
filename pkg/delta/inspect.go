package delta

import (
	"io"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
	"github.com/reedbase/reedbase/pkg/fault"
)

// Stats says what a patch is made of. All but Controls are bytes.
type Stats struct {
	Size     int64 // of the text that it makes
	BaseSize int64 // of the base that it is for, -1 where the patch does not say it
	Controls int
	Copied   int64 // taken from the base as they are
	Changed  int64 // taken from the base and changed by the diff block
	Extra    int64 // not from the base

	ControlBlock, DiffBlock, ExtraBlock int64 // compressed
}

// Inspect reads a whole patch, verifies all that can be verified without its base, and returns what it is made of. A
// diff block that Encode wrote is not decoded; memory does not depend on the size of the text. Errors are of kind
// fault.Corrupt.
func Inspect(patch []byte) (Stats, error) {
	b, err := split(patch, MaxSize)
	if err != nil {
		return Stats{}, err
	}
	c, plain, err := b.survey(AnySize)
	if err != nil {
		return Stats{}, err
	}
	s := Stats{Size: b.size, BaseSize: -1, Controls: c.number, Copied: c.added, Extra: c.extra,
		ControlBlock: int64(len(b.control)), DiffBlock: int64(len(b.diff)), ExtraBlock: int64(recordAt(b.extra))}
	if plain && c.namesBase(b.control) {
		s.BaseSize = c.at
	}
	if !plain {
		a := adder{diff: bzip2.NewReader(b.diff)}
		if s.Changed, err = a.countChanged(c.added); err != nil {
			return Stats{}, err
		}
		s.Copied -= s.Changed
	}
	return s, expectLength(bzip2.NewReader(b.extra), c.extra, "extra block")
}

// expectLength reads a whole block, which must hold n bytes.
func expectLength(r io.Reader, n int64, block string) error {
	if got, err := io.Copy(io.Discard, io.LimitReader(r, n)); err != nil || got < n {
		return fault.New(fault.Corrupt, "the %s ends at byte %d of %d", block, got, n)
	}
	return expectEnd(r, block)
}

// countChanged reads the whole diff block, of n bytes, and counts those that change the base.
func (a *adder) countChanged(n int64) (changed int64, err error) {
	err = inChunks(n, func(_, n int64) error {
		change, err := a.changes(n)
		for _, c := range change {
			if c != 0 {
				changed++
			}
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return changed, expectEnd(a.diff, "diff block")
}
