package plan

import (
	"math"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// What the operators of the language do with values, for constants while a plan is made and for rows while it runs.

// Holds returns whether a comparison of values that are not NULL holds, by what cell.Comparison.Compare says of them.
func Holds(o syntax.BinaryOperator, order int) bool {
	switch o {
	case syntax.Equal, syntax.Is:
		return order == 0
	case syntax.NotEqual, syntax.IsNot:
		return order != 0
	case syntax.Less:
		return order < 0
	case syntax.LessEqual:
		return order <= 0
	case syntax.Greater:
		return order > 0
	}
	return order >= 0
}

// Apply compares two values: 1, 0 or NULL.
func (x *Compare) Apply(a, b cell.Value) cell.Value {
	if a.IsNull() || b.IsNull() {
		switch x.Operator {
		case syntax.Is:
			return cell.FromBool(a.IsNull() && b.IsNull())
		case syntax.IsNot:
			return cell.FromBool(a.IsNull() != b.IsNull())
		}
		return cell.Value{}
	}
	return cell.FromBool(Holds(x.Operator, x.How.Compare(a, b)))
}

// Applies reports whether an arm is the one, if none before it was, by the values of the operand and of its If.
func (x *Case) Applies(arm int, operand, value cell.Value) bool {
	if x.Operand != nil {
		return !operand.IsNull() && !value.IsNull() && x.Whens[arm].How.Compare(operand, value) == 0
	}
	truth, known := cell.Truth(value)
	return truth && known
}

// Apply returns whether v lies between two values: 1, 0 or NULL.
func (x *Between) Apply(v, low, high cell.Value) cell.Value {
	least := (&Compare{Operator: syntax.GreaterEqual, How: x.AtLeast}).Apply(v, low)
	most := (&Compare{Operator: syntax.LessEqual, How: x.AtMost}).Apply(v, high)
	yes := func(v cell.Value) bool { return v.IsNull() || v.Integer() == 1 }
	switch {
	case !yes(least) || !yes(most):
		return cell.FromBool(x.Not)
	case least.IsNull() || most.IsNull():
		return cell.Value{}
	}
	return cell.FromBool(!x.Not)
}

// Apply computes with two numbers, or with their bits. Concat is not among its operators.
func (x *Arithmetic) Apply(a, b cell.Value) cell.Value {
	switch x.Operator {
	case syntax.Add:
		return cell.Add(a, b)
	case syntax.Subtract:
		return cell.Sub(a, b)
	case syntax.Multiply:
		return cell.Mul(a, b)
	case syntax.Divide:
		return cell.Div(a, b)
	case syntax.Modulo:
		return cell.Rem(a, b)
	}
	if a.IsNull() || b.IsNull() {
		return cell.Value{}
	}
	m, n := cell.Cast(a, cell.Integer).Integer(), cell.Cast(b, cell.Integer).Integer()
	switch x.Operator {
	case syntax.BitAnd:
		return cell.FromInteger(m & n)
	case syntax.BitOr:
		return cell.FromInteger(m | n)
	case syntax.ShiftLeft:
		return cell.FromInteger(shift(m, n))
	}
	if n == math.MinInt64 {
		return cell.FromInteger(0)
	}
	return cell.FromInteger(shift(m, -n))
}

// shift shifts to the left, or to the right where n is negative, keeping the sign.
func shift(m, n int64) int64 {
	switch {
	case n >= 64:
		return 0
	case n >= 0:
		return m << uint(n)
	case n <= -64:
		return m >> 63
	}
	return m >> uint(-n)
}

// Apply returns what the operator makes of a value.
func (x *Unary) Apply(v cell.Value) cell.Value {
	switch x.Operator {
	case syntax.Negate:
		return cell.Neg(v)
	case syntax.BitNot:
		if v.IsNull() {
			return v
		}
		return cell.FromInteger(^cell.Cast(v, cell.Integer).Integer())
	case syntax.Not:
		truth, known := cell.Truth(v)
		if !known {
			return cell.Value{}
		}
		return cell.FromBool(!truth)
	}
	return v
}

// ToNumeric returns v as CAST(v AS NUMERIC) does: a number that the text begins with, a whole one as an integer.
func ToNumeric(v cell.Value) cell.Value {
	n := cell.Numeric(v)
	if v.Kind() == cell.KindText && n.Kind() == cell.KindFloat {
		if i := cell.Cast(n, cell.Integer); cell.Order(i, n) == 0 {
			return i
		}
	}
	return n
}
