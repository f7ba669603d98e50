package syntax

// Node is a statement, a query, an expression, or another part of them that Walk visits.
type Node interface {
	Pos() int // the offset of its first byte in the text
	End() int // the offset behind its last byte
}

// Span is where something stands in the text, in bytes. Parentheses around an expression belong to what holds it.
type Span struct{ Start, Stop int }

// Pos returns the offset of the first byte.
func (s Span) Pos() int { return s.Start }

// End returns the offset behind the last byte.
func (s Span) End() int { return s.Stop }

// Identifier is a name as it is meant, without the quotes it may have in the text.
type Identifier struct {
	Span
	Name string
}

// Statement is one of *Query, *Insert, *Update, *Delete, *CreateTable, *DropTable, *Begin, *Commit, *Rollback and *Explain.
type Statement interface {
	Node
	statement()
}

// Insert adds the rows of a query, or of VALUES, to a table.
type Insert struct {
	Span
	Table    Identifier
	Columns  []Identifier // none: all of the table, in its order
	Query    *Query
	Conflict *Conflict // nil: a row whose key is there is an error
}

// Conflict says what becomes of an inserted row whose key is there already: it is left out, or changes the row by Set where Where
// holds. In both the row that was to be inserted is called excluded.
type Conflict struct {
	Span
	Columns []Identifier // the key, if it is named
	Set     []Assignment
	Where   Expression
}

// Assignment is one column = value of a SET.
type Assignment struct {
	Span
	Column Identifier
	Value  Expression
}

// Update changes the rows of a table for which Where holds, or all of them.
type Update struct {
	Span
	Table *Table
	Set   []Assignment
	Where Expression // nil: every row, which the text says with ALL
}

// Delete deletes the rows of a table for which Where holds, or all of them.
type Delete struct {
	Span
	Table *Table
	Where Expression // nil: every row, which the text says with ALL
}

// CreateTable makes an empty table.
type CreateTable struct {
	Span
	Table       Identifier
	IfNotExists bool // it is no error when the table is there
	Columns     []ColumnDefinition
	Key         []Identifier // PRIMARY KEY (…) behind the columns
}

// ColumnDefinition is one column of CREATE TABLE.
type ColumnDefinition struct {
	Span
	Column Identifier
	Type   string // as it is written; "" when the column has none
	Key    bool   // PRIMARY KEY behind the column
}

// DropTable deletes a table. The text says CONFIRM.
type DropTable struct {
	Span
	Table    Identifier
	IfExists bool // it is no error when the table is not there
}

// Begin opens a frame: what follows is stored as a whole or not at all.
type Begin struct{ Span }

// Commit stores the frame.
type Commit struct{ Span }

// Rollback drops the frame.
type Rollback struct{ Span }

// Explain prints the plan of a statement, which is not run: a *Query, *Insert, *Update or *Delete.
type Explain struct {
	Span
	Statement Statement
}

func (*Query) statement()       {}
func (*Insert) statement()      {}
func (*Update) statement()      {}
func (*Delete) statement()      {}
func (*CreateTable) statement() {}
func (*DropTable) statement()   {}
func (*Begin) statement()       {}
func (*Commit) statement()      {}
func (*Rollback) statement()    {}
func (*Explain) statement()     {}
