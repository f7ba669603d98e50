package sample

import "github.com/reedbase/reedbase/pkg/syntax"

// condition returns an expression that is true, false or NULL.
func (g *Generator) condition(s *scope, d int) syntax.Expression {
	kind := Kind(g.n(2))
	switch g.n(14) {
	case 0, 1, 2:
		op := syntax.BinaryOperator(g.n(int(syntax.GreaterEqual) + 1))
		return &syntax.Binary{Operator: op, X: g.expr(s, kind, d-1), Y: g.expr(s, kind, d-1)}
	case 3, 4:
		return &syntax.Logical{Or: g.may(2), Terms: times(g, 2, 3, func() syntax.Expression { return g.expr(s, truth, d-1) })}
	case 5:
		return &syntax.Unary{Operator: syntax.Not, X: g.expr(s, truth, d-1)}
	case 6:
		what := pickOf(g, []syntax.Expression{&syntax.Null{}, &syntax.Bool{Value: true}, &syntax.Bool{}})
		return &syntax.Binary{Operator: syntax.Is + syntax.BinaryOperator(g.n(2)), X: g.expr(s, kind, d-1), Y: what}
	case 7, 8:
		return g.match(s, d)
	case 9:
		return &syntax.Between{Not: g.may(2), X: g.expr(s, kind, d-1), Low: g.expr(s, kind, d-1), High: g.expr(s, kind, d-1)}
	case 10, 11, 12:
		in := &syntax.In{Not: g.may(2), X: g.expr(s, kind, d-1)}
		switch g.n(5) {
		case 0, 1:
			in.Query = g.query(s.plain(), []Kind{kind}, d-1, false)
		case 2, 3:
			in.List = times(g, 1, 4, func() syntax.Expression { return g.expr(s, kind, d-2) })
		}
		return in
	}
	return &syntax.Exists{Query: g.query(s.plain(), []Kind{kind}, d-1, true)}
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
