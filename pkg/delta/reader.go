package delta

import (
	"io"
	"sort"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Reader reads a Text over its base. It is an io.ReaderAt and an io.WriterTo, safe for concurrent use if its base is,
// and keeps showing the text as it was when the Reader was made.
type Reader struct {
	base io.ReaderAt
	text Text
}

// Reader returns a Reader of the text over base, which is read when the text is.
func (t *Text) Reader(base io.ReaderAt) *Reader {
	return &Reader{base, *t}
}

// Size returns the length of the text in bytes.
func (r *Reader) Size() int64 { return r.text.Size() }

// ReadAt implements io.ReaderAt.
func (r *Reader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fault.New(fault.Other, "negative offset")
	}
	t := &r.text
	k := sort.Search(len(t.leaves), func(i int) bool { return t.starts[i+1] > off })
	for ; k < len(t.leaves) && n < len(p); k++ {
		m, err := r.readLeaf(p[n:], t.leaves[k], off+int64(n)-t.starts[k])
		if n += m; err != nil {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// readLeaf fills p from l, as far as it goes, from offset skip in it.
func (r *Reader) readLeaf(p []byte, l *leaf, skip int64) (n int, err error) {
	i, skip := l.find(skip)
	for ; i < len(l.pieces) && n < len(p); i++ {
		m, err := r.read(p[n:], l.pieces[i].from(skip, int64(len(p)-n)))
		if n += m; err != nil {
			return n, err
		}
		skip = 0
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
