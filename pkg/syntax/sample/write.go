package sample

import (
	"slices"
	"strconv"

	"github.com/reedbase/reedbase/pkg/syntax"
)

func (g *Generator) insert() *syntax.Insert {
	t := pickOf(g, g.Tables)
	i := &syntax.Insert{Table: ident(t.Name)}
	kinds := make([]Kind, len(t.Columns))
	for n, c := range t.Columns {
		kinds[n] = c.Kind
		i.Columns = append(i.Columns, ident(c.Name))
	}
	if g.may(3) {
		i.Columns = nil
	}
	if !g.Shared {
		i.Table, i.Columns = g.tableName(), times(g, 0, 3, g.oddName)
	}
	conflict := !g.may(4)
	if g.may(2) {
		values := g.values(kinds)
		for _, row := range values.Rows {
			for n, k := range t.key() {
				row[n] = g.few(k.Kind, row[n])
			}
		}
		i.Query = &syntax.Query{First: values}
	} else {
		s := g.selectOf(nil, kinds, depth)
		for n, k := range t.key() {
			s.Items[n].Expression = g.few(k.Kind, s.Items[n].Expression)
		}
		if conflict && s.Where == nil {
			s.Where = &syntax.Bool{Value: true} // SQLite would take ON for that of a join
		}
		i.Query = &syntax.Query{First: s}
		if g.Shared && conflict { // rows of one key change it one after the other
			for n := range kinds {
				i.Query.OrderBy = append(i.Query.OrderBy, g.ordering(&syntax.Number{Text: strconv.Itoa(n + 1)}))
			}
		}
	}
	if conflict {
		i.Conflict = g.conflict(t)
	}
	return i
}

func (g *Generator) conflict(t Table) *syntax.Conflict {
	c := &syntax.Conflict{}
	for _, k := range t.key() {
		c.Columns = append(c.Columns, ident(k.Name))
	}
	if !g.Shared {
		c.Columns = times(g, 0, 2, g.oddName)
	}
	if g.may(2) {
		return c
	}
	s := &scope{columns: append(refs(t.Name, t.Columns), refs("excluded", t.Columns)...)}
	defer g.without(t)()
	c.Set = g.set(t, s)
	if !g.may(3) {
		c.Where = g.expr(s, truth, 2)
	}
	return c
}

// without has what comes ask other tables than t, if there are any, until the result is called.
func (g *Generator) without(t Table) (again func()) {
	all := g.Tables
	if others := slices.DeleteFunc(slices.Clone(all), func(o Table) bool { return o.Name == t.Name }); g.Shared && len(others) > 0 {
		g.Tables = others
	}
	return func() { g.Tables = all }
}

func (g *Generator) set(t Table, s *scope) (list []syntax.Assignment) {
	free := slices.Clone(t.Columns[len(t.key()):])
	for range 1 + g.n(2) {
		if len(free) == 0 {
			break
		}
		at := g.n(len(free))
		a := syntax.Assignment{Column: ident(free[at].Name), Value: g.expr(s, free[at].Kind, 2)}
		if !g.Shared {
			a.Column = g.oddName()
		} else {
			a.Value = g.onto(s, free[at], a.Value)
			free = slices.Delete(free, at, at+1)
		}
		list = append(list, a)
	}
	return list
}

// target returns a table to change, and what an expression in the statement may refer to.
func (g *Generator) target() (Table, *syntax.Table, *scope) {
	of := pickOf(g, g.Tables)
	t := &syntax.Table{Table: ident(of.Name), Alias: g.alias("t")}
	if !g.Shared {
		t.Table = g.tableName()
		return of, t, &scope{}
	}
	return of, t, &scope{columns: refs(t.Alias.Name, of.Columns), simple: true}
}

func (g *Generator) update() *syntax.Update {
	of, t, s := g.target()
	u := &syntax.Update{Table: t}
	func() {
		defer g.without(of)()
		u.Set = g.set(of, s)
	}()
	if g.Shared || g.may(2) {
		u.Where = g.which(of, s)
	}
	return u
}

// onto returns a value that is set, now and then joined to the one that is there, so that it matters how often that is done.
func (g *Generator) onto(s *scope, c Column, x syntax.Expression) syntax.Expression {
	at := slices.IndexFunc(s.columns, func(r ref) bool { return r.path[1] == c.Name })
	if !g.may(2) {
		return x
	}
	if c.Kind == Text {
		return &syntax.Binary{Operator: syntax.Concat, X: s.columns[at].expr(), Y: x}
	}
	return &syntax.Binary{Operator: syntax.Add, X: s.columns[at].expr(), Y: x}
}

// few returns x, or one of few values of it, so that rows meet.
func (g *Generator) few(kind Kind, x syntax.Expression) syntax.Expression {
	switch {
	case !g.Shared || g.may(4):
		return x
	case kind == Text:
		return &syntax.Call{Function: ident("substr"), Arguments: []syntax.Expression{x, &syntax.Number{Text: "1"}, &syntax.Number{Text: "1"}}}
	}
	return &syntax.Binary{Operator: syntax.Modulo, X: x, Y: &syntax.Number{Text: "3"}}
}

// which returns the condition of the rows that are changed. It names their keys now and then, so that they are found by those.
func (g *Generator) which(of Table, s *scope) syntax.Expression {
	if !g.Shared || !g.may(3) {
		return g.expr(s, truth, depth)
	}
	all := &syntax.Logical{}
	for i, k := range of.key() {
		x := s.columns[i].expr()
		if g.may(3) {
			all.Terms = append(all.Terms, &syntax.In{X: x, List: times(g, 1, 3, func() syntax.Expression { return g.leaf(nil, k.Kind) })})
		} else {
			all.Terms = append(all.Terms, &syntax.Binary{Operator: syntax.Equal, X: x, Y: g.leaf(nil, k.Kind)})
		}
	}
	if g.may(3) {
		all.Terms = append(all.Terms, g.expr(s, truth, depth))
	}
	if len(all.Terms) == 1 {
		return all.Terms[0]
	}
	return all
}

func (g *Generator) delete() *syntax.Delete {
	of, t, s := g.target()
	d := &syntax.Delete{Table: t}
	if g.Shared || g.may(2) {
		d.Where = g.which(of, s)
	}
	return d
}

func (g *Generator) createTable() *syntax.CreateTable {
	c := &syntax.CreateTable{IfNotExists: g.may(2)}
	key, at := g.n(3), 0
	c.Columns = times(g, 1, 3, func() syntax.ColumnDefinition {
		at++
		d := syntax.ColumnDefinition{Column: ident(string(rune('a' + at))), Key: key == 0 && at == 1}
		if !g.Shared {
			d.Column = g.oddName()
		}
		if !g.may(4) {
			d.Type = pickOf(g, types)
		}
		return d
	})
	if key == 1 {
		c.Key = []syntax.Identifier{c.Columns[0].Column}
	}
	if g.Shared {
		c.Table = *g.alias("new")
	} else {
		c.Table = g.tableName()
	}
	return c
}
