// Package files owns the catalogue of queries that need no database: files of the dialect of tables, and standard input. It must
// never know what is asked of them.
package files

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
)

// Catalogue is a plan.Catalogue of files alone. Their columns have no types, and the first one is the key.
type Catalogue struct {
	Input io.Reader // standard input; nil: there is none

	stdin *stream
}

const (
	sample     = 64 << 10 // bytes that the number of rows is estimated from
	mostHeader = 16 << 20
)

// Table returns fault.NotFound: there is no database.
func (c *Catalogue) Table(name string, _ cell.Value) (plan.Relation, error) {
	err := fault.New(fault.NotFound, "there is no table %q without a database", name)
	return nil, fault.WithHint(err, "a file is named in quotes: FROM '%s.csv'; standard input is FROM -", name)
}

// Call returns fault.NotFound: there is no database.
func (c *Catalogue) Call(function string, _ []cell.Value) (plan.Relation, error) {
	err := fault.New(fault.NotFound, "there is no table function %q without a database", function)
	return nil, fault.WithHint(err, "a file is named in quotes: FROM 'file.csv'")
}

// Names returns nothing.
func (c *Catalogue) Names() (tables, functions []string) { return nil, nil }

// File returns a file of the system. Each reading opens it anew.
func (c *Catalogue) File(path string) (plan.Relation, error) {
	f, size, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size < 0 {
		return nil, fault.New(fault.Input, "%q is no regular file", path)
	}
	r := &file{path: path}
	r.shape, err = shapeOf(path, f, size)
	return r, err
}

func open(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fault.New(fault.NotFound, "there is no file %q", path)
	}
	if err != nil {
		return nil, 0, err
	}
	size, err := regular(f)
	if err != nil {
		f.Close()
	}
	return f, size, err
}

// regular returns the size of a regular file, and -1 for anything else.
func regular(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return -1, nil
	}
	return info.Size(), nil
}

// shape is what is known of a text from its beginning.
type shape struct {
	columns []plan.Column
	rows    int64
}

func (s *shape) Columns() []plan.Column { return s.columns }
func (s *shape) Key() []int             { return []int{0} }
func (s *shape) Words() rbks.Words      { return rbks.Words{} }
func (s *shape) Rows() int64            { return s.rows }
func (s *shape) Indices() []plan.Index  { return nil }

// shapeOf reads the header of a text, and estimates the number of rows from what is near it.
func shapeOf(name string, r io.ReaderAt, size int64) (shape, error) {
	for length := int64(sample); ; length *= 4 {
		head := make([]byte, min(length, size))
		n, err := r.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			return shape{}, err
		}
		head = head[:n]
		names, end, err := row.Header(head)
		if err == nil && (end < len(head) || int64(n) == size) {
			return shape{columns(names), estimate(head[end:], size-int64(end))}, nil
		}
		if int64(n) == size || length > mostHeader {
			if err == nil {
				err = fault.New(fault.Input, "the header has more than %d bytes", mostHeader)
			}
			return shape{}, fault.As(fault.Input, named(name, err))
		}
	}
}

func named(name string, err error) error { return fault.New(fault.Input, "%s: %w", name, err) }

func columns(names []string) []plan.Column {
	list := make([]plan.Column, len(names))
	for i, name := range names {
		list[i] = plan.Column{Name: name}
	}
	return list
}

// estimate returns the number of rows in size bytes that begin with head.
func estimate(head []byte, size int64) int64 {
	lines := int64(bytes.Count(head, []byte("\n")))
	if int64(len(head)) >= size || lines == 0 {
		return lines + 1
	}
	return size * lines / int64(len(head))
}

// file is a relation.
type file struct {
	shape
	path string
}

// Open opens the file.
func (f *file) Open() (plan.Source, error) {
	o, size, err := open(f.path)
	if err != nil {
		return plan.Source{}, err
	}
	if size < 0 {
		o.Close()
		return plan.Source{}, fault.New(fault.Input, "%q is no regular file", f.path)
	}
	return plan.Source{Text: o, Size: size, Close: o.Close}, nil
}

// Stdin returns standard input. What is a regular file can be read several times, else once.
func (c *Catalogue) Stdin() (plan.Relation, error) {
	if c.Input == nil {
		return nil, fault.New(fault.Input, "there is no standard input here")
	}
	if c.stdin != nil {
		return c.stdin, nil
	}
	s := &stream{}
	if f, ok := c.Input.(*os.File); ok {
		at, err := f.Seek(0, io.SeekCurrent)
		size, statErr := regular(f)
		if err == nil && statErr == nil && size >= 0 {
			s.text = io.NewSectionReader(f, at, max(0, size-at))
			s.shape, err = shapeOf("standard input", s.text, s.text.Size())
			c.stdin = s
			return s, err
		}
	}
	s.input = c.Input
	err := s.begin()
	c.stdin = s
	return s, err
}

// stream is a relation that may be readable once.
type stream struct {
	shape
	text  *io.SectionReader // where it can be read again
	input io.Reader
	head  []byte // that was read to find the header
	taken bool
}

// begin reads as far as the header.
func (s *stream) begin() error {
	buf := make([]byte, sample)
	for {
		n, err := s.input.Read(buf)
		s.head = append(s.head, buf[:n]...)
		if err != nil && err != io.EOF {
			return err
		}
		names, end, headerErr := row.Header(s.head)
		if headerErr == nil && (end < len(s.head) || err == io.EOF || end > 0 && s.head[end-1] == '\n') {
			s.columns, s.rows = columns(names), -1
			return nil
		}
		if err == io.EOF || len(s.head) > mostHeader {
			if headerErr == nil {
				headerErr = fault.New(fault.Input, "the header has more than %d bytes", mostHeader)
			}
			return named("standard input", headerErr)
		}
	}
}

// Open returns the input, a stream only once.
func (s *stream) Open() (plan.Source, error) {
	if s.text != nil {
		return plan.Source{Text: s.text, Size: s.text.Size()}, nil
	}
	if s.taken {
		err := fault.New(fault.Input, "standard input can be read once in a query")
		return plan.Source{}, fault.WithHint(err, "write WITH t AS (SELECT * FROM -) and use t, or read a file: < file.csv")
	}
	s.taken = true
	return plan.Source{Stream: io.MultiReader(bytes.NewReader(s.head), s.input)}, nil
}
