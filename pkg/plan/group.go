package plan

import (
	"github.com/reedbase/reedbase/pkg/syntax"
)

// lift replaces what a Group or a Window has computed by its columns.
type lift struct {
	keys  map[string]int // identity → column
	sizes map[int]bool   // that expressions among them have, so that few others are asked for their identity
	size  map[Expr]int   // of the expressions met so far
	add   func(x Expr) (column int, ok bool)
	field func(f *Field) Expr // for a field that is left; nil: it stays
}

func newLift() *lift {
	return &lift{keys: map[string]int{}, sizes: map[int]bool{}, size: map[Expr]int{}}
}

// put says that an expression is in a column.
func (l *lift) put(x Expr, id string, column int) {
	l.keys[id] = column
	l.sizes[l.sizeOf(x)] = true
}

// sizeOf returns how many expressions x consists of.
func (l *lift) sizeOf(x Expr) int {
	n, known := l.size[x]
	if !known {
		n = 1
		operands(x, func(y *Expr) { n += l.sizeOf(*y) })
		l.size[x] = n
	}
	return n
}

func (l *lift) expr(x Expr) Expr {
	id := ""
	switch x.(type) {
	case *Constant, *Param:
		return x
	}
	if isAggregate(x) || isWindow(x) || len(l.sizes) > 0 && l.sizes[l.sizeOf(x)] {
		id = identity(x)
		if i, ok := l.keys[id]; ok {
			return &Field{i, show(x), x.Type()}
		}
	}
	if i, ok := l.add(x); ok {
		l.put(x, id, i)
		return &Field{i, show(x), x.Type()}
	}
	if f, ok := x.(*Field); ok && l.field != nil {
		return l.field(f)
	}
	return mapped(x, l.expr)
}

// group puts a Group between the rows and what is made of them, where the query has one.
func (t *selection) group(s *syntax.Select) error {
	if !t.grouped && !t.aggregated() {
		return nil
	}
	g := &Group{Input: t.node, Keys: t.groups}
	l := newLift()
	for i, x := range t.groups {
		l.put(x, identity(x), i)
		g.columns = append(g.columns, Column{show(x), x.Type()})
	}
	// The columns of the group are its keys, its calls and then the bare ones, so calls are collected before anything is lifted.
	calls := map[string]int{}
	collect := func(x Expr) bool {
		a, ok := x.(*Aggregate)
		if !ok {
			return true
		}
		if id := identity(x); calls[id] == 0 {
			g.Calls = append(g.Calls, a)
			calls[id] = len(g.Calls)
			l.put(x, id, len(g.columns))
			g.columns = append(g.columns, Column{show(x), x.Type()})
		}
		return false
	}
	visitList(t.items, collect)
	visitList(t.order, collect)
	Visit(t.having, collect)
	l.add = func(Expr) (int, bool) { return 0, false }
	l.field = func(f *Field) Expr {
		at := len(g.columns)
		g.Bare = append(g.Bare, f)
		g.columns = append(g.columns, Column{f.Name, f.Of})
		l.put(f, identity(f), at)
		return &Field{at, f.Name, f.Of}
	}
	t.node = g
	t.items, t.order = mappedList(t.items, l.expr), mappedList(t.order, l.expr)
	if t.having != nil {
		t.having = l.expr(t.having)
		t.node = &Filter{Input: g, Terms: conjuncts(nil, t.having)}
	}
	return nil
}

// window puts a Window between the rows and what is made of them, where the query has one.
func (t *selection) window() error {
	w := &Window{Input: t.node}
	w.columns = append(w.columns, t.node.Columns()...)
	l := newLift()
	l.add = func(x Expr) (int, bool) {
		c, ok := x.(*WindowCall)
		if !ok {
			return 0, false
		}
		w.Calls = append(w.Calls, c)
		w.columns = append(w.columns, Column{show(x), x.Type()})
		return len(w.columns) - 1, true
	}
	items, order := mappedList(t.items, l.expr), mappedList(t.order, l.expr)
	if len(w.Calls) > 0 {
		t.node, t.items, t.order = w, items, order
	}
	return nil
}
