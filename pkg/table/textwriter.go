package table

import (
	"io"
	"os"
)

// writeSize is how much is written at a time, in bytes. The page cache takes what comes in one call in large pieces: this much
// costs half of what the same bytes cost in calls of 64 KB, and less than a copy in the kernel, which goes page by page.
const writeSize = 256 << 10

// textWriter writes a text that is put together from ranges of another and from bytes.
type textWriter struct {
	file *os.File
	old  *Content
	buf  []byte // to be written; its capacity is never exceeded
}

// bytes adds b.
func (w *textWriter) bytes(b []byte) error {
	for len(b) > 0 {
		part, err := w.room(int64(len(b)))
		if err != nil {
			return err
		}
		b = b[copy(part, b):]
	}
	return nil
}

// copy adds n bytes of the old text from off on. It is no error when that became shorter meanwhile: who installs the text
// looks for that.
func (w *textWriter) copy(off, n int64) error {
	if w.old.bytes != nil && n >= writeSize {
		if err := w.flush(); err != nil {
			return err
		}
		_, err := w.file.Write(w.old.bytes[off : off+n])
		return err
	}
	for n > 0 {
		part, err := w.room(n)
		if err != nil {
			return err
		}
		if _, err := w.old.ReadAt(part, off); err != nil && err != io.EOF {
			return err
		}
		off, n = off+int64(len(part)), n-int64(len(part))
	}
	return nil
}

// room returns the next bytes of the buffer, n at most, for the caller to fill.
func (w *textWriter) room(n int64) ([]byte, error) {
	if len(w.buf) == cap(w.buf) {
		if err := w.flush(); err != nil {
			return nil, err
		}
	}
	from := len(w.buf)
	w.buf = w.buf[:from+int(min(n, int64(cap(w.buf)-from)))]
	return w.buf[from:], nil
}

// flush writes what is in the buffer.
func (w *textWriter) flush() error {
	_, err := w.file.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// cut takes back all but the first size bytes of the text.
func (w *textWriter) cut(size int64) error {
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.file.Truncate(size); err != nil {
		return err
	}
	_, err := w.file.Seek(size, io.SeekStart)
	return err
}
