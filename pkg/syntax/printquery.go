package syntax

func (b *printer) query(n *Query) {
	if len(n.With) > 0 {
		b.print("WITH ")
		list(b, n.With, b.commonTable)
		b.print(" ")
	}
	b.core(n.First)
	for _, arm := range n.Rest {
		b.print(" ", arm.Operator.String(), " ")
		b.core(arm.Core)
	}
	b.orderBy(n.OrderBy, " ")
	b.clause("LIMIT", n.Limit)
	b.clause("OFFSET", n.Offset)
}

func (b *printer) subquery(n *Query) {
	b.print("(")
	b.query(n)
	b.print(")")
}

func (b *printer) commonTable(t CommonTable) {
	b.name(t.Table)
	b.names(t.Columns)
	b.print(" AS ")
	b.subquery(t.Query)
}

func (b *printer) core(n Core) {
	switch n := n.(type) {
	case *Select:
		b.selectCore(n)
	case *Values:
		b.print("VALUES ")
		list(b, n.Rows, b.parenthesised)
	}
}

func (b *printer) selectCore(n *Select) {
	b.print("SELECT ")
	if n.Distinct {
		b.print("DISTINCT ")
	}
	list(b, n.Items, b.item)
	if n.From != nil {
		b.print(" FROM ")
		b.from(n.From)
	}
	b.clause("WHERE", n.Where)
	if len(n.GroupBy) > 0 {
		b.print(" GROUP BY ")
		b.exprs(n.GroupBy)
	}
	b.clause("HAVING", n.Having)
	if len(n.Windows) > 0 {
		b.print(" WINDOW ")
		list(b, n.Windows, func(w NamedWindow) {
			b.name(w.Name)
			b.print(" AS ")
			b.window(w.Window)
		})
	}
}

func (b *printer) item(i Item) {
	b.expr(i.Expression, lowest)
	b.alias(i.Alias)
}

func (b *printer) from(n *From) {
	b.source(n.First)
	for _, j := range n.Joins {
		b.print(" ", j.Kind.String(), " ")
		b.source(j.Source)
		b.clause("ON", j.On)
		if len(j.Using) > 0 {
			b.print(" USING")
			b.names(j.Using)
		}
	}
}

func (b *printer) source(n Source) {
	switch n := n.(type) {
	case *Table:
		b.table(n.Table)
		b.clause("AS OF", n.AsOf)
		b.alias(n.Alias)
	case *File:
		b.quote(n.Path, "'")
		b.alias(n.Alias)
	case *Stdin:
		b.print("-")
		b.alias(n.Alias)
	case *TableCall:
		b.table(n.Function)
		b.parenthesised(n.Arguments)
		b.alias(n.Alias)
	case *Derived:
		b.subquery(n.Query)
		b.alias(n.Alias)
	}
}

func (b *printer) orderBy(terms []Ordering, before string) {
	if len(terms) > 0 {
		b.print(before, "ORDER BY ")
		list(b, terms, b.ordering)
	}
}

func (b *printer) ordering(o Ordering) {
	b.expr(o.Expression, lowest)
	if o.Descending {
		b.print(" DESC")
	}
	switch o.Nulls {
	case NullsFirst:
		b.print(" NULLS FIRST")
	case NullsLast:
		b.print(" NULLS LAST")
	}
}
