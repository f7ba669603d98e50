package plan

import "slices"

// operands calls f with the place of each expression directly below x, the arguments of subqueries among them.
func operands(x Expr, f func(*Expr)) {
	switch x := x.(type) {
	case *Unary:
		f(&x.X)
	case *Arithmetic:
		f(&x.X)
		f(&x.Y)
	case *Compare:
		f(&x.X)
		f(&x.Y)
	case *Logical:
		places(x.Terms, f)
	case *Between:
		f(&x.X)
		f(&x.Low)
		f(&x.High)
	case *Match:
		f(&x.X)
		f(&x.Pattern)
		maybe(&x.Escape, f)
	case *In:
		f(&x.X)
		places(x.List, f)
	case *InQuery:
		f(&x.X)
		places(x.Query.Arguments, f)
	case *Exists:
		places(x.Query.Arguments, f)
	case *Scalar:
		places(x.Query.Arguments, f)
	case *Case:
		maybe(&x.Operand, f)
		for i := range x.Whens {
			f(&x.Whens[i].If)
			f(&x.Whens[i].Then)
		}
		maybe(&x.Else, f)
	case *Cast:
		f(&x.X)
	case *Numeric:
		f(&x.X)
	case *Affinity:
		f(&x.X)
	case *Call:
		places(x.Arguments, f)
	case *Part:
		f(&x.X)
	case *Aggregate:
		places(x.Arguments, f)
		maybe(&x.Filter, f)
	case *WindowCall:
		places(x.Arguments, f)
		maybe(&x.Filter, f)
		places(x.Partition, f)
		for i := range x.Order {
			f(&x.Order[i].X)
		}
	}
}

func places(list []Expr, f func(*Expr)) {
	for i := range list {
		f(&list[i])
	}
}

func maybe(x *Expr, f func(*Expr)) {
	if *x != nil {
		f(x)
	}
}

// copied returns a copy of x whose operands can be replaced; x itself if it has none.
func copied(x Expr) Expr {
	switch x := x.(type) {
	case *Unary:
		return again(x)
	case *Arithmetic:
		return again(x)
	case *Compare:
		return again(x)
	case *Logical:
		return &Logical{x.Or, slices.Clone(x.Terms)}
	case *Between:
		return again(x)
	case *Match:
		return again(x)
	case *In:
		return &In{x.Not, x.X, slices.Clone(x.List), x.How}
	case *InQuery:
		return &InQuery{x.Not, x.X, x.Query.copied(), x.How}
	case *Exists:
		return &Exists{x.Query.copied()}
	case *Scalar:
		return &Scalar{x.Query.copied()}
	case *Case:
		return &Case{x.Operand, slices.Clone(x.Whens), x.Else}
	case *Cast:
		return again(x)
	case *Numeric:
		return again(x)
	case *Affinity:
		return again(x)
	case *Call:
		return &Call{x.Function, slices.Clone(x.Arguments)}
	case *Part:
		return again(x)
	case *Aggregate:
		return &Aggregate{x.Function, x.Distinct, slices.Clone(x.Arguments), x.Filter}
	case *WindowCall:
		w := again(x)
		w.Arguments, w.Partition, w.Order = slices.Clone(x.Arguments), slices.Clone(x.Partition), slices.Clone(x.Order)
		return w
	}
	return x
}

func again[T any](x *T) *T {
	y := *x
	return &y
}

// copied returns the query with arguments of its own, itself if it has none.
func (s *Subquery) copied() *Subquery {
	if len(s.Arguments) == 0 {
		return s
	}
	return &Subquery{s.Root, slices.Clone(s.Arguments), s.kept}
}

// mapped returns x with f applied to the expressions directly below it.
func mapped(x Expr, f func(Expr) Expr) Expr {
	x = copied(x)
	operands(x, func(y *Expr) { *y = f(*y) })
	return x
}

func mappedList(list []Expr, f func(Expr) Expr) []Expr {
	result := make([]Expr, len(list))
	for i, x := range list {
		result[i] = f(x)
	}
	return result
}

// Visit calls f for x and, where that returns true, for all below it, the arguments of subqueries among them.
func Visit(x Expr, f func(Expr) bool) {
	if x != nil && f(x) {
		operands(x, func(y *Expr) { Visit(*y, f) })
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
