package syntax

import "fmt"

// query takes a query without parentheses around it.
func (p *parser) query() *Query {
	start, q := p.tok.Pos, &Query{}
	if !p.enter() {
		return q
	}
	defer p.leave()
	if p.got(kwWith) {
		for more := true; more; more = p.got(comma) {
			q.With = append(q.With, p.commonTable())
		}
		switch p.tok.code {
		case kwInsert, kwUpdate, kwDelete:
			p.refuse("WITH before "+spelling[p.tok.code], "write it where the query begins")
		}
	}
	q.First = p.core()
	for arm, ok := p.arm(); ok; arm, ok = p.arm() {
		q.Rest = append(q.Rest, arm)
	}
	q.OrderBy = p.orderBy()
	p.limit(q)
	if p.tok.code == kwUnion || p.tok.code == kwIntersect || p.tok.code == kwExcept {
		p.failHint("ORDER BY and LIMIT stand behind the last SELECT")
	}
	q.Span = p.span(start)
	return q
}

// subquery takes a query in parentheses.
func (p *parser) subquery() *Query {
	p.need(leftParen)
	q := p.query()
	p.need(rightParen)
	return q
}

// queryAhead reports whether a query begins behind the token at hand.
func (p *parser) queryAhead() bool {
	switch p.ahead().code {
	case kwSelect, kwValues, kwWith:
		return true
	}
	return false
}

func (p *parser) commonTable() CommonTable {
	start := p.tok.Pos
	if p.word("RECURSIVE") && p.ahead().code != kwAs && p.ahead().code != leftParen {
		p.fail()
	}
	t := CommonTable{Table: p.name(aNewName)}
	if p.at(leftParen) {
		t.Columns = p.names()
	}
	p.need(kwAs)
	t.Query = p.subquery()
	t.Span = p.span(start)
	return t
}

// arm takes a set operator and what it joins.
func (p *parser) arm() (arm Arm, ok bool) {
	start := p.tok.Pos
	switch {
	case p.got(kwUnion):
		if p.got(kwAll) {
			arm.Operator = UnionAll
		}
	case p.got(kwIntersect):
		arm.Operator = Intersect
	case p.got(kwExcept):
		arm.Operator = Except
	default:
		return arm, false
	}
	if p.tok.code == kwAll {
		p.refuse(arm.Operator.String()+" ALL", "")
	}
	arm.Core = p.core()
	arm.Span = p.span(start)
	return arm, p.err == nil
}

func (p *parser) core() Core {
	switch {
	case p.at(kwSelect):
		return p.selectCore()
	case p.at(kwValues):
		return p.values()
	}
	p.fail()
	return &Values{}
}

func (p *parser) selectCore() *Select {
	start := p.tok.Pos
	p.advance()
	s := &Select{Distinct: p.got(kwDistinct)}
	if !s.Distinct {
		p.got(kwAll)
	}
	for more := true; more; more = p.got(comma) {
		s.Items = append(s.Items, p.item())
	}
	if p.at(kwFrom) {
		s.From = p.from()
	}
	if p.got(kwWhere) {
		s.Where = p.expr(lowest)
	}
	if p.got(kwGroup) {
		p.need(kwBy)
		s.GroupBy = p.exprs()
	}
	if p.got(kwHaving) {
		s.Having = p.expr(lowest)
	}
	if p.got(kwWindow) {
		for more := true; more; more = p.got(comma) {
			s.Windows = append(s.Windows, p.namedWindow())
		}
	}
	s.Span = p.span(start)
	return s
}

func (p *parser) values() *Values {
	start, v := p.tok.Pos, &Values{}
	p.advance()
	for more := true; more; more = p.got(comma) {
		p.need(leftParen)
		v.Rows = append(v.Rows, p.exprs())
		p.need(rightParen)
	}
	v.Span = p.span(start)
	return v
}

func (p *parser) item() Item {
	start := p.tok.Pos
	if p.tok.code == star || p.starAhead() {
		s := &Star{}
		for p.isName() {
			s.Table = append(s.Table, p.name(aName))
			p.need(dot)
		}
		p.need(star)
		s.Span = p.span(start)
		return Item{Span: s.Span, Expression: s}
	}
	p.want.add(star)
	i := Item{Expression: p.expr(lowest)}
	i.Alias = p.aliasName()
	i.Span = p.span(start)
	return i
}

// starAhead reports whether the token at hand begins table.*.
func (p *parser) starAhead() bool {
	ahead := *p
	for ahead.isName() {
		ahead.advance()
		if ahead.tok.code != dot {
			return false
		}
		if ahead.advance(); ahead.tok.code == star {
			return true
		}
	}
	return false
}

// aliasName takes a name with or without AS; nil when there is none.
func (p *parser) aliasName() *Identifier {
	if p.got(kwAs) {
		name := p.name(anAlias)
		return &name
	}
	p.want.add(anAlias)
	switch p.tok.code {
	case plainName:
		if construct, _ := p.foreign(); construct != "" {
			return nil
		}
		p.alias = p.tok
	case quotedName:
	default:
		return nil
	}
	name := p.name(anAlias)
	return &name
}

func (p *parser) orderBy() (list []Ordering) {
	if !p.got(kwOrder) {
		return nil
	}
	p.need(kwBy)
	for more := true; more; more = p.got(comma) {
		if len(list) == p.options.MaxOrderings {
			p.failAt(p.tok.Pos, Error{Reason: TooManyOrderings, Text: fmt.Sprintf("ORDER BY has more than %d terms", len(list))})
		}
		list = append(list, p.ordering())
	}
	return list
}

func (p *parser) ordering() Ordering {
	start := p.tok.Pos
	o := Ordering{Expression: p.expr(lowest)}
	if !p.got(kwAsc) {
		o.Descending = p.got(kwDesc)
	}
	if p.got(kwNulls) {
		switch {
		case p.got(kwFirst):
			o.Nulls = NullsFirst
		case p.got(kwLast):
			o.Nulls = NullsLast
		default:
			p.fail()
		}
	}
	o.Span = p.span(start)
	return o
}

func (p *parser) limit(q *Query) {
	if !p.got(kwLimit) {
		return
	}
	q.Limit = p.expr(lowest)
	if p.tok.code == comma {
		p.refuse("LIMIT with a comma", "write LIMIT count OFFSET start")
	}
	if p.got(kwOffset) {
		q.Offset = p.expr(lowest)
	}
}
