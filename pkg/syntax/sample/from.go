package sample

import "github.com/reedbase/reedbase/pkg/syntax"

// from returns sources and what an expression over them may refer to.
func (g *Generator) from(outer *scope, d int) (*syntax.From, *scope) {
	first, columns := g.source(d)
	f := &syntax.From{First: first}
	s := &scope{columns: columns, outer: outer, simple: true}
	for range max(0, g.n(5)-2) {
		j := syntax.Join{Kind: syntax.JoinKind(g.n(3))}
		var more []ref
		j.Source, more = g.source(d)
		s.columns, s.simple = append(s.columns[:len(s.columns):len(s.columns)], more...), false
		switch g.n(3) {
		case 0:
			j.On = g.on(s.plain(), columns, more)
		case 1:
			j.Using = g.using(columns, more, len(f.Joins))
		}
		f.Joins = append(f.Joins, j)
	}
	return f, s
}

// on returns a condition of a join, which mostly asks that columns of both sides are equal.
func (g *Generator) on(s *scope, left, right []ref) syntax.Expression {
	if !g.Shared || g.may(3) {
		return g.expr(s, truth, 2)
	}
	kind := Kind(g.n(2))
	l, r := g.column(&scope{columns: left}, kind), g.column(&scope{columns: right}, kind)
	if l == nil || r == nil {
		return g.expr(s, truth, 2)
	}
	equal := &syntax.Binary{Operator: syntax.Equal, X: l, Y: r}
	if g.may(3) {
		return &syntax.Logical{Or: g.may(4), Terms: []syntax.Expression{equal, g.expr(s, truth, 1)}}
	}
	return equal
}

// using returns columns that both sides of a first join have.
func (g *Generator) using(left, right []ref, joins int) []syntax.Identifier {
	if !g.Shared {
		return times(g, 1, 3, g.oddName)
	}
	for _, l := range left {
		for _, r := range right {
			if joins == 0 && l.path[1] == r.path[1] {
				return idents(l.path[1])
			}
		}
	}
	return nil
}

// source returns something to select from, and its columns.
func (g *Generator) source(d int) (syntax.Source, []ref) {
	if !g.Shared {
		return g.oddSource(d), nil
	}
	if d > 1 && g.may(6) {
		kinds := []Kind{Kind(g.n(2)), Kind(g.n(2))}
		sub := &syntax.Derived{Query: g.query(nil, kinds, d-1, false), Alias: g.alias("q")}
		var columns []Column
		switch first := sub.Query.First.(type) {
		case *syntax.Select:
			for i, item := range first.Items {
				columns = append(columns, Column{item.Alias.Name, kinds[i]})
			}
		case *syntax.Values:
			columns = []Column{{"column1", kinds[0]}, {"column2", kinds[1]}}
		}
		return sub, refs(sub.Alias.Name, columns)
	}
	from := pickOf(g, g.Tables)
	if len(g.common) > 0 && g.may(2) {
		from = pickOf(g, g.common)
	}
	t := &syntax.Table{Table: ident(from.Name), Alias: g.alias("t")}
	return t, refs(t.Alias.Name, from.Columns)
}

// oddSource returns any source.
func (g *Generator) oddSource(d int) syntax.Source {
	switch pick := g.n(10); {
	case pick < 5 || d <= 1:
		t := &syntax.Table{Table: g.tableName(), Alias: g.alias("")}
		if g.may(3) {
			t.AsOf = pickOf(g, []syntax.Expression{&syntax.Text{Value: pickOf(g, oddTexts)}, &syntax.Number{Text: pickOf(g, oddNumbers)}, g.parameter()})
		}
		return t
	case pick < 6:
		return &syntax.File{Path: pickOf(g, oddTexts), Alias: g.alias("")}
	case pick < 7:
		return &syntax.Stdin{Alias: g.alias("")}
	case pick < 8:
		args := times(g, 0, 3, func() syntax.Expression { return g.expr(nil, Text, 1) })
		return &syntax.TableCall{Function: ident(pickOf(g, oddRowMakers)), Arguments: args, Alias: g.alias("")}
	}
	return &syntax.Derived{Query: g.query(nil, []Kind{Number, Text}, d-1, true), Alias: g.alias("")}
}
