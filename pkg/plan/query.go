package plan

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// binder makes operators of a tree.
type binder struct {
	catalogue  Catalogue
	parameters Parameters
	text       string
	common     *common
	unnamed    []unnamed
	unfolded   int    // queries that names of WITH stood for, with those that these stand for
	items      string // Options.Items, until the SELECT is met that it is about
	clause     string // that an expression stands in, where it may have no aggregates
	windows    bool   // an expression may have windows
	inside     string // the aggregate or window whose arguments these are
	named      []syntax.NamedWindow
	nodes      int // that names of items stood for
	others     int // spellings of keys, beside those that were written
}

// common is the queries that WITH has named so far, the innermost first.
type common struct {
	next    *common
	name    string
	shared  *Shared
	columns []Column
	query   *Subquery // that the names of the query around go through, if it uses any
	bound   bool      // it uses names of a query around
	unfolds int       // queries that it stands for
}

// unnamed is a query of a WITH that cannot be asked: it is being bound, or stands behind the one that is.
type unnamed struct {
	name  string
	begun bool
}

// at gives an error its place.
func (b *binder) at(n syntax.Node, err error) error { return syntax.At(b.text, n.Pos(), err) }

func (b *binder) refuse(n syntax.Node, format string, args ...any) error {
	return b.at(n, fault.New(fault.Input, format, args...))
}

// query binds a query within a scope, which is nil for the outermost one. Its expressions see the scope, if they see it at all,
// through sub.
func (b *binder) query(q *syntax.Query, outer *scope, sub *Subquery) (Node, error) {
	defer func(c *common, clause, inside string, windows bool, named []syntax.NamedWindow) {
		b.common, b.clause, b.inside, b.windows, b.named = c, clause, inside, windows, named
	}(b.common, b.clause, b.inside, b.windows, b.named)
	b.clause, b.inside, b.windows, b.named = "", "", false, nil
	if err := b.with(q.With, outer, sub); err != nil {
		return nil, err
	}
	n, width, err := b.body(q, outer, sub)
	if err != nil {
		return nil, err
	}
	if n, err = b.limit(q, n, outer, sub); err != nil {
		return nil, err
	}
	return narrowed(n, width), nil
}

// narrowed returns n without the columns behind the first ones.
func narrowed(n Node, width int) Node {
	columns := n.Columns()
	if len(columns) == width {
		return n
	}
	p := &Project{Input: n, columns: columns[:width:width]}
	for i, c := range p.columns {
		p.Exprs = append(p.Exprs, &Field{i, c.Name, c.Type})
	}
	return p
}

// body binds all but WITH and LIMIT. Columns behind width are for the order alone.
func (b *binder) body(q *syntax.Query, outer *scope, sub *Subquery) (n Node, width int, err error) {
	if s, ok := q.First.(*syntax.Select); ok && len(q.Rest) == 0 {
		return b.selectCore(s, q.OrderBy, outer, sub)
	}
	if err := b.bounded(q, len(q.Rest)+1, maxArms, "query"); err != nil {
		return nil, 0, err
	}
	if n, err = b.core(q.First, outer, sub); err != nil {
		return nil, 0, err
	}
	for _, arm := range q.Rest {
		right, err := b.core(arm.Core, outer, sub)
		if err != nil {
			return nil, 0, err
		}
		if len(n.Columns()) != len(right.Columns()) {
			return nil, 0, b.refuse(arm.Core, "%s has %s on its left and %s on its right", arm.Operator, plural(len(n.Columns()), "column"), plural(len(right.Columns()), "column"))
		}
		n = united(arm.Operator, n, right)
	}
	width = len(n.Columns())
	keys, err := b.compoundOrder(q, n)
	if err != nil || len(keys) == 0 {
		return n, width, err
	}
	return &Sort{Input: n, Keys: keys, Limit: -1}, width, nil
}

func united(o syntax.SetOperator, left, right Node) Node {
	if o == syntax.Union {
		all := &Set{Operator: syntax.UnionAll, Left: left, Right: right}
		return &Distinct{Input: all, Width: len(left.Columns())}
	}
	return &Set{Operator: o, Left: left, Right: right}
}

func (b *binder) core(c syntax.Core, outer *scope, sub *Subquery) (Node, error) {
	if s, ok := c.(*syntax.Select); ok {
		n, width, err := b.selectCore(s, nil, outer, sub)
		if err != nil {
			return nil, err
		}
		return narrowed(n, width), nil
	}
	return b.values(c.(*syntax.Values), outer, sub)
}

func (b *binder) values(v *syntax.Values, outer *scope, sub *Subquery) (Node, error) {
	n := &Values{}
	sc := &scope{parent: outer, query: sub}
	b.clause = "VALUES"
	if err := b.bounded(v, len(v.Rows[0]), maxColumns, "column"); err != nil {
		return nil, err
	}
	for i, r := range v.Rows {
		if len(r) != len(v.Rows[0]) {
			return nil, b.refuse(r[0], "row %d has %s, the first has %d", i+1, plural(len(r), "value"), len(v.Rows[0]))
		}
		list, err := b.exprs(r, sc)
		if err != nil {
			return nil, err
		}
		n.Rows = append(n.Rows, list)
	}
	for i := range v.Rows[0] {
		n.columns = append(n.columns, Column{"column" + string(cell.FromInteger(int64(i+1)).AppendText(nil)), cell.Expression})
	}
	return n, nil
}

// compoundOrder binds the ORDER BY of several SELECTs: the place of a column, its name, or an expression of the first SELECT.
func (b *binder) compoundOrder(q *syntax.Query, n Node) ([]SortKey, error) {
	columns := n.Columns()
	sc := &scope{sources: []source{{columns: columns}}}
	var keys []SortKey
	b.clause = "ORDER BY of several queries"
	for _, o := range q.OrderBy {
		i, err := b.place(o.Expression, len(columns), "ORDER BY")
		if err != nil {
			return nil, err
		}
		var x Expr
		if i >= 0 {
			x = &Field{i, columns[i].Name, columns[i].Type}
		} else if x, err = b.expr(o.Expression, sc); err != nil {
			return nil, err
		}
		keys = append(keys, sortKey(x, o))
	}
	return keys, nil
}

func sortKey(x Expr, o syntax.Ordering) SortKey {
	last := o.Descending
	if o.Nulls != syntax.NullsDefault {
		last = o.Nulls == syntax.NullsLast
	}
	return SortKey{x, o.Descending, last}
}

// place returns which column an integer in ORDER BY or GROUP BY means, counted from 0, and -1 for what is no integer.
func (b *binder) place(x syntax.Expression, width int, clause string) (int, error) {
	n, ok := x.(*syntax.Number)
	if !ok {
		return -1, nil
	}
	i, ok := n.Int(false)
	if !ok {
		return -1, nil
	}
	if i < 1 || i > int64(width) {
		return 0, b.refuse(x, "%s %d: the result has %s", clause, i, plural(width, "column"))
	}
	return int(i - 1), nil
}

func (b *binder) limit(q *syntax.Query, n Node, outer *scope, sub *Subquery) (Node, error) {
	if q.Limit == nil {
		return n, nil
	}
	l := &Limit{Input: n}
	sc := &scope{parent: outer, query: sub}
	var err error
	b.clause = "LIMIT"
	if l.Count, err = b.expr(q.Limit, sc); err != nil {
		return nil, err
	}
	if q.Offset != nil {
		l.Offset, err = b.expr(q.Offset, sc)
	}
	return l, err
}

// with binds the queries of a WITH, each seeing those before it.
func (b *binder) with(list []syntax.CommonTable, outer *scope, sub *Subquery) error {
	around := b.unnamed
	defer func() { b.unnamed = around }()
	for i, t := range list {
		for _, u := range list[:i] {
			if strings.EqualFold(u.Table.Name, t.Table.Name) {
				return b.refuse(&t.Table, "WITH names %q twice", t.Table.Name)
			}
		}
		used := 0
		if sub != nil {
			used = len(sub.Arguments)
		}
		before := b.unfolded
		b.unnamed = slices.Clone(around)
		for j, u := range list[i:] {
			b.unnamed = append(b.unnamed, unnamed{u.Table.Name, j == 0})
		}
		n, err := b.query(t.Query, outer, sub)
		if err != nil {
			return err
		}
		columns, err := b.renamed(n.Columns(), t)
		if err != nil {
			return err
		}
		b.common = &common{next: b.common, name: t.Table.Name, shared: &Shared{Name: t.Table.Name, Input: n}, columns: columns, query: sub,
			bound: sub != nil && (len(sub.Arguments) > used || Dependent(n)), unfolds: 1 + b.unfolded - before}
	}
	return nil
}

func (b *binder) renamed(columns []Column, t syntax.CommonTable) ([]Column, error) {
	if len(t.Columns) == 0 {
		return columns, nil
	}
	if len(t.Columns) != len(columns) {
		return nil, b.refuse(&t.Columns[0], "%q names %s, its query has %d", t.Table.Name, plural(len(t.Columns), "column"), len(columns))
	}
	renamed := make([]Column, len(columns))
	for i, c := range columns {
		renamed[i] = Column{t.Columns[i].Name, c.Type}
	}
	return renamed, nil
}

// Dependent reports whether the rows of n depend on the row around a subquery.
func Dependent(n Node) bool {
	for _, x := range expressions(n) {
		if has(x, isParam) {
			return true
		}
	}
	for _, input := range n.Inputs() {
		if Dependent(input) {
			return true
		}
	}
	return false
}
