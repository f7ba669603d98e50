package exec

import "github.com/reedbase/reedbase/pkg/cell"

// batchRows is how many rows a batch has at most. Their values then fit the second cache of a processor.
const batchRows = 1024

// batch is some rows, column by column. It belongs to the operator that returned it and is valid until the next.
type batch struct {
	cols     [][]cell.Value // nil for a column that nobody reads; else one value for each row, those outside of sel undefined
	sel      []int32        // the rows that count, ascending
	position uint64         // of row 0 among all rows of its source: batches of several workers are put in order by it
}

// operator returns the rows of a node of a plan, batch by batch.
type operator interface {
	// open begins to return rows, from the first one on, also after it was called before.
	open() error
	// next returns the next rows, or nil behind the last.
	next() (*batch, error)
	// close ends the work, if there is any left.
	close()
}

// room makes the columns of b that are needed as long as n rows ask for. What was in those that are too short is lost.
func (b *batch) room(need []int, n int) {
	for _, c := range need {
		b.cols[c] = column(b.cols[c], n)
	}
}

// column returns a column of n values at least: c if it is one.
func column(c []cell.Value, n int) []cell.Value {
	if n <= len(c) {
		return c
	}
	size := fewRows
	for size < n {
		size *= 4
	}
	return make([]cell.Value, size)
}

// fewRows is how many rows the first batch of an operator has at most that does not know how many there are: most queries that
// an index answers then need little memory. Each next one may have four times as many.
const fewRows = 64

// pace is how many rows the next batch has.
type pace int

func (p *pace) next() int {
	*p = min(max(4**p, fewRows), batchRows)
	return int(*p)
}

// rowsOf returns how long columns are that the rows of a selection are in.
func rowsOf(sel []int32) int {
	if len(sel) == 0 {
		return 0
	}
	return int(sel[len(sel)-1]) + 1
}

// all sets a selection to the first n rows.
func all(sel []int32, n int) []int32 {
	if cap(sel) < n {
		sel = make([]int32, n)
	}
	sel = sel[:n]
	for i := range sel {
		sel[i] = int32(i)
	}
	return sel
}

// packer writes the needed values of a row one behind the other, and reads them back.
type packer struct{ need []int }

func newPacker(need []bool) packer {
	var p packer
	for i, yes := range need {
		if yes {
			p.need = append(p.need, i)
		}
	}
	return p
}

func (p packer) append(dst []byte, cols [][]cell.Value, row int32) []byte {
	for _, i := range p.need {
		dst = cell.AppendPacked(dst, cols[i][row])
	}
	return dst
}

func (p packer) read(packed []byte, cols [][]cell.Value, row int) {
	for _, i := range p.need {
		cols[i][row], packed = cell.Unpack(packed)
	}
}

// store keeps bytes in large pieces, which hold no pointers. What was stored stays where it is.
type store struct {
	query  *query
	pieces [][]byte
	size   int // of the next piece
	most   int // that a piece has, unless one string needs more; 0: mostPiece
}

const (
	leastPiece = 16 << 10
	mostPiece  = 1 << 20
)

// place is where bytes are in a store.
type place uint64

// add stores b.
func (s *store) add(b []byte) (place, error) {
	n := len(s.pieces) - 1
	if n < 0 || cap(s.pieces[n])-len(s.pieces[n]) < len(b) {
		if s.most == 0 {
			s.most = mostPiece
		}
		s.size = min(max(2*s.size, leastPiece), s.most)
		size := max(s.size, len(b))
		if err := s.query.charge(int64(size)); err != nil {
			return 0, err
		}
		s.pieces = append(s.pieces, make([]byte, 0, size))
		n++
	}
	at := len(s.pieces[n])
	s.pieces[n] = append(s.pieces[n], b...)
	return place(n)<<32 | place(at), nil
}

// at returns the bytes from a place on to the end of its piece.
func (s *store) at(p place) []byte { return s.pieces[p>>32][uint32(p):] }

// empty forgets what is stored and keeps the last piece, the largest one.
func (s *store) empty() {
	if n := len(s.pieces) - 1; n >= 0 {
		for _, piece := range s.pieces[:n] {
			s.query.charge(-int64(cap(piece)))
		}
		s.pieces = append(s.pieces[:0], s.pieces[n][:0])
	}
}

// free gives everything back.
func (s *store) free() {
	for _, piece := range s.pieces {
		s.query.charge(-int64(cap(piece)))
	}
	s.pieces, s.size = nil, 0
}
