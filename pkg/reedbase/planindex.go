package reedbase

import (
	"bytes"
	"iter"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
)

// The indices of a table as queries see them. An ordered index answers in the order of values. In a column of texts that is the order
// of their bytes too; in one of no type it is so for what is no number, and each number may be one of the texts asked for.

// finder opens the indices of a reading as they are asked for, each once.
type finder struct {
	r       *table.Reading
	columns []plan.Column
	rows    int64 // about how many there are
	opened  map[table.Index]*table.RowIndex
}

// indices returns the indices that are wanted. One that cannot be had is left out: without it the text is read.
func (f *finder) indices(wanted plan.Wanted) (list []plan.Index) {
	if wanted(f.keyAt(), plan.Hash) && f.r.KeyIndexed() {
		list = append(list, &keyIndex{r: f.r, rows: f.rows})
	}
	defined, err := f.r.Indices()
	if err != nil {
		return list
	}
	for _, x := range defined {
		at := placeOf(f.columns, x.Column)
		if at < 0 || x.Kind == table.OrderedIndex && x.Type != f.columns[at].Type {
			continue
		}
		for _, kind := range comparing(x) {
			if !wanted(at, kind) {
				continue
			}
			if tree := f.open(x); tree != nil {
				list = append(list, &treeIndex{tree: tree, at: at, kind: kind})
			}
		}
	}
	return list
}

// comparing returns how an index can compare cells.
func comparing(x table.Index) []plan.IndexKind {
	switch {
	case x.Kind == table.HashIndex:
		return []plan.IndexKind{plan.Hash}
	case x.Kind == table.ModifierIndex:
		return []plan.IndexKind{plan.Modifier}
	case x.Type == cell.String || x.Type == cell.Undeclared:
		return []plan.IndexKind{plan.OrderedValue, plan.OrderedText}
	}
	return []plan.IndexKind{plan.OrderedValue}
}

// keyAt returns the first column of the key.
func (f *finder) keyAt() int {
	if len(f.r.KeyAt) == 0 {
		return 0
	}
	return f.r.KeyAt[0]
}

// open returns an index, nil when it cannot be had.
func (f *finder) open(x table.Index) *table.RowIndex {
	tree, known := f.opened[x]
	if known {
		return tree
	}
	tree, err := f.r.OpenIndex(x)
	if err != nil {
		tree = nil
	}
	if f.opened == nil {
		f.opened = map[table.Index]*table.RowIndex{}
	}
	f.opened[x] = tree
	return tree
}

func placeOf(columns []plan.Column, name string) int {
	for i, c := range columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// keyIndex is the index of a table's key.
type keyIndex struct {
	r    *table.Reading
	rows int64
}

// Name returns "hash(KEY)".
func (k *keyIndex) Name() string {
	names := make([]string, len(k.r.KeyAt))
	for i, at := range k.r.KeyAt {
		names[i] = k.r.Columns[at]
	}
	return "hash(" + strings.Join(names, ", ") + ")"
}

// Columns returns the columns of the key.
func (k *keyIndex) Columns() []int { return k.r.KeyAt }

// Kind returns plan.Hash.
func (k *keyIndex) Kind() plan.IndexKind { return plan.Hash }

// Entries estimates the number of rows.
func (k *keyIndex) Entries() int64 { return k.rows }

// Distinct is Entries: a key names one row.
func (k *keyIndex) Distinct() int64 { return k.rows }

// Lookup returns where the row of a key may be.
func (k *keyIndex) Lookup(key []cell.Value) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		cells := make([][]byte, len(key))
		for i, v := range key {
			cells[i] = v.Text()
		}
		places, err := k.r.Places(row.JoinKey(cells))
		if err != nil {
			yield(0, err)
			return
		}
		for _, at := range places {
			if at > 0 && at < k.r.Size && !yield(at, nil) {
				return
			}
		}
	}
}

// Range returns nothing: no query asks for it.
func (k *keyIndex) Range(plan.Bound, plan.Bound, bool) iter.Seq2[int64, error] {
	return func(func(int64, error) bool) {}
}

// Estimate returns the number of rows.
func (k *keyIndex) Estimate(plan.Bound, plan.Bound) int64 { return k.rows }

// treeIndex is an index that was created.
type treeIndex struct {
	tree *table.RowIndex
	at   int
	kind plan.IndexKind
}

// Name returns "KIND(COLUMN)".
func (t *treeIndex) Name() string { return t.tree.Kind.String() + "(" + t.tree.Column + ")" }

// Columns returns the column.
func (t *treeIndex) Columns() []int { return []int{t.at} }

// Kind returns the kind.
func (t *treeIndex) Kind() plan.IndexKind { return t.kind }

// Entries returns about how many rows there are, or modifiers of rows.
func (t *treeIndex) Entries() int64 { return t.tree.Entries() }

// Distinct returns about how many values they have.
func (t *treeIndex) Distinct() int64 { return t.tree.Distinct() }

// Lookup returns the rows with a value, or with several modifiers.
func (t *treeIndex) Lookup(key []cell.Value) iter.Seq2[int64, error] {
	switch t.kind {
	case plan.Modifier:
		words := make([][]byte, len(key))
		for i, v := range key {
			words[i] = v.Text()
		}
		return t.tree.All(words)
	case plan.Hash, plan.OrderedText:
		return t.tree.Equal(key[0].Text())
	}
	at := plan.Bound{Set: true, Inclusive: true, Value: key[0]}
	return t.Range(at, at, false)
}

// Range returns the rows with values between two bounds.
func (t *treeIndex) Range(low, high plan.Bound, descending bool) iter.Seq2[int64, error] {
	from, to := t.ends(low, high)
	if t.kind != plan.OrderedText || t.tree.Type == cell.String {
		return t.tree.Range(from, to, descending)
	}
	return func(yield func(int64, error) bool) {
		for _, part := range t.parts(low, from, to) {
			for at, err := range t.tree.Range(part[0], part[1], descending) {
				if !yield(at, err) || err != nil {
					return
				}
			}
		}
	}
}

// Estimate returns about how many rows Range returns, or how many have a modifier.
func (t *treeIndex) Estimate(low, high plan.Bound) int64 {
	if t.kind == plan.Modifier {
		return t.tree.EstimateEqual(low.Value.Text())
	}
	from, to := t.ends(low, high)
	if t.kind != plan.OrderedText || t.tree.Type == cell.String {
		return t.tree.Estimate(from, to)
	}
	n := int64(0)
	for _, part := range t.parts(low, from, to) {
		n += t.tree.Estimate(part[0], part[1])
	}
	return n
}

// parts returns the ranges that hold all cells between two texts: those of texts, and where one could be the spelling of a number,
// which begins with a digit or less, all numbers.
func (t *treeIndex) parts(low plan.Bound, from, to []byte) [][2][]byte {
	texts, end := t.tree.Texts()
	list := [][2][]byte{{later(from, texts), earlier(to, end)}}
	if text := low.Value.Text(); low.Set && len(text) > 0 && text[0] > '9' {
		return list
	}
	return append(list, [2][]byte{nil, texts})
}

// Beginnings tells how the cells of a column of texts, or of no type, begin.
func (t *treeIndex) Beginnings(prefix []byte, most int) (list [][]byte, ok bool) {
	if prefix[0] <= '9' {
		return nil, false
	}
	return t.tree.Beginnings(prefix, most)
}

func later(a, b []byte) []byte {
	if bytes.Compare(a, b) > 0 {
		return a
	}
	return b
}

// earlier takes no a for the end.
func earlier(a, b []byte) []byte {
	if a != nil && bytes.Compare(a, b) < 0 {
		return a
	}
	return b
}

// ends returns the bounds as keys: from the first on, and before the second.
func (t *treeIndex) ends(low, high plan.Bound) (from, to []byte) {
	if low.Set {
		if from = t.tree.Key(low.Value); !low.Inclusive {
			from = t.tree.Behind(from)
		}
	}
	if high.Set {
		if to = t.tree.Key(high.Value); high.Inclusive {
			to = t.tree.Behind(to)
		}
	}
	return from, to
}
