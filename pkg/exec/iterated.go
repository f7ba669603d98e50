package exec

import (
	"iter"

	"github.com/reedbase/reedbase/pkg/cell"
)

// puller takes rows from a relation that has no text.
type puller struct {
	next func() ([]cell.Value, error, bool)
	stop func()
}

func newPuller(rows iter.Seq2[[]cell.Value, error]) *puller {
	next, stop := iter.Pull2(rows)
	return &puller{next, stop}
}

// rows fills a batch from the relation's iterator; it returns the number of rows, 0 at the end.
func (s *blocks) rows(e *env, b *batch, cells []int, most int) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.query.stopped(); err != nil || s.done {
		return 0, err
	}
	b.room(cells, most)
	for n < most {
		row, err, ok := s.puller.next()
		if err != nil {
			return 0, err
		}
		if !ok {
			s.done = true
			break
		}
		for _, c := range cells {
			if b.cols[c][n], err = e.keep(row[c]); err != nil {
				return 0, err
			}
		}
		n++
	}
	b.sel, b.position = all(b.sel, n), s.number
	s.number++
	return n, nil
}
