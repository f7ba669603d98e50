package table

import (
	"bytes"
	"io"
	"os"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Content is the text of a table at one version. It does not change while it is open, unless somebody edits
// current.csv in place at that moment. The holder closes it.
type Content struct {
	io.ReaderAt
	Size  int64
	bytes []byte   // the whole text, when it is in memory
	file  *os.File // the file that holds just this text, when one does
	owned bool     // Close closes file
	unmap func()   // releases bytes that are mapped; nil otherwise
}

func memory(b []byte) *Content {
	return &Content{ReaderAt: bytes.NewReader(b), Size: int64(len(b)), bytes: b}
}

func onDisk(f *os.File, size int64, owned bool) *Content {
	return &Content{ReaderAt: f, Size: size, file: f, owned: owned}
}

// Close releases the file behind the content.
func (c *Content) Close() error {
	if c.unmap != nil {
		c.unmap()
		c.unmap, c.bytes, c.ReaderAt = nil, nil, nil
	}
	if c.owned {
		return c.file.Close()
	}
	return nil
}

// Bytes returns the whole text. The slice belongs to the content and is not to be changed.
func (c *Content) Bytes() ([]byte, error) {
	if c.bytes != nil || c.Size == 0 {
		return c.bytes, nil
	}
	b := durable.Buffer(c.Size)
	n, err := c.ReadAt(b, 0)
	if err == io.EOF {
		err = nil
	}
	if err == nil && int64(n) < c.Size {
		err = fault.New(fault.Busy, "the table's file became shorter while it was read")
	}
	c.bytes = b
	return b, err
}

// hold keeps the whole text in memory, and reads it from there from now on.
func (c *Content) hold() error {
	b, err := c.Bytes()
	if err == nil {
		c.ReaderAt = bytes.NewReader(b)
	}
	return err
}

// WriteTo writes the whole text.
func (c *Content) WriteTo(w io.Writer) (int64, error) {
	if c.bytes != nil {
		n, err := w.Write(c.bytes)
		return int64(n), err
	}
	return io.CopyBuffer(struct{ io.Writer }{w}, io.NewSectionReader(c, 0, c.Size), make([]byte, 256<<10))
}

// Columns returns the header of the text; none when it is empty.
func (c *Content) Columns() ([]string, error) { return text{ReaderAt: c, size: c.Size}.columns() }

// Hash returns the text's hash.
func (c *Content) Hash() (verlog.Hash, error) {
	if c.bytes != nil {
		return verlog.Sum(c.bytes), nil
	}
	h := xxh3.New()
	_, err := c.WriteTo(h)
	return sumOf(h), err
}
