package sample

import "github.com/reedbase/reedbase/pkg/syntax"

// Count adds to counts how often each production of the grammar stands in a tree.
func Count(n syntax.Node, counts map[string]int) {
	for n := range syntax.All(n) {
		c := counter(counts)
		switch n := n.(type) {
		case syntax.Statement:
			c.statement(n)
		case syntax.Core:
			c.core(n)
		case syntax.Source:
			c.source(n)
		case syntax.Expression:
			c.expr(n)
		case *syntax.Window:
			c.window(n)
		}
	}
}

type counter map[string]int

// when counts a production if it is there.
func (c counter) when(there bool, production string) {
	if there {
		c[production]++
	}
}

// not counts a production, or the one with NOT before it.
func (c counter) not(not bool, production string) {
	if not {
		production = "NOT " + production
	}
	c[production]++
}

func (c counter) statement(n syntax.Statement) {
	switch n := n.(type) {
	case *syntax.Query:
		c.query(n)
	case *syntax.Insert:
		c["INSERT"]++
		c.when(len(n.Columns) > 0, "INSERT columns")
		if on := n.Conflict; on != nil {
			c.when(on.Set == nil, "ON CONFLICT DO NOTHING")
			c.when(on.Set != nil, "ON CONFLICT DO UPDATE")
			c.when(len(on.Columns) > 0, "ON CONFLICT columns")
			c.when(on.Where != nil, "ON CONFLICT WHERE")
		}
	case *syntax.Update:
		c["UPDATE"]++
		c.when(n.Where == nil, "UPDATE ALL")
	case *syntax.Delete:
		c["DELETE"]++
		c.when(n.Where == nil, "DELETE ALL")
	case *syntax.CreateTable:
		c["CREATE TABLE"]++
		c.when(n.IfNotExists, "IF NOT EXISTS")
		c.when(len(n.Key) > 0, "PRIMARY KEY columns")
		for _, d := range n.Columns {
			c.when(d.Key, "PRIMARY KEY")
			c.when(d.Type != "", "type")
		}
	case *syntax.DropTable:
		c["DROP TABLE"]++
		c.when(n.IfExists, "IF EXISTS")
	case *syntax.Begin, *syntax.Commit, *syntax.Rollback:
		c[syntax.Print(n)]++
	case *syntax.Explain:
		c["EXPLAIN"]++
	}
}

func (c counter) query(n *syntax.Query) {
	c["query"]++
	for _, t := range n.With {
		c["WITH"]++
		c.when(len(t.Columns) > 0, "WITH columns")
	}
	for _, arm := range n.Rest {
		c[arm.Operator.String()]++
	}
	c.orderBy(n.OrderBy)
	c.when(n.Limit != nil, "LIMIT")
	c.when(n.Offset != nil, "OFFSET")
}

func (c counter) orderBy(terms []syntax.Ordering) {
	c.when(len(terms) > 0, "ORDER BY")
	for _, o := range terms {
		c.when(o.Descending, "DESC")
		c.when(o.Nulls == syntax.NullsFirst, "NULLS FIRST")
		c.when(o.Nulls == syntax.NullsLast, "NULLS LAST")
	}
}

func (c counter) core(n syntax.Core) {
	s, ok := n.(*syntax.Select)
	if !ok {
		c["VALUES"]++
		return
	}
	c["SELECT"]++
	c.when(s.Distinct, "DISTINCT")
	c.when(s.Where != nil, "WHERE")
	c.when(len(s.GroupBy) > 0, "GROUP BY")
	c.when(s.Having != nil, "HAVING")
	c.when(len(s.Windows) > 0, "WINDOW")
	for _, item := range s.Items {
		c.when(item.Alias != nil, "AS")
	}
	if s.From == nil {
		return
	}
	c["FROM"]++
	for _, j := range s.From.Joins {
		c[j.Kind.String()]++
		c.when(j.On != nil, "ON")
		c.when(len(j.Using) > 0, "USING")
	}
}

func (c counter) source(n syntax.Source) {
	switch n := n.(type) {
	case *syntax.Table:
		c["table"]++
		c.when(n.AsOf != nil, "AS OF")
		c.when(n.Alias != nil, "table AS")
	case *syntax.File:
		c["file"]++
	case *syntax.Stdin:
		c["standard input"]++
	case *syntax.TableCall:
		c["table function"]++
	case *syntax.Derived:
		c["FROM (query)"]++
	}
}

func (c counter) expr(n syntax.Expression) {
	switch n := n.(type) {
	case *syntax.Number:
		c["number"]++
	case *syntax.Text:
		c["string"]++
	case *syntax.Parameter:
		c.when(n.Name == "", "?")
		c.when(n.Name != "", ":name")
	case *syntax.Column:
		c.when(len(n.Path) == 1, "column")
		c.when(len(n.Path) > 1, "table.column")
	case *syntax.Star:
		c.when(len(n.Table) == 0, "*")
		c.when(len(n.Table) > 0, "table.*")
	case *syntax.Null, *syntax.Bool:
		c[syntax.Print(n)]++
	case *syntax.Exists:
		c["EXISTS"]++
	case *syntax.Subquery:
		c["(query)"]++
	case *syntax.Cast:
		c["CAST"]++
	case *syntax.Case:
		c.when(n.Operand == nil, "CASE")
		c.when(n.Operand != nil, "CASE operand")
		c.when(n.Else != nil, "ELSE")
	case *syntax.Call:
		c.call(n)
	default:
		c.operation(n)
	}
}

func (c counter) operation(n syntax.Expression) {
	switch n := n.(type) {
	case *syntax.Unary:
		c[n.Operator.String()+" operand"]++
	case *syntax.Binary:
		c[n.Operator.String()]++
	case *syntax.Logical:
		c.when(n.Or, "OR")
		c.when(!n.Or, "AND")
	case *syntax.Match:
		c.not(n.Not, n.Operator.String())
		c.when(n.Escape != nil, "ESCAPE")
	case *syntax.Between:
		c.not(n.Not, "BETWEEN")
	case *syntax.In:
		switch {
		case n.Query != nil:
			c.not(n.Not, "IN (query)")
		case n.List == nil:
			c.not(n.Not, "IN ()")
		default:
			c.not(n.Not, "IN (list)")
		}
	}
}

func (c counter) call(n *syntax.Call) {
	c["call"]++
	c.when(n.Star, "call (*)")
	c.when(n.Distinct, "call (DISTINCT)")
	c.when(n.Filter != nil, "FILTER")
}

func (c counter) window(n *syntax.Window) {
	if n.Name != nil {
		c["OVER name"]++
		return
	}
	c["window"]++
	c.when(len(n.Partition) > 0, "PARTITION BY")
	c.when(len(n.OrderBy) > 0, "window ORDER BY")
	if f := n.Frame; f != nil {
		c[f.Unit.String()]++
		c[f.From.Kind.String()]++
		c[f.To.Kind.String()]++
	}
}
