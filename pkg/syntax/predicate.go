package syntax

import "fmt"

// predicate takes IS, IN, LIKE, BETWEEN and their like behind x, which began at start; nil when there is none.
func (p *parser) predicate(x Expression, start int) Expression {
	not := false
	switch p.tok.code {
	case kwIs:
		return p.is(x, start)
	case kwIsNull, kwNotNull:
		op := Is
		if p.tok.code == kwNotNull {
			op = IsNot
		}
		p.advance()
		return p.isNull(x, start, op)
	case kwNot:
		p.advance()
		if p.got(kwNull) {
			return p.isNull(x, start, IsNot)
		}
		not = true
	}
	switch {
	case p.at(kwLike):
		return p.match(x, start, Like, not)
	case p.at(kwGlob):
		return p.match(x, start, Glob, not)
	case p.at(kwRegexp):
		return p.match(x, start, Regexp, not)
	case p.got(kwBetween):
		return p.between(x, start, not)
	case p.got(kwIn):
		return p.in(x, start, not)
	}
	if not {
		p.fail()
	}
	return nil
}

// is takes IS, IS NOT and the longer spellings of both.
func (p *parser) is(x Expression, start int) Expression {
	b := &Binary{Operator: Is, X: x}
	p.advance()
	not := p.got(kwNot)
	if p.got(kwDistinct) {
		p.need(kwFrom)
		not = !not
	}
	if not {
		b.Operator = IsNot
	}
	b.Y = p.expr(equalLevel + 1)
	b.Span = p.span(start)
	return b
}

// isNull returns a test for NULL, whose keyword has been taken.
func (p *parser) isNull(x Expression, start int, op BinaryOperator) Expression {
	return &Binary{p.span(start), op, x, &Null{Span{p.end, p.end}}}
}

func (p *parser) match(x Expression, start int, op MatchOperator, not bool) Expression {
	m := &Match{Operator: op, Not: not, X: x}
	p.advance()
	m.Pattern = p.expr(equalLevel + 1)
	if op == Like && p.got(kwEscape) {
		m.Escape = p.expr(equalLevel + 1)
	}
	m.Span = p.span(start)
	return m
}

func (p *parser) between(x Expression, start int, not bool) Expression {
	b := &Between{Not: not, X: x}
	b.Low = p.expr(equalLevel)
	p.want = set{} // that other operators could follow is of no help
	p.need(kwAnd)
	b.High = p.expr(equalLevel + 1)
	b.Span = p.span(start)
	return b
}

func (p *parser) in(x Expression, start int, not bool) Expression {
	in := &In{Not: not, X: x}
	if p.tok.code == leftParen && p.queryAhead() {
		in.Query = p.subquery()
	} else {
		in.List = p.inList()
	}
	in.Span = p.span(start)
	return in
}

// inList takes values in parentheses, perhaps none.
func (p *parser) inList() (list []Expression) {
	if !p.at(leftParen) {
		p.failHint("write IN (value, …) or IN (SELECT …)")
	}
	p.need(leftParen)
	if p.got(rightParen) {
		return nil
	}
	for more := true; more; more = p.got(comma) {
		if len(list) == p.options.MaxValues {
			p.failAt(p.tok.Pos, Error{Reason: TooManyValues, Text: fmt.Sprintf("IN has more than %d values", len(list))})
		}
		list = append(list, p.expr(lowest))
	}
	p.need(rightParen)
	return list
}
