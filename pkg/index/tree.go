package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"sort"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
)

// Tree is an open index that is ordered by its keys. Once it is of the version that is asked about, it may be used by several
// goroutines.
type Tree struct {
	*journal
	moves []segment // where the rows of the pages are now
	fresh []entry   // rows put in since the pages were written that are there still, in order
}

// OpenTree opens the index name in dir, as far as it leads, but not beyond the version v; nil when there is none, or it is of
// another kind, another text or other columns. The caller closes it.
func OpenTree(dir *durable.Dir, name string, kind Kind, v Version, writable bool) *Tree {
	j, ok := open(dir, name, v, treePage, writable)
	if !ok {
		return nil
	}
	if j.kind != kind || j.pages == 0 || j.leaves == 0 || j.leaves > j.pages {
		j.Close()
		return nil
	}
	t := &Tree{journal: j}
	t.settle()
	return t
}

// Follow notes the change that made the text of v; the keys of its rows are those that the index holds. False says that the
// journal is full, and to be compacted, or that a key is too long: then there is no such index of v.
func (t *Tree) Follow(v Version, c Change) bool {
	for _, r := range c.Rows {
		if len(r.Key) > MaxKey {
			return false
		}
	}
	ok := t.add(v, c)
	t.settle()
	return ok
}

// settle works out what the journal makes of the pages.
func (t *Tree) settle() {
	t.moves = t.segments()
	t.fresh = t.fresh[:0]
	for i, e := range t.edits {
		for _, r := range e.rows {
			if off, ok := (place{r.At, i + 1}).now(t.edits); ok {
				t.fresh = append(t.fresh, entry{r.Key, off})
			}
		}
	}
	slices.SortFunc(t.fresh, compareEntries)
}

func compareEntries(a, b entry) int {
	return cmp.Or(bytes.Compare(a.key, b.key), cmp.Compare(a.n, b.n))
}

// Entries returns about how many entries there are, and Distinct about how many keys they have.
func (t *Tree) Entries() int64 { return int64(t.entries) + int64(len(t.fresh)) }

// Distinct is described beside Entries.
func (t *Tree) Distinct() int64 { return int64(t.distinct) }

// Kind returns what the index can answer.
func (t *Tree) Kind() Kind { return t.kind }

// damaged is the error of a tree that cannot be read: its file is to be dropped.
func (t *Tree) damaged() error {
	return fault.New(fault.Corrupt, "the index %q is damaged", t.file.Name())
}

// load reads page number i, which must be of a level below above.
func (t *Tree) load(n *node, i uint64, above int) error {
	var page [treePage]byte
	if i >= t.pages {
		return t.damaged()
	}
	if _, err := t.file.ReadAt(page[:], headSize+int64(i)*treePage); err != nil {
		return t.damaged()
	}
	if pageSum(t.made, i, page[:]) != binary.LittleEndian.Uint32(page[:]) || !n.parse(page[:]) || int(n.level) >= above || (n.level == 0) != (i < t.leaves) {
		return t.damaged()
	}
	return nil
}

// cursor stands between two entries of the pages: at is the number of the one behind it in the leaf.
type cursor struct {
	t    *Tree
	leaf uint64
	node node
	at   int
}

// seek goes before the first entry whose key is not less than key.
func (c *cursor) seek(key []byte) error {
	i, above := c.t.pages-1, 256
	for {
		if err := c.t.load(&c.node, i, above); err != nil {
			return err
		}
		entries := c.node.entries
		at := sort.Search(len(entries), func(k int) bool { return bytes.Compare(entries[k].key, key) >= 0 })
		if c.node.level == 0 {
			c.leaf, c.at = i, at
			return nil
		}
		if len(entries) == 0 {
			return c.t.damaged()
		}
		i, above = uint64(entries[max(at-1, 0)].n), int(c.node.level)
	}
}

// next returns the entry behind the cursor and goes past it; ok is false at the end.
func (c *cursor) next() (e entry, ok bool, err error) {
	for c.at == len(c.node.entries) {
		if c.leaf+1 >= c.t.leaves {
			return e, false, nil
		}
		if err := c.t.load(&c.node, c.leaf+1, 1); err != nil {
			return e, false, err
		}
		c.leaf, c.at = c.leaf+1, 0
	}
	c.at++
	return c.node.entries[c.at-1], true, nil
}

// prev returns the entry before the cursor and goes before it; ok is false at the beginning.
func (c *cursor) prev() (e entry, ok bool, err error) {
	for c.at == 0 {
		if c.leaf == 0 {
			return e, false, nil
		}
		if err := c.t.load(&c.node, c.leaf-1, 1); err != nil {
			return e, false, err
		}
		c.leaf, c.at = c.leaf-1, len(c.node.entries)
	}
	c.at--
	return c.node.entries[c.at], true, nil
}

// live is next for entries whose rows are there still, with their offsets in the newest text.
func (c *cursor) live(step func(*cursor) (entry, bool, error)) (e entry, ok bool, err error) {
	for {
		e, ok, err = step(c)
		if !ok || err != nil {
			return e, false, err
		}
		if e.n, ok = moved(c.t.moves, e.n); ok {
			return e, true, nil
		}
	}
}

// Found is an entry that a range holds. Its key is good until the next.
type Found struct {
	Key []byte
	At  int64 // offset of the record
}

// Range returns the entries with a key from low on and before high, in order; no high is the end. An error, of kind
// fault.Corrupt, ends it: the index is damaged.
func (t *Tree) Range(low, high []byte) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		if high != nil && bytes.Compare(low, high) >= 0 {
			return
		}
		c := cursor{t: t}
		if err := c.seek(low); err != nil {
			yield(Found{}, err)
			return
		}
		fresh := t.fresh[t.freshFrom(low):t.freshTo(high)]
		e, ok, err := c.live((*cursor).next)
		for err == nil {
			ok = ok && (high == nil || bytes.Compare(e.key, high) < 0)
			var f entry
			switch {
			case len(fresh) > 0 && (!ok || compareEntries(fresh[0], e) < 0):
				f, fresh = fresh[0], fresh[1:]
				if !yield(Found{f.key, f.n}, nil) {
					return
				}
			case ok:
				if !yield(Found{e.key, e.n}, nil) {
					return
				}
				e, ok, err = c.live((*cursor).next)
			default:
				return
			}
		}
		yield(Found{}, err)
	}
}

func (t *Tree) freshFrom(key []byte) int {
	return sort.Search(len(t.fresh), func(i int) bool { return bytes.Compare(t.fresh[i].key, key) >= 0 })
}

func (t *Tree) freshTo(high []byte) int {
	if high == nil {
		return len(t.fresh)
	}
	return t.freshFrom(high)
}
