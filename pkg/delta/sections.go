package delta

import (
	"bytes"
	"io"

	"golang.org/x/sync/errgroup"
)

// readSize is how much of each text is compared at a time while the common start and end are looked for, in bytes.
const readSize = 1 << 20

// Alike reports how many bytes the n bytes of a base at baseAt and those of a new text at nextAt begin alike with, or
// end alike with when atEnd is true. n is at most a megabyte.
type Alike func(baseAt, nextAt int64, n int, atEnd bool) (same int, err error)

// DiffSections is Diff for texts that are read where they lie, such as files: what they begin and end with in common is
// compared in passing, on two cores, and only what lies between is held in memory, or all of next for a snapshot. What
// lies outside is not searched for lines that moved. The error is that of a read. A text that changes meanwhile gives a
// delta to a text that never was; whoever cannot rule that out compares hashes.
//
// compare makes the function that compares, once for each core; nil is ReadAlike.
func DiffSections(base, next *io.SectionReader, compare func() Alike) (*Delta, error) {
	d, err := diffSections(base, next, compare)
	if d == nil && err == nil {
		d, err = snapshotOf(next)
		if err == nil {
			d.BaseSize = base.Size()
		}
	}
	return d, err
}

// ReadAlike returns an Alike that reads both texts into buffers of its own.
func ReadAlike(base, next io.ReaderAt) Alike {
	var room [2][]byte
	return func(baseAt, nextAt int64, n int, atEnd bool) (int, error) {
		if len(room[0]) < n {
			room = [2][]byte{make([]byte, n), make([]byte, n)}
		}
		a, b := room[0][:n], room[1][:n]
		if m, err := base.ReadAt(a, baseAt); m < n {
			return 0, noEOF(err)
		}
		if m, err := next.ReadAt(b, nextAt); m < n {
			return 0, noEOF(err)
		}
		if atEnd {
			return CommonSuffix(a, b), nil
		}
		return CommonPrefix(a, b), nil
	}
}

// diffSections returns nil where the extra bytes ask for a snapshot.
func diffSections(base, next *io.SectionReader, compare func() Alike) (*Delta, error) {
	if compare == nil {
		compare = func() Alike { return ReadAlike(base, next) }
	}
	start, end, err := commonEnds(base, next, compare)
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

// commonEnds returns how many bytes, in whole lines where they are not too long, the texts begin and end alike with.
func commonEnds(base, next *io.SectionReader, compare func() Alike) (start, end int64, err error) {
	n := min(base.Size(), next.Size())
	var both errgroup.Group
	both.Go(func() (err error) { start, err = commonStart(n, compare()); return err })
	both.Go(func() (err error) { end, err = commonEnd(n, base.Size(), next.Size(), compare()); return err })
	if err := both.Wait(); err != nil {
		return 0, 0, err
	}
	return wholeLines(base, start, min(end, n-start))
}

// commonStart returns how many of the first n bytes are alike.
func commonStart(n int64, alike Alike) (int64, error) {
	for at := int64(0); at < n; at += readSize {
		part := int(min(n-at, readSize))
		if same, err := alike(at, at, part, false); same < part || err != nil {
			return at + int64(same), err
		}
	}
	return n, nil
}

// commonEnd returns how many of the last n bytes are alike.
func commonEnd(n, baseSize, nextSize int64, alike Alike) (int64, error) {
	for done := int64(0); done < n; done += readSize {
		part := int(min(n-done, readSize))
		at := done + int64(part)
		if same, err := alike(baseSize-at, nextSize-at, part, true); same < part || err != nil {
			return done + int64(same), err
		}
	}
	return n, nil
}

// longLine is how far the start and the end of a line are looked for, in bytes.
const longLine = 64 << 10

// wholeLines returns the common start without the beginning of the line that differs, and the common end without the
// rest of the one that does.
func wholeLines(base *io.SectionReader, start, end int64) (int64, int64, error) {
	room := make([]byte, longLine)
	line := room[:min(start, longLine)]
	if n, err := base.ReadAt(line, start-int64(len(line))); n < len(line) {
		return 0, 0, noEOF(err)
	}
	start -= int64(len(line) - 1 - bytes.LastIndexByte(line, '\n'))
	line = room[:min(end, longLine)]
	if n, err := base.ReadAt(line, base.Size()-end); n < len(line) {
		return 0, 0, noEOF(err)
	}
	if newline := bytes.IndexByte(line, '\n'); newline >= 0 {
		end -= int64(newline + 1)
	}
	return start, end, nil
}
