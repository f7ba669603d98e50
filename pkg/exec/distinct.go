package exec

import "github.com/reedbase/reedbase/pkg/plan"

// distinct keeps the first of the rows that are equal in their first columns. Where several goroutines read the rows it is a group.
type distinct struct {
	query *query
	input operator
	width int
	seen  *hashes
	key   []byte
}

func newDistinct(b *builder, n *plan.Distinct) (operator, error) {
	if b.workers > 1 && divisible(n.Input) {
		return newGroup(b, n.AsGroup())
	}
	input, err := b.build(n.Input)
	return &distinct{query: b.query, input: input, width: n.Width}, err
}

func (d *distinct) open() error {
	if d.seen != nil {
		d.seen.free()
	}
	d.seen = newHashes(d.query)
	return d.input.open()
}

func (d *distinct) close() {
	d.input.close()
	if d.seen != nil {
		d.seen.free()
		d.seen = nil
	}
}

func (d *distinct) next() (*batch, error) {
	for {
		b, err := d.input.next()
		if b == nil || err != nil {
			return nil, err
		}
		left := b.sel[:0]
		for _, i := range b.sel {
			d.key = equalKey(d.key[:0], b.cols, d.width, i)
			_, isNew, err := d.seen.insert(d.key)
			if err != nil {
				return nil, err
			}
			if isNew {
				left = append(left, i)
			}
		}
		if b.sel = left; len(left) > 0 {
			return b, nil
		}
	}
}
