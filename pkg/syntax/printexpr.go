package syntax

// level returns how strongly an expression is held together.
func level(x Expression) precedence {
	switch x := x.(type) {
	case *Logical:
		if x.Or {
			return orLevel
		}
		return andLevel
	case *Unary:
		if x.Operator == Not {
			return notLevel
		}
		return unaryLevel
	case *Binary:
		return x.Operator.level()
	case *Match, *Between, *In:
		return equalLevel
	}
	return primaryLevel
}

func (o BinaryOperator) level() precedence {
	switch {
	case o <= IsNot:
		return equalLevel
	case o <= GreaterEqual:
		return lessLevel
	case o <= ShiftRight:
		return bitLevel
	case o <= Subtract:
		return addLevel
	case o <= Modulo:
		return multiplyLevel
	}
	return concatLevel
}

func (b *printer) exprs(xs []Expression) { list(b, xs, func(x Expression) { b.expr(x, lowest) }) }

func (b *printer) parenthesised(xs []Expression) {
	b.print("(")
	b.exprs(xs)
	b.print(")")
}

// expr writes an expression, in parentheses if it is held together less strongly than least.
func (b *printer) expr(x Expression, least precedence) {
	if level(x) < least {
		b.print("(")
		defer b.print(")")
	}
	switch x := x.(type) {
	case *Number:
		b.print(x.Text)
	case *Text:
		b.quote(x.Value, "'")
	case *Null:
		b.print("NULL")
	case *Bool:
		b.bool(x)
	case *Parameter:
		b.param(x)
	case *Column:
		b.path(x.Path)
	case *Star:
		b.path(x.Table)
		if len(x.Table) > 0 {
			b.print(".")
		}
		b.print("*")
	case *Exists:
		b.print("EXISTS ")
		b.subquery(x.Query)
	case *Subquery:
		b.subquery(x.Query)
	case *Case:
		b.caseOf(x)
	case *Cast:
		b.print("CAST(")
		b.expr(x.X, lowest)
		b.print(" AS ", x.Type, ")")
	case *Call:
		b.call(x)
	default:
		b.operation(x)
	}
}

// operation writes an expression that operators make.
func (b *printer) operation(x Expression) {
	switch x := x.(type) {
	case *Unary:
		b.unary(x)
	case *Binary:
		b.expr(x.X, x.Operator.level())
		b.print(" ", x.Operator.String(), " ")
		b.expr(x.Y, x.Operator.level()+1)
	case *Logical:
		b.logical(x)
	case *Match:
		b.operand(x.X, x.Not, x.Operator.String())
		b.expr(x.Pattern, equalLevel+1)
		if x.Escape != nil {
			b.print(" ESCAPE ")
			b.expr(x.Escape, equalLevel+1)
		}
	case *Between:
		b.operand(x.X, x.Not, "BETWEEN")
		b.expr(x.Low, equalLevel+1)
		b.print(" AND ")
		b.expr(x.High, equalLevel+1)
	case *In:
		b.operand(x.X, x.Not, "IN")
		if x.Query != nil {
			b.subquery(x.Query)
		} else {
			b.parenthesised(x.List)
		}
	}
}

// operand writes the operand before a word such as LIKE, and the word.
func (b *printer) operand(x Expression, not bool, word string) {
	b.expr(x, equalLevel)
	if not {
		b.print(" NOT")
	}
	b.print(" ", word, " ")
}

func (b *printer) unary(x *Unary) {
	b.print(x.Operator.String())
	inner, nested := x.X.(*Unary)
	switch {
	case x.Operator == Not:
		b.print(" ")
		b.expr(x.X, notLevel)
		return
	case nested && x.Operator == Negate && inner.Operator == Negate:
		b.print(" ") // two dashes begin a comment
	}
	b.expr(x.X, unaryLevel)
}

func (b *printer) logical(x *Logical) {
	word := " AND "
	if x.Or {
		word = " OR "
	}
	for i, term := range x.Terms {
		if i > 0 {
			b.print(word)
		}
		b.expr(term, level(x)+1)
	}
}

func (b *printer) bool(x *Bool) {
	if x.Value {
		b.print(spelling[kwTrue])
		return
	}
	b.print(spelling[kwFalse])
}

func (b *printer) param(x *Parameter) {
	if x.Name == "" {
		b.print("?")
		return
	}
	b.print(":", x.Name)
}

func (b *printer) path(names []Identifier) {
	for i, id := range names {
		if i > 0 {
			b.print(".")
		}
		b.name(id)
	}
}

func (b *printer) caseOf(x *Case) {
	b.print("CASE")
	if x.Operand != nil {
		b.print(" ")
		b.expr(x.Operand, lowest)
	}
	for _, w := range x.Whens {
		b.clause("WHEN", w.If)
		b.clause("THEN", w.Then)
	}
	b.clause("ELSE", x.Else)
	b.print(" END")
}

func (b *printer) call(x *Call) {
	b.print(x.Function.Name, "(")
	switch {
	case x.Star:
		b.print("*")
	case x.Distinct:
		b.print("DISTINCT ")
	}
	b.exprs(x.Arguments)
	b.print(")")
	if x.Filter != nil {
		b.print(" FILTER (WHERE ")
		b.expr(x.Filter, lowest)
		b.print(")")
	}
	if x.Over != nil {
		b.print(" OVER ")
		b.window(x.Over)
	}
}

func (b *printer) window(w *Window) {
	if w.Name != nil {
		b.name(*w.Name)
		return
	}
	b.print("(")
	gap := ""
	if len(w.Partition) > 0 {
		b.print("PARTITION BY ")
		b.exprs(w.Partition)
		gap = " "
	}
	b.orderBy(w.OrderBy, gap)
	if len(w.OrderBy) > 0 {
		gap = " "
	}
	if w.Frame != nil {
		b.print(gap)
		b.frame(w.Frame)
	}
	b.print(")")
}

func (b *printer) frame(f *Frame) {
	b.print(f.Unit.String(), " BETWEEN ")
	b.bound(f.From)
	b.print(" AND ")
	b.bound(f.To)
}

func (b *printer) bound(bound Bound) {
	if bound.Offset != nil {
		b.expr(bound.Offset, lowest)
		b.print(" ")
	}
	b.print(bound.Kind.String())
}
