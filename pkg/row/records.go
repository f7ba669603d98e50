package row

import (
	"bytes"
	"io"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Records reads the records of a text at offsets that are known, most of them ascending: those that stand close to each other are
// read at once. The zero value with a Text of Size bytes is ready. It is for one goroutine.
type Records struct {
	Text io.ReaderAt
	Size int64

	buf []byte // the text from off on
	off int64
}

// A record that begins less than nearby bytes behind what was read last makes the next read one of readAhead bytes: to ask the system
// once more costs about as much as copying nearby bytes from it.
const (
	nearby    = 4 << 10
	readAhead = 32 << 10
)

// At is RecordAt; what it returns is good until the next call.
func (r *Records) At(at int64) ([]byte, error) {
	if at < 0 || at >= r.Size {
		return nil, fault.New(fault.Input, "offset %d: the text has %d bytes", at, r.Size)
	}
	behind := at - (r.off + int64(len(r.buf)))
	if at >= r.off && behind < 0 {
		if record, ok, err := r.record(at); ok || err != nil {
			return record, err
		}
	}
	n := int64(recordWindow)
	if at > r.off && behind < nearby && len(r.buf) > 0 {
		n = readAhead
	}
	for ; ; n *= 2 {
		if err := r.fill(at, min(n, r.Size-at)); err != nil {
			return nil, err
		}
		if record, ok, err := r.record(at); ok || err != nil {
			return record, err
		}
	}
}

func (r *Records) fill(at, n int64) error {
	if int64(cap(r.buf)) < n {
		r.buf = make([]byte, n)
	}
	r.buf, r.off = r.buf[:n], at
	m, err := r.Text.ReadAt(r.buf, at)
	if int64(m) == n {
		return nil
	}
	r.buf = r.buf[:m]
	if err == nil || err == io.EOF {
		err = fault.New(fault.Busy, "the text became shorter while it was read")
	}
	return err
}

// record returns the record at an offset of the buffer; ok is false when its end lies behind it.
func (r *Records) record(at int64) (record []byte, ok bool, err error) {
	rest := r.buf[at-r.off:]
	whole := at+int64(len(rest)) == r.Size
	end, bad := recordEnd(rest, 0, separator)
	switch {
	case bad != nil && (whole || !bad.open):
		return nil, false, fault.New(fault.Input, "offset %d: %s", at+int64(bad.at), bad.text)
	case bad == nil && (whole || bytes.HasSuffix(rest[:end], []byte("\n"))):
		return rest[:end:end], true, nil
	}
	return nil, false, nil
}
