package sample

import (
	"strconv"

	"github.com/reedbase/reedbase/pkg/syntax"
)

// expr returns an expression of a kind. Where a statement is not shared it may be of any.
func (g *Generator) expr(s *scope, kind Kind, d int) syntax.Expression {
	if !g.Shared && g.may(2) {
		kind = Kind(g.n(3))
	}
	if s != nil && s.group != nil && (d <= 0 || g.may(2)) {
		if x := g.aggregate(s.group, kind); x != nil {
			return x
		}
	}
	switch {
	case d <= 0 || g.may(6):
		return g.leaf(s, kind)
	case kind == truth:
		return g.condition(s, d)
	case kind == Text:
		return g.text(s, d)
	case g.may(5):
		return g.condition(s, d)
	}
	return g.number(s, d)
}

func (g *Generator) leaf(s *scope, kind Kind) syntax.Expression {
	if !g.may(3) {
		if x := g.column(s, kind); x != nil {
			return x
		}
	}
	switch {
	case g.may(12):
		return &syntax.Null{}
	case (g.Bound || !g.Shared) && g.may(8):
		return g.parameter()
	case kind == truth:
		return &syntax.Bool{Value: g.may(2)}
	case kind == Text && g.Shared:
		return &syntax.Text{Value: pickOf(g, sharedTexts)}
	case kind == Text:
		return &syntax.Text{Value: pickOf(g, oddTexts)}
	case g.Shared:
		return &syntax.Number{Text: pickOf(g, sharedNumber)}
	}
	return &syntax.Number{Text: pickOf(g, oddNumbers)}
}

func (g *Generator) parameter() syntax.Expression {
	if g.may(2) {
		return &syntax.Parameter{}
	}
	return &syntax.Parameter{Name: "p" + strconv.Itoa(g.n(3))}
}

func (g *Generator) number(s *scope, d int) syntax.Expression {
	switch g.n(7) {
	case 0:
		return &syntax.Unary{Operator: syntax.UnaryOperator(g.n(3)), X: g.expr(s, Number, d-1)}
	case 1, 2, 3:
		return &syntax.Binary{Operator: syntax.BitAnd + syntax.BinaryOperator(g.n(9)), X: g.expr(s, Number, d-1), Y: g.expr(s, Number, d-1)}
	}
	return g.either(s, Number, d)
}

func (g *Generator) text(s *scope, d int) syntax.Expression {
	if g.may(3) {
		return &syntax.Binary{Operator: syntax.Concat, X: g.expr(s, Text, d-1), Y: g.expr(s, Text, d-1)}
	}
	return g.either(s, Text, d)
}

// either returns what there is of both kinds.
func (g *Generator) either(s *scope, kind Kind, d int) syntax.Expression {
	switch g.n(6) {
	case 0:
		return g.caseOf(s, kind, d)
	case 1:
		if kind == Number {
			return &syntax.Cast{X: g.expr(s, Kind(g.n(2)), d-1), Type: pickOf(g, []string{"INTEGER", "REAL", "NUMERIC"})}
		}
		return g.textOf(g.expr(s, Number, d-1))
	case 2:
		return g.scalar(s, kind, d)
	}
	return g.call(s, kind, d)
}

// textOf returns the text of a number. Shared, it is the text of a float, unless the number is written there: of 1 and 1.0 either may
// stand for both, and their texts are as different as any two.
func (g *Generator) textOf(x syntax.Expression) syntax.Expression {
	if _, written := x.(*syntax.Number); g.Shared && !written {
		x = &syntax.Binary{Operator: syntax.Add, X: x, Y: &syntax.Number{Text: "0.0"}}
	}
	return &syntax.Cast{X: x, Type: "TEXT"}
}

func (g *Generator) caseOf(s *scope, kind Kind, d int) syntax.Expression {
	c, of := &syntax.Case{}, truth
	if g.may(2) {
		of = Kind(g.n(2))
		c.Operand = g.expr(s, of, d-1)
	}
	c.Whens = times(g, 1, 2, func() syntax.When { return syntax.When{If: g.expr(s, of, d-1), Then: g.expr(s, kind, d-1)} })
	if g.may(2) {
		c.Else = g.expr(s, kind, d-1)
	}
	return c
}

// scalar returns a subquery of one column and at most one row.
func (g *Generator) scalar(s *scope, kind Kind, d int) syntax.Expression {
	q := &syntax.Query{}
	from, columns := g.from(s.plain(), d-1)
	core := &syntax.Select{From: from}
	items := columns
	if g.may(2) {
		items = &scope{group: columns.own()}
	} else {
		q.OrderBy = []syntax.Ordering{g.ordering(&syntax.Number{Text: "1"})}
		q.Limit = &syntax.Number{Text: "1"}
	}
	if g.may(2) {
		core.Where = g.expr(columns, truth, d-1)
	}
	x := g.expr(items, kind, d-1)
	if items.group != nil && g.Shared {
		x = g.aggregate(items.group, kind) // without one there would be a row for each
	}
	core.Items = []syntax.Item{{Expression: x}}
	q.First = core
	return &syntax.Subquery{Query: q}
}
