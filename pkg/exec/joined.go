package exec

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"sync"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// joined is rows that are found by a key, shared by all goroutines that look for them. They are dealt out by hash to parts, so that
// several goroutines can fill it: each reads rows, and then each makes the tables of some parts.
type joined struct {
	query   *query
	readers []*joinReader
	seed    maphash.Seed
	salt    uint64 // of the hashes of integers
	parts   [joinParts]joinPart
	rows    []partner

	mu     sync.Mutex
	opened int
	err    error
}

const joinParts = 32 // by the upper five bits of a hash

// joinPart is the table of some keys: slots of open addressing, each with half of a hash above and the number of a row + 1 below.
type joinPart struct{ slots []uint64 }

// partner is a row.
type partner struct {
	at     place
	reader int16  // whose store it is in
	whole  bool   // its key is one integer
	size   uint32 // of its key, behind which its values are
	next   int32  // the next row of the same key, or noPartner
	last   int32  // of the first row of a key: the last one
	hash   uint64 // of its key
}

// joinReader is one goroutine's share of the reading.
type joinReader struct {
	*env
	input  operator
	keys   []code
	dual   bool // its key is a cell without a type: a row is found by the number and by the text that spells it
	packer packer
	store  store
	staged [joinParts][]staged
	key    []byte
	record []byte
}

// staged is a row that waits for its table.
type staged struct {
	hash, position uint64
	at             place
	size           uint32
}

const (
	stagedSize  = 32
	partnerSize = 32
)

// newJoined makes the table of a side of a join, which keeps the columns that are needed behind the join.
func newJoined(b *builder, n *plan.Join, side plan.Node, need []bool) (*joined, error) {
	var keys []plan.Expr
	dual := false
	for _, k := range n.Keys {
		if n.BuildLeft {
			keys, dual = append(keys, k.Left), k.Dual == plan.LeftSide
		} else {
			keys, dual = append(keys, k.Right), k.Dual == plan.RightSide
		}
	}
	return b.joinedBy(side, keys, dual, need)
}

// joinedBy makes a table of the rows of n by their keys.
func (b *builder) joinedBy(n plan.Node, keys []plan.Expr, dual bool, need []bool) (*joined, error) {
	inputs, err := b.pipelines(n)
	if err != nil {
		return nil, err
	}
	j := &joined{query: b.query, seed: b.query.seed, salt: random()}
	for _, input := range inputs {
		r := &joinReader{env: b.env(), input: input, dual: dual, packer: newPacker(need), store: store{query: b.query}}
		if r.keys, err = b.compiler().list(keys); err != nil {
			return nil, err
		}
		j.readers = append(j.readers, r)
	}
	return j, nil
}

// open fills the table, once for each round of those that share it.
func (j *joined) open(round int) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.opened >= round {
		return j.err
	}
	j.opened = round
	j.free()
	j.err = j.fill()
	return j.err
}

func (j *joined) fill() error {
	if err := together(j.query, len(j.readers), func(w int) error { return j.readers[w].read(j) }); err != nil {
		return err
	}
	var counts, bases [joinParts]int
	total := 0
	for p := range joinParts {
		bases[p] = total
		for _, r := range j.readers {
			counts[p] += len(r.staged[p])
		}
		total += counts[p]
	}
	if err := j.query.charge(int64(total) * (partnerSize + 16)); err != nil {
		return err
	}
	j.rows = make([]partner, total)
	workers := len(j.readers)
	err := together(j.query, workers, func(w int) error {
		for p := w; p < joinParts; p += workers {
			j.table(p, bases[p], counts[p])
		}
		return nil
	})
	for _, r := range j.readers {
		for p := range r.staged {
			j.query.charge(-int64(cap(r.staged[p])) * stagedSize)
			r.staged[p] = nil
		}
	}
	return err
}

// read stages the rows of a pipeline.
func (r *joinReader) read(j *joined) error {
	vectors := make([][]cell.Value, len(r.keys))
	var counter positions
	return drained(j.query, r.input, func(b *batch) error {
		r.reset()
		r.top = 0
		for k := range vectors {
			var err error
			if vectors[k], err = r.keys[k].vector(r.env, b, b.sel); err != nil {
				return err
			}
		}
		base := counter.take(b)
	rows:
		for n, i := range b.sel {
			r.key = r.key[:0]
			for _, column := range vectors {
				if column[i].IsNull() {
					continue rows
				}
				r.key = cell.AppendEqual(r.key, column[i])
			}
			if err := r.stage(j, b, i, base+uint64(n)); err != nil {
				return err
			}
			if r.dual && vectors[0][i].IsNumber() && vectors[0][i].Text() != nil {
				r.key = cell.AppendEqual(r.key[:0], cell.FromText(vectors[0][i].Text()))
				if err := r.stage(j, b, i, base+uint64(n)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (r *joinReader) stage(j *joined, b *batch, row int32, position uint64) error {
	r.record = r.packer.append(append(r.record[:0], r.key...), b.cols, row)
	at, err := r.store.add(r.record)
	if err != nil {
		return err
	}
	hash := j.hash(r.key)
	list := &r.staged[hash>>59]
	before := cap(*list)
	*list = append(*list, staged{hash, position, at, uint32(len(r.key))})
	if grown := cap(*list) - before; grown > 0 {
		return j.query.charge(int64(grown) * stagedSize)
	}
	return nil
}

// table makes the table of part p, whose rows begin at base: those of all readers in the order of their positions.
func (j *joined) table(p, base, count int) {
	size := 16
	for size < 2*count {
		size *= 2
	}
	slots := make([]uint64, size)
	mask := uint64(size - 1)
	at := make([]int, len(j.readers))
	for n := base; n < base+count; n++ {
		which := -1
		for w, r := range j.readers {
			if list := r.staged[p]; at[w] < len(list) && (which < 0 || list[at[w]].position < j.readers[which].staged[p][at[which]].position) {
				which = w
			}
		}
		r := j.readers[which]
		s := &r.staged[p][at[which]]
		at[which]++
		j.rows[n] = partner{s.at, int16(which), isWhole(r.store.at(s.at)[:s.size]), s.size, noPartner, int32(n), s.hash}
		key := r.store.at(s.at)[:s.size]
		i := s.hash & mask
		for ; slots[i] != 0; i = (i + 1) & mask {
			if slots[i]&upperHalf != s.hash&upperHalf {
				continue
			}
			if first := int32(uint32(slots[i])) - 1; j.is(first, key, s.hash) {
				j.rows[j.rows[first].last].next = int32(n)
				j.rows[first].last = int32(n)
				break
			}
		}
		if slots[i] == 0 {
			slots[i] = s.hash&upperHalf | uint64(n+1)
		}
	}
	j.parts[p].slots = slots
}

// wholeKey is the size of a key that is one integer: its tag and 64 bits.
const wholeKey = 1 + 8

// hash returns the hash of a key. That of one integer is another integer for each, so that equal hashes are equal keys there.
func (j *joined) hash(key []byte) uint64 {
	if !isWhole(key) {
		return maphash.Bytes(j.seed, key)
	}
	h := binary.LittleEndian.Uint64(key[1:]) ^ j.salt
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93 // odd, so nothing is lost
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

func isWhole(key []byte) bool { return len(key) == wholeKey && key[0] == 1 }

// is reports whether row n has a key.
func (j *joined) is(n int32, key []byte, hash uint64) bool {
	row := &j.rows[n]
	if row.hash != hash || int(row.size) != len(key) {
		return false
	}
	if isWhole(key) && row.whole {
		return true
	}
	return bytes.Equal(j.readers[row.reader].store.at(row.at)[:row.size], key)
}

// find returns the first row of a key, or noPartner.
func (j *joined) find(key []byte) int32 { return j.findHashed(key, j.hash(key)) }

func (j *joined) findHashed(key []byte, hash uint64) int32 {
	slots := j.parts[hash>>59].slots
	mask := uint64(len(slots) - 1)
	for i := hash & mask; slots[i] != 0; i = (i + 1) & mask {
		if slots[i]&upperHalf == hash&upperHalf {
			if n := int32(uint32(slots[i])) - 1; j.is(n, key, hash) {
				return n
			}
		}
	}
	return noPartner
}

// likely returns the first row whose key may be one of this hash, or noPartner. It looks at the slots alone.
func (j *joined) likely(hash uint64) int32 {
	slots := j.parts[hash>>59].slots
	mask := uint64(len(slots) - 1)
	for i := hash & mask; slots[i] != 0; i = (i + 1) & mask {
		if slots[i]&upperHalf == hash&upperHalf {
			return int32(uint32(slots[i])) - 1
		}
	}
	return noPartner
}

// following returns the row of the same key behind a row, or noPartner.
func (j *joined) following(n int32) int32 { return j.rows[n].next }

// row returns the packed values of a row.
func (j *joined) row(n int32) []byte {
	row := &j.rows[n]
	return j.readers[row.reader].store.at(row.at)[row.size:]
}

func (j *joined) free() {
	for _, r := range j.readers {
		r.store.free()
		for p := range r.staged {
			j.query.charge(-int64(cap(r.staged[p])) * stagedSize)
			r.staged[p] = nil
		}
	}
	j.query.charge(-int64(len(j.rows)) * (partnerSize + 16))
	j.rows, j.parts = nil, [joinParts]joinPart{}
}

func (j *joined) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.readers {
		r.input.close()
	}
}
