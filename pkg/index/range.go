package index

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"

	"github.com/reedbase/reedbase/pkg/durable"
)

// Next returns the least string that is greater than key and not greater than any key behind it: no key is the beginning of
// another.
func Next(key []byte) []byte { return append(bytes.Clone(key), 0) }

// manyEqual is from how many entries with one key on they are not collected backwards, but read from the first.
const manyEqual = 64

// Backwards is Range with the greatest key first. Entries with one key are in the order of their offsets all the same.
func (t *Tree) Backwards(low, high []byte) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		if high != nil && bytes.Compare(low, high) >= 0 {
			return
		}
		b := backwards{t: t, low: low, fresh: t.fresh[t.freshFrom(low):t.freshTo(high)], cursor: cursor{t: t}}
		err := b.cursor.before(high)
		if err == nil {
			err = b.step()
		}
		for more := true; more && err == nil; {
			if more, err = b.group(yield); !more && err == nil {
				return
			}
		}
		yield(Found{}, err)
	}
}

// before goes before the first entry whose key is not less than high, or to the end.
func (c *cursor) before(high []byte) error {
	if high != nil {
		return c.seek(high)
	}
	c.leaf = c.t.leaves - 1
	err := c.t.load(&c.node, c.leaf, 1)
	c.at = len(c.node.entries)
	return err
}

// backwards is the state of a walk to lesser keys.
type backwards struct {
	t      *Tree
	low    []byte
	cursor cursor
	fresh  []entry // those that are to come
	entry          // of the pages, the next one to come
	ok     bool    // there is one
}

func (b *backwards) step() (err error) {
	b.entry, b.ok, err = b.cursor.live((*cursor).prev)
	b.ok = b.ok && bytes.Compare(b.key, b.low) >= 0
	return err
}

// group yields the entries of the next key; more is false when there is none, or no more are wanted.
func (b *backwards) group(yield func(Found, error) bool) (more bool, err error) {
	n := len(b.fresh)
	var key []byte
	switch {
	case !b.ok && n == 0:
		return false, nil
	case !b.ok || n > 0 && bytes.Compare(b.fresh[n-1].key, b.key) > 0:
		key = b.fresh[n-1].key
	default:
		key = bytes.Clone(b.key)
	}
	var list []entry
	for ; n > 0 && bytes.Equal(b.fresh[n-1].key, key); n-- {
		list = append(list, entry{key, b.fresh[n-1].n})
	}
	b.fresh = b.fresh[:n]
	for err == nil && b.ok && bytes.Equal(b.key, key) {
		if len(list) >= manyEqual {
			return b.stream(key, yield)
		}
		list = append(list, entry{key, b.n})
		err = b.step()
	}
	if err != nil {
		return false, err // some of its entries may be missing
	}
	slices.SortFunc(list, compareEntries)
	for _, e := range list {
		if !yield(Found{e.key, e.n}, nil) {
			return false, nil
		}
	}
	return true, nil
}

// stream yields the entries of a key from the first on, and goes before them.
func (b *backwards) stream(key []byte, yield func(Found, error) bool) (more bool, err error) {
	for f, err := range b.t.Range(key, Next(key)) {
		if err != nil {
			return false, err
		}
		if !yield(f, nil) {
			return false, nil
		}
	}
	if err := b.cursor.seek(key); err != nil {
		return false, err
	}
	return true, b.step()
}

// sampled is how many of the leaves between two are looked at for how many entries they have.
const sampled = 16

// Estimate returns about how many entries Range returns, from two ways through the tree and some leaves between them.
func (t *Tree) Estimate(low, high []byte) int64 {
	if high != nil && bytes.Compare(low, high) >= 0 {
		return 0
	}
	from, to := cursor{t: t}, cursor{t: t}
	if from.seek(low) != nil || to.before(high) != nil {
		return t.Entries()
	}
	n := int64(to.at - from.at)
	if to.leaf > from.leaf {
		n = int64(len(from.node.entries)-from.at) + t.between(from.leaf+1, to.leaf) + int64(to.at)
	}
	return max(n, 0) + int64(t.freshTo(high)-t.freshFrom(low))
}

// between estimates how many entries the leaves have from one on and before another.
func (t *Tree) between(from, to uint64) int64 {
	if from >= to {
		return 0
	}
	n, total := min(to-from, sampled), int64(0)
	for i := range n {
		var b [pageHead]byte
		t.file.ReadAt(b[:], headSize+int64(from+(to-from)*i/n)*treePage)
		total += int64(binary.LittleEndian.Uint16(b[4:]))
	}
	return total * int64(to-from) / int64(n)
}

// Compact works the journal into the pages, as a new file. False says that this could not be done: the index is then to be
// dropped and built anew.
func (t *Tree) Compact(dir *durable.Dir, name string) bool {
	h := t.head
	h.entries, h.distinct = 0, 0
	p := pages{file: make([]byte, headSize, t.start+treePage), made: h.at.ID}
	for f, err := range t.Range(nil, nil) {
		if err != nil {
			return false
		}
		if p.count == 0 || !bytes.Equal(f.Key, p.last) {
			h.distinct++
		}
		h.entries++
		p.add(f.Key, f.At)
	}
	return p.put(dir, name, h) == nil
}

// Count returns how many entries there are and how many keys they have, by going over all of them.
func (t *Tree) Count() (entries, distinct int64, err error) {
	var last []byte
	for f, err := range t.Range(nil, nil) {
		if err != nil {
			return 0, 0, err
		}
		if entries == 0 || !bytes.Equal(f.Key, last) {
			distinct++
			last = append(last[:0], f.Key...)
		}
		entries++
	}
	return entries, distinct, nil
}
