package sample

import (
	"strconv"

	"github.com/reedbase/reedbase/pkg/syntax"
)

const depth = 3 // of the expressions of a statement

// anyQuery returns a query that stands alone.
func (g *Generator) anyQuery() *syntax.Query {
	kinds := make([]Kind, 2+g.n(4))
	for i := range kinds {
		kinds[i] = Kind(g.n(2))
	}
	return g.query(nil, kinds, depth, true)
}

// query returns a query whose columns are of the given kinds. Star says that it may have others in place of them.
func (g *Generator) query(outer *scope, kinds []Kind, d int, star bool) *syntax.Query {
	q, common := &syntax.Query{}, len(g.common)
	if d > 1 && g.may(8) {
		q.With = times(g, 1, 2, func() syntax.CommonTable { return g.commonTable(d - 1) })
	}
	width := len(kinds)
	compound := g.may(5)
	switch {
	case g.may(12):
		q.First = g.values(kinds)
		if g.Shared {
			g.common = g.common[:common]
			return q // SQLite orders no VALUES
		}
	case compound || !star || !g.may(4):
		q.First = g.selectOf(outer, kinds, d)
	default:
		q.First, width = g.selectStar(outer, d)
	}
	s, _ := q.First.(*syntax.Select)
	if compound {
		q.Rest = times(g, 1, 2, func() syntax.Arm {
			arm := syntax.Arm{Operator: syntax.SetOperator(g.n(4)), Core: g.selectOf(outer, kinds, d-1)}
			if !g.Shared && g.may(4) {
				arm.Core = g.values(kinds)
			}
			return arm
		})
	}
	g.order(q, s, width, outer)
	g.common = g.common[:common]
	return q
}

// order gives a query ORDER BY and LIMIT.
func (g *Generator) order(q *syntax.Query, s *syntax.Select, width int, outer *scope) {
	limit := g.may(4)
	switch {
	case !g.Shared:
		if g.may(3) {
			q.OrderBy = times(g, 1, 3, func() syntax.Ordering { return g.ordering(g.expr(outer, Number, 1)) })
		}
	case limit, g.may(4):
		for i := range width {
			q.OrderBy = append(q.OrderBy, g.ordering(&syntax.Number{Text: strconv.Itoa(i + 1)}))
		}
	case g.may(4) && len(q.Rest) == 0 && s != nil:
		if i := g.n(len(s.Items)); s.Items[i].Alias != nil {
			q.OrderBy = append(q.OrderBy, g.ordering(&syntax.Column{Path: []syntax.Identifier{*s.Items[i].Alias}}))
		}
	}
	if !limit {
		return
	}
	q.Limit = g.amount()
	if g.may(2) {
		q.Offset = g.amount()
	}
}

func (g *Generator) amount() syntax.Expression {
	if !g.Shared {
		return g.expr(nil, Number, 1)
	}
	n := &syntax.Number{Text: strconv.Itoa(g.n(6))}
	switch g.n(8) {
	case 0:
		return &syntax.Unary{Operator: syntax.Negate, X: n}
	case 1:
		return &syntax.Binary{Operator: syntax.Add, X: n, Y: &syntax.Number{Text: "1"}}
	}
	return n
}

func (g *Generator) ordering(x syntax.Expression) syntax.Ordering {
	return syntax.Ordering{Expression: x, Descending: g.may(2), Nulls: syntax.NullOrder(max(0, g.n(5)-2))}
}

// commonTable returns one named query of a WITH, which the rest of the query may ask.
func (g *Generator) commonTable(d int) syntax.CommonTable {
	kinds := []Kind{Number, Text}
	t := syntax.CommonTable{Query: g.query(nil, kinds, d, false)}
	if !g.Shared {
		t.Table, t.Columns = g.oddName(), times(g, 0, 2, g.oddName)
		return t
	}
	t.Table = *g.alias("w")
	t.Columns = idents("n", "s")
	g.common = append(g.common, Table{Name: t.Table.Name, Columns: []Column{{"n", Number}, {"s", Text}}})
	return t
}

func (g *Generator) values(kinds []Kind) *syntax.Values {
	return &syntax.Values{Rows: times(g, 1, 3, func() (row []syntax.Expression) {
		for _, kind := range kinds {
			row = append(row, g.expr(nil, kind, 1))
		}
		return row
	})}
}

// selectOf returns a SELECT whose columns are of the given kinds.
func (g *Generator) selectOf(outer *scope, kinds []Kind, d int) *syntax.Select {
	s := &syntax.Select{Distinct: g.may(6)}
	from := &scope{outer: outer}
	if !g.may(10) {
		s.From, from = g.from(outer, d)
	}
	if !g.may(4) {
		s.Where = g.expr(from, truth, d)
	}
	items := from
	switch {
	case s.From == nil:
	case g.may(5):
		items = g.group(s, from)
	case g.may(8):
		items = &scope{group: from.own()}
	case g.may(2):
		items = &scope{columns: from.columns, outer: outer, simple: from.simple, window: from.own()}
		if g.may(2) {
			s.Windows = []syntax.NamedWindow{{Name: ident("w"), Window: g.window(from.own())}}
		}
	}
	for _, kind := range kinds {
		s.Items = append(s.Items, syntax.Item{Expression: g.expr(items, kind, d-1), Alias: g.alias("c")})
	}
	if items.window != nil {
		s.Items[0].Expression = g.overCall(items.window, kinds[0], len(s.Windows) > 0)
	}
	if g.Shared && s.From != nil {
		g.byName(s, from, items, kinds)
	}
	return s
}

// byName lets names of items stand in WHERE, GROUP BY and HAVING.
func (g *Generator) byName(s *syntax.Select, from, items *scope, kinds []Kind) {
	i := g.n(len(kinds))
	item := &s.Items[i]
	name := &syntax.Column{Path: []syntax.Identifier{*item.Alias}}
	condition := &syntax.Binary{Operator: syntax.Equal + syntax.BinaryOperator(g.n(6)), X: name, Y: g.leaf(nil, kinds[i])}
	switch {
	case items == from && g.may(4):
		s.Where = and(s.Where, condition)
	case len(s.GroupBy) > 0 && g.may(2):
		if x := g.expr(from.own(), kinds[i], 1); hasColumn(x) { // else it could be an integer, which means a place
			item.Expression = x
			terms := []syntax.Expression{name, &syntax.Number{Text: strconv.Itoa(i + 1)}}
			if !g.Bound { // whose parameters are counted
				terms = append(terms, x)
			}
			s.GroupBy = append(s.GroupBy, pickOf(g, terms))
		}
	case len(s.GroupBy) > 0 && g.may(2):
		s.Having = and(s.Having, condition)
	}
}

// and joins two conditions, the first of which may be nil.
func and(x, y syntax.Expression) syntax.Expression {
	if x == nil {
		return y
	}
	return &syntax.Logical{Terms: []syntax.Expression{x, y}}
}

func hasColumn(x syntax.Expression) bool {
	for n := range syntax.All(x) {
		if _, ok := n.(*syntax.Column); ok {
			return true
		}
	}
	return false
}

// selectStar returns a SELECT of all columns, and how many those are.
func (g *Generator) selectStar(outer *scope, d int) (*syntax.Select, int) {
	from, columns := g.from(outer, d)
	s := &syntax.Select{From: from, Items: []syntax.Item{{Expression: &syntax.Star{}}}}
	width := len(columns.columns)
	for _, join := range from.Joins {
		width -= len(join.Using)
	}
	if !g.Shared {
		s.Items = append(s.Items, syntax.Item{Expression: &syntax.Star{Table: times(g, 0, 2, g.oddName)}})
	} else if first := columns.columns[0].path[0]; g.may(2) {
		s.Items[0].Expression, width = &syntax.Star{Table: idents(first)}, 0
		for _, c := range columns.columns {
			if c.path[0] == first {
				width++
			}
		}
	}
	if g.may(2) {
		s.Where = g.expr(columns, truth, d)
	}
	return s, width
}

// group gives a SELECT GROUP BY and returns what its items may refer to.
func (g *Generator) group(s *syntax.Select, from *scope) *scope {
	items := &scope{group: from.own()}
	if !g.Shared {
		s.GroupBy = times(g, 1, 3, func() syntax.Expression { return g.expr(from, Number, 1) })
	} else {
		for range 1 + g.n(2) {
			r := pickOf(g, from.columns)
			items.columns = append(items.columns, r)
			s.GroupBy = append(s.GroupBy, r.expr())
		}
	}
	if g.may(2) {
		s.Having = g.expr(items, truth, 2)
	}
	return items
}
