package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// test leaves the rows of a selection for which a condition is true.
type test func(e *env, b *batch, sel []int32) ([]int32, error)

func (c compiler) tests(terms []plan.Expr) ([]test, error) {
	list := make([]test, len(terms))
	for i, x := range terms {
		t, err := c.test(x)
		if err != nil {
			return nil, err
		}
		list[i] = t
	}
	return list, nil
}

func (c compiler) test(x plan.Expr) (test, error) {
	switch x := x.(type) {
	case *plan.Logical:
		if x.Or {
			return c.either(x)
		}
	case *plan.Compare:
		if f, ok := x.X.(*plan.Field); ok {
			if y, ok := x.Y.(*plan.Constant); ok && !y.Value.IsNull() {
				return compareField(x, f.Index, y.Value), nil
			}
		}
	}
	k, err := c.expr(x)
	return func(e *env, b *batch, sel []int32) ([]int32, error) {
		top := e.top
		values, err := k.vector(e, b, sel)
		if err != nil {
			return nil, err
		}
		left := sel[:0]
		for _, i := range sel {
			if truth, known := cell.Truth(values[i]); truth && known {
				left = append(left, i)
			}
		}
		e.top = top
		return left, nil
	}, err
}

// compareField compares a column with a value that is always the same.
func compareField(x *plan.Compare, index int, v cell.Value) test {
	holds := [3]bool{plan.Holds(x.Operator, -1), plan.Holds(x.Operator, 0), plan.Holds(x.Operator, 1)}
	null, _ := cell.Truth(x.Apply(cell.Value{}, v))
	return func(_ *env, b *batch, sel []int32) ([]int32, error) {
		column, left := b.cols[index], sel[:0]
		for _, i := range sel {
			if a := &column[i]; a.IsNull() && null || !a.IsNull() && holds[x.How.Compare(*a, v)+1] {
				left = append(left, i)
			}
		}
		return left, nil
	}
}

// either leaves the rows for which one of several terms is true, testing each row as far as needed.
func (c compiler) either(x *plan.Logical) (test, error) {
	terms, err := c.tests(x.Terms)
	hit := make([]bool, batchRows)
	return func(e *env, b *batch, sel []int32) ([]int32, error) {
		lists := e.listTop
		open := e.list(sel)
		for _, i := range sel {
			hit[i] = false
		}
		for _, t := range terms {
			inner := e.listTop
			found, err := t(e, b, e.list(open))
			if err != nil {
				return nil, err
			}
			for _, i := range found {
				hit[i] = true
			}
			e.listTop = inner
			left := open[:0]
			for _, i := range open {
				if !hit[i] {
					left = append(left, i)
				}
			}
			open = left
			if len(open) == 0 {
				break
			}
		}
		e.listTop = lists
		left := sel[:0]
		for _, i := range sel {
			if hit[i] {
				left = append(left, i)
			}
		}
		return left, nil
	}, err
}
