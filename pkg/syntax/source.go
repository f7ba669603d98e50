package syntax

// from takes FROM and the sources it names.
func (p *parser) from() *From {
	start := p.tok.Pos
	p.advance()
	f := &From{First: p.source()}
	for join, ok := p.join(); ok; join, ok = p.join() {
		f.Joins = append(f.Joins, join)
	}
	f.Span = p.span(start)
	return f
}

func (p *parser) join() (j Join, ok bool) {
	start := p.tok.Pos
	switch {
	case p.got(comma):
		j.Kind, j.Source = CrossJoin, p.source()
		j.Span = p.span(start)
		return j, p.err == nil
	case p.got(kwCross):
		j.Kind = CrossJoin
		p.need(kwJoin)
	case p.got(kwLeft):
		j.Kind = LeftJoin
		p.got(kwOuter)
		p.need(kwJoin)
	case p.got(kwInner):
		p.need(kwJoin)
	case p.got(kwJoin):
	default:
		return j, false
	}
	j.Source = p.source()
	// INSERT … SELECT … JOIN t ON CONFLICT joins without a condition.
	if p.at(kwOn) && p.ahead().code != kwConflict {
		p.advance()
		j.On = p.expr(lowest)
	} else if p.got(kwUsing) {
		j.Using = p.names()
	}
	j.Span = p.span(start)
	return j, p.err == nil
}

func (p *parser) source() Source {
	start := p.tok.Pos
	p.want.add(aSource)
	const noTable, hint = "AS OF for what is no table", "only a table has versions"
	switch p.tok.code {
	case stringLiteral:
		f := &File{Path: unquote(p.text())}
		p.advance()
		f.Alias = p.sourceAlias(noTable, hint)
		f.Span = p.span(start)
		return f
	case minus:
		if partOfName(p.scan.text[p.tok.End:]) > 0 {
			p.failHint("a table's name begins with a letter, a digit or _; - alone is standard input")
		}
		s := &Stdin{}
		p.advance()
		s.Alias = p.sourceAlias(noTable, hint)
		s.Span = p.span(start)
		return s
	case leftParen:
		if !p.queryAhead() {
			p.refuse("a join in parentheses", "write the joins one behind the other")
		}
		d := &Derived{Query: p.subquery()}
		d.Alias = p.sourceAlias(noTable, hint)
		d.Span = p.span(start)
		return d
	}
	if p.word("LATERAL") && p.ahead().code == leftParen {
		p.fail()
	}
	name := p.tableName(aSource)
	if p.tok.code == leftParen {
		c := &TableCall{Function: name, Arguments: p.args()}
		c.Alias = p.sourceAlias(noTable, hint)
		c.Span = p.span(start)
		return c
	}
	t := &Table{Table: name}
	if p.at(kwAs) && p.ahead().code == kwOf {
		t.AsOf = p.asOf()
	}
	t.Alias = p.sourceAlias("a second AS OF", "")
	t.Span = p.span(start)
	return t
}

// asOf takes AS OF and the name of a version.
func (p *parser) asOf() Expression {
	p.need(kwAs, kwOf)
	p.want.add(aVersion)
	switch p.tok.code {
	case stringLiteral, number, parameter:
		return p.primary()
	}
	p.failHint("a version stands in quotes: AS OF '~1'")
	return nil
}

// sourceAlias takes an alias; AS OF is refused as the construct that it is there.
func (p *parser) sourceAlias(construct, hint string) *Identifier {
	if p.tok.code == kwAs && p.ahead().code == kwOf {
		p.refuse(construct, hint)
	}
	return p.aliasName()
}

// tableName takes the name of a table, which unquoted may have dots and dashes in it.
func (p *parser) tableName(what code) Identifier {
	p.want.add(what)
	if p.tok.code == quotedName {
		return p.name(what)
	}
	end := tableName(p.scan.text, p.tok.Pos)
	name := p.scan.text[p.tok.Pos:end]
	if name == "" || keyword(name).reserved() {
		p.fail()
		return Identifier{}
	}
	id := Identifier{Span{p.tok.Pos, end}, name}
	p.tok.End, p.scan.at = end, end
	p.advance()
	return id
}
