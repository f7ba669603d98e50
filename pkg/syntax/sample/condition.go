package sample

import "github.com/reedbase/reedbase/pkg/syntax"

// condition returns an expression that is true, false or NULL.
func (g *Generator) condition(s *scope, d int) syntax.Expression {
	kind := Kind(g.n(2))
	switch pick := g.n(30); {
	case pick < 7:
		return g.comparison(s, kind, d)
	case pick < 10:
		return &syntax.Logical{Or: g.may(2), Terms: times(g, 2, 3, func() syntax.Expression { return g.expr(s, truth, d-1) })}
	case pick < 12:
		return &syntax.Unary{Operator: syntax.Not, X: g.expr(s, truth, d-1)}
	case pick < 13:
		what := pickOf(g, []syntax.Expression{&syntax.Null{}, &syntax.Bool{Value: true}, &syntax.Bool{}})
		return &syntax.Binary{Operator: syntax.Is + syntax.BinaryOperator(g.n(2)), X: g.expr(s, kind, d-1), Y: what}
	case pick < 19:
		return g.match(s, d)
	case pick < 21:
		return &syntax.Between{Not: g.may(2), X: g.expr(s, kind, d-1), Low: g.expr(s, kind, d-1), High: g.expr(s, kind, d-1)}
	case pick < 28:
		return g.in(s, kind, d)
	}
	return &syntax.Exists{Query: g.query(s.plain(), []Kind{kind}, d-1, true)}
}

// comparison returns a comparison, now and then one of a column with a literal, as an index can answer it.
func (g *Generator) comparison(s *scope, kind Kind, d int) syntax.Expression {
	b := &syntax.Binary{Operator: pickOf(g, []syntax.BinaryOperator{syntax.Equal, syntax.NotEqual, syntax.Less, syntax.LessEqual, syntax.Greater, syntax.GreaterEqual})}
	if g.may(8) {
		b.Operator = syntax.Is + syntax.BinaryOperator(g.n(2))
	}
	if g.Shared && g.may(4) {
		if x := g.column(s, kind); x != nil {
			b.X, b.Y = x, g.leaf(nil, kind)
			return b
		}
	}
	if g.may(2) {
		d = 1
	}
	b.X, b.Y = g.expr(s, kind, d-1), g.expr(s, kind, d-1)
	return b
}

func (g *Generator) in(s *scope, kind Kind, d int) syntax.Expression {
	in := &syntax.In{Not: g.may(2), X: g.expr(s, kind, d-1)}
	switch g.n(9) {
	case 0, 1, 2:
		in.Query = g.query(s.plain(), []Kind{kind}, d-1, false)
	case 3, 4, 5:
		in.List = times(g, 1, 4, func() syntax.Expression { return g.expr(s, kind, d-2) })
	}
	return in
}

func (g *Generator) match(s *scope, d int) syntax.Expression {
	m := &syntax.Match{Operator: syntax.MatchOperator(g.n(3)), Not: g.may(2), X: g.expr(s, Text, d-1)}
	switch {
	case !g.Shared:
		m.Pattern = g.expr(s, Text, d-1)
		if m.Operator == syntax.Like && g.may(2) {
			m.Escape = g.expr(s, Text, d-1)
		}
	case m.Operator == syntax.Glob:
		m.Pattern = &syntax.Text{Value: pickOf(g, []string{"a*", "*b*", "?", "[a-c]*", "*[^x]", ""})}
	case m.Operator == syntax.Regexp:
		m.Pattern = &syntax.Text{Value: pickOf(g, []string{"a", "^a", "b$", "a.*b", "[0-9]+", "x?y", "^$"})}
	default:
		m.Pattern = &syntax.Text{Value: pickOf(g, []string{"a%", "%b", "_", "%!_%", "!%", "%Ä%", "", "A_B", "%.title@en"})}
		if g.may(2) {
			m.Escape = &syntax.Text{Value: "!"}
		}
	}
	return m
}
