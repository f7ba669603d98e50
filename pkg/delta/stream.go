package delta

import (
	"bufio"
	"io"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
	"github.com/reedbase/reedbase/pkg/fault"
)

// Stream writes the text that patch makes of base to w and returns its size, in memory that depends neither on the text
// nor on the base. All controls are checked before the first byte is written, the checksums of the blocks only after
// the last. Errors are as Parse returns them, and those of w.
func Stream(w io.Writer, patch []byte, base io.ReaderAt, baseSize, maxSize int64) (int64, error) {
	b, err := split(patch, maxSize)
	if err != nil {
		return 0, err
	}
	c, plain, err := b.survey(baseSize)
	if err != nil {
		return 0, err
	}
	if plain {
		err = c.checkBase(b.control)
	}
	if err != nil {
		return 0, err
	}
	s := streamer{adder: adder{base: base}, w: bufio.NewWriterSize(w, chunkSize), extra: bzip2.NewReader(b.extra)}
	if !plain {
		s.diff = bzip2.NewReader(b.diff)
	}
	if err := s.run(newControls(b.control, b.size, baseSize)); err != nil {
		return 0, err
	}
	return b.size, s.w.Flush()
}

// Weight returns a bound of the memory that Parse takes to hold patch as a delta, in bytes, without reading the base:
// its operations, its extra bytes, and the bytes that its diff block might change. Where that is too much, Stream
// applies the patch.
func Weight(patch []byte, baseSize, maxSize int64) (int64, error) {
	b, err := split(patch, maxSize)
	if err != nil {
		return 0, err
	}
	c, plain, err := b.survey(baseSize)
	if err != nil {
		return 0, err
	}
	weight := int64(c.number)*32 + c.extra
	if !plain {
		weight += c.added
	}
	return weight, nil
}

// survey reads all controls, checks them and returns their sums, and whether the diff block changes nothing: only where it
// is the stream that Encode writes is that known without reading it.
func (b blocks) survey(baseSize int64) (c *controls, plain bool, err error) {
	c = newControls(b.control, b.size, baseSize)
	for err == nil {
		_, _, err = c.next()
	}
	if err != io.EOF {
		return nil, false, err
	}
	return c, b.isPlain(c.added), nil
}

// isPlain reports whether the diff block is the stream of added zeros that Encode writes.
func (b blocks) isPlain(added int64) bool {
	used, ok := bzip2.IsZeros(b.diff, added)
	return ok && used == len(b.diff)
}

// streamer carries out controls one after another. Its diff is nil when the diff block changes nothing.
type streamer struct {
	adder
	w     *bufio.Writer
	extra io.Reader
}

func (s *streamer) run(c *controls) error {
	for {
		t, from, err := c.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := inChunks(t.add, func(done, n int64) error { return s.add(from+done, n) }); err != nil {
			return err
		}
		if err := inChunks(t.extra, func(_, n int64) error { return s.insert(n) }); err != nil {
			return err
		}
	}
	if s.diff != nil {
		if err := expectEnd(s.diff, "diff block"); err != nil {
			return err
		}
	}
	return expectEnd(s.extra, "extra block")
}

// add writes n bytes of the base at off, changed as the diff block says.
func (s *streamer) add(off, n int64) error {
	text, err := s.old(off, n)
	if err != nil {
		return err
	}
	if s.diff != nil {
		change, err := s.changes(n)
		if err != nil {
			return err
		}
		for i, c := range change {
			text[i] += c
		}
	}
	_, err = s.w.Write(text)
	return err
}

// insert writes the next n bytes of the extra block.
func (s *streamer) insert(n int64) error {
	text := s.buffer(n)
	if _, err := readUntilFull(s.extra, text); err != nil {
		return fault.New(fault.Corrupt, "extra block: %w", noEOF(err))
	}
	_, err := s.w.Write(text)
	return err
}

// inChunks calls f for n bytes, at most chunkSize of them at a time.
func inChunks(n int64, f func(done, n int64) error) error {
	for done := int64(0); done < n; done += chunkSize {
		if err := f(done, min(n-done, chunkSize)); err != nil {
			return err
		}
	}
	return nil
}
