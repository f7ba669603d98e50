package table

import (
	"bytes"
	"iter"
	"sync"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
)

// RowIndex is an open index of a Reading's text, other than that of its key. It may be used by several goroutines, and is closed
// with its Reading. What it finds are offsets of records in the text.
type RowIndex struct {
	Index
	r    *Reading
	mu   sync.Mutex
	tree *rowindex.Tree // guarded by mu
}

// OpenIndex opens an index that the table is to have, and makes it if it is gone or behind what can be followed. It is nil
// without an error where there can be none: of an edit by hand, or where it was refused before. That it is larger than is
// allowed, or that a cell is longer than it takes, is an error of kind fault.Input: the table itself has to be read, and the
// index is refused until it is asked for again by RebuildIndices.
func (r *Reading) OpenIndex(x Index) (*RowIndex, error) {
	if r.head.ID == 0 || r.t.opt.Cache == nil {
		return nil, nil
	}
	i := &RowIndex{Index: x, r: r, tree: r.t.openTree(x, r.text(), r.head, r.Columns)}
	if i.tree == nil {
		if rowindex.Refused(r.t.opt.Cache, r.t.treeName(x)) {
			return nil, nil
		}
		if err := i.build(); err != nil {
			if fault.KindOf(err) == fault.Input {
				rowindex.Refuse(r.t.opt.Cache, r.t.treeName(x))
			}
			return nil, err
		}
	}
	r.trees = append(r.trees, i)
	return i, nil
}

func (i *RowIndex) build() error {
	r := i.r
	err := r.t.buildTree(i.Index, r.text(), r.head, r.Columns)
	if err == nil {
		if i.tree = r.t.openTree(i.Index, r.text(), r.head, r.Columns); i.tree == nil {
			err = fault.New(fault.Busy, "table %q: the index of column %q is gone again", r.t.name, i.Column)
		}
	}
	return err
}

func (i *RowIndex) opened() *rowindex.Tree {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.tree
}

// repair makes the index anew in the place of one that is damaged, unless another goroutine did.
func (i *RowIndex) repair(damaged *rowindex.Tree) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.tree != damaged {
		return nil
	}
	i.r.old = append(i.r.old, damaged)
	i.r.t.opt.Cache.Remove(i.r.t.treeName(i.Index))
	return i.build()
}

// Entries and Distinct are about how many entries there are in the index, a row or in one of the kind modifier a word of a row, and
// how many keys.
func (i *RowIndex) Entries() int64 { return i.opened().Entries() }

// Distinct is described beside Entries.
func (i *RowIndex) Distinct() int64 { return i.opened().Distinct() }

// Key returns what stands for a value in an ordered index: a bound for Range.
func (i *RowIndex) Key(v cell.Value) []byte { return cell.AppendKey(nil, v) }

// Texts returns the bounds of an ordered index between which all texts are, and before which all numbers are.
func (i *RowIndex) Texts() (from, to []byte) {
	from = i.Key(cell.FromText(nil))[:1]
	return from, []byte{from[0] + 1}
}

// Behind returns the bound that lies behind a key and before all that are greater.
func (i *RowIndex) Behind(key []byte) []byte { return rowindex.Next(key) }

// Equal returns the records whose cell has this content, byte for byte, and perhaps some more, in their order. An ordered
// index also finds those whose cell is another spelling of the same value, one of the kind modifier those that have the content as a
// modifier of the key in the cell.
func (i *RowIndex) Equal(content []byte) iter.Seq2[int64, error] {
	key := i.keyOf(content)
	return i.Range(key, rowindex.Next(key), false)
}

// keyOf returns what Equal looks up.
func (i *RowIndex) keyOf(content []byte) []byte {
	switch i.Kind {
	case OrderedIndex:
		return i.Key(i.Type.Read(content, true))
	case ModifierIndex:
		return wordKey(nil, content)
	}
	return hashKey(nil, content)
}

// EstimateEqual returns about how many records Equal returns.
func (i *RowIndex) EstimateEqual(content []byte) int64 {
	key := i.keyOf(content)
	return i.Estimate(key, rowindex.Next(key))
}

// Range returns the records with a key from low on and before high, in order; no high is the end. Descending puts the
// greatest key first; records with one key are in the order of the text either way. Damage is repaired on the way.
func (i *RowIndex) Range(low, high []byte, descending bool) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		var last rowindex.Found
		for range 2 {
			tree := i.opened()
			if i.walk(tree, low, high, descending, &last, yield) {
				return
			}
			if err := i.repair(tree); err != nil {
				yield(0, err)
				return
			}
			if last.Key != nil && descending {
				high = rowindex.Next(last.Key)
			} else if last.Key != nil {
				low = last.Key
			}
		}
		yield(0, fault.New(fault.Corrupt, "table %q: the index of column %q is damaged again", i.r.t.name, i.Column))
	}
}

// walk yields what comes behind last, and notes there what it yielded last. Done says that it did not meet damage.
func (i *RowIndex) walk(tree *rowindex.Tree, low, high []byte, descending bool, last *rowindex.Found, yield func(int64, error) bool) (done bool) {
	seq := tree.Range(low, high)
	if descending {
		seq = tree.Backwards(low, high)
	}
	from := rowindex.Found{Key: bytes.Clone(last.Key), At: last.At}
	for f, err := range seq {
		switch {
		case err != nil:
			return false
		case from.Key != nil && f.At <= from.At && bytes.Equal(f.Key, from.Key):
			continue
		}
		last.Key, last.At = append(last.Key[:0], f.Key...), f.At
		if !yield(f.At, nil) {
			return true
		}
	}
	return true
}

// Estimate returns about how many records Range returns.
func (i *RowIndex) Estimate(low, high []byte) int64 { return i.opened().Estimate(low, high) }

// Record returns the record at an offset that the index found.
func (i *RowIndex) Record(at int64) ([]byte, error) { return row.RecordAt(i.r.Content, i.r.Size, at) }

// Places returns the offsets of the records that may have this key, as row.JoinKey makes it of the cells; one of them at most
// is right. It asks the index of keys, made first when the table is large and has none, and else searches the text. It may be
// called by several goroutines.
func (r *Reading) Places(key []byte) ([]int64, error) {
	if places, sure := r.ask(key); sure {
		return places, nil
	}
	at, _, ok, err := row.FindReader(r.Content, r.Size, key, r.KeyAt, nil)
	if err != nil || !ok {
		return nil, err
	}
	return []int64{int64(at.Body)}, nil
}

// KeyIndexed reports whether Places has an index to ask, or will make one.
func (r *Reading) KeyIndexed() bool { return r.indexable() && r.t.indexSize() > 0 }
