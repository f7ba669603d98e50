package reedbase

import (
	"iter"
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
)

// beginning yields the rows whose key begins with these bytes, in the order of the table, by an ordered index of the key's first column.
// It is nil where the table has none, or where it does not tell: what begins with a digit or less may be a number, and in its order.
// The records have no comment and no line.
func (t *Table) beginning(with []byte) iter.Seq2[Record, error] {
	if len(with) == 0 || with[0] <= '9' {
		return nil
	}
	defined, err := t.t.Indices()
	if err != nil || len(defined) == 0 {
		return nil
	}
	return func(yield func(Record, error) bool) {
		r, err := t.t.Reading()
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer r.Close()
		index := keyOrder(r, defined)
		if index == nil {
			t.scan(yield)
			return
		}
		offsets, err := offsetsOf(index, with)
		records := row.Records{Text: r.ReaderAt, Size: r.Size}
		for _, at := range offsets {
			raw, err := records.At(at)
			if err != nil {
				yield(Record{}, err)
				return
			}
			rec, err := newRecord(r.Columns, r.KeyAt, slices.Clone(raw))
			if !yield(rec, err) || err != nil {
				return
			}
		}
		if err != nil {
			yield(Record{}, err)
		}
	}
}

// keyOrder opens the ordered index of the key's first column; nil where there is none to have.
func keyOrder(r *table.Reading, defined []table.Index) *table.RowIndex {
	for _, x := range defined {
		if x.Kind != table.OrderedIndex || x.Column != r.Columns[r.KeyAt[0]] || x.Type != cell.Undeclared && x.Type != cell.String {
			continue
		}
		if index, err := r.OpenIndex(x); err == nil && index != nil {
			return index
		}
	}
	return nil
}

// offsetsOf returns where the records stand whose cell begins with these bytes, ascending.
func offsetsOf(index *table.RowIndex, with []byte) (offsets []int64, err error) {
	low := index.Key(cell.FromText(with))
	low = low[:len(low)-2] // without what ends a text
	high := slices.Clone(low)
	for n := len(high) - 1; ; n-- { // the first byte, which stands for texts, is not the greatest
		if high[n] < 255 {
			high[n]++
			high = high[:n+1]
			break
		}
	}
	for at, err := range index.Range(low, high, false) {
		if err != nil {
			return nil, err
		}
		offsets = append(offsets, at)
	}
	slices.Sort(offsets)
	return offsets, nil
}
