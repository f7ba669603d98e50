package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// kernel computes an expression for the rows of sel, and puts the values into out at the numbers of the rows.
type kernel func(e *env, b *batch, sel []int32, out []cell.Value) error

// code is an expression made ready to be computed, for one goroutine.
type code struct {
	field  int         // the column that it is, or -1
	value  *cell.Value // that it always is, or nil
	kernel kernel
}

// vector returns the values for the rows of sel. They may be a column of b, or of the stack of e.
func (c *code) vector(e *env, b *batch, sel []int32) ([]cell.Value, error) {
	if c.field >= 0 {
		return b.cols[c.field], nil
	}
	out := e.scratch(rowsOf(sel))
	return out, c.kernel(e, b, sel, out)
}

// into puts the values for the rows of sel into out.
func (c *code) into(e *env, b *batch, sel []int32, out []cell.Value) error {
	top, lists := e.top, e.listTop
	err := c.kernel(e, b, sel, out)
	e.top, e.listTop = top, lists
	return err
}

// compiler makes code for the expressions of an operator.
type compiler struct{ build *builder }

func (c compiler) list(xs []plan.Expr) ([]code, error) {
	list := make([]code, len(xs))
	for i, x := range xs {
		k, err := c.expr(x)
		if err != nil {
			return nil, err
		}
		list[i] = k
	}
	return list, nil
}

// expr makes code for x; a nil x is NULL.
func (c compiler) expr(x plan.Expr) (code, error) {
	switch x := x.(type) {
	case nil:
		return constant(cell.Value{}), nil
	case *plan.Constant:
		return constant(x.Value), nil
	case *plan.Field:
		return field(x.Index), nil
	}
	k, err := c.kernel(x)
	return code{field: -1, kernel: k}, err
}

func constant(v cell.Value) code {
	return code{-1, &v, func(_ *env, _ *batch, sel []int32, out []cell.Value) error {
		for _, i := range sel {
			out[i] = v
		}
		return nil
	}}
}

func field(index int) code {
	return code{index, nil, func(_ *env, b *batch, sel []int32, out []cell.Value) error {
		column := b.cols[index]
		for _, i := range sel {
			out[i] = column[i]
		}
		return nil
	}}
}

func (c compiler) kernel(x plan.Expr) (kernel, error) {
	switch x := x.(type) {
	case *plan.Param:
		return func(e *env, _ *batch, sel []int32, out []cell.Value) error {
			for _, i := range sel {
				out[i] = e.frame.params[x.Index]
			}
			return nil
		}, nil
	case *plan.Unary:
		return c.unary(x.X, func(_ *env, v cell.Value) cell.Value { return x.Apply(v) })
	case *plan.Cast:
		return c.unary(x.X, func(_ *env, v cell.Value) cell.Value { return cell.Cast(v, x.To) })
	case *plan.Numeric:
		return c.unary(x.X, func(_ *env, v cell.Value) cell.Value { return plan.ToNumeric(v) })
	case *plan.Affinity:
		return c.unary(x.X, func(_ *env, v cell.Value) cell.Value { return cell.Beside(v, x.As) })
	case *plan.Arithmetic:
		return c.arithmetic(x)
	case *plan.Compare:
		return c.binary(x.X, x.Y, func(_ *env, a, b cell.Value) (cell.Value, error) { return x.Apply(a, b), nil })
	case *plan.Logical:
		return c.logical(x)
	case *plan.Between:
		return c.between(x)
	case *plan.Match:
		return c.match(x)
	case *plan.In:
		return c.in(x)
	case *plan.Case:
		return c.caseOf(x)
	case *plan.Call:
		return c.call(x)
	case *plan.Part:
		return c.part(x)
	}
	return c.subquery(x)
}

func (c compiler) unary(x plan.Expr, apply func(*env, cell.Value) cell.Value) (kernel, error) {
	operand, err := c.expr(x)
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top := e.top
		values, err := operand.vector(e, b, sel)
		if err != nil {
			return err
		}
		for _, i := range sel {
			out[i] = apply(e, values[i])
		}
		e.top = top
		return nil
	}, err
}

func (c compiler) binary(x, y plan.Expr, apply func(e *env, a, b cell.Value) (cell.Value, error)) (kernel, error) {
	left, err := c.expr(x)
	if err != nil {
		return nil, err
	}
	right, err := c.expr(y)
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top := e.top
		as, err := left.vector(e, b, sel)
		if err != nil {
			return err
		}
		if right.value != nil {
			for _, i := range sel {
				if out[i], err = apply(e, as[i], *right.value); err != nil {
					return err
				}
			}
			e.top = top
			return nil
		}
		bs, err := right.vector(e, b, sel)
		if err != nil {
			return err
		}
		for _, i := range sel {
			if out[i], err = apply(e, as[i], bs[i]); err != nil {
				return err
			}
		}
		e.top = top
		return nil
	}, err
}

func (c compiler) arithmetic(x *plan.Arithmetic) (kernel, error) {
	if x.Operator == syntax.Concat {
		return c.binary(x.X, x.Y, (*env).concat)
	}
	return c.binary(x.X, x.Y, func(_ *env, a, b cell.Value) (cell.Value, error) { return x.Apply(a, b), nil })
}

func (c compiler) between(x *plan.Between) (kernel, error) {
	operands, err := c.list([]plan.Expr{x.X, x.Low, x.High})
	var vectors [3][]cell.Value
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top := e.top
		for k := range vectors {
			var err error
			if vectors[k], err = operands[k].vector(e, b, sel); err != nil {
				return err
			}
		}
		for _, i := range sel {
			out[i] = x.Apply(vectors[0][i], vectors[1][i], vectors[2][i])
		}
		e.top = top
		return nil
	}, err
}

// logical computes each term for the rows alone that those before have not settled.
func (c compiler) logical(x *plan.Logical) (kernel, error) {
	terms, err := c.list(x.Terms)
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top, lists := e.top, e.listTop
		open := e.list(sel)
		for _, i := range sel {
			out[i] = cell.FromBool(!x.Or)
		}
		for t := range terms {
			values, err := terms[t].vector(e, b, open)
			if err != nil {
				return err
			}
			left := open[:0]
			for _, i := range open {
				truth, known := cell.Truth(values[i])
				switch {
				case known && truth == x.Or:
					out[i] = cell.FromBool(x.Or)
				case !known:
					out[i] = cell.Value{}
					left = append(left, i)
				default:
					left = append(left, i)
				}
			}
			open = left
			e.top = top
			if len(open) == 0 {
				break
			}
		}
		e.listTop = lists
		return nil
	}, err
}

func (c compiler) caseOf(x *plan.Case) (kernel, error) {
	ifs, thens := make([]code, len(x.Whens)), make([]code, len(x.Whens))
	operand, err := c.expr(x.Operand)
	if err != nil {
		return nil, err
	}
	for i, w := range x.Whens {
		if ifs[i], err = c.expr(w.If); err != nil {
			return nil, err
		}
		if thens[i], err = c.expr(w.Then); err != nil {
			return nil, err
		}
	}
	last, err := c.expr(x.Else)
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top, lists := e.top, e.listTop
		open := e.list(sel)
		of, err := operand.vector(e, b, sel)
		if err != nil {
			return err
		}
		inner := e.top
		for w := range ifs {
			values, err := ifs[w].vector(e, b, open)
			if err != nil {
				return err
			}
			hit := e.list(nil)
			left := open[:0]
			for _, i := range open {
				if x.Applies(w, of[i], values[i]) {
					hit = append(hit, i)
				} else {
					left = append(left, i)
				}
			}
			e.top = inner
			open = left
			if len(hit) > 0 {
				if err := thens[w].into(e, b, hit, out); err != nil {
					return err
				}
			}
			e.listTop = lists + 1
			if len(open) == 0 {
				break
			}
		}
		err = last.into(e, b, open, out)
		e.top, e.listTop = top, lists
		return err
	}, err
}

func (c compiler) call(x *plan.Call) (kernel, error) {
	switch x.Function.Name {
	case "coalesce", "ifnull":
		return c.coalesce(x)
	case "iif":
		return c.iif(x)
	}
	operands, err := c.list(x.Arguments)
	args := make([]cell.Value, len(operands))
	vectors := make([][]cell.Value, len(operands))
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top := e.top
		for i := range operands {
			var err error
			if vectors[i], err = operands[i].vector(e, b, sel); err != nil {
				return err
			}
		}
		for _, i := range sel {
			for a := range vectors {
				args[a] = vectors[a][i]
			}
			v, err := x.Function.Call(&e.function, args)
			if err != nil {
				return err
			}
			if taken := e.function.Taken(); taken > 0 && int64(taken) > e.held-e.made {
				if err := e.hold(); err != nil {
					return err
				}
			}
			out[i] = v
		}
		e.top = top
		return nil
	}, err
}

// coalesce computes each argument for the rows alone for which those before are NULL.
func (c compiler) coalesce(x *plan.Call) (kernel, error) {
	operands, err := c.list(x.Arguments)
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top, lists := e.top, e.listTop
		open := e.list(sel)
		for k := range operands {
			values, err := operands[k].vector(e, b, open)
			if err != nil {
				return err
			}
			left := open[:0]
			for _, i := range open {
				if out[i] = values[i]; out[i].IsNull() {
					left = append(left, i)
				}
			}
			open, e.top = left, top
			if len(open) == 0 {
				break
			}
		}
		e.listTop = lists
		return nil
	}, err
}

// iif is CASE in other words.
func (c compiler) iif(x *plan.Call) (kernel, error) {
	rest, same := x.Arguments, &plan.Case{}
	for ; len(rest) > 1; rest = rest[2:] {
		same.Whens = append(same.Whens, plan.When{If: rest[0], Then: rest[1]})
	}
	if len(rest) == 1 {
		same.Else = rest[0]
	}
	return c.caseOf(same)
}

func (c compiler) match(x *plan.Match) (kernel, error) {
	if m, ok, err := matcherOf(x); err != nil {
		return failing(err), nil
	} else if ok {
		operand, err := c.expr(x.X)
		return func(e *env, b *batch, sel []int32, out []cell.Value) error { // unary, without a call for each row
			top := e.top
			values, err := operand.vector(e, b, sel)
			if err != nil {
				return err
			}
			for _, i := range sel {
				if v := values[i]; v.IsNull() {
					out[i] = v
				} else {
					out[i] = cell.FromBool(m.Match(e.spell(v)) != x.Not)
				}
			}
			e.top = top
			return nil
		}, err
	}
	name := [...]string{"like", "glob", "regexp"}[x.Operator]
	f, _ := function.Find(name)
	call := &plan.Call{Function: f, Arguments: []plan.Expr{x.Pattern, x.X}}
	if x.Escape != nil {
		call.Arguments = append(call.Arguments, x.Escape)
	}
	if x.Not {
		return c.kernel(&plan.Unary{Operator: syntax.Not, X: call})
	}
	return c.kernel(call)
}

// failing returns a kernel that fails when there is a row.
func failing(err error) kernel {
	return func(_ *env, _ *batch, sel []int32, _ []cell.Value) error {
		if len(sel) == 0 {
			return nil
		}
		return err
	}
}

// matcherOf returns the pattern of a Match if it is always the same.
func matcherOf(x *plan.Match) (m *function.Matcher, ok bool, err error) {
	pattern, ok := x.Pattern.(*plan.Constant)
	if !ok || pattern.Value.IsNull() {
		return nil, false, nil
	}
	var escape []byte
	if x.Escape != nil {
		c, ok := x.Escape.(*plan.Constant)
		if !ok || c.Value.IsNull() {
			return nil, false, nil
		}
		escape = c.Value.AppendText([]byte{})
	}
	text := pattern.Value.AppendText(nil)
	switch x.Operator {
	case syntax.Like:
		m, err = function.CompileLike(text, escape)
	case syntax.Glob:
		m, err = function.CompileGlob(text)
	default:
		m, err = function.CompileRegexp(text)
	}
	return m, err == nil, err
}

func (c compiler) part(x *plan.Part) (kernel, error) {
	return c.unary(x.X, func(e *env, v cell.Value) cell.Value {
		if v.IsNull() {
			return v
		}
		k, ok := rbks.ParseLegacy(e.spell(v), x.Words)
		if !ok {
			return cell.Value{}
		}
		part := partOf(&k, x.Of)
		if part == nil {
			return cell.Value{}
		}
		return cell.FromText(part)
	})
}

// partOf returns a part of a key, nil if it has no such part.
func partOf(k *rbks.Key, of plan.PartOf) []byte {
	switch of {
	case plan.Language:
		return k.Language()
	case plan.Environment:
		return k.Environment()
	case plan.Season:
		return k.Season()
	case plan.Variant:
		return k.Variant()
	case plan.Namespace:
		return k.Namespace()
	case plan.Path:
		return k.Path()
	}
	return k.AppendWithout(nil, rbks.Language)
}
