package plan

// mapped returns x with f applied to the expressions directly below it, the arguments of subqueries among them. A copy is made
// where something changes.
func mapped(x Expr, f func(Expr) Expr) Expr {
	switch x := x.(type) {
	case *Unary:
		return &Unary{x.Operator, f(x.X)}
	case *Arithmetic:
		return &Arithmetic{x.Operator, f(x.X), f(x.Y)}
	case *Compare:
		return &Compare{x.Operator, f(x.X), f(x.Y), x.How}
	case *Logical:
		return &Logical{x.Or, mappedList(x.Terms, f)}
	case *Match:
		return &Match{x.Operator, x.Not, f(x.X), f(x.Pattern), mappedMaybe(x.Escape, f)}
	case *In:
		return &In{x.Not, f(x.X), mappedList(x.List, f), x.How}
	case *InQuery:
		return &InQuery{x.Not, f(x.X), x.Query.mapped(f), x.How}
	case *Exists:
		return &Exists{x.Query.mapped(f)}
	case *Scalar:
		return &Scalar{x.Query.mapped(f)}
	case *Case:
		whens := make([]When, len(x.Whens))
		for i, w := range x.Whens {
			whens[i] = When{f(w.If), f(w.Then)}
		}
		return &Case{whens, mappedMaybe(x.Else, f)}
	case *Cast:
		return &Cast{f(x.X), x.To}
	case *Numeric:
		return &Numeric{f(x.X)}
	case *Affinity:
		return &Affinity{f(x.X), x.As}
	case *Call:
		return &Call{x.Function, mappedList(x.Arguments, f)}
	case *Part:
		return &Part{f(x.X), x.Of, x.Words}
	case *Aggregate:
		return &Aggregate{x.Function, x.Distinct, mappedList(x.Arguments, f), mappedMaybe(x.Filter, f)}
	case *WindowCall:
		w := *x
		w.Arguments, w.Filter, w.Partition = mappedList(x.Arguments, f), mappedMaybe(x.Filter, f), mappedList(x.Partition, f)
		w.Order = mappedKeys(x.Order, f)
		return &w
	}
	return x
}

func mappedMaybe(x Expr, f func(Expr) Expr) Expr {
	if x == nil {
		return nil
	}
	return f(x)
}

func mappedList(list []Expr, f func(Expr) Expr) []Expr {
	result := make([]Expr, len(list))
	for i, x := range list {
		result[i] = f(x)
	}
	return result
}

func mappedKeys(keys []SortKey, f func(Expr) Expr) []SortKey {
	result := make([]SortKey, len(keys))
	for i, k := range keys {
		result[i] = SortKey{f(k.X), k.Descending, k.NullsLast}
	}
	return result
}

// mapped returns the query with other arguments, itself if it has none.
func (s *Subquery) mapped(f func(Expr) Expr) *Subquery {
	if len(s.Arguments) == 0 {
		return s
	}
	return &Subquery{s.Root, mappedList(s.Arguments, f), s.kept}
}

// Visit calls f for x and, where that returns true, for all below it, the arguments of subqueries among them.
func Visit(x Expr, f func(Expr) bool) {
	if x == nil || !f(x) {
		return
	}
	switch x := x.(type) {
	case *Unary:
		Visit(x.X, f)
	case *Arithmetic:
		Visit(x.X, f)
		Visit(x.Y, f)
	case *Compare:
		Visit(x.X, f)
		Visit(x.Y, f)
	case *Logical:
		visitList(x.Terms, f)
	case *Match:
		Visit(x.X, f)
		Visit(x.Pattern, f)
		Visit(x.Escape, f)
	case *In:
		Visit(x.X, f)
		visitList(x.List, f)
	case *InQuery:
		Visit(x.X, f)
		visitList(x.Query.Arguments, f)
	case *Exists:
		visitList(x.Query.Arguments, f)
	case *Scalar:
		visitList(x.Query.Arguments, f)
	case *Case:
		for _, w := range x.Whens {
			Visit(w.If, f)
			Visit(w.Then, f)
		}
		Visit(x.Else, f)
	case *Cast:
		Visit(x.X, f)
	case *Numeric:
		Visit(x.X, f)
	case *Affinity:
		Visit(x.X, f)
	case *Call:
		visitList(x.Arguments, f)
	case *Part:
		Visit(x.X, f)
	case *Aggregate:
		visitList(x.Arguments, f)
		Visit(x.Filter, f)
	case *WindowCall:
		visitList(x.Arguments, f)
		Visit(x.Filter, f)
		visitList(x.Partition, f)
		for _, k := range x.Order {
			Visit(k.X, f)
		}
	}
}

func visitList(list []Expr, f func(Expr) bool) {
	for _, x := range list {
		Visit(x, f)
	}
}

// has reports whether f holds for x or for something below it.
func has(x Expr, f func(Expr) bool) bool {
	found := false
	Visit(x, func(y Expr) bool {
		found = found || f(y)
		return !found
	})
	return found
}

// shifted returns x with every field moved by n.
func shifted(x Expr, n int) Expr {
	if f, ok := x.(*Field); ok {
		return &Field{f.Index + n, f.Name, f.Of}
	}
	return mapped(x, func(y Expr) Expr { return shifted(y, n) })
}

// span returns the least and the greatest field of x; ok is false when it has none.
func span(x Expr) (least, greatest int, ok bool) {
	Visit(x, func(y Expr) bool {
		if f, is := y.(*Field); is {
			if !ok {
				least, greatest, ok = f.Index, f.Index, true
			}
			least, greatest = min(least, f.Index), max(greatest, f.Index)
		}
		return true
	})
	return least, greatest, ok
}

func isField(x Expr) bool { _, ok := x.(*Field); return ok }
func isParam(x Expr) bool { _, ok := x.(*Param); return ok }

// isSubquery reports whether x is a query, whose value costs more than a look at a row.
func isSubquery(x Expr) bool {
	switch x.(type) {
	case *InQuery, *Exists, *Scalar:
		return true
	}
	return false
}

// volatile reports whether x may have another value each time.
func volatile(x Expr) bool {
	return has(x, func(y Expr) bool {
		call, ok := y.(*Call)
		return ok && !call.Function.Pure && call.Function.Name == "random"
	})
}
