package relation

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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

// Close closes the files.
func (f *Files) Close() error {
	var err error
	for _, file := range f.opened {
		err = errors.Join(err, file.Close())
	}
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
	for {
		read = append(read, make([]byte, headSize)...)
		n, err := io.ReadAtLeast(r, read[len(read)-headSize:], 1)
		read = read[:len(read)-headSize+n]
		if err != nil && err != io.EOF {
			return 0, read, err
		}
		if delimiter, whole := delimiterOf(firstRecord(read)); whole || err == io.EOF || len(read) > maxHead {
			return delimiter, read, nil
		}
	}
}

// firstRecord returns a text from the first line on that has something on it and is no comment.
func firstRecord(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for {
		line, rest, more := bytes.Cut(text, []byte("\n"))
		if trimmed := bytes.TrimRight(line, "\r"); !more || len(trimmed) > 0 && trimmed[0] != '#' {
			return text
		}
		text = rest
	}
}

// delimiterOf returns what stands between the cells of the record that a text begins with, as far as quotes show no end of it, and
// whether the text holds its end.
func delimiterOf(text []byte) (delimiter byte, whole bool) {
	quoted := false
	for _, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			return cmp.Or(delimiter, '|'), true
		case c == '|':
			return c, true
		case delimiter == 0 && (c == ',' || c == ';' || c == '\t'):
			delimiter = c
		}
	}
	return cmp.Or(delimiter, '|'), false
}
