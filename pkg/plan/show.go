package plan

import (
	"fmt"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// shower writes an expression for people, or exact as what tells it from others.
type shower struct {
	strings.Builder
	exact bool
}

// show returns x as people read it.
func show(x Expr) string {
	var s shower
	s.expr(x)
	return s.String()
}

// identity returns a text that is equal for expressions that have the same value in every row.
func identity(x Expr) string {
	s := shower{exact: true}
	s.expr(x)
	return s.String()
}

func (s *shower) expr(x Expr) {
	switch x := x.(type) {
	case *Constant:
		s.value(x.Value)
	case *Field:
		s.name(x.Name, "#", x.Index)
	case *Param:
		s.name(x.Name, "$", x.Index)
	case *Unary:
		fmt.Fprintf(s, "%s ", x.Operator)
		s.operand(x.X)
	case *Arithmetic:
		s.binary(x.Operator, x.X, x.Y)
	case *Compare:
		s.binary(x.Operator, x.X, x.Y)
	case *Logical:
		word := " AND "
		if x.Or {
			word = " OR "
		}
		s.list("(", word, x.Terms)
	case *Between:
		s.operand(x.X)
		s.not(x.Not)
		s.WriteString(" BETWEEN ")
		s.operand(x.Low)
		s.WriteString(" AND ")
		s.operand(x.High)
	case *Match:
		s.operand(x.X)
		s.not(x.Not)
		fmt.Fprintf(s, " %s ", x.Operator)
		s.operand(x.Pattern)
		if x.Escape != nil {
			s.WriteString(" ESCAPE ")
			s.operand(x.Escape)
		}
	case *In:
		s.operand(x.X)
		s.not(x.Not)
		s.list(" IN (", ", ", x.List)
	case *InQuery:
		s.operand(x.X)
		s.not(x.Not)
		s.WriteString(" IN ")
		s.query(x.Query)
	case *Exists:
		s.WriteString("EXISTS ")
		s.query(x.Query)
	case *Scalar:
		s.query(x.Query)
	case *Case:
		s.WriteString("CASE")
		if x.Operand != nil {
			s.WriteString(" ")
			s.expr(x.Operand)
		}
		for _, w := range x.Whens {
			s.WriteString(" WHEN ")
			s.expr(w.If)
			s.WriteString(" THEN ")
			s.expr(w.Then)
		}
		if x.Else != nil {
			s.WriteString(" ELSE ")
			s.expr(x.Else)
		}
		s.WriteString(" END")
	case *Cast:
		s.WriteString("CAST(")
		s.expr(x.X)
		fmt.Fprintf(s, " AS %s)", x.To)
	case *Numeric:
		s.WriteString("CAST(")
		s.expr(x.X)
		s.WriteString(" AS NUMERIC)")
	case *Affinity:
		if s.exact {
			s.WriteString(x.As.String() + " ")
		}
		s.expr(x.X)
	case *Call:
		s.WriteString(x.Function.Name)
		s.list("(", ", ", x.Arguments)
		if s.exact && !x.Function.Pure && x.Function.Name == "random" {
			fmt.Fprintf(s, "%p", x)
		}
	case *Part:
		s.operand(x.X)
		s.WriteString("." + x.Of.String())
	case *Aggregate:
		s.aggregate(x.Function.Name, x.Distinct, x.Arguments, x.Filter)
	case *WindowCall:
		s.window(x)
	}
}

// String returns the part as it is written behind the key.
func (p PartOf) String() string {
	if p == WithoutLanguage {
		return "without_language"
	}
	return partNames[p]
}

func (s *shower) name(name, sign string, index int) {
	if s.exact || name == "" {
		fmt.Fprintf(s, "%s%d", sign, index)
		return
	}
	s.WriteString(name)
}

func (s *shower) not(not bool) {
	if not {
		s.WriteString(" NOT")
	}
}

func (s *shower) value(v cell.Value) {
	switch v.Kind() {
	case cell.KindNull:
		s.WriteString("NULL")
	case cell.KindText:
		s.WriteString("'" + strings.ReplaceAll(string(v.Text()), "'", "''") + "'")
	default:
		s.Write(v.AppendText(nil))
		if s.exact {
			s.WriteString(" " + v.Kind().String())
		}
	}
}

// operand writes x in parentheses unless it holds together by itself.
func (s *shower) operand(x Expr) {
	switch x.(type) {
	case *Unary, *Arithmetic, *Compare, *Between, *Match, *In, *InQuery:
		s.WriteString("(")
		defer s.WriteString(")")
	}
	s.expr(x)
}

func (s *shower) binary(o syntax.BinaryOperator, x, y Expr) {
	s.operand(x)
	fmt.Fprintf(s, " %s ", o)
	s.operand(y)
}

func (s *shower) list(open, between string, list []Expr) {
	s.WriteString(open)
	for i, x := range list {
		if i > 0 {
			s.WriteString(between)
		}
		if i == 8 && !s.exact && len(list) > 10 {
			fmt.Fprintf(s, "… %d more", len(list)-i)
			break
		}
		s.operand(x)
	}
	s.WriteString(")")
}

func (s *shower) query(q *Subquery) {
	if s.exact {
		fmt.Fprintf(s, "(%p ", q.Root)
		s.list("", ",", q.Arguments)
		return
	}
	s.WriteString("(query)")
}

func (s *shower) aggregate(name string, distinct bool, arguments []Expr, filter Expr) {
	s.WriteString(name)
	switch {
	case len(arguments) == 0:
		s.WriteString("(*)")
	case distinct:
		s.list("(DISTINCT ", ", ", arguments)
	default:
		s.list("(", ", ", arguments)
	}
	if filter != nil {
		s.WriteString(" FILTER (WHERE ")
		s.expr(filter)
		s.WriteString(")")
	}
}

func (s *shower) window(x *WindowCall) {
	s.WriteString(x.Name)
	s.list("(", ", ", x.Arguments)
	if s.exact {
		fmt.Fprintf(s, "%p", x)
	}
	s.WriteString(" OVER (")
	for i, y := range x.Partition {
		s.WriteString([]string{", ", "PARTITION BY "}[b2i(i == 0)])
		s.expr(y)
	}
	if len(x.Order) > 0 {
		if len(x.Partition) > 0 {
			s.WriteString(" ")
		}
		s.WriteString("ORDER BY ")
		s.keys(x.Order)
	}
	s.WriteString(")")
}

func (s *shower) keys(keys []SortKey) {
	for i, k := range keys {
		if i > 0 {
			s.WriteString(", ")
		}
		s.expr(k.X)
		if k.Descending {
			s.WriteString(" DESC")
		}
		if k.NullsLast != k.Descending {
			s.WriteString([]string{" NULLS FIRST", " NULLS LAST"}[b2i(k.NullsLast)])
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
