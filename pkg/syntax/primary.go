package syntax

import "strings"

// primary takes an operand without operators.
func (p *parser) primary() Expression {
	p.want.add(anExpression)
	span := Span{p.tok.Pos, p.tok.End}
	text := p.text()
	switch c := p.tok.code; c {
	case number:
		p.advance()
		return &Number{span, text}
	case stringLiteral:
		p.advance()
		return &Text{span, unquote(text)}
	case kwNull:
		p.advance()
		return &Null{span}
	case kwTrue, kwFalse:
		p.advance()
		return &Bool{span, c == kwTrue}
	case parameter:
		return p.parameter()
	case leftParen:
		return p.parenthesis()
	case kwCase:
		return p.caseOf()
	case kwCast:
		return p.cast()
	case kwExists:
		p.advance()
		e := &Exists{Query: p.subquery()}
		e.Span = p.span(span.Start)
		return e
	case kwLike, kwGlob, kwRegexp:
		if p.ahead().code == leftParen {
			p.advance()
			return p.call(Identifier{span, text})
		}
	default:
		if p.isName() {
			return p.columnOrCall()
		}
	}
	p.fail()
	return nil
}

func (p *parser) parameter() *Parameter {
	x := &Parameter{Span: Span{p.tok.Pos, p.tok.End}, Name: p.text()[1:]}
	if x.Name == "" {
		p.params++
		x.Index = p.params
	}
	p.advance()
	return x
}

// parenthesis takes a query or an expression in parentheses.
func (p *parser) parenthesis() Expression {
	start := p.tok.Pos
	if p.queryAhead() {
		q := p.subquery()
		return &Subquery{p.span(start), q}
	}
	p.advance()
	x := p.expr(lowest)
	if p.tok.code == comma {
		p.refuse("a row value", "compare the columns one by one")
	}
	p.need(rightParen)
	return x
}

func (p *parser) caseOf() Expression {
	start, c := p.tok.Pos, &Case{}
	p.advance()
	if !p.at(kwWhen) {
		c.Operand = p.expr(lowest)
	}
	for more := true; more; more = p.at(kwWhen) {
		c.Whens = append(c.Whens, p.when())
	}
	if p.got(kwElse) {
		c.Else = p.expr(lowest)
	}
	p.need(kwEnd)
	c.Span = p.span(start)
	return c
}

func (p *parser) when() When {
	start := p.tok.Pos
	p.need(kwWhen)
	w := When{If: p.expr(lowest)}
	p.need(kwThen)
	w.Then = p.expr(lowest)
	w.Span = p.span(start)
	return w
}

func (p *parser) cast() Expression {
	start := p.tok.Pos
	p.need(kwCast, leftParen)
	c := &Cast{X: p.expr(lowest)}
	p.need(kwAs)
	c.Type = p.typeName()
	p.need(rightParen)
	c.Span = p.span(start)
	return c
}

// columnOrCall takes what begins with a name.
func (p *parser) columnOrCall() Expression {
	start, quoted := p.tok.Pos, p.tok.code == quotedName
	if !quoted && isClock(p.text()) {
		p.refuse(strings.ToUpper(p.text()), "write date('now'), time('now') or datetime('now')")
	}
	c := &Column{Path: []Identifier{p.name(aName)}}
	if p.tok.code == leftParen && !quoted {
		return p.call(c.Path[0])
	}
	for p.got(dot) {
		c.Path = append(c.Path, p.name(aName))
	}
	c.Span = p.span(start)
	return c
}

// isClock reports whether a word is one that SQL has for the time without parentheses.
func isClock(word string) bool {
	for _, clock := range [...]string{"current_date", "current_time", "current_timestamp"} {
		if strings.EqualFold(word, clock) {
			return true
		}
	}
	return false
}

// call takes what stands behind the name of a function.
func (p *parser) call(function Identifier) *Call {
	c := &Call{Function: function}
	if p.at(leftParen) && p.ahead().code == star {
		p.need(leftParen, star, rightParen)
		c.Star = true
	} else if p.at(leftParen) && p.ahead().code == kwDistinct {
		p.need(leftParen, kwDistinct)
		c.Distinct, c.Arguments = true, p.exprs()
		p.need(rightParen)
	} else {
		c.Arguments = p.args()
	}
	if p.got(kwFilter) {
		p.need(leftParen, kwWhere)
		c.Filter = p.expr(lowest)
		p.need(rightParen)
	}
	if p.got(kwOver) {
		c.Over = p.over()
	}
	c.Span = p.span(function.Start)
	return c
}

// args takes arguments in parentheses, perhaps none.
func (p *parser) args() (list []Expression) {
	p.need(leftParen)
	if p.got(rightParen) {
		return nil
	}
	list = p.exprs()
	if p.tok.code == kwOrder {
		p.refuse("ORDER BY among arguments", "")
	}
	p.need(rightParen)
	return list
}
