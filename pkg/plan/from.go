package plan

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/spell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// from binds the sources of a SELECT into a scope.
func (b *binder) from(f *syntax.From, sc *scope) (Node, error) {
	if f == nil {
		return &Values{Rows: [][]Expr{{}}}, nil
	}
	if err := b.bounded(f, len(f.Joins)+1, maxSources, "table"); err != nil {
		return nil, err
	}
	n, err := b.source(f.First, sc)
	if err != nil {
		return nil, err
	}
	for _, j := range f.Joins {
		if n, err = b.join(n, j, sc); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (b *binder) join(left Node, j syntax.Join, sc *scope) (Node, error) {
	width := sc.width()
	right, err := b.source(j.Source, sc)
	if err != nil {
		return nil, err
	}
	n := &Join{Kind: j.Kind, Left: left, Right: right, columns: slices.Concat(left.Columns(), right.Columns())}
	if n.Kind == syntax.CrossJoin {
		n.Kind = syntax.InnerJoin
	}
	for i := range j.Using {
		x, err := b.using(&j.Using[i], sc, width)
		if err != nil {
			return nil, err
		}
		n.Terms = append(n.Terms, x)
	}
	if j.On != nil {
		b.clause = "ON"
		x, err := b.expr(j.On, sc)
		if err != nil {
			return nil, err
		}
		n.Terms = conjuncts(n.Terms, x)
	}
	return n, nil
}

// using binds one column of USING, whose one on the right side is hidden from then on.
func (b *binder) using(id *syntax.Identifier, sc *scope, width int) (Expr, error) {
	last := len(sc.sources) - 1
	sides := [2]*scope{{sources: sc.sources[:last]}, {sources: sc.sources[last:]}}
	var fields [2]*Field
	for i, side := range sides {
		f, _, err := side.column("", id.Name, false)
		if err == nil && f == nil {
			err = side.unknown([]syntax.Identifier{*id})
		}
		if err != nil {
			return nil, b.at(id, err)
		}
		fields[i] = f
	}
	src := &sc.sources[last]
	if src.hidden == nil {
		src.hidden = make([]bool, len(src.columns))
	}
	src.hidden[fields[1].Index-width] = true
	return comparison(syntax.Equal, fields[0], fields[1]), nil
}

// comparison compares as the types of the operands say.
func comparison(o syntax.BinaryOperator, x, y Expr) *Compare {
	return &Compare{o, x, y, cell.Comparing(x.Type(), y.Type())}
}

// conjuncts appends the terms that AND joins in x.
func conjuncts(list []Expr, x Expr) []Expr {
	if l, ok := x.(*Logical); ok && !l.Or {
		for _, term := range l.Terms {
			list = conjuncts(list, term)
		}
		return list
	}
	return append(list, x)
}

// source binds one source and adds it to the scope.
func (b *binder) source(s syntax.Source, sc *scope) (Node, error) {
	switch s := s.(type) {
	case *syntax.Table:
		if s.AsOf == nil {
			if c := b.commonTable(s.Table.Name); c != nil {
				return b.reference(s, c, sc)
			}
		}
		return b.table(s, sc)
	case *syntax.File:
		r, err := b.catalogue.File(s.Path)
		return b.relation(s, s.Alias, s.Path, r, err, sc)
	case *syntax.Stdin:
		r, err := b.catalogue.Stdin()
		return b.relation(s, s.Alias, "-", r, err, sc)
	case *syntax.TableCall:
		return b.tableCall(s, sc)
	}
	d := s.(*syntax.Derived)
	n, err := b.query(d.Query, sc.parent, sc.query)
	if err != nil {
		return nil, err
	}
	name := ""
	if d.Alias != nil {
		name = d.Alias.Name
	}
	return n, b.add(s, sc, source{name: name, columns: n.Columns()})
}

// commonTable returns the query that WITH names so.
func (b *binder) commonTable(name string) *common {
	for c := b.common; c != nil; c = c.next {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

func (b *binder) reference(s *syntax.Table, c *common, sc *scope) (Node, error) {
	if c.bound && c.query != sc.query {
		return nil, b.refuse(s, "%q, which uses names of the query around it, cannot be used within another query", c.name)
	}
	if b.unfolded += c.unfolds; b.unfolded > maxUnfolded {
		return nil, b.refuse(s, "the names of WITH stand for more than %d queries", maxUnfolded)
	}
	c.shared.uses++
	src := source{name: s.Table.Name, columns: c.columns}
	if s.Alias != nil {
		src.name = s.Alias.Name
	}
	var n Node = c.shared
	p := &Project{Input: n, columns: c.columns}
	for i, col := range c.columns {
		p.Exprs = append(p.Exprs, &Field{i, col.Name, col.Type})
	}
	return p, b.add(s, sc, src)
}

func (b *binder) table(s *syntax.Table, sc *scope) (Node, error) {
	var asOf cell.Value
	if s.AsOf != nil {
		x, err := b.expr(s.AsOf, &scope{})
		if err != nil {
			return nil, err
		}
		asOf = x.(*Constant).Value
	}
	r, err := b.catalogue.Table(s.Table.Name, asOf)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		err = b.noTable(s, err)
	}
	n, err := b.relation(s, s.Alias, s.Table.Name, r, err, sc)
	if scan, ok := n.(*Scan); ok {
		scan.table = s.AsOf == nil
	}
	return n, err
}

// noTable says more about a table that is not there: it may be a query of a WITH that cannot be asked where it stands.
func (b *binder) noTable(s *syntax.Table, err error) error {
	tables, _ := b.catalogue.Names()
	if s.AsOf == nil {
		for _, u := range b.unnamed {
			if !strings.EqualFold(u.name, s.Table.Name) {
				continue
			}
			if u.begun {
				return fault.New(fault.Input, "%q asks itself: a recursive WITH is not supported", s.Table.Name)
			}
			return fault.WithHint(fault.New(fault.Input, "%q is not there yet: WITH names it further on", s.Table.Name), "a query of WITH asks those before it")
		}
		for c := b.common; c != nil; c = c.next {
			tables = append(tables, c.name)
		}
	}
	if fault.HintOf(err) != "" || slices.Contains(tables, s.Table.Name) {
		return err
	}
	return suggested(err, "table", s.Table.Name, tables)
}

func suggested(err error, what, name string, known []string) error {
	if near := spell.Nearest(name, known); near != "" {
		return fault.WithHint(err, "did you mean %q?", near)
	}
	return listed(err, what, known)
}

func (b *binder) tableCall(s *syntax.TableCall, sc *scope) (Node, error) {
	var arguments []cell.Value
	b.clause = "a table function"
	for _, a := range s.Arguments {
		x, err := b.expr(a, &scope{})
		if _, name := a.(*syntax.Column); name && fault.KindOf(err) == fault.NotFound {
			err = fault.WithHint(err, "an argument of a table function is a constant")
		}
		if err != nil {
			return nil, err
		}
		c, ok := Fold(x).(*Constant)
		if !ok {
			return nil, b.refuse(a, "an argument of a table function is a constant")
		}
		arguments = append(arguments, c.Value)
	}
	name := strings.ToLower(s.Function.Name)
	r, err := b.catalogue.Call(name, arguments)
	if err != nil && fault.KindOf(err) == fault.NotFound && fault.HintOf(err) == "" {
		_, functions := b.catalogue.Names()
		if slices.Index(functions, name) < 0 {
			err = suggested(err, "table function", name, functions)
		}
	}
	return b.relation(s, s.Alias, name, r, err, sc)
}

func (b *binder) relation(s syntax.Source, as *syntax.Identifier, name string, r Relation, err error, sc *scope) (Node, error) {
	if err != nil {
		return nil, b.at(s, err)
	}
	n := &Scan{Name: name, Relation: r, columns: r.Columns()}
	src := source{name: name, columns: r.Columns(), key: r.Key(), words: r.Words(), scan: n}
	if as != nil {
		src.name = as.Name
	}
	if q, ok := r.(Qualified); ok && q.Qualified() {
		src.hidden = slices.Repeat([]bool{true}, len(src.columns))
	}
	return n, b.add(s, sc, src)
}

// add adds a source behind those that the scope has.
func (b *binder) add(n syntax.Node, sc *scope, src source) error {
	src.at = sc.width()
	for _, other := range sc.sources {
		if src.name != "" && strings.EqualFold(other.name, src.name) {
			return b.at(n, fault.WithHint(fault.New(fault.Input, "FROM has %q twice", src.name), "give one of them another name: %s AS other", src.name))
		}
	}
	sc.sources = append(sc.sources, src)
	return b.bounded(n, sc.width(), maxColumns, "column")
}
