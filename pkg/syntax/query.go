package syntax

// Query is one SELECT or VALUES, or several that set operators join from left to right, all of one precedence.
type Query struct {
	Span
	With          []CommonTable
	First         Core
	Rest          []Arm
	OrderBy       []Ordering
	Limit, Offset Expr
}

// CommonTable is one named query of a WITH.
type CommonTable struct {
	Span
	Table   Ident
	Columns []Ident // none: the names that the query gives
	Query   *Query
}

// SetOp joins what stands left of it with the query right of it.
type SetOp uint8

// The set operators.
const (
	Union SetOp = iota
	UnionAll
	Intersect
	Except
)

// String returns the operator as it is written.
func (o SetOp) String() string { return [...]string{"UNION", "UNION ALL", "INTERSECT", "EXCEPT"}[o] }

// Arm is a set operator and what stands right of it.
type Arm struct {
	Span
	Op   SetOp
	Core Core
}

// Core is *Select or *Values.
type Core interface {
	Node
	core()
}

// Select is one SELECT.
type Select struct {
	Span
	Distinct bool
	Items    []Item
	From     *From // nil: one row of no columns
	Where    Expr
	GroupBy  []Expr
	Having   Expr
	Windows  []NamedWindow
}

// Values is rows written down.
type Values struct {
	Span
	Rows [][]Expr // one row at least, each of one expression at least
}

// Item is a column of a result: an expression, or a *Star in place of several.
type Item struct {
	Span
	Expr  Expr
	Alias *Ident // nil: the column is called by its expression
}

// Ordering is one term of ORDER BY.
type Ordering struct {
	Span
	Expr  Expr
	Desc  bool
	Nulls NullOrder
}

// NullOrder says where NULL is sorted.
type NullOrder uint8

// Where NULL comes. By default it is less than all others.
const (
	NullsDefault NullOrder = iota
	NullsFirst
	NullsLast
)

// NamedWindow is one window of a WINDOW clause. Its own Name is nil.
type NamedWindow struct {
	Span
	Name   Ident
	Window *Window
}

// From is where rows come from: one source, joined with others from left to right.
type From struct {
	Span
	First Source
	Joins []Join
}

// JoinKind says what becomes of rows of the left side that have no partner.
type JoinKind uint8

// The joins. A comma is a CrossJoin.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	CrossJoin
)

// String returns the kind as it is written.
func (k JoinKind) String() string { return [...]string{"INNER JOIN", "LEFT JOIN", "CROSS JOIN"}[k] }

// Join joins one more source. On is nil and Using empty where every row has every other for its partner; never are both there.
type Join struct {
	Span
	Kind   JoinKind
	Source Source
	On     Expr
	Using  []Ident
}

// Source is one of *Table, *File, *Stdin, *TableCall and *Derived.
type Source interface {
	Node
	source()
}

// Table is a table of the database, or a query that WITH names.
type Table struct {
	Span
	Table Ident
	AsOf  Expr   // a *Text, *Number or *Param that names a time or version; nil: the table as it is
	Alias *Ident // nil: as the table is called
}

// File is a file of the dialect of tables, named by a string.
type File struct {
	Span
	Path  string
	Alias *Ident
}

// Stdin is a table on standard input, written -.
type Stdin struct {
	Span
	Alias *Ident
}

// TableCall is a function that makes rows, such as rdb_log('text').
type TableCall struct {
	Span
	Function Ident
	Args     []Expr
	Alias    *Ident
}

// Derived is a query in place of a table.
type Derived struct {
	Span
	Query *Query
	Alias *Ident
}

func (*Select) core() {}
func (*Values) core() {}

func (*Table) source()     {}
func (*File) source()      {}
func (*Stdin) source()     {}
func (*TableCall) source() {}
func (*Derived) source()   {}
