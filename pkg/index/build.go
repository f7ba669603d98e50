package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"runtime"
	"slices"
	"sync"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/row"
)

// Refusal says why an index was not built.
type Refusal uint8

// The refusals.
const (
	None     Refusal = iota // it was built
	TooLarge                // it would have more bytes than are allowed
	Memory                  // building it would take more memory than is allowed
	LongKey                 // a key is longer than MaxKey
)

// refused is what a file holds in the place of an index that cannot be had.
const refused = "reed-refused 1\n\x00"

// Refuse notes that the index name cannot be had, so that nobody tries in vain to make it.
func Refuse(dir *durable.Dir, name string) { dir.Put(name, tempName(name), []byte(refused)) }

// Refused reports whether that was noted, and no index made since.
func Refused(dir *durable.Dir, name string) bool {
	b, err := dir.ReadFile(name, int64(len(refused)))
	return err == nil && string(b) == refused
}

// Limits bound an index, in bytes.
type Limits struct{ Size, Memory int64 }

// Take calls add for each key of a record, which differ: none, one or several. The keys are added in no order, and may be changed afterwards.
type Take func(record []byte, add func(key []byte)) error

// BuildTree makes the index name of a kind other than Keys over the keys that take finds in the text of v, and replaces the
// one that is there. No key may be the beginning of another. Nothing is synced. An error of take, or of reading, ends it.
func BuildTree(dir *durable.Dir, name string, kind Kind, v Version, text io.ReaderAt, take Take, limits Limits) (Refusal, error) {
	if v.Size > offsetMask {
		return TooLarge, nil
	}
	undo, err := begin(dir, name)
	if err != nil {
		return None, err
	}
	defer undo()
	g := gathering{limit: limits.Memory, plain: true}
	why, err := g.read(text, v.Size, take)
	if why != None || err != nil {
		return why, err
	}
	g.sort()
	h := head{at: v, kind: kind, plain: g.plain}
	p := pages{file: make([]byte, headSize), made: v.ID}
	for i, it := range g.items {
		if i == 0 || !bytes.Equal(g.key(it), g.key(g.items[i-1])) {
			h.distinct++
		}
		h.entries++
		if p.add(g.key(it), it.at); int64(len(p.file)) > limits.Size {
			return TooLarge, nil
		}
	}
	return None, p.put(dir, name, h)
}

// put writes the file of the tree.
func (p *pages) put(dir *durable.Dir, name string, h head) error {
	h.leaves = uint64(p.finish())
	h.pages = uint64(len(p.file)-headSize) / treePage
	h.put(p.file)
	return dir.Put(name, tempName(name), p.file)
}

// item is an entry to be: where its key begins in the arena, its length, its first bytes behind what all keys share.
type item struct {
	begin    uint64
	from, at int64
	n        int32
}

// gathering is the entries of a text before they are in order.
type gathering struct {
	items  []item
	arena  []byte
	shared int // bytes that all keys begin with
	limit  int64
	plain  bool
}

const itemSize = 32

func (g *gathering) key(it item) []byte { return g.arena[it.from : it.from+int64(it.n)] }

func (g *gathering) read(text io.ReaderAt, size int64, take Take) (refused Refusal, err error) {
	at := int64(0)
	add := func(key []byte) {
		if len(key) > MaxKey {
			refused = LongKey
			return
		}
		g.items = append(g.items, item{from: int64(len(g.arena)), at: at, n: int32(len(key))})
		g.arena = append(g.arena, key...)
	}
	err = row.Each(text, size, func(off int64, record []byte) error {
		at = off
		g.plain = g.plain && OneLine(record)
		err := take(record, add)
		if int64(cap(g.items))*itemSize+int64(cap(g.arena)) > g.limit {
			refused = Memory
		}
		if refused != None && err == nil {
			err = io.EOF
		}
		return err
	})
	if err == io.EOF && refused != None {
		err = nil
	}
	return refused, err
}

// sort puts the items in order: halves on two cores, and then both together.
func (g *gathering) sort() {
	if len(g.items) == 0 {
		return
	}
	first := g.key(g.items[0])
	g.shared = len(first)
	for _, it := range g.items {
		key := g.key(it)
		g.shared = min(g.shared, len(key))
		for !bytes.Equal(key[:g.shared], first[:g.shared]) {
			g.shared--
		}
	}
	for i := range g.items {
		var b [8]byte
		copy(b[:], g.key(g.items[i])[g.shared:])
		g.items[i].begin = binary.BigEndian.Uint64(b[:])
	}
	if slices.IsSortedFunc(g.items, g.compare) {
		return
	}
	if runtime.GOMAXPROCS(0) == 1 || len(g.items) < 1000 {
		slices.SortFunc(g.items, g.compare)
		return
	}
	a, b := g.items[:len(g.items)/2], g.items[len(g.items)/2:]
	var wg sync.WaitGroup
	wg.Go(func() { slices.SortFunc(a, g.compare) })
	slices.SortFunc(b, g.compare)
	wg.Wait()
	g.items = g.merged(a, b)
}

func (g *gathering) merged(a, b []item) []item {
	all := make([]item, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if g.compare(a[0], b[0]) <= 0 {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}

func (g *gathering) compare(a, b item) int {
	if a.begin != b.begin {
		return cmp.Compare(a.begin, b.begin)
	}
	return cmp.Or(bytes.Compare(g.key(a), g.key(b)), cmp.Compare(a.at, b.at))
}
