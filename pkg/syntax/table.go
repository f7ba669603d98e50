package syntax

import "strings"

// createTable takes CREATE TABLE.
func (p *parser) createTable() *CreateTable {
	start := p.tok.Pos
	p.advance()
	p.needTable("CREATE ")
	c := &CreateTable{}
	if p.at(kwIf) && p.ahead().code == kwNot {
		p.need(kwIf, kwNot, kwExists)
		c.IfNotExists = true
	}
	c.Table = p.tableName(aNewName)
	if p.tok.code == kwAs {
		p.refuse("CREATE TABLE … AS", "create the table, then INSERT INTO … SELECT")
	}
	p.need(leftParen)
	for more := true; more; more = p.got(comma) {
		if len(c.Columns) > 0 && p.at(kwPrimary) {
			c.Key = p.tableKey(c)
			break
		}
		c.Columns = append(c.Columns, p.columnDef(c))
	}
	p.need(rightParen)
	c.Span = p.span(start)
	return c
}

// needTable takes TABLE behind CREATE or DROP.
func (p *parser) needTable(verb string) {
	if p.tok.code == plainName {
		switch word := strings.ToUpper(firstBytes(p.text(), 32)); word {
		case "UNIQUE":
			p.refuse(verb+"UNIQUE INDEX", "")
		case "INDEX", "VIEW", "TRIGGER", "TEMP", "TEMPORARY", "VIRTUAL", "DATABASE", "SCHEMA":
			p.refuse(verb+word, "")
		}
	}
	p.need(kwTable)
}

// columnDef takes one column of CREATE TABLE.
func (p *parser) columnDef(c *CreateTable) ColumnDefinition {
	start := p.tok.Pos
	if next := p.ahead().code; p.word("CONSTRAINT") || (next == leftParen || next == kwKey) && p.foreignConstraint() {
		p.refuseConstraint()
	}
	d := ColumnDefinition{Column: p.name(aNewName)}
	if p.want.add(aType); p.tok.code == plainName && !p.foreignConstraint() {
		p.alias = p.tok
		d.Type = p.typeName()
	}
	if p.at(kwPrimary) {
		p.primaryKey(c)
		d.Key = true
	}
	if p.foreignConstraint() {
		p.refuseConstraint()
	}
	d.Span = p.span(start)
	return d
}

// tableKey takes the PRIMARY KEY behind the columns.
func (p *parser) tableKey(c *CreateTable) []Identifier {
	p.primaryKey(c)
	return p.names()
}

// primaryKey takes PRIMARY KEY, of which a table has one.
func (p *parser) primaryKey(c *CreateTable) {
	for _, d := range c.Columns {
		if d.Key {
			p.failAt(p.tok.Pos, Error{Text: "the table has a second PRIMARY KEY", Hint: "write PRIMARY KEY (column, …) behind the columns"})
		}
	}
	p.need(kwPrimary, kwKey)
}

// foreignConstraint reports whether the token at hand begins what others can say of a column.
func (p *parser) foreignConstraint() bool {
	switch p.tok.code {
	case kwNot, kwNull, kwOn:
		return true
	case plainName:
		switch strings.ToUpper(firstBytes(p.text(), 32)) {
		case "UNIQUE", "CHECK", "DEFAULT", "REFERENCES", "FOREIGN", "CONSTRAINT", "COLLATE", "GENERATED", "AUTOINCREMENT":
			return true
		}
	}
	return false
}

func (p *parser) refuseConstraint() {
	constraint := strings.ToUpper(p.text())
	switch p.tok.code {
	case kwNot:
		constraint = "NOT NULL"
	case kwOn:
		constraint = "ON CONFLICT"
	}
	p.refuse(constraint+" in CREATE TABLE", "the schema of the table says more about its columns")
}

// typeName takes the name of a type, which is one word.
func (p *parser) typeName() string {
	p.want.add(aType)
	if p.tok.code != plainName {
		p.fail()
		return ""
	}
	name := p.text()
	p.advance()
	if p.tok.code == leftParen {
		p.refuse("a type with a size", "")
	}
	return name
}

func (p *parser) dropTable() *DropTable {
	start := p.tok.Pos
	p.advance()
	p.needTable("DROP ")
	d := &DropTable{}
	if p.at(kwIf) && p.ahead().code == kwExists {
		p.need(kwIf, kwExists)
		d.IfExists = true
	}
	d.Table = p.tableName(aTable)
	if !p.got(kwConfirm) {
		p.failHint("write DROP TABLE … CONFIRM")
	}
	d.Span = p.span(start)
	return d
}
