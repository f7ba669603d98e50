package sample

import "github.com/reedbase/reedbase/pkg/syntax"

// scope is what an expression may refer to.
type scope struct {
	columns []ref
	outer   *scope // of the query around a subquery
	group   *scope // what aggregates are over; nil where none may stand
	window  *scope // what window functions are over; nil where none may stand
	simple  bool   // all columns are of one source
}

// ref is a column with the alias of its source.
type ref struct {
	path []string
	kind Kind
}

func (r ref) expr() syntax.Expression { return &syntax.Column{Path: idents(r.path...)} }

// refs returns the columns of a source that is called alias.
func refs(alias string, columns []Column) (list []ref) {
	for _, c := range columns {
		list = append(list, ref{[]string{alias, c.Name}, c.Kind})
	}
	return list
}

// plain returns the scope without aggregates and window functions.
func (s *scope) plain() *scope {
	if s == nil {
		return nil
	}
	return &scope{columns: s.columns, outer: s.outer, simple: s.simple}
}

// own returns the scope's own columns alone.
func (s *scope) own() *scope { return &scope{columns: s.columns, simple: s.simple} }

// column returns a column of a kind, of a query further out now and then; nil when there is none.
func (g *Generator) column(s *scope, kind Kind) syntax.Expression {
	if !g.Shared {
		return &syntax.Column{Path: times(g, 1, 3, g.oddName)}
	}
	for innermost := s; s != nil; s = s.outer {
		if s.outer != nil && g.may(4) {
			continue
		}
		var fit []ref
		for _, r := range s.columns {
			if r.kind == kind {
				fit = append(fit, r)
			}
		}
		if len(fit) == 0 {
			continue
		}
		r := pickOf(g, fit)
		if s == innermost && s.simple && g.may(3) {
			r.path = r.path[1:]
		}
		return r.expr()
	}
	return nil
}
