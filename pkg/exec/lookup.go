package exec

import (
	"iter"
	"slices"
	"sync"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/row"
)

// lookup hands out the records that an index finds, in the order of the text unless the order of the index is asked for.
type lookup struct {
	query *query
	node  *plan.Scan

	mu     sync.Mutex
	opened int
	source plan.Source
	read   row.Records // of the source
	next   func() (int64, error, bool)
	stop   func()
	number uint64
}

func newLookup(q *query, n *plan.Scan) *lookup { return &lookup{query: q, node: n} }

func (l *lookup) open(round int) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened >= round {
		return nil
	}
	l.end()
	if l.source, err = l.node.Relation.Open(); err != nil {
		return err
	}
	l.opened, l.number = round, 0
	l.read = row.Records{Text: l.source.Text, Size: l.source.Size}
	return l.find()
}

// find asks the index.
func (l *lookup) find() error {
	look := l.node.Lookup
	if look.Ordered {
		l.next, l.stop = iter.Pull2(look.Index.Range(look.Low, look.High, look.Descending))
		return nil
	}
	var offsets []int64
	add := func(found func(func(int64, error) bool)) (err error) {
		for at, e := range found {
			if e != nil {
				return e
			}
			offsets = append(offsets, at)
			if err = l.charge(len(offsets)); err != nil {
				return err
			}
		}
		return nil
	}
	if look.Keys == nil {
		if err := add(look.Index.Range(look.Low, look.High, false)); err != nil {
			return err
		}
	}
	for _, key := range look.Keys {
		values := make([]cell.Value, len(key))
		for i, x := range key {
			values[i] = x.(*plan.Constant).Value
		}
		if err := add(look.Index.Lookup(values)); err != nil {
			return err
		}
	}
	slices.Sort(offsets)
	offsets = slices.Compact(offsets)
	l.next = func() (int64, error, bool) {
		if len(offsets) == 0 {
			return 0, nil, false
		}
		at := offsets[0]
		offsets = offsets[1:]
		return at, nil, true
	}
	l.stop = func() {}
	return nil
}

func (l *lookup) charge(n int) error {
	if n%4096 != 0 {
		return nil
	}
	return l.query.charge(4096 * 8)
}

func (l *lookup) end() {
	if l.stop != nil {
		l.stop()
		l.stop = nil
		if l.source.Close != nil {
			l.source.Close()
		}
	}
}

func (l *lookup) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end()
}

// take puts some of the records behind each other. Where the order is asked for the first blocks are small: few may be wanted.
func (l *lookup) take(b *block) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.query.stopped(); err != nil || l.stop == nil {
		return false, err
	}
	most := min(batchRows, 16<<min(l.number, 6))
	text := b.buf[:0]
	for n := 0; n < most; n++ {
		at, err, ok := l.next()
		if err != nil {
			return false, err
		}
		if !ok {
			break
		}
		record, err := l.read.At(at)
		if err != nil {
			return false, err
		}
		text = append(text, record...)
		if text[len(text)-1] != '\n' {
			text = append(text, '\n')
		}
	}
	b.buf, b.text, b.openings = text, text, cut(text, true, b.openings[:0]).openings
	b.number, l.number = l.number, l.number+1
	return len(text) > 0, nil
}
