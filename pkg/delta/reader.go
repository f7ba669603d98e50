package delta

import (
	"io"
	"slices"
	"sort"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Reader reads a Text over its base. It is an io.ReaderAt and an io.WriterTo, safe for concurrent use if its base is, and keeps
// showing the text as it was when the Reader was made.
type Reader struct {
	base   io.ReaderAt
	pieces []Piece
	starts []int64
}

// Reader returns a Reader of the text over base, which is read when the text is.
func (t *Text) Reader(base io.ReaderAt) *Reader {
	return &Reader{base, slices.Clone(t.pieces), slices.Clone(t.starts)}
}

// Size returns the length of the text in bytes.
func (r *Reader) Size() int64 { return r.starts[len(r.pieces)] }

// ReadAt implements io.ReaderAt.
func (r *Reader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fault.New(fault.Other, "negative offset")
	}
	k := sort.Search(len(r.pieces), func(i int) bool { return r.starts[i+1] > off })
	for ; k < len(r.pieces) && n < len(p); k++ {
		skip := off + int64(n) - r.starts[k]
		m, err := r.read(p[n:], r.pieces[k].from(skip, int64(len(p)-n)))
		if n += m; err != nil {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// read copies the piece to p.
func (r *Reader) read(p []byte, piece Piece) (int, error) {
	if piece.Src != nil {
		return copy(p, piece.Src), nil
	}
	n, err := r.base.ReadAt(p[:piece.N], piece.Off)
	if int64(n) == piece.N {
		return n, nil
	}
	return n, fault.New(fault.KindOf(err), "base at offset %d: %w", piece.Off+int64(n), noEOF(err))
}

// WriteTo writes the whole text to w, a chunk at a time.
func (r *Reader) WriteTo(w io.Writer) (n int64, err error) {
	buf := make([]byte, min(r.Size(), chunkSize))
	for n < r.Size() {
		m, err := r.ReadAt(buf[:min(r.Size()-n, chunkSize)], n)
		if err != nil {
			return n, err
		}
		m, err = w.Write(buf[:m])
		if n += int64(m); err != nil {
			return n, err
		}
	}
	return n, nil
}
