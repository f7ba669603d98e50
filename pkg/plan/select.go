package plan

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// selection is a SELECT on its way.
type selection struct {
	b       *binder
	scope   *scope
	node    Node
	items   []Expr
	names   []string
	order   []Expr // the terms of ORDER BY
	places  []int  // of each term, the item that it is by name or place; -1: none
	groups  []Expr
	having  Expr
	grouped bool
	clause  string // that the items stand in
}

// selectCore binds a SELECT with the ORDER BY behind it. Columns behind width are for the order alone.
func (b *binder) selectCore(s *syntax.Select, order []syntax.Ordering, outer *scope, sub *Subquery) (n Node, width int, err error) {
	defer func(named []syntax.NamedWindow) { b.named = named }(b.named)
	b.named = s.Windows
	t := &selection{b: b, scope: &scope{parent: outer, query: sub}, clause: b.items}
	b.items = ""
	if t.node, err = b.from(s.From, t.scope); err != nil {
		return nil, 0, err
	}
	for _, step := range []func() error{
		func() error { return t.bindItems(s) },
		func() error { return t.bindWhere(s.Where) },
		func() error { return t.bindGroups(s.GroupBy) },
		func() error { return t.bindHaving(s) },
		func() error { return t.bindOrder(order) },
		func() error { return t.group(s) },
		t.window,
	} {
		if err := step(); err != nil {
			return nil, 0, err
		}
	}
	n, width = t.project(s.Distinct, order)
	return n, width, nil
}

func (t *selection) bindItems(s *syntax.Select) error {
	t.b.clause, t.b.windows = t.clause, t.clause == ""
	if err := t.b.bounded(s, len(s.Items), maxColumns, "column"); err != nil {
		return err
	}
	for i := range s.Items {
		item := &s.Items[i]
		if star, ok := item.Expression.(*syntax.Star); ok {
			if err := t.star(star); err != nil {
				return err
			}
			continue
		}
		x, err := t.b.expr(item.Expression, t.scope)
		if err != nil {
			return err
		}
		t.items, t.names = append(t.items, x), append(t.names, t.b.itemName(item))
	}
	for i := range s.Items {
		if s.Items[i].Alias != nil && len(t.items) == len(s.Items) {
			t.scope.aliases = append(t.scope.aliases, alias{t.names[i], t.items[i]})
		}
	}
	if len(t.items) != len(s.Items) {
		t.starAliases(s)
	}
	return nil
}

// starAliases is for aliases beside a *, which stands for any number of items.
func (t *selection) starAliases(s *syntax.Select) {
	at := len(t.items)
	for i := len(s.Items) - 1; i >= 0; i-- {
		if _, ok := s.Items[i].Expression.(*syntax.Star); ok {
			break
		}
		at--
		if s.Items[i].Alias != nil {
			t.scope.aliases = append(t.scope.aliases, alias{t.names[at], t.items[at]})
		}
	}
	for i, item := range s.Items {
		if _, ok := item.Expression.(*syntax.Star); ok {
			return
		}
		if item.Alias != nil {
			t.scope.aliases = append(t.scope.aliases, alias{t.names[i], t.items[i]})
		}
	}
}

// itemName returns what the column of an item is called: its alias, the name of its column, or how it is written.
func (b *binder) itemName(i *syntax.Item) string {
	if i.Alias != nil {
		return i.Alias.Name
	}
	if c, ok := i.Expression.(*syntax.Column); ok {
		if _, part := partOf(c.Path[len(c.Path)-1:]); !part || len(c.Path) == 1 {
			return c.Path[len(c.Path)-1].Name
		}
		return written(c.Path)
	}
	if i.Start < i.Stop && i.Stop <= len(b.text) {
		return b.text[i.Start:i.Stop]
	}
	return syntax.Print(i.Expression)
}

func (t *selection) star(s *syntax.Star) error {
	table, some := written(s.Table), false
	for _, src := range t.scope.sources {
		if table != "" && !strings.EqualFold(src.name, table) {
			continue
		}
		some = true
		for i, c := range src.columns {
			if table != "" || !src.hides(i) {
				t.items, t.names = append(t.items, &Field{src.at + i, c.Name, c.Type}), append(t.names, c.Name)
			}
		}
	}
	if err := t.b.bounded(s, len(t.items), maxColumns, "column"); err != nil {
		return err
	}
	switch {
	case !some && table == "":
		return t.b.refuse(s, "there is no table for *")
	case !some:
		var known []string
		for _, src := range t.scope.sources {
			known = append(known, src.name)
		}
		return t.b.at(s, suggested(fault.New(fault.NotFound, "there is no table %q here", table), "table", table, known))
	case len(t.items) == 0:
		return t.b.refuse(s, "there is no column for *")
	}
	return nil
}

func (t *selection) bindWhere(where syntax.Expression) error {
	if where == nil {
		return nil
	}
	t.b.clause, t.b.windows = "WHERE", false
	x, err := t.b.expr(where, t.scope)
	if err != nil {
		return err
	}
	if err := t.plain(where, x); err != nil {
		return err
	}
	t.node = &Filter{Input: t.node, Terms: conjuncts(nil, x)}
	return nil
}

// plain refuses aggregates and windows, which came in by an alias.
func (t *selection) plain(n syntax.Node, x Expr) error {
	switch {
	case has(x, isAggregate):
		return t.b.refuse(n, "an aggregate cannot stand in %s", t.b.clause)
	case has(x, isWindow):
		return t.b.refuse(n, "a window function cannot stand in %s", t.b.clause)
	}
	return nil
}

func isAggregate(x Expr) bool { _, ok := x.(*Aggregate); return ok }
func isWindow(x Expr) bool    { _, ok := x.(*WindowCall); return ok }

func (t *selection) bindGroups(list []syntax.Expression) error {
	t.grouped = len(list) > 0
	t.b.clause, t.b.windows = "GROUP BY", false
	for _, g := range list {
		i, err := t.b.place(g, len(t.items), "GROUP BY")
		if err != nil {
			return err
		}
		var x Expr
		if i >= 0 {
			x = t.items[i]
		} else if x, err = t.b.expr(g, t.scope); err != nil {
			return err
		}
		if err := t.plain(g, x); err != nil {
			return err
		}
		t.groups = append(t.groups, x)
	}
	return nil
}

func (t *selection) bindHaving(s *syntax.Select) (err error) {
	if s.Having == nil {
		return nil
	}
	t.b.clause, t.b.windows = "", false
	if t.having, err = t.b.expr(s.Having, t.scope); err != nil {
		return err
	}
	t.b.clause = "HAVING"
	if has(t.having, isWindow) {
		return t.b.refuse(s.Having, "a window function cannot stand in HAVING")
	}
	if !t.grouped && !has(t.having, isAggregate) && !t.aggregated() {
		return t.b.at(s.Having, fault.WithHint(fault.New(fault.Input, "HAVING without GROUP BY or an aggregate"), "write WHERE"))
	}
	return nil
}

// aggregated reports whether the items or HAVING have an aggregate, which makes one group of all rows.
func (t *selection) aggregated() bool {
	for _, x := range t.items {
		if has(x, isAggregate) {
			return true
		}
	}
	return has(t.having, isAggregate)
}

// bindOrder binds the terms of ORDER BY: the place of an item, its name, or any expression.
func (t *selection) bindOrder(order []syntax.Ordering) error {
	t.b.clause, t.b.windows = "", true
	t.scope.first = true
	defer func() { t.scope.first = false }()
	for _, o := range order {
		i, err := t.b.place(o.Expression, len(t.items), "ORDER BY")
		if err != nil {
			return err
		}
		var x Expr
		if i >= 0 {
			x = t.items[i]
		} else if x, err = t.b.expr(o.Expression, t.scope); err != nil {
			return err
		}
		if !t.grouped && has(x, isAggregate) && !t.aggregated() {
			return t.b.at(o.Expression, fault.WithHint(fault.New(fault.Input, "an aggregate in ORDER BY alone"), "GROUP BY says what it is about"))
		}
		t.order, t.places = append(t.order, x), append(t.places, slices.Index(t.items, x))
	}
	return nil
}

// project makes the columns of the result, then the order. Columns behind width are for the order alone.
func (t *selection) project(distinct bool, order []syntax.Ordering) (n Node, width int) {
	width = len(t.items)
	p := &Project{Input: t.node, Exprs: append([]Expr(nil), t.items...)}
	for i, x := range t.items {
		p.columns = append(p.columns, Column{t.names[i], x.Type()})
	}
	at := map[string]int{}
	for i := len(t.items) - 1; i >= 0; i-- {
		at[identity(t.items[i])] = i
	}
	var keys []SortKey
	for i, x := range t.order {
		id := identity(x)
		place, ok := at[id]
		switch {
		case t.places[i] >= 0:
			place = t.places[i] // what it orders by is what is shown, random() too
		case !ok || volatile(x):
			place = len(p.Exprs)
			at[id] = place
			p.Exprs, p.columns = append(p.Exprs, x), append(p.columns, Column{show(x), x.Type()})
		}
		keys = append(keys, sortKey(&Field{place, p.columns[place].Name, x.Type()}, order[i]))
	}
	n = p
	if distinct {
		n = &Distinct{Input: n, Width: width}
	}
	if len(keys) > 0 {
		n = &Sort{Input: n, Keys: keys, Limit: -1}
	}
	return n, width
}
