package delta

import (
	"bytes"
	"io"

	"golang.org/x/sync/errgroup"
)

// readSize is how much of each text is read at a time while the common start and end are looked for, in bytes.
const readSize = 256 << 10

// DiffSections is Diff for texts that are read where they lie, such as files: what they begin and end with in common is
// compared in passing, on two cores, and only what lies between is held in memory, or all of next for a snapshot. The
// error is that of a read. What lies outside is not searched for lines that moved. A text that changes meanwhile gives
// a delta to a text that never was; whoever cannot rule that out compares hashes.
func DiffSections(base, next *io.SectionReader) (*Delta, error) {
	d, err := diffSections(base, next)
	if d == nil && err == nil {
		d, err = snapshotOf(next)
		if err == nil {
			d.BaseSize = base.Size()
		}
	}
	return d, err
}

// diffSections returns nil where the extra bytes ask for a snapshot.
func diffSections(base, next *io.SectionReader) (*Delta, error) {
	start, end, err := commonEnds(base, next)
	if err != nil {
		return nil, err
	}
	var old, text []byte
	var both errgroup.Group
	both.Go(func() (err error) { old, err = between(base, start, end); return err })
	both.Go(func() (err error) { text, err = between(next, start, end); return err })
	if err := both.Wait(); err != nil {
		return nil, err
	}
	middle := diff(old, text, int(next.Size()/snapshotShare), true)
	if middle == nil {
		return nil, nil
	}
	d := &Delta{BaseSize: base.Size(), Ops: make([]Op, 0, len(middle.Ops)+2), Extra: middle.Extra}
	d.copy(0, start)
	for _, op := range middle.Ops {
		if op.Off < 0 {
			d.reserve(op.N)
		} else {
			d.copy(start+op.Off, op.N)
		}
	}
	d.copy(base.Size()-end, end)
	return d, nil
}

// between reads a text without the given number of bytes at its start and end.
func between(text *io.SectionReader, start, end int64) ([]byte, error) {
	p := make([]byte, text.Size()-start-end)
	if n, err := text.ReadAt(p, start); n < len(p) {
		return nil, noEOF(err)
	}
	return p, nil
}

func snapshotOf(next *io.SectionReader) (*Delta, error) {
	text, err := between(next, 0, 0)
	return Snapshot(text), err
}

// commonEnds returns how many bytes, in whole lines where there are any, the texts begin and end alike with.
func commonEnds(base, next *io.SectionReader) (start, end int64, err error) {
	n := min(base.Size(), next.Size())
	var both errgroup.Group
	both.Go(func() (err error) { start, err = commonStart(base, next, n); return err })
	both.Go(func() (err error) { end, err = commonEnd(base, next, n); return err })
	err = both.Wait()
	return start, min(end, n-start), err
}

// commonStart returns how many of the first n bytes are alike in both texts, up to the start of the line that differs.
func commonStart(base, next *io.SectionReader, n int64) (int64, error) {
	a, b := make([]byte, min(n, readSize)), make([]byte, min(n, readSize))
	for at := int64(0); at < n; at += int64(len(a)) {
		a, b = a[:min(n-at, readSize)], b[:min(n-at, readSize)]
		if err := readBoth(base, next, a, b, at, at); err != nil {
			return 0, err
		}
		if same := commonPrefix(a, b); same < len(a) {
			return at + int64(bytes.LastIndexByte(a[:same], '\n')+1), nil
		}
	}
	return n, nil
}

// commonEnd returns how many of the last n bytes are alike in both texts, from the start of the line after the one that
// differs.
func commonEnd(base, next *io.SectionReader, n int64) (int64, error) {
	a, b := make([]byte, min(n, readSize)), make([]byte, min(n, readSize))
	for done := int64(0); done < n; done += int64(len(a)) {
		a, b = a[:min(n-done, readSize)], b[:min(n-done, readSize)]
		step := int64(len(a))
		if err := readBoth(base, next, a, b, base.Size()-done-step, next.Size()-done-step); err != nil {
			return 0, err
		}
		if same := commonSuffix(a, b); same < len(a) {
			newline := bytes.IndexByte(a[len(a)-same:], '\n')
			return done + int64(same-newline-1), nil
		}
	}
	return n, nil
}

func readBoth(base, next *io.SectionReader, a, b []byte, baseAt, nextAt int64) error {
	if n, err := base.ReadAt(a, baseAt); n < len(a) {
		return noEOF(err)
	}
	if n, err := next.ReadAt(b, nextAt); n < len(b) {
		return noEOF(err)
	}
	return nil
}
