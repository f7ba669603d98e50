package delta

import (
	"sort"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Piece is a run of N bytes of a Text: of the base from Off on when Src is nil, or else all of Src.
type Piece struct {
	Src    []byte
	Off, N int64
}

// Text is a text as pieces of one base and of deltas' extra bytes: the composition of a chain of deltas. It keeps the
// extra bytes of the deltas that it was made from. A Text must not be used while Apply changes it.
//
// The pieces stand in leaves that never change, so that a delta of few operations makes few of them anew and the states
// before and after it share the rest: a tree of one level, as ropes have (Boehm, Atkinson and Plass, 1995).
type Text struct {
	baseSize int64
	leaves   []*leaf
	starts   []int64 // of the leaves, and the size of the text
	room     []Piece // of the builder that made it, for the next one; nil until then
}

// leaf is a run of pieces.
type leaf struct {
	pieces []Piece
	size   int64
}

// leafSize is how many pieces a leaf is filled with.
const leafSize = 32

// find returns the piece that offset off of the leaf lies in, and where in it. There are too few to search in another way.
func (l *leaf) find(off int64) (i int, skip int64) {
	for i < len(l.pieces) && off >= l.pieces[i].N {
		off -= l.pieces[i].N
		i++
	}
	return i, off
}

// NewText returns the text that is the base itself, of baseSize bytes.
func NewText(baseSize int64) *Text {
	b := newBuilder(0, nil)
	b.push(Piece{N: baseSize})
	return b.text(baseSize)
}

// Clone returns a Text of its own with the same pieces, which both share.
func (t *Text) Clone() *Text {
	clone := *t
	clone.room = nil
	return &clone
}

// Size returns the length of the text in bytes.
func (t *Text) Size() int64 { return t.starts[len(t.leaves)] }

// Pieces returns the pieces of the text in order, none of them empty.
func (t *Text) Pieces() []Piece {
	n := 0
	for _, l := range t.leaves {
		n += len(l.pieces)
	}
	all := make([]Piece, 0, n)
	for _, l := range t.leaves {
		all = append(all, l.pieces...)
	}
	return all
}

// Apply makes t what d makes of t, in time proportional to the operations and to the leaves they touch, and touches no
// byte of either. A delta for a base of another size than t, or one that is not sound, is an error of kind
// fault.Corrupt, and leaves t as it was.
func (t *Text) Apply(d *Delta) error {
	if err := d.check(t.Size()); err != nil {
		return err
	}
	b := newBuilder(len(t.leaves)+len(d.Ops)/leafSize+2, t.room)
	extra := d.Extra
	for _, op := range d.Ops {
		if op.Off < 0 {
			b.push(Piece{Src: extra[:op.N:op.N], N: op.N})
			extra = extra[op.N:]
		} else {
			b.cut(t, op.Off, op.N)
		}
	}
	*t = *b.text(t.baseSize)
	return nil
}

// builder puts a Text together from its beginning.
type builder struct {
	leaves []*leaf
	starts []int64
	open   []Piece // of the leaf that is being filled; its capacity is leafSize
}

func newBuilder(leaves int, room []Piece) *builder {
	if room == nil {
		room = make([]Piece, leafSize)
	}
	return &builder{leaves: make([]*leaf, 0, leaves), starts: make([]int64, 1, leaves+1), open: room[:0]}
}

// push appends p, as part of the last piece where it continues that in the base.
func (b *builder) push(p Piece) {
	if p.N == 0 {
		return
	}
	if last := len(b.open) - 1; last >= 0 && p.Src == nil && b.open[last].Src == nil && b.open[last].Off+b.open[last].N == p.Off {
		b.open[last].N += p.N
		return
	}
	if len(b.open) == leafSize {
		b.close()
	}
	b.open = append(b.open, p)
}

// close ends the open leaf.
func (b *builder) close() {
	if len(b.open) == 0 {
		return
	}
	l := &leaf{pieces: make([]Piece, len(b.open))}
	copy(l.pieces, b.open)
	for _, p := range l.pieces {
		l.size += p.N
	}
	b.open = b.open[:0]
	b.add(l)
}

func (b *builder) add(l *leaf) {
	b.leaves = append(b.leaves, l)
	b.starts = append(b.starts, b.starts[len(b.starts)-1]+l.size)
}

// cut appends the n bytes of t from off on. A leaf that lies in them whole is shared, unless what is open fits into one leaf with it:
// the leaves on both sides of a change hold more than one leaf can, so there are never many small ones.
func (b *builder) cut(t *Text, off, n int64) {
	k := sort.Search(len(t.leaves), func(i int) bool { return t.starts[i+1] > off })
	for ; n > 0; k++ {
		l, skip := t.leaves[k], off-t.starts[k]
		if skip == 0 && n >= l.size && (len(b.open) == 0 || len(l.pieces)+len(b.open) > leafSize) {
			b.close()
			b.add(l)
			off, n = off+l.size, n-l.size
			continue
		}
		took := b.cutLeaf(l, skip, n)
		off, n = off+took, n-took
	}
}

// cutLeaf appends at most n bytes of l from skip on, and returns how many there were.
func (b *builder) cutLeaf(l *leaf, skip, n int64) (took int64) {
	i, skip := l.find(skip)
	p := l.pieces[i].from(skip, n)
	b.push(p)
	took = p.N
	rest := l.pieces[i+1:]
	whole := 0
	for whole < len(rest) && rest[whole].N <= n-took {
		took += rest[whole].N
		whole++
	}
	b.pushAll(rest[:whole])
	if took < n && whole < len(rest) {
		p := rest[whole].from(0, n-took)
		b.push(p)
		took += p.N
	}
	return took
}

// pushAll appends pieces none of which continues the one before it.
func (b *builder) pushAll(pieces []Piece) {
	for len(pieces) > 0 {
		if len(b.open) == leafSize {
			b.close()
		}
		n := min(leafSize-len(b.open), len(pieces))
		b.open = append(b.open, pieces[:n]...)
		pieces = pieces[n:]
	}
}

func (b *builder) text(baseSize int64) *Text {
	b.close()
	return &Text{baseSize: baseSize, leaves: b.leaves, starts: b.starts, room: b.open}
}

// from returns at most n bytes of p after the first skip.
func (p Piece) from(skip, n int64) Piece {
	n = min(n, p.N-skip)
	if p.Src == nil {
		return Piece{Off: p.Off + skip, N: n}
	}
	return Piece{Src: p.Src[skip : skip+n : skip+n], N: n}
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
	for _, l := range t.leaves {
		for _, p := range l.pieces {
			if p.Src == nil {
				dst = append(dst, base[p.Off:p.Off+p.N]...)
			} else {
				dst = append(dst, p.Src...)
			}
		}
	}
	return dst
}
