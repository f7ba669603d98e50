package sample

import "github.com/reedbase/reedbase/pkg/syntax"

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
		i.Query = &syntax.Query{First: g.values(kinds)}
	} else {
		s := g.selectOf(nil, kinds, depth)
		if conflict && s.Where == nil {
			s.Where = &syntax.Bool{Value: true} // SQLite would take ON for that of a join
		}
		i.Query = &syntax.Query{First: s}
	}
	if conflict {
		i.Conflict = g.conflict(t)
	}
	return i
}

func (g *Generator) conflict(t Table) *syntax.Conflict {
	c := &syntax.Conflict{Columns: idents(t.Columns[0].Name)}
	if !g.Shared {
		c.Columns = times(g, 0, 2, g.oddName)
	}
	if g.may(2) {
		return c
	}
	s := &scope{columns: append(refs(t.Name, t.Columns), refs("excluded", t.Columns)...)}
	c.Set = g.set(t, s)
	if !g.may(3) {
		c.Where = g.expr(s, truth, 2)
	}
	return c
}

func (g *Generator) set(t Table, s *scope) []syntax.Assignment {
	return times(g, 1, 2, func() syntax.Assignment {
		c := pickOf(g, t.Columns)
		a := syntax.Assignment{Column: ident(c.Name), Value: g.expr(s, c.Kind, 2)}
		if !g.Shared {
			a.Column = g.oddName()
		}
		return a
	})
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
	u := &syntax.Update{Table: t, Set: g.set(of, s)}
	if g.Shared || g.may(2) {
		u.Where = g.expr(s, truth, depth)
	}
	return u
}

func (g *Generator) delete() *syntax.Delete {
	_, t, s := g.target()
	d := &syntax.Delete{Table: t}
	if g.Shared || g.may(2) {
		d.Where = g.expr(s, truth, depth)
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
