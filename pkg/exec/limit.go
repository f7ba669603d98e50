package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
)

// limit leaves out rows at the beginning and ends behind some.
type limit struct {
	*env
	input         operator
	count, offset code
	left, skip    int64 // left is negative when there is no end
	done          bool
}

func newLimit(b *builder, n *plan.Limit) (operator, error) {
	input, err := b.build(n.Input)
	if err != nil {
		return nil, err
	}
	l := &limit{env: b.env(), input: input}
	if l.count, err = b.compiler().expr(n.Count); err != nil {
		return nil, err
	}
	if n.Offset == nil {
		l.offset = constant(cell.FromInteger(0))
	} else {
		l.offset, err = b.compiler().expr(n.Offset)
	}
	return l, err
}

func (l *limit) open() (err error) {
	if l.left, err = l.number(&l.count, "LIMIT"); err != nil {
		return err
	}
	if l.skip, err = l.number(&l.offset, "OFFSET"); err != nil {
		return err
	}
	l.done = l.left == 0
	if l.done {
		return nil
	}
	return l.input.open()
}

// number computes one of the numbers, which must be a whole one.
func (l *limit) number(c *code, clause string) (int64, error) {
	one := l.scratch(1)
	defer func() { l.top = 0 }()
	if err := c.into(l.env, &batch{}, []int32{0}, one); err != nil {
		return 0, err
	}
	v := one[0]
	if v.Kind() == cell.KindText {
		v = cell.Integer.Read(v.Text(), true)
	}
	if whole := cell.Cast(v, cell.Integer); v.IsNumber() && cell.Order(whole, v) == 0 {
		return whole.Integer(), nil
	}
	return 0, fault.New(fault.Input, "%s is no integer: %q", clause, one[0].AppendText(nil))
}

func (l *limit) close() { l.input.close() }

func (l *limit) next() (*batch, error) {
	for !l.done {
		b, err := l.input.next()
		if b == nil || err != nil {
			return nil, err
		}
		if l.skip > 0 {
			n := min(l.skip, int64(len(b.sel)))
			b.sel, l.skip = b.sel[n:], l.skip-n
		}
		if len(b.sel) == 0 {
			continue
		}
		if l.left >= 0 {
			b.sel = b.sel[:min(l.left, int64(len(b.sel)))]
			l.left -= int64(len(b.sel))
			l.done = l.left == 0
		}
		return b, nil
	}
	return nil, nil
}
