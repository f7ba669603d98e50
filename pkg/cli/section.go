package cli

import (
	"bytes"
	"io"
	"os"
)

// Section is an input that can be read at any offset.
type Section struct {
	*io.SectionReader
	File *os.File // the regular file that it is, or nil when it is held in memory
}

// OpenSection opens an input as OpenInput does. A regular file is read where it lies; standard input, a pipe or a
// device is read to its end at once, into memory. More than limit bytes are refused as a fault.Input.
func OpenSection(e *Env, name string, limit int64) (Section, error) {
	in, err := OpenInput(e, name)
	if err != nil {
		return Section{}, err
	}
	if f, ok := in.(*os.File); ok {
		info, err := f.Stat()
		if err == nil && info.Mode().IsRegular() && info.Size() <= limit {
			return Section{io.NewSectionReader(f, 0, info.Size()), f}, nil
		}
		if err == nil && info.Mode().IsRegular() {
			err = tooLarge(name, limit)
		}
		if err != nil {
			f.Close()
			return Section{}, err
		}
	}
	defer in.Close()
	text, err := readAll(in, name, limit)
	return Section{SectionReader: io.NewSectionReader(bytes.NewReader(text), 0, int64(len(text)))}, err
}

// Close closes the file, if there is one.
func (s Section) Close() error {
	if s.File == nil {
		return nil
	}
	return s.File.Close()
}
