package table

import (
	"io"

	"github.com/reedbase/reedbase/pkg/row"
)

// text is a table's content that is read in parts.
type text struct {
	io.ReaderAt
	size   int64
	header []string // its columns, where they are known
	headed int64    // bytes that the header takes, then
	room   []byte   // for what peek returns; nil makes it new each time
}

func (s text) read(from, to int64) ([]byte, error) {
	b := make([]byte, to-from)
	n, err := s.ReadAt(b, from)
	if err == io.EOF && int64(n) == to-from {
		err = nil
	}
	return b[:n], err
}

// peek is read for bytes that are looked at before the next peek of a text with the same room.
func (s text) peek(from, to int64) ([]byte, error) {
	if to-from > int64(len(s.room)) {
		return s.read(from, to)
	}
	n, err := s.ReadAt(s.room[:to-from], from)
	if err == io.EOF && int64(n) == to-from {
		err = nil
	}
	return s.room[:n], err
}

// columns returns the header of s.
func (s text) columns() ([]string, error) {
	s, err := s.withHeader()
	return s.header, err
}

// withHeader returns s with its header known.
func (s text) withHeader() (text, error) {
	if s.size == 0 || s.header != nil {
		return s, nil
	}
	for n := int64(4 << 10); ; n *= 8 {
		b, err := s.read(0, min(n, s.size))
		if err != nil {
			return s, err
		}
		columns, end, err := row.Header(b)
		if n >= s.size || err == nil && end < len(b) {
			s.header, s.headed = columns, int64(end)
			return s, err
		}
	}
}
