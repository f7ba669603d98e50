package relation

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/row"
)

// Files opens files and standard input as relations. Their cells stand between the delimiter that the first line with something on it
// shows, comments aside: '|', as in tables, or whichever of comma, semicolon and tab comes first. A file must not change while a query
// runs. Files are for one goroutine, the relations for any number.
type Files struct {
	In     io.Reader // standard input
	opened []*os.File
	stdin  *Relation
}

// File returns the file of a path; fault.NotFound when there is none.
func (f *Files) File(path string) (plan.Relation, error) {
	file, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "there is no file %q", path)
		}
		return nil, err
	}
	f.opened = append(f.opened, file)
	r, err := ofInput(file, path)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	return r, nil
}

// Stdin returns standard input.
func (f *Files) Stdin() (plan.Relation, error) {
	if f.stdin == nil {
		r, err := ofInput(f.In, "standard input")
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		f.stdin = r
	}
	return f.stdin, nil
}

// Close closes the files that were opened so far. Others can be opened then.
func (f *Files) Close() error {
	var err error
	for _, file := range f.opened {
		err = errors.Join(err, file.Close())
	}
	f.opened = nil
	return err
}

// ofInput returns a regular file as a text that can be read again and again, and any other input as one that can be read once.
func ofInput(in io.Reader, name string) (*Relation, error) {
	if file, ok := in.(*os.File); ok {
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			at, err := file.Seek(0, io.SeekCurrent)
			if err != nil {
				return nil, err
			}
			return ofRegular(io.NewSectionReader(file, at, max(info.Size()-at, 0)))
		}
	}
	return ofStream(in, name)
}

func ofRegular(text *io.SectionReader) (*Relation, error) {
	delimiter, _, err := sniff(io.NewSectionReader(text, 0, text.Size()))
	if err != nil {
		return nil, err
	}
	if delimiter == '|' {
		r, err := Text(text, text.Size())
		if err == nil {
			r.Begin = func() (plan.Source, error) { return plan.Source{Text: text, Size: text.Size(), Unchecked: true}, nil }
		}
		return r, err
	}
	converted := func() (io.Reader, error) {
		return row.NewConverter(io.NewSectionReader(text, 0, text.Size()), delimiter)
	}
	r, err := converted()
	if err != nil {
		return nil, err
	}
	names, head, err := Header(r)
	if err != nil {
		return nil, err
	}
	return &Relation{Header: Untyped(names), KeyAt: []int{0}, Count: estimate(head, text.Size()), Begin: func() (plan.Source, error) {
		r, err := converted()
		return plan.Source{Stream: r, Unchecked: true}, err
	}}, nil
}

func ofStream(in io.Reader, name string) (*Relation, error) {
	delimiter, head, err := sniff(in)
	if err != nil {
		return nil, err
	}
	r := io.MultiReader(bytes.NewReader(head), in)
	if delimiter != '|' {
		if r, err = row.NewConverter(r, delimiter); err != nil {
			return nil, err
		}
	}
	names, head, err := Header(r)
	if err != nil {
		return nil, err
	}
	var begun atomic.Bool
	return &Relation{Header: Untyped(names), KeyAt: []int{0}, Count: -1, Begin: func() (plan.Source, error) {
		if begun.Swap(true) {
			err := fault.New(fault.Input, "%s is no file, and can be read only once", name)
			return plan.Source{}, fault.WithHint(err, "write it into a file first")
		}
		return plan.Source{Stream: io.MultiReader(bytes.NewReader(head), r), Unchecked: true}, nil
	}}, nil
}

// sniff returns what stands between the cells, and all that it has read to find out.
func sniff(r io.Reader) (delimiter byte, read []byte, err error) {
	var s sniffer
	for {
		if len(read) == cap(read) {
			read = slices.Grow(read, max(headSize, len(read)))
		}
		n, err := io.ReadAtLeast(r, read[len(read):cap(read)], 1)
		read = read[:len(read)+n]
		if err != nil && err != io.EOF {
			return 0, read, err
		}
		if s.look(read) || err == io.EOF || len(read) > maxHead {
			return cmp.Or(s.delimiter, '|'), read, nil
		}
	}
}

// sniffer looks through the beginning of a text, as much as there is of it each time.
type sniffer struct {
	at        int  // what is before has been seen
	begun     bool // the first line with something on it has, which is no comment
	quoted    bool
	delimiter byte // the first that was seen outside of quotes; 0 is none
}

// look goes on to the end of a text, and reports whether the delimiter is known then.
func (s *sniffer) look(text []byte) bool {
	if !s.begun && !s.begin(text) {
		return false
	}
	for ; s.at < len(text); s.at++ {
		switch c := text[s.at]; {
		case c == '"':
			s.quoted = !s.quoted
		case s.quoted:
		case c == '\n':
			return true
		case c == '|':
			s.delimiter = c
			return true
		case s.delimiter == 0 && (c == ',' || c == ';' || c == '\t'):
			s.delimiter = c
		}
	}
	return false
}

// begin passes by blank lines and comments, and reports whether something else has begun.
func (s *sniffer) begin(text []byte) bool {
	const mark = "\ufeff"
	if s.at == 0 && bytes.HasPrefix(text, []byte(mark)) {
		s.at = len(mark)
	}
	for {
		line, _, whole := bytes.Cut(text[s.at:], newline)
		trimmed := bytes.TrimRight(line, "\r")
		if s.begun = len(trimmed) > 0 && trimmed[0] != '#'; s.begun || !whole {
			return s.begun
		}
		s.at += len(line) + 1
	}
}

var newline = []byte("\n")
