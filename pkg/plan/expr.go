package plan

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// Expr is an expression whose names are resolved: one of the types of this file, and before a plan is done Call of an
// aggregate or a window. It is not changed once it is part of a plan.
type Expr interface {
	// Type is what its values compare as: that of a column or a cast, else Expression.
	Type() cell.Type
}

// Constant is a value that is known.
type Constant struct{ Value cell.Value }

// Field is a column of the rows at hand.
type Field struct {
	Index int // counted from 0
	Name  string
	Of    cell.Type
}

// Param is a value of the row that surrounds a subquery: Subquery.Arguments[Index] of the nearest one.
type Param struct {
	Index int
	Name  string
	Of    cell.Type
}

// Unary is an operator before its operand.
type Unary struct {
	Operator syntax.UnaryOperator
	X        Expr
}

// Arithmetic is an operator whose operator is BitAnd or one behind it.
type Arithmetic struct {
	Operator syntax.BinaryOperator
	X, Y     Expr
}

// Compare is a comparison: the operator is GreaterEqual or one before it.
type Compare struct {
	Operator syntax.BinaryOperator
	X, Y     Expr
	How      cell.Comparison
}

// Logical joins terms by AND, or by OR.
type Logical struct {
	Or    bool
	Terms []Expr
}

// Between is X BETWEEN Low AND High where X must be computed once; any other is two of Compare.
type Between struct {
	Not          bool
	X, Low, High Expr
	AtLeast      cell.Comparison // of X with Low
	AtMost       cell.Comparison // of X with High
}

// Match compares X with a pattern.
type Match struct {
	Operator           syntax.MatchOperator
	Not                bool
	X, Pattern, Escape Expr // Escape may be nil
}

// In is X IN (List).
type In struct {
	Not  bool
	X    Expr
	List []Expr
	How  cell.Comparison // of X with each
}

// InQuery is X IN (SELECT …).
type InQuery struct {
	Not   bool
	X     Expr
	Query *Subquery
	How   cell.Comparison
}

// Exists asks whether a query has a row.
type Exists struct{ Query *Subquery }

// Scalar is the first value of the first row of a query, or NULL.
type Scalar struct{ Query *Subquery }

// Case is the first Then whose If is true, or equal to Operand where there is one, or Else. Operand, which is computed once, and Else
// may be nil.
type Case struct {
	Operand Expr
	Whens   []When
	Else    Expr
}

// When is one arm of a Case.
type When struct {
	If, Then Expr
	How      cell.Comparison // of the operand with If
}

// Cast is CAST(X AS To).
type Cast struct {
	X  Expr
	To cell.Type
}

// Numeric is CAST(X AS NUMERIC): an integer or a float.
type Numeric struct{ X Expr }

// Affinity is X as it is beside a column of a type: a text that reads as a value of the type is that value, and beside a column of
// strings a number is the text that spells it.
type Affinity struct {
	X  Expr
	As cell.Type
}

// Call is the call of a function of one row.
type Call struct {
	Function  *function.Scalar
	Arguments []Expr
}

// PartOf says which part of a key a Part is.
type PartOf uint8

// The parts. WithoutLanguage is the canonical key but for its language.
const (
	Language PartOf = iota
	Environment
	Season
	Variant
	Namespace
	Path
	WithoutLanguage
)

var partNames = [...]string{"language", "environment", "season", "variant", "namespace", "path"}

// Part is a part of a key: NULL when X is no key or has no such part.
type Part struct {
	X     Expr
	Of    PartOf
	Words rbks.Words
}

// Subquery is a query within an expression.
type Subquery struct {
	Root      Node
	Arguments []Expr // over the surrounding row, what Param stands for; none: the result never changes
	kept      bool   // what does not depend on the surrounding row is in a Shared or Probe
}

// Aggregate is the call of a function over a group of rows.
type Aggregate struct {
	Function  *function.Aggregate
	Distinct  bool
	Arguments []Expr // none for count(*)
	Filter    Expr   // may be nil
}

// WindowCall is the call of a function over a window.
type WindowCall struct {
	Name      string              // in lower case
	Aggregate *function.Aggregate // nil: a function that windows alone have, by its name
	Arguments []Expr
	Filter    Expr // may be nil
	Partition []Expr
	Order     []SortKey
	Frame     Frame
}

// Frame is the part of a partition that an aggregate, first_value and their like look at.
type Frame struct {
	Unit     syntax.FrameUnit
	From, To FrameBound
}

// FrameBound is an end of a Frame.
type FrameBound struct {
	Kind   syntax.BoundKind
	Offset cell.Value // a number that is not negative, with Preceding and Following
}

// Type returns Expression, as it does for all that is computed.
func (*Constant) Type() cell.Type   { return cell.Expression }
func (*Unary) Type() cell.Type      { return cell.Expression }
func (*Arithmetic) Type() cell.Type { return cell.Expression }
func (*Compare) Type() cell.Type    { return cell.Expression }
func (*Logical) Type() cell.Type    { return cell.Expression }
func (*Between) Type() cell.Type    { return cell.Expression }
func (*Match) Type() cell.Type      { return cell.Expression }
func (*In) Type() cell.Type         { return cell.Expression }
func (*InQuery) Type() cell.Type    { return cell.Expression }
func (*Exists) Type() cell.Type     { return cell.Expression }
func (*Case) Type() cell.Type       { return cell.Expression }
func (*Numeric) Type() cell.Type    { return cell.Float }
func (*Affinity) Type() cell.Type   { return cell.Expression }
func (*Call) Type() cell.Type       { return cell.Expression }
func (*Part) Type() cell.Type       { return cell.Expression }
func (*Aggregate) Type() cell.Type  { return cell.Expression }
func (*WindowCall) Type() cell.Type { return cell.Expression }

// Type returns the type of the column.
func (x *Field) Type() cell.Type { return x.Of }

// Type returns the type of the column.
func (x *Param) Type() cell.Type { return x.Of }

// Type returns the type that X is cast to.
func (x *Cast) Type() cell.Type { return x.To }

// Type returns the type of the query's column.
func (x *Scalar) Type() cell.Type { return x.Query.Root.Columns()[0].Type }
