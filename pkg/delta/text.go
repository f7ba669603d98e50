package delta

import (
	"slices"
	"sort"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Piece is a run of N bytes of a Text: of the base from Off on when Src is nil, or else all of Src.
type Piece struct {
	Src    []byte
	Off, N int64
}

// Text is a text as pieces of one base and of deltas' extra bytes: the composition of a chain of deltas. It keeps the extra bytes of the
// deltas that it was made from. A Text must not be used while Apply changes it.
type Text struct {
	baseSize int64
	pieces   []Piece
	starts   []int64 // of the pieces, and the size of the text
	spare    []Piece // to build the next pieces in
}

// NewText returns the text that is the base itself, of baseSize bytes.
func NewText(baseSize int64) *Text {
	t := &Text{baseSize: baseSize, starts: []int64{0}}
	t.push(Piece{N: baseSize})
	return t
}

// Clone returns a Text of its own with the same pieces.
func (t *Text) Clone() *Text {
	return &Text{baseSize: t.baseSize, pieces: slices.Clone(t.pieces), starts: slices.Clone(t.starts)}
}

// Size returns the length of the text in bytes.
func (t *Text) Size() int64 { return t.starts[len(t.starts)-1] }

// Pieces returns the pieces of the text in order, none of them empty. They belong to t, until the next Apply.
func (t *Text) Pieces() []Piece { return t.pieces }

// Apply makes t what d makes of t, in time proportional to the pieces and operations, and touches no byte of either. A delta for a base of another size
// than t, or one that is not sound, is an error of kind fault.Corrupt, and leaves t as it was.
func (t *Text) Apply(d *Delta) error {
	if err := d.check(t.Size()); err != nil {
		return err
	}
	old, starts := t.pieces, t.starts
	t.pieces, t.starts = t.spare[:0], make([]int64, 1, len(old)+len(d.Ops)+1)
	extra := d.Extra
	for _, op := range d.Ops {
		if op.Off < 0 {
			t.push(Piece{Src: extra[:op.N:op.N], N: op.N})
			extra = extra[op.N:]
		} else {
			t.cut(old, starts, op.Off, op.N)
		}
	}
	t.spare = old
	return nil
}

// cut appends the n bytes from off on of the text that old and starts make up.
func (t *Text) cut(old []Piece, starts []int64, off, n int64) {
	k := sort.Search(len(old), func(i int) bool { return starts[i+1] > off })
	for skip := off - starts[min(k, len(old))]; n > 0; k++ {
		p := old[k].from(skip, n)
		t.push(p)
		n -= p.N
		skip = 0
	}
}

// from returns at most n bytes of p after the first skip.
func (p Piece) from(skip, n int64) Piece {
	n = min(n, p.N-skip)
	if p.Src == nil {
		return Piece{Off: p.Off + skip, N: n}
	}
	return Piece{Src: p.Src[skip : skip+n : skip+n], N: n}
}

// push appends p, as part of the last piece where it continues that in the base.
func (t *Text) push(p Piece) {
	if p.N == 0 {
		return
	}
	if last := len(t.pieces) - 1; last >= 0 && p.Src == nil && t.pieces[last].Src == nil && t.pieces[last].Off+t.pieces[last].N == p.Off {
		t.pieces[last].N += p.N
		t.starts[last+1] += p.N
		return
	}
	t.pieces = append(t.pieces, p)
	t.starts = append(t.starts, t.Size()+p.N)
}

// check refuses a delta whose operations do not make Size bytes of baseSize bytes and of its extra bytes.
func (d *Delta) check(baseSize int64) error {
	if d.BaseSize != baseSize && !d.IsSnapshot() {
		return fault.New(fault.Corrupt, "the delta is for a base of %d bytes, not of %d", d.BaseSize, baseSize)
	}
	size, extra := int64(0), int64(0)
	for i, op := range d.Ops {
		if op.N <= 0 || op.N > MaxSize || op.Off >= 0 && op.N > baseSize-op.Off || op.Off < 0 && op.N > int64(len(d.Extra))-extra {
			return fault.New(fault.Corrupt, "operation %d of the delta reads %d bytes at offset %d of a base of %d", i+1, op.N, op.Off, baseSize)
		}
		size += op.N
		if op.Off < 0 {
			extra += op.N
		}
	}
	if size != d.Size || extra != int64(len(d.Extra)) {
		return fault.New(fault.Corrupt, "the delta makes %d bytes of %d, with %d of %d extra bytes", size, d.Size, extra, len(d.Extra))
	}
	return nil
}

// Render appends the text to dst. base is the whole base.
func (t *Text) Render(dst, base []byte) []byte {
	for _, p := range t.pieces {
		if p.Src == nil {
			dst = append(dst, base[p.Off:p.Off+p.N]...)
		} else {
			dst = append(dst, p.Src...)
		}
	}
	return dst
}
