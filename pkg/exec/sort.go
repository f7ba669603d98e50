package exec

import (
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// sorter puts rows in an order. Each goroutine that reads rows collects and sorts its own; then they are merged.
type sorter struct {
	query  *query
	node   *plan.Sort
	limit  *threshold // for the scan; may be nil
	inputs []operator
	envs   []*env
	keys   [][]code
	runs   []*run
	order  []*item
	reader
	packer packer
}

// run is the rows of one goroutine.
type run struct {
	store  store
	items  []item
	key    []byte
	packed []byte
	most   int // items that are wanted; -1: all
}

// item is a row: its key and then its values are in the store of its run.
type item struct {
	prefix   uint64 // the first bytes of the key
	position uint64 // which of equal rows comes first
	at       place
	size     uint32 // of the key
	length   uint32 // of the key and the values
	run      *run
}

const itemSize = 40 // bytes

func newSort(b *builder, n *plan.Sort) (operator, error) {
	var limit *threshold
	if n.Limit >= 0 && b.frame == nil {
		limit = &threshold{key: n.Keys[0]}
		if !b.addSieve(n.Input, n.Keys[0].X, limit) {
			limit = nil
		}
	}
	inputs, err := b.pipelines(n.Input)
	if err != nil {
		return nil, err
	}
	s := &sorter{query: b.query, node: n, limit: limit, inputs: inputs, reader: newReader(n.Need), packer: newPacker(n.Need)}
	for range inputs {
		keys := make([]code, len(n.Keys))
		for i, k := range n.Keys {
			if keys[i], err = b.compiler().expr(k.X); err != nil {
				return nil, err
			}
		}
		s.keys, s.envs = append(s.keys, keys), append(s.envs, b.env())
	}
	return s, nil
}

func (s *sorter) open() error {
	s.free()
	s.at = 0
	if s.limit != nil {
		s.limit.set = false
	}
	s.runs = make([]*run, len(s.inputs))
	err := together(s.query, len(s.inputs), func(w int) error {
		r := &run{store: store{query: s.query}, most: -1}
		if s.node.Limit >= 0 {
			r.most = int(min(s.node.Limit, 1<<40))
		}
		s.runs[w] = r
		return s.collect(w, r)
	})
	if err != nil {
		return err
	}
	return s.merge()
}

// collect reads the rows of one pipeline and sorts them.
func (s *sorter) collect(w int, r *run) error {
	e, vectors := s.envs[w], make([][]cell.Value, len(s.keys[w]))
	var counter positions
	err := drained(s.query, s.inputs[w], func(b *batch) error {
		e.reset()
		for k := range vectors {
			var err error
			if vectors[k], err = s.keys[w][k].vector(e, b, b.sel); err != nil {
				return err
			}
		}
		base := counter.take(b)
		for n, i := range b.sel {
			if err := s.add(r, b, vectors, i, base+uint64(n)); err != nil {
				return err
			}
		}
		e.top = 0
		return s.query.charge(0)
	})
	if err != nil {
		return err
	}
	slices.SortFunc(r.items, compareItems)
	return nil
}

// add keeps a row, unless there are as many before it as are wanted.
func (s *sorter) add(r *run, b *batch, vectors [][]cell.Value, i int32, position uint64) error {
	r.key = r.key[:0]
	for k, key := range s.node.Keys {
		r.key = appendSortKey(r.key, vectors[k][i], key)
	}
	it := item{prefix: prefixOf(r.key), position: position, size: uint32(len(r.key)), run: r}
	full := r.most >= 0 && len(r.items) == r.most
	if full && (r.most == 0 || !r.before(&it, r.key, &r.items[0])) {
		return nil
	}
	r.packed = append(r.packed[:0], r.key...)
	if r.most >= 0 {
		r.packed = cell.AppendPacked(r.packed, vectors[0][i]) // for the threshold
	}
	r.packed = s.packer.append(r.packed, b.cols, i)
	it.length = uint32(len(r.packed))
	var err error
	if it.at, err = r.store.add(r.packed); err != nil {
		return err
	}
	before := cap(r.items)
	switch {
	case full:
		r.items[0] = it
		heap.Fix((*worst)(&r.items), 0)
		s.tighten(r)
		return r.compact()
	case r.most >= 0:
		heap.Push((*worst)(&r.items), it)
		s.tighten(r)
	default:
		r.items = append(r.items, it)
	}
	if grown := cap(r.items) - before; grown > 0 {
		return s.query.charge(int64(grown) * itemSize)
	}
	return nil
}

// tighten tells the scan which rows come too late.
func (s *sorter) tighten(r *run) {
	if s.limit != nil && len(r.items) == r.most {
		last := &r.items[0]
		v, _ := cell.Unpack(r.store.at(last.at)[last.size:])
		s.limit.tighten(v)
	}
}

// before reports whether a row that is not stored yet, with this key, comes before another one.
func (r *run) before(it *item, key []byte, other *item) bool {
	if it.prefix != other.prefix {
		return it.prefix < other.prefix
	}
	if c := bytes.Compare(key, other.bytes()); c != 0 {
		return c < 0
	}
	return it.position < other.position
}

// compact drops the rows that were wanted once, when they are many.
func (r *run) compact() error {
	const least = 64
	if len(r.store.pieces) < 2 || r.dropped() < max(least, 4*len(r.items)) {
		return nil
	}
	fresh := store{query: r.store.query}
	for i := range r.items {
		it := &r.items[i]
		at, err := fresh.add(r.store.at(it.at)[:it.length])
		if err != nil {
			return err
		}
		it.at = at
	}
	r.store.free()
	r.store = fresh
	return nil
}

// dropped estimates how many rows of the store nobody wants.
func (r *run) dropped() int {
	size := 0
	for _, piece := range r.store.pieces {
		size += len(piece)
	}
	return size/max(1, len(r.packed)) - len(r.items)
}

// bytes returns the key of an item.
func (it *item) bytes() []byte { return it.run.store.at(it.at)[:it.size] }

func compareItems(a, b item) int { return compareTwo(&a, &b) }

func compareTwo(a, b *item) int {
	if a.prefix != b.prefix {
		return cmp.Compare(a.prefix, b.prefix)
	}
	if a.size > 8 || b.size > 8 {
		if c := bytes.Compare(a.bytes(), b.bytes()); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.position, b.position)
}

// worst is a heap of items with the last one on top.
type worst []item

func (h worst) Len() int           { return len(h) }
func (h worst) Less(i, j int) bool { return compareTwo(&h[i], &h[j]) > 0 }
func (h worst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *worst) Push(x any)        { *h = append(*h, x.(item)) }
func (h *worst) Pop() any          { panic("nothing is taken from this heap") }

// merge puts the runs together.
func (s *sorter) merge() error {
	total := 0
	for _, r := range s.runs {
		total += len(r.items)
	}
	if s.node.Limit >= 0 {
		total = int(min(int64(total), s.node.Limit))
	}
	if err := s.query.charge(int64(total) * 8); err != nil {
		return err
	}
	s.order = make([]*item, 0, total)
	at := make([]int, len(s.runs))
	for len(s.order) < total {
		var best *item
		which := 0
		for w, r := range s.runs {
			if at[w] < len(r.items) && (best == nil || compareTwo(&r.items[at[w]], best) < 0) {
				best, which = &r.items[at[w]], w
			}
		}
		s.order = append(s.order, best)
		at[which]++
	}
	return nil
}

func (s *sorter) next() (*batch, error) {
	if err := s.query.stopped(); err != nil {
		return nil, err
	}
	n := min(len(s.order)-s.at, batchRows)
	if n <= 0 {
		return nil, nil
	}
	s.out.room(s.need, n)
	for i, it := range s.order[s.at : s.at+n] {
		packed := it.run.store.at(it.at)[it.size:]
		if it.run.most >= 0 {
			packed = cell.SkipPacked(packed)
		}
		s.packer.read(packed, s.out.cols, i)
	}
	s.out.sel, s.out.position = all(s.out.sel, n), uint64(s.at)
	s.at += n
	return &s.out, nil
}

func (s *sorter) free() {
	for _, r := range s.runs {
		if r != nil {
			r.store.free()
			s.query.charge(-int64(cap(r.items)) * itemSize)
		}
	}
	s.query.charge(-int64(cap(s.order)) * 8)
	s.runs, s.order = nil, nil
}

func (s *sorter) close() {
	for _, in := range s.inputs {
		in.close()
	}
	s.free()
}

// appendSortKey appends a value as bytes in the order of a key.
func appendSortKey(dst []byte, v cell.Value, k plan.SortKey) []byte {
	if v.IsNull() {
		if k.NullsLast {
			return append(dst, 255)
		}
		return append(dst, 0)
	}
	at := len(dst)
	dst = cell.AppendKey(dst, v)
	if k.Descending {
		for i := at; i < len(dst); i++ {
			dst[i] = ^dst[i]
		}
	}
	return dst
}

// prefixOf returns the first eight bytes of a key as a number in their order.
func prefixOf(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var full [8]byte
	copy(full[:], key)
	return binary.BigEndian.Uint64(full[:])
}

// positions numbers the rows of a pipeline by their place among those of all pipelines.
type positions struct {
	of   uint64
	next uint64
}

// take returns the number of the first selected row of b; the others count on from it.
func (p *positions) take(b *batch) uint64 {
	if b.position != p.of || p.next == 0 {
		p.of, p.next = b.position, b.position<<32
	}
	first := p.next
	p.next += uint64(len(b.sel))
	return first
}
