package plan

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/spell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

func (b *binder) exprs(list []syntax.Expression, sc *scope) ([]Expr, error) {
	result := make([]Expr, len(list))
	for i, x := range list {
		y, err := b.expr(x, sc)
		if err != nil {
			return nil, err
		}
		result[i] = y
	}
	return result, nil
}

// maybe binds x, which may be nil.
func (b *binder) maybe(x syntax.Expression, sc *scope) (Expr, error) {
	if x == nil {
		return nil, nil
	}
	return b.expr(x, sc)
}

// expr resolves the names of an expression.
func (b *binder) expr(x syntax.Expression, sc *scope) (Expr, error) {
	switch x := x.(type) {
	case *syntax.Number:
		return &Constant{number(x, false)}, nil
	case *syntax.Text:
		return &Constant{cell.FromText([]byte(x.Value))}, nil
	case *syntax.Null:
		return &Constant{}, nil
	case *syntax.Bool:
		return &Constant{cell.FromBool(x.Value)}, nil
	case *syntax.Parameter:
		return b.parameter(x)
	case *syntax.Column:
		return b.column(x, sc)
	case *syntax.Star:
		return nil, b.refuse(x, "* cannot stand here")
	case *syntax.Unary:
		return b.unary(x, sc)
	case *syntax.Binary:
		return b.binary(x, sc)
	case *syntax.Logical:
		terms, err := b.exprs(x.Terms, sc)
		return &Logical{x.Or, terms}, err
	case *syntax.Match:
		return b.match(x, sc)
	case *syntax.Between:
		return b.between(x, sc)
	case *syntax.In:
		return b.in(x, sc)
	case *syntax.Exists:
		q, err := b.subquery(x.Query, sc)
		return &Exists{q}, err
	case *syntax.Subquery:
		return b.scalar(x, sc)
	case *syntax.Case:
		return b.caseOf(x, sc)
	case *syntax.Cast:
		return b.cast(x, sc)
	}
	return b.call(x.(*syntax.Call), sc)
}

func number(n *syntax.Number, negative bool) cell.Value {
	if i, ok := n.Int(negative); ok {
		return cell.FromInteger(i)
	}
	f := n.Float()
	if negative {
		f = -f
	}
	return cell.FromFloat(f)
}

func (b *binder) parameter(p *syntax.Parameter) (Expr, error) {
	if p.Name == "" {
		if p.Index > len(b.parameters.Positional) {
			return nil, b.refuse(p, "parameter %d has no value", p.Index)
		}
		return &Constant{b.parameters.Positional[p.Index-1]}, nil
	}
	v, ok := b.parameters.Named[p.Name]
	if !ok {
		err := fault.New(fault.Input, "the parameter :%s has no value", p.Name)
		var known []string
		for name := range b.parameters.Named {
			known = append(known, name)
		}
		slices.Sort(known)
		if near := spell.Nearest(p.Name, known); near != "" {
			err = fault.WithHint(err, "did you mean :%s?", near)
		}
		return nil, b.at(p, err)
	}
	return &Constant{v}, nil
}

func (b *binder) column(c *syntax.Column, sc *scope) (Expr, error) {
	x, err := sc.find(c.Path)
	if x == nil && err == nil && len(c.Path) == 1 {
		if f, ok := clock(c.Path[0].Name); ok {
			return &Call{Function: f}, nil
		}
	}
	if x == nil && err == nil {
		err = sc.unknown(c.Path)
	}
	if err != nil {
		return nil, b.at(c, err)
	}
	if err := b.expand(c, x); err != nil {
		return nil, err
	}
	if b.clause != "" && has(x, isAggregate) {
		return nil, b.refuse(c, "an aggregate cannot stand in %s", b.clause)
	}
	return x, nil
}

func (b *binder) unary(u *syntax.Unary, sc *scope) (Expr, error) {
	if n, ok := u.X.(*syntax.Number); ok && u.Operator == syntax.Negate {
		return &Constant{number(n, true)}, nil
	}
	x, err := b.expr(u.X, sc)
	return &Unary{u.Operator, x}, err
}

func (b *binder) binary(n *syntax.Binary, sc *scope) (Expr, error) {
	x, err := b.expr(n.X, sc)
	if err != nil {
		return nil, err
	}
	if truth, ok := n.Y.(*syntax.Bool); ok && (n.Operator == syntax.Is || n.Operator == syntax.IsNot) {
		x = &Unary{syntax.Not, &Unary{syntax.Not, x}} // IS TRUE asks for the truth, not for 1
		return comparison(n.Operator, x, &Constant{cell.FromBool(truth.Value)}), nil
	}
	y, err := b.expr(n.Y, sc)
	if err != nil {
		return nil, err
	}
	if n.Operator <= syntax.GreaterEqual {
		if in, err := b.spelled(n, x, y, sc); in != nil || err != nil {
			return in, err
		}
		return comparison(n.Operator, x, y), nil
	}
	return &Arithmetic{n.Operator, x, y}, nil
}

func (b *binder) match(m *syntax.Match, sc *scope) (Expr, error) {
	x, err := b.expr(m.X, sc)
	if err != nil {
		return nil, err
	}
	pattern, err := b.expr(m.Pattern, sc)
	if err != nil {
		return nil, err
	}
	escape, err := b.maybe(m.Escape, sc)
	return &Match{m.Operator, m.Not, x, pattern, escape}, err
}

func (b *binder) between(n *syntax.Between, sc *scope) (Expr, error) {
	list, err := b.exprs([]syntax.Expression{n.X, n.Low, n.High}, sc)
	if err != nil {
		return nil, err
	}
	if x := list[0]; volatile(x) || has(x, isSubquery) {
		return &Between{n.Not, x, list[1], list[2], cell.Comparing(x.Type(), list[1].Type()), cell.Comparing(x.Type(), list[2].Type())}, nil
	}
	and := &Logical{Terms: []Expr{comparison(syntax.GreaterEqual, list[0], list[1]), comparison(syntax.LessEqual, list[0], list[2])}}
	if n.Not {
		return &Unary{syntax.Not, and}, nil
	}
	return and, nil
}

func (b *binder) in(n *syntax.In, sc *scope) (Expr, error) {
	x, err := b.expr(n.X, sc)
	if err != nil {
		return nil, err
	}
	if n.Query == nil {
		list, err := b.exprs(n.List, sc)
		if err == nil {
			list, err = b.spellings(n, x, list, sc)
		}
		return &In{n.Not, x, list, cell.Comparing(x.Type(), cell.Expression)}, err
	}
	q, err := b.subquery(n.Query, sc)
	if err != nil {
		return nil, err
	}
	if err := b.single(n.Query, q); err != nil {
		return nil, err
	}
	return &InQuery{n.Not, x, q, cell.Comparing(x.Type(), q.Root.Columns()[0].Type)}, nil
}

func (b *binder) single(q *syntax.Query, s *Subquery) error {
	if n := len(s.Root.Columns()); n != 1 {
		return b.refuse(q, "the query has %d columns where one value is asked for", n)
	}
	return nil
}

func (b *binder) subquery(q *syntax.Query, sc *scope) (*Subquery, error) {
	s := &Subquery{}
	root, err := b.query(q, sc, s)
	s.Root = root
	return s, err
}

func (b *binder) scalar(n *syntax.Subquery, sc *scope) (Expr, error) {
	q, err := b.subquery(n.Query, sc)
	if err != nil {
		return nil, err
	}
	return &Scalar{q}, b.single(n.Query, q)
}

func (b *binder) caseOf(n *syntax.Case, sc *scope) (Expr, error) {
	operand, err := b.maybe(n.Operand, sc)
	if err != nil {
		return nil, err
	}
	c := &Case{Operand: operand}
	for _, w := range n.Whens {
		list, err := b.exprs([]syntax.Expression{w.If, w.Then}, sc)
		if err != nil {
			return nil, err
		}
		when := When{If: list[0], Then: list[1]}
		if operand != nil {
			when.How = cell.Comparing(operand.Type(), when.If.Type())
		}
		c.Whens = append(c.Whens, when)
	}
	c.Else, err = b.maybe(n.Else, sc)
	return c, err
}

func (b *binder) cast(c *syntax.Cast, sc *scope) (Expr, error) {
	t, ok := ParseType(c.Type)
	if !ok {
		err := fault.New(fault.Input, "there is no type %q", c.Type)
		return nil, b.at(c, fault.WithHint(err, "the types are text, integer, real, numeric and those of schemas: %s", strings.Join(cell.TypeNames(), ", ")))
	}
	x, err := b.expr(c.X, sc)
	if t == cell.Undeclared && err == nil {
		return &Numeric{x}, nil
	}
	return &Cast{x, t}, err
}

// ParseType returns the type that a statement names: one of a schema, or of SQL. Undeclared is NUMERIC.
func ParseType(name string) (cell.Type, bool) {
	name = strings.ToLower(name)
	switch name {
	case "text", "varchar", "char", "clob":
		return cell.String, true
	case "int", "bigint", "smallint":
		return cell.Integer, true
	case "real", "double":
		return cell.Float, true
	case "bool":
		return cell.Boolean, true
	case "datetime":
		return cell.Timestamp, true
	case "numeric", "decimal", "number":
		return cell.Undeclared, true
	}
	return cell.ParseType(name)
}
