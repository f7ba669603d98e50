package syntax

import "strings"

// statements takes statements up to the end of the text.
func (p *parser) statements() (list []Statement) {
	for {
		for p.tok.code == semicolon {
			p.advance()
		}
		p.want.add(aStatement)
		p.want.add(starters[:]...)
		if p.tok.code == endOfText {
			return list
		}
		list = append(list, p.statement())
		p.want.add(endOfStatement)
		switch p.tok.code {
		case endOfText:
			return list
		case semicolon:
		default:
			p.fail()
			return list
		}
	}
}

func (p *parser) statement() Statement {
	p.start, p.conditions, p.params = p.tok.Pos, 0, 0
	s := p.anyStatement()
	if p.err == nil {
		p.checkDepth(s)
	}
	return s
}

func (p *parser) anyStatement() Statement {
	start := p.tok.Pos
	switch p.tok.code {
	case kwSelect, kwValues, kwWith:
		return p.query()
	case kwInsert:
		return p.insert()
	case kwUpdate:
		return p.update()
	case kwDelete:
		return p.delete()
	case kwCreate:
		return p.createTable()
	case kwDrop:
		return p.dropTable()
	case kwExplain:
		return p.explain()
	case kwBegin:
		return &Begin{p.frame(start)}
	case kwCommit:
		return &Commit{p.frame(start)}
	case kwRollback:
		return &Rollback{p.frame(start)}
	case leftParen:
		p.refuse("a query in parentheses", "leave them out")
	case kwEnd:
		p.refuse("END", "write COMMIT")
	}
	p.fail()
	return nil
}

// frame takes BEGIN, COMMIT or ROLLBACK.
func (p *parser) frame(start int) Span {
	p.advance()
	p.got(kwTransaction)
	return p.span(start)
}

func (p *parser) explain() *Explain {
	start := p.tok.Pos
	p.advance()
	if p.got(kwQuery) {
		p.need(kwPlan)
	}
	e := &Explain{}
	for _, c := range [...]code{kwSelect, kwValues, kwWith, kwInsert, kwUpdate, kwDelete} {
		if p.at(c) {
			e.Statement = p.anyStatement()
			e.Span = p.span(start)
			return e
		}
	}
	p.fail()
	return e
}

func (p *parser) insert() *Insert {
	start := p.tok.Pos
	p.advance()
	if p.tok.code == kwOr {
		p.refuse("INSERT OR", "write ON CONFLICT behind the rows")
	}
	p.need(kwInto)
	i := &Insert{Table: p.tableName(aTable)}
	if p.at(leftParen) {
		i.Columns = p.names()
	}
	if p.word("DEFAULT") {
		p.refuse("DEFAULT VALUES", "write VALUES (…)")
	}
	i.Query = p.query()
	if p.at(kwOn) {
		i.Conflict = p.conflict()
	}
	i.Span = p.span(start)
	return i
}

func (p *parser) conflict() *Conflict {
	start := p.tok.Pos
	p.need(kwOn, kwConflict)
	c := &Conflict{}
	if p.at(leftParen) {
		c.Columns = p.names()
	}
	p.need(kwDo)
	if !p.got(kwNothing) {
		p.need(kwUpdate)
		c.Set = p.assignments()
		if p.got(kwWhere) {
			c.Where = p.expr(lowest)
		}
	}
	c.Span = p.span(start)
	return c
}

func (p *parser) assignments() (list []Assignment) {
	p.need(kwSet)
	for more := true; more; more = p.got(comma) {
		start := p.tok.Pos
		if p.tok.code == leftParen {
			p.refuse("a list of columns in SET", "set them one by one")
		}
		a := Assignment{Column: p.name(aName)}
		p.need(equal)
		a.Value = p.expr(lowest)
		a.Span = p.span(start)
		list = append(list, a)
	}
	return list
}

func (p *parser) update() *Update {
	start := p.tok.Pos
	p.advance()
	u := &Update{Table: p.target()}
	u.Set = p.assignments()
	if p.tok.code == kwFrom {
		p.refuse("UPDATE … FROM", "ask for the other table's value with a subquery")
	}
	u.Where = p.whereOrAll()
	u.Span = p.span(start)
	return u
}

func (p *parser) delete() *Delete {
	start := p.tok.Pos
	p.advance()
	p.need(kwFrom)
	d := &Delete{Table: p.target()}
	d.Where = p.whereOrAll()
	d.Span = p.span(start)
	return d
}

// target takes the table that a statement changes.
func (p *parser) target() *Table {
	start := p.tok.Pos
	t := &Table{Table: p.tableName(aTable)}
	t.Alias = p.sourceAlias("AS OF in a statement that writes", "only a SELECT can ask for history")
	t.Span = p.span(start)
	return t
}

// whereOrAll takes the condition of a statement that changes rows. It returns nil for ALL.
func (p *parser) whereOrAll() Expression {
	if p.got(kwWhere) {
		return p.expr(lowest)
	}
	if !p.got(kwAll) {
		p.failHint("write ALL to mean every row")
	}
	return nil
}

// word reports whether the token at hand is this word, in any case, which is no keyword.
func (p *parser) word(word string) bool {
	return p.tok.code == plainName && strings.EqualFold(p.text(), word)
}
