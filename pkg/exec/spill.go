package exec

import (
	"encoding/binary"

	"github.com/reedbase/reedbase/pkg/cell"
)

// A table of groups that outgrows the caches of the processor costs a wait for memory with each row. So when most rows make groups
// of their own, they are only dealt out to lots by their hash, which is writing one behind the other, and each lot is then grouped in
// a table that fits (radix partitioning, as in Manegold, Boncz, Kersten, Optimizing Main-Memory Join on Modern Hardware, 2002).

const (
	manyGroups = 16 << 10 // groups that a table has before rows may be dealt out
	lotCount   = 64
	lotShift   = 64 - 6
	spillPiece = 64 << 10
)

// spill is the rows of one goroutine that are dealt out.
type spill struct {
	lots   [lotCount]store
	counts [lotCount]int
	record []byte
	key    []byte
}

func newSpill(q *query) *spill {
	s := &spill{}
	for l := range s.lots {
		s.lots[l] = store{query: q, most: spillPiece}
	}
	return s
}

func (s *spill) free() {
	for l := range s.lots {
		s.lots[l].free()
	}
}

// put deals out the rows of b: hash, position, which filters let it in, keys, arguments and bare columns of each.
func (p *part) put(b *batch, keys, bare [][]cell.Value, position uint64) error {
	s := p.spill
	vectors, in := make([][][]cell.Value, len(p.calls)), make([][]bool, len(p.calls))
	for i := range p.calls {
		v, sel, err := p.arguments(i, b)
		if err != nil {
			return err
		}
		vectors[i] = v
		if p.calls[i].filter != nil {
			in[i] = make([]bool, batchRows)
			for _, row := range sel {
				in[i][row] = true
			}
		}
	}
	for n, row := range b.sel {
		s.key = s.key[:0]
		for _, column := range keys {
			s.key = cell.AppendEqual(s.key, column[row])
		}
		hash := p.groups.keys.hash(s.key)
		s.record = binary.LittleEndian.AppendUint64(s.record[:0], hash)
		s.record = binary.LittleEndian.AppendUint64(s.record, position+uint64(n))
		for _, column := range keys {
			s.record = cell.AppendPacked(s.record, column[row])
		}
		for i, list := range vectors {
			if in[i] != nil && !in[i][row] {
				s.record = append(s.record, 0)
				continue
			}
			s.record = append(s.record, 1)
			for _, column := range list {
				s.record = cell.AppendPacked(s.record, column[row])
			}
		}
		for _, column := range bare {
			s.record = cell.AppendPacked(s.record, column[row])
		}
		l := hash >> lotShift
		s.counts[l]++
		if _, err := s.lots[l].add(s.record); err != nil {
			return err
		}
	}
	return nil
}

// replay reads dealt rows back.
type replay struct {
	query     *query
	keys      [][]cell.Value
	bare      [][]cell.Value
	arguments [][][]cell.Value // of each call
	sels      [][]int32        // of each call, the rows that its filter lets in
	hashes    []uint64
	positions []uint64
	numbers   []int32
}

func newReplay(g *group) *replay {
	column := func(n int) [][]cell.Value {
		list := make([][]cell.Value, n)
		for i := range list {
			list[i] = make([]cell.Value, batchRows)
		}
		return list
	}
	r := &replay{query: g.query, keys: column(len(g.node.Keys)), bare: column(len(g.node.Bare))}
	for _, c := range g.node.Calls {
		r.arguments, r.sels = append(r.arguments, column(len(c.Arguments))), append(r.sels, make([]int32, 0, batchRows))
	}
	r.hashes, r.positions, r.numbers = make([]uint64, batchRows), make([]uint64, batchRows), make([]int32, batchRows)
	return r
}

// lot gives the rows of a lot to its table.
func (r *replay) lot(g *groups, rows *store) error {
	for _, piece := range rows.pieces {
		for len(piece) > 0 {
			if err := r.query.stopped(); err != nil {
				return err
			}
			n := 0
			for i := range r.sels {
				r.sels[i] = r.sels[i][:0]
			}
			for ; n < batchRows && len(piece) > 0; n++ {
				piece = r.row(piece, n)
			}
			if err := r.feed(g, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// row reads row n, and returns what is behind it.
func (r *replay) row(packed []byte, n int) []byte {
	r.hashes[n], r.positions[n] = binary.LittleEndian.Uint64(packed), binary.LittleEndian.Uint64(packed[8:])
	packed = packed[16:]
	for _, column := range r.keys {
		column[n], packed = cell.Unpack(packed)
	}
	for i, list := range r.arguments {
		in := packed[0]
		packed = packed[1:]
		if in == 0 {
			continue
		}
		r.sels[i] = append(r.sels[i], int32(n))
		for _, column := range list {
			column[n], packed = cell.Unpack(packed)
		}
	}
	for _, column := range r.bare {
		column[n], packed = cell.Unpack(packed)
	}
	return packed
}

func (r *replay) feed(g *groups, n int) error {
	g.positions = r.positions
	for row := range int32(n) {
		g.key = g.key[:0]
		for _, column := range r.keys {
			g.key = cell.AppendEqual(g.key, column[row])
		}
		number, err := g.number(r.hashes[row], r.keys, r.bare, row, r.positions[row])
		if err != nil {
			return err
		}
		r.numbers[row] = int32(number)
	}
	if err := g.grow(); err != nil {
		return err
	}
	for i, s := range g.states {
		if err := s.add(g, r.arguments[i], r.sels[i], r.numbers, r.bare); err != nil {
			return err
		}
	}
	return nil
}
