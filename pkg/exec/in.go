package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// members is the values that IN looks among.
type members struct {
	set     map[string]struct{}
	null    bool      // NULL is among them
	as      cell.Type // what is looked for is read as this first
	dual    bool      // a number that is looked for is also equal to the text that spells it
	twofold bool      // a number among them is
	key     []byte
}

func (m *members) add(v cell.Value) {
	if v.IsNull() {
		m.null = true
		return
	}
	m.key = cell.AppendEqual(m.key[:0], v)
	m.set[string(m.key)] = struct{}{}
	if m.twofold && v.IsNumber() && v.Text() != nil {
		m.key = cell.AppendEqual(m.key[:0], cell.FromText(v.Text()))
		m.set[string(m.key)] = struct{}{}
	}
}

// has returns whether v IN the members: 1, 0 or NULL. Buf is for its own use.
func (m *members) has(v cell.Value, buf *[]byte) cell.Value {
	switch {
	case len(m.set) == 0 && !m.null:
		return cell.FromInteger(0)
	case v.IsNull():
		return v
	}
	v = cell.Beside(v, m.as)
	*buf = cell.AppendEqual((*buf)[:0], v)
	_, found := m.set[string(*buf)]
	if !found && m.dual && v.IsNumber() && v.Text() != nil {
		*buf = cell.AppendEqual((*buf)[:0], cell.FromText(v.Text()))
		_, found = m.set[string(*buf)]
	}
	switch {
	case found:
		return cell.FromInteger(1)
	case m.null:
		return cell.Value{}
	}
	return cell.FromInteger(0)
}

// negated returns NOT v where not is set.
func negated(v cell.Value, not bool) cell.Value {
	if !not || v.IsNull() {
		return v
	}
	return cell.FromInteger(1 - v.Integer())
}

// constantMembers returns the members of a list of constants.
func constantMembers(x *plan.In) (*members, bool) {
	asLeft, asRight, dual := plan.Sides(x.X.Type(), cell.Expression)
	m := &members{set: make(map[string]struct{}, len(x.List)), as: asLeft, dual: dual == plan.LeftSide}
	for _, y := range x.List {
		c, ok := y.(*plan.Constant)
		if !ok {
			return nil, false
		}
		m.add(cell.Beside(c.Value, asRight))
	}
	return m, true
}

func (c compiler) in(x *plan.In) (kernel, error) {
	if m, ok := constantMembers(x); ok {
		var buf []byte
		return c.unary(x.X, func(_ *env, v cell.Value) cell.Value { return negated(m.has(v, &buf), x.Not) })
	}
	operand, err := c.expr(x.X)
	if err != nil {
		return nil, err
	}
	list, err := c.list(x.List)
	equal := &plan.Compare{How: x.How}
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top := e.top
		values, err := operand.vector(e, b, sel)
		if err != nil {
			return err
		}
		result := e.scratch(rowsOf(sel))
		for _, i := range sel {
			result[i] = cell.FromInteger(0)
		}
		within := e.top
		for k := range list {
			others, err := list[k].vector(e, b, sel)
			if err != nil {
				return err
			}
			for _, i := range sel {
				if result[i].IsNull() || result[i].Integer() == 0 {
					if v := equal.Apply(values[i], others[i]); v.IsNull() || v.Integer() == 1 {
						result[i] = v
					}
				}
			}
			e.top = within
		}
		for _, i := range sel {
			out[i] = negated(result[i], x.Not)
		}
		e.top = top
		return nil
	}, err
}
