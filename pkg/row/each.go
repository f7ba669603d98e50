package row

import (
	"bytes"
	"io"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Each calls do for every row of the first size bytes of r, in order: with the offset of its record, and the record, which
// do must not keep. The header is no row. Memory depends on the longest row alone. A quoted cell that is malformed is
// refused with fault.Input; an error of do ends it and is returned.
func Each(r io.ReaderAt, size int64, do func(at int64, record []byte) error) error {
	w := window{in: io.NewSectionReader(r, 0, size), chunk: int(min(chunk, max(size, 0)+1))}
	for header := true; ; {
		record, at, err := w.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if header {
			header = false
			continue
		}
		if err := do(at, record); err != nil {
			return err
		}
	}
}

// window reads records one after the other.
type window struct {
	in    io.Reader
	chunk int
	buf   []byte // the text from offset on, as far as it is read
	from  int    // of the next record's comments, in buf
	off   int64  // of buf
	ended bool   // nothing follows buf
}

func (w *window) next() (record []byte, at int64, err error) {
	for {
		body := w.skip()
		if body < len(w.buf) {
			end, bad := recordEnd(w.buf, body, separator)
			if bad != nil && (w.ended || !bad.open) {
				return nil, 0, fault.New(fault.Input, "offset %d: %s", w.off+int64(bad.at), bad.text)
			}
			if bad == nil && (w.ended || end < len(w.buf) || w.buf[end-1] == '\n') {
				w.from = end
				return w.buf[body:end], w.off + int64(body), nil
			}
		}
		if w.ended {
			return nil, 0, io.EOF
		}
		if err := w.fill(); err != nil {
			return nil, 0, err
		}
	}
}

// skip returns where the next record begins in buf, or len(buf).
func (w *window) skip() int {
	if w.off == 0 {
		return skipComments(w.buf, w.from)
	}
	return skipLines(w.buf, w.from) // offset 0 is not that of the text: no byte order mark is looked for there
}

// fill drops what is passed and reads on; a row that fills the buffer makes it twice as large.
func (w *window) fill() error {
	n := copy(w.buf, w.buf[w.from:])
	w.off += int64(w.from)
	w.from = 0
	want := max(w.chunk, n)
	if cap(w.buf) < n+want {
		w.buf = append(make([]byte, 0, n+want), w.buf[:n]...)
	}
	w.buf = w.buf[:n+want]
	m, err := io.ReadFull(w.in, w.buf[n:])
	w.buf = w.buf[:n+m]
	if w.ended = err == io.EOF || err == io.ErrUnexpectedEOF; w.ended {
		err = nil
	}
	return err
}

// recordWindow is how much is read first of a record whose end is not known: more than most rows are long.
const recordWindow = 1 << 10

// RecordAt returns the record that begins at offset at of the first size bytes of r, its line end included. A quoted cell
// that is malformed, or not closed in the text, is refused with fault.Input; that a record begins there is for the caller
// to know.
func RecordAt(r io.ReaderAt, size, at int64) ([]byte, error) {
	for n := int64(recordWindow); ; n *= 2 {
		buf := make([]byte, min(n, size-at))
		if _, err := r.ReadAt(buf, at); err != nil && err != io.EOF {
			return nil, err
		}
		whole := at+int64(len(buf)) == size
		end, bad := recordEnd(buf, 0, separator)
		switch {
		case bad != nil && (whole || !bad.open):
			return nil, fault.New(fault.Input, "offset %d: %s", at+int64(bad.at), bad.text)
		case bad == nil && (whole || bytes.HasSuffix(buf[:end], []byte("\n"))):
			return buf[:end], nil
		}
	}
}
