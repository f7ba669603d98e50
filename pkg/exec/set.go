package exec

import (
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// union returns the rows of one side behind those of the other. It numbers their batches, as both sides count from 0.
type union struct {
	sides [2]operator
	at    int
	count uint64
}

func newSet(b *builder, n *plan.Set) (operator, error) {
	left, err := b.build(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := b.build(n.Right)
	if err != nil {
		return nil, err
	}
	if n.Operator == syntax.UnionAll {
		return &union{sides: [2]operator{left, right}}, nil
	}
	return &difference{query: b.query, left: left, right: right, common: n.Operator == syntax.Intersect, width: len(n.Columns())}, nil
}

func (u *union) open() error {
	u.at, u.count = 0, 0
	return u.sides[0].open()
}

func (u *union) close() {
	u.sides[0].close()
	u.sides[1].close()
}

func (u *union) next() (*batch, error) {
	for {
		b, err := u.sides[u.at].next()
		if err != nil || b == nil && u.at == 1 {
			return nil, err
		}
		if b != nil {
			b.position, u.count = u.count, u.count+1
			return b, nil
		}
		u.at = 1
		if err := u.sides[1].open(); err != nil {
			return nil, err
		}
	}
}

// difference returns the distinct rows of the left side that the right side has, or has not.
type difference struct {
	query       *query
	left, right operator
	common      bool
	width       int
	theirs      *hashes
	seen        *hashes
	key         []byte
}

func (d *difference) open() error {
	d.free()
	d.theirs, d.seen = newHashes(d.query), newHashes(d.query)
	err := drained(d.query, d.right, func(b *batch) error {
		for _, i := range b.sel {
			d.key = equalKey(d.key[:0], b.cols, d.width, i)
			if _, _, err := d.theirs.insert(d.key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.left.open()
}

func (d *difference) next() (*batch, error) {
	for {
		b, err := d.left.next()
		if b == nil || err != nil {
			return nil, err
		}
		left := b.sel[:0]
		for _, i := range b.sel {
			d.key = equalKey(d.key[:0], b.cols, d.width, i)
			if (d.theirs.find(d.key) >= 0) != d.common {
				continue
			}
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

func (d *difference) free() {
	if d.seen != nil {
		d.theirs.free()
		d.seen.free()
	}
}

func (d *difference) close() {
	d.left.close()
	d.right.close()
	d.free()
	d.theirs, d.seen = nil, nil
}
