package syntax

import "strings"

// Print returns a node as text, on one line unless a string or name holds line breaks. What it prints of a tree that Parse made is
// read as the same tree: keywords are in upper case, aliases have AS, names have quotes where they need them, comments and needless
// parentheses are gone. Identifier, Item and Ordering can be printed too.
func Print(n any) string {
	var b printer
	b.node(n)
	return b.String()
}

// printer writes nodes. Its methods recurse as deep as the tree.
type printer struct{ strings.Builder }

func (b *printer) node(n any) {
	switch n := n.(type) {
	case Statement:
		b.statement(n)
	case Core:
		b.core(n)
	case Source:
		b.source(n)
	case Expression:
		b.expr(n, lowest)
	case *From:
		b.from(n)
	case *Window:
		b.window(n)
	case Identifier:
		b.name(n)
	case Item:
		b.item(n)
	case Ordering:
		b.ordering(n)
	}
}

// print writes words and blanks as they are.
func (b *printer) print(texts ...string) {
	for _, text := range texts {
		b.WriteString(text)
	}
}

// list writes elements with a comma between each two.
func list[T any](b *printer, elements []T, one func(T)) {
	for i, e := range elements {
		if i > 0 {
			b.print(", ")
		}
		one(e)
	}
}

// clause writes a keyword and an expression, if there is one.
func (b *printer) clause(keyword string, x Expression) {
	if x != nil {
		b.print(" ", keyword, " ")
		b.expr(x, lowest)
	}
}

// name writes a name, with quotes unless it would be read as the same without.
func (b *printer) name(id Identifier) {
	s := scanner{text: id.Name}
	t := s.next()
	plain := t.code == plainName && !isClock(id.Name) || t.code >= firstKeyword && !t.code.reserved()
	if plain && t.Pos == 0 && t.End == len(id.Name) {
		b.print(id.Name)
		return
	}
	b.quote(id.Name, `"`)
}

// table writes the name of a table, in which dots and dashes need no quotes.
func (b *printer) table(id Identifier) {
	if n := len(id.Name); n > 0 && tableName(id.Name, 0) == n && !keyword(id.Name).reserved() {
		b.print(id.Name)
		return
	}
	b.quote(id.Name, `"`)
}

func (b *printer) quote(text, quote string) {
	b.print(quote, strings.ReplaceAll(text, quote, quote+quote), quote)
}

// names writes names in parentheses behind a blank, if there are any.
func (b *printer) names(names []Identifier) {
	if len(names) > 0 {
		b.print(" (")
		list(b, names, b.name)
		b.print(")")
	}
}

func (b *printer) alias(id *Identifier) {
	if id != nil {
		b.print(" AS ")
		b.name(*id)
	}
}

func (b *printer) statement(n Statement) {
	switch n := n.(type) {
	case *Query:
		b.query(n)
	case *Insert:
		b.insert(n)
	case *Update:
		b.print("UPDATE ")
		b.source(n.Table)
		b.assignments(n.Set)
		b.whereOrAll(n.Where)
	case *Delete:
		b.print("DELETE FROM ")
		b.source(n.Table)
		b.whereOrAll(n.Where)
	case *CreateTable:
		b.createTable(n)
	case *DropTable:
		b.print("DROP TABLE ")
		if n.IfExists {
			b.print("IF EXISTS ")
		}
		b.table(n.Table)
		b.print(" CONFIRM")
	case *Begin:
		b.print("BEGIN")
	case *Commit:
		b.print("COMMIT")
	case *Rollback:
		b.print("ROLLBACK")
	case *Explain:
		b.print("EXPLAIN ")
		b.statement(n.Statement)
	}
}

func (b *printer) insert(n *Insert) {
	b.print("INSERT INTO ")
	b.table(n.Table)
	b.names(n.Columns)
	b.print(" ")
	b.query(n.Query)
	c := n.Conflict
	if c == nil {
		return
	}
	b.print(" ON CONFLICT")
	b.names(c.Columns)
	if c.Set == nil {
		b.print(" DO NOTHING")
		return
	}
	b.print(" DO UPDATE")
	b.assignments(c.Set)
	b.clause("WHERE", c.Where)
}

func (b *printer) assignments(set []Assignment) {
	b.print(" SET ")
	list(b, set, func(a Assignment) {
		b.name(a.Column)
		b.print(" = ")
		b.expr(a.Value, lowest)
	})
}

func (b *printer) whereOrAll(where Expression) {
	if where == nil {
		b.print(" ALL")
	}
	b.clause("WHERE", where)
}

func (b *printer) createTable(n *CreateTable) {
	b.print("CREATE TABLE ")
	if n.IfNotExists {
		b.print("IF NOT EXISTS ")
	}
	b.table(n.Table)
	b.print(" (")
	list(b, n.Columns, func(d ColumnDefinition) {
		b.name(d.Column)
		if d.Type != "" {
			b.print(" ", d.Type)
		}
		if d.Key {
			b.print(" PRIMARY KEY")
		}
	})
	if len(n.Key) > 0 {
		b.print(", PRIMARY KEY")
		b.names(n.Key)
	}
	b.print(")")
}
