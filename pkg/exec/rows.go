package exec

import "github.com/reedbase/reedbase/pkg/cell"

// kept is rows that are kept in memory, packed, in the order in which they came.
type kept struct {
	store  store
	packer packer
	places []place
	buf    []byte
}

func newKept(q *query, need []bool) *kept {
	return &kept{store: store{query: q}, packer: newPacker(need)}
}

// add keeps the rows of b.
func (k *kept) add(b *batch) error {
	before := cap(k.places)
	for _, i := range b.sel {
		k.buf = k.packer.append(k.buf[:0], b.cols, i)
		p, err := k.store.add(k.buf)
		if err != nil {
			return err
		}
		k.places = append(k.places, p)
	}
	return k.store.query.charge(int64(cap(k.places)-before) * 8)
}

func (k *kept) free() {
	k.store.free()
	k.store.query.charge(-int64(cap(k.places)) * 8)
	k.places = nil
}

// reader returns kept rows in batches.
type reader struct {
	out  batch
	need []int
	at   int
}

func newReader(need []bool) reader {
	return reader{out: batch{cols: make([][]cell.Value, len(need))}, need: numbers(need)}
}

// next returns the rows that stand next in the list; nil at its end.
func (r *reader) next(k *kept, list []place) *batch {
	n := min(len(list)-r.at, batchRows)
	if n <= 0 {
		return nil
	}
	r.out.room(r.need, n)
	for i, p := range list[r.at : r.at+n] {
		k.packer.read(k.store.at(p), r.out.cols, i)
	}
	r.out.sel, r.out.position = all(r.out.sel, n), uint64(r.at)
	r.at += n
	return &r.out
}

// drained calls do with all rows of an operator.
func drained(q *query, o operator, do func(*batch) error) error {
	if err := o.open(); err != nil {
		return err
	}
	defer o.close()
	for {
		b, err := nextOf(q, o)
		if b == nil || err != nil {
			return err
		}
		if err := do(b); err != nil {
			return err
		}
	}
}

// equalKey appends the bytes that rows with equal values share.
func equalKey(dst []byte, cols [][]cell.Value, width int, row int32) []byte {
	for _, column := range cols[:width] {
		dst = cell.AppendEqual(dst, column[row])
	}
	return dst
}
