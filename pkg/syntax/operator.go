package syntax

import "fmt"

// precedence says how strongly an operator binds. The order is SQLite's: https://sqlite.org/lang_expr.html.
type precedence uint8

const (
	lowest precedence = iota
	orLevel
	andLevel
	notLevel
	equalLevel // = <> IS IN LIKE GLOB REGEXP BETWEEN ISNULL NOTNULL
	lessLevel
	bitLevel
	addLevel
	multiplyLevel
	concatLevel
	unaryLevel // - + ~
	primaryLevel
)

// binary returns the operator that a code stands for between two operands, if it is one that has nothing but operands.
func (c code) binary() (op BinaryOperator, level precedence) {
	switch c {
	case equal:
		return Equal, equalLevel
	case notEqual:
		return NotEqual, equalLevel
	case less:
		return Less, lessLevel
	case lessEqual:
		return LessEqual, lessLevel
	case greater:
		return Greater, lessLevel
	case greaterEqual:
		return GreaterEqual, lessLevel
	case ampersand:
		return BitAnd, bitLevel
	case pipe:
		return BitOr, bitLevel
	case shiftLeft:
		return ShiftLeft, bitLevel
	case shiftRight:
		return ShiftRight, bitLevel
	case plus:
		return Add, addLevel
	case minus:
		return Subtract, addLevel
	case star:
		return Multiply, multiplyLevel
	case slash:
		return Divide, multiplyLevel
	case percent:
		return Modulo, multiplyLevel
	case concat:
		return Concat, concatLevel
	}
	return 0, lowest
}

// expr takes an expression of operators that bind at least as strongly as level.
func (p *parser) expr(level precedence) Expression {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	start := p.tok.Pos
	x := p.unary()
	for {
		next := p.infix(x, start, level)
		if next == nil {
			return x
		}
		x = next
	}
}

// exprs takes a list of expressions, one at least.
func (p *parser) exprs() (list []Expression) {
	for more := true; more; more = p.got(comma) {
		list = append(list, p.expr(lowest))
	}
	return list
}

// unary takes an operand and the operators before it.
func (p *parser) unary() Expression {
	var op UnaryOperator
	switch p.tok.code {
	case kwNot:
		return p.not()
	case minus:
		op = Negate
	case plus:
		op = Plus
	case tilde:
		op = BitNot
	default:
		return p.primary()
	}
	u := &Unary{Operator: op}
	if !p.enter() {
		return u
	}
	defer p.leave()
	start := p.tok.Pos
	p.advance()
	u.X = p.unary()
	u.Span = p.span(start)
	return u
}

// not takes NOT and its operand. It may stand behind an operator that binds stronger: a = NOT b < c is a = (NOT (b < c)).
func (p *parser) not() Expression {
	start, u := p.tok.Pos, &Unary{Operator: Not}
	if p.nots++; p.nots > p.options.MaxNots {
		p.failAt(start, Error{Reason: TooManyNots, Text: fmt.Sprintf("NOT is nested more than %d deep", p.options.MaxNots)})
	}
	p.advance()
	u.X = p.expr(notLevel)
	p.nots--
	u.Span = p.span(start)
	return u
}

// infix takes an operator behind x, which began at start, and its other operands. It returns nil when there is none that binds at
// least as strongly as level.
func (p *parser) infix(x Expression, start int, level precedence) Expression {
	if !p.want.has(anOperator) {
		p.want.add(anOperator)
		p.want.add(infixWords[:]...)
	}
	c := p.tok.code
	if op, binds := c.binary(); binds >= level && binds > lowest {
		b := &Binary{Operator: op, X: x}
		p.advance()
		b.Y = p.expr(binds + 1)
		b.Span = p.span(start)
		return b
	}
	switch {
	case c == kwOr && level <= orLevel:
		return p.logical(x, start, kwOr, orLevel)
	case c == kwAnd && level <= andLevel:
		return p.logical(x, start, kwAnd, andLevel)
	case level <= equalLevel:
		return p.predicate(x, start)
	}
	return nil
}

func (p *parser) logical(x Expression, start int, operator code, level precedence) Expression {
	l := &Logical{Or: operator == kwOr, Terms: []Expression{x}}
	for p.tok.code == operator {
		if p.conditions++; p.conditions >= p.options.MaxConditions {
			p.failAt(p.tok.Pos, Error{Reason: TooManyConditions,
				Text: fmt.Sprintf("AND and OR join more than %d conditions", p.options.MaxConditions)})
		}
		p.advance()
		l.Terms = append(l.Terms, p.expr(level+1))
	}
	l.Span = p.span(start)
	return l
}
