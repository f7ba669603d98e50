package row

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/fault"
)

// chunk is how much a FindReader reads at a time: many rows, yet little memory.
const chunk = 256 << 10

// FindReader is Find over the first size bytes of r, in memory that depends on the longest row alone. It returns the
// row's offsets in r and its record, which the caller owns. Where each is not nil it is given all bytes of r in order, in
// pieces it must not keep, whether or not the row is found before the end: a caller can hash the text in the same pass.
func FindReader(r io.ReaderAt, size int64, key []byte, columns []int, each func([]byte)) (found Row, record []byte, ok bool, err error) {
	f, err := newFinder(key, columns)
	if err != nil {
		return Row{}, nil, false, err
	}
	s := search{finder: f, in: io.NewSectionReader(r, 0, size), chunk: int(min(chunk, max(size, 0)+1))}
	return s.result(r, each)
}

// search is the state of a FindReader: a window of the text, and what was found.
type search struct {
	*finder
	in       io.Reader
	buf      []byte // the text from offset on, as far as it is read
	offset   int64  // of buf; once the header is passed, a row's comments or record begin there
	comments int64  // where the comments of the row at offset begin, as they may be dropped before it
	chunk    int    // bytes read at a time

	row    Row
	record []byte
	bad    *syntaxError // its offset counts from the beginning of the text
}

// result runs the search over r and returns what FindReader does.
func (s *search) result(r io.ReaderAt, each func([]byte)) (found Row, record []byte, ok bool, err error) {
	if err := s.run(each); err != nil {
		return Row{}, nil, false, err
	}
	if s.bad != nil {
		return Row{}, nil, false, s.badLine(r)
	}
	return s.row, s.record, s.record != nil, nil
}

// run reads the text once: to its end where there is each, else until the search is over.
func (s *search) run(each func([]byte)) error {
	for last, done := false, false; !last && (!done || each != nil); {
		fresh, err := s.fill()
		last = err == io.EOF
		if err != nil && !last {
			return fmt.Errorf("read at offset %d: %w", s.offset+int64(len(s.buf)), err)
		}
		if each != nil {
			each(fresh)
		}
		if done = done || s.step(last); done {
			s.buf = s.buf[:0]
		}
	}
	return nil
}

// fill reads up to chunk bytes behind buf and returns them; io.EOF comes with the last of them. A row that fills the
// buffer makes it twice as large, so that looking through it again costs no more than reading it.
func (s *search) fill() (fresh []byte, err error) {
	n := len(s.buf)
	want := max(s.chunk, n)
	s.buf = slices.Grow(s.buf, want)[:n+want]
	m, err := io.ReadFull(s.in, s.buf[n:])
	s.buf = s.buf[:n+m]
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return s.buf[n:], err
}

// step looks through the whole lines in buf, drops them, and reports whether the search is over. last says that nothing
// follows buf.
func (s *search) step(last bool) bool {
	window := s.buf
	if !last {
		window = window[:bytes.LastIndexByte(window, '\n')+1]
	}
	row, ok, rest, bad := s.find(window)
	if ok {
		s.take(row)
		return true
	}
	if bad != nil && (last || !bad.open) {
		bad.at += int(s.offset)
		s.bad = bad
		return true
	}
	if rest.Start > 0 {
		s.comments = s.offset + int64(rest.Start)
	}
	s.offset += int64(rest.End)
	s.buf = s.buf[:copy(s.buf, s.buf[rest.End:])]
	return last
}

// take keeps the row found in buf.
func (s *search) take(row Row) {
	s.record = bytes.Clone(s.buf[row.Body:row.End])
	if row.Start > 0 {
		s.comments = s.offset + int64(row.Start)
	}
	s.row = Row{int(s.comments), int(s.offset) + row.Body, int(s.offset) + row.End}
}

// badLine returns the syntax error with its line, for which r is read once more.
func (s *search) badLine(r io.ReaderAt) error {
	line, before := 1, io.NewSectionReader(r, 0, int64(s.bad.at))
	for buf := make([]byte, chunk); ; {
		n, err := before.Read(buf)
		line += bytes.Count(buf[:n], []byte("\n"))
		if err != nil {
			return fault.New(fault.Input, "line %d: %s", line, s.bad.text)
		}
	}
}
