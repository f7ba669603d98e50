package exec

import (
	"bytes"
	"cmp"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// raw is the terms of a scan about one column alone, which are tested on the bytes of its cells before there are values of
// anything.
type raw struct {
	column   int
	contents []func(content []byte) bool // about the bytes
	values   []func(v cell.Value) bool   // about the value, which is made once
}

// rawTerms takes the terms that can be tested so out of a list, by column.
func rawTerms(terms []plan.Expr, columns []plan.Column) (list []*raw, left []plan.Expr) {
	of := func(column int) *raw {
		for _, r := range list {
			if r.column == column {
				return r
			}
		}
		list = append(list, &raw{column: column})
		return list[len(list)-1]
	}
	for _, term := range terms {
		column, content, value := rawTerm(term, columns)
		switch {
		case content != nil:
			of(column).contents = append(of(column).contents, content)
		case value != nil:
			of(column).values = append(of(column).values, value)
		default:
			left = append(left, term)
		}
	}
	return list, left
}

// rawTerm returns a test of the content of a cell or of its value, if the term is one of a column and constants.
func rawTerm(term plan.Expr, columns []plan.Column) (column int, content func([]byte) bool, value func(cell.Value) bool) {
	of := func(x plan.Expr) (texts, ok bool) {
		f, ok := x.(*plan.Field)
		if !ok {
			return false, false
		}
		column = f.Index
		return columns[column].Type == cell.Undeclared || columns[column].Type == cell.String, true
	}
	switch x := term.(type) {
	case *plan.Match:
		if texts, ok := of(x.X); ok && texts {
			if m, ok, err := matcherOf(x); ok && err == nil {
				return column, func(b []byte) bool { return m.Match(b) != x.Not }, nil
			}
		}
	case *plan.In:
		if texts, ok := of(x.X); ok && texts && !x.Not {
			return column, textMembers(x.List), nil
		}
	case *plan.Compare:
		c, constant := x.Y.(*plan.Constant)
		texts, ok := of(x.X)
		if !ok || !constant || c.Value.IsNull() {
			break
		}
		if text := c.Value.Text(); texts && c.Value.Kind() == cell.KindText {
			switch x.Operator {
			case syntax.Equal, syntax.Is:
				return column, func(b []byte) bool { return bytes.Equal(b, text) }, nil
			case syntax.NotEqual:
				return column, func(b []byte) bool { return !bytes.Equal(b, text) }, nil
			}
		}
		if x.Operator == syntax.IsNot {
			break
		}
		return column, nil, comparing(x, c.Value, columns[column].Type)
	}
	return 0, nil, nil
}

// comparing returns a test of the value of a column of type t against one that is always the same.
func comparing(x *plan.Compare, with cell.Value, t cell.Type) func(cell.Value) bool {
	holds := [3]bool{plan.Holds(x.Operator, -1), plan.Holds(x.Operator, 0), plan.Holds(x.Operator, 1)}
	slow := func(v cell.Value) bool { return !v.IsNull() && holds[x.How.Compare(v, with)+1] }
	const exact = 1 << 53 // floats are all the integers up to here
	n := with.Integer()
	switch {
	case t == cell.String:
	case with.Kind() == cell.KindInteger && n > -exact && n < exact:
		f := float64(n)
		return func(v cell.Value) bool {
			switch v.Kind() {
			case cell.KindInteger:
				return holds[cmp.Compare(v.Integer(), n)+1]
			case cell.KindFloat:
				return holds[cmp.Compare(v.Float(), f)+1]
			}
			return slow(v)
		}
	case with.Kind() == cell.KindFloat:
		f := with.Float()
		return func(v cell.Value) bool {
			if v.Kind() == cell.KindFloat {
				return holds[cmp.Compare(v.Float(), f)+1]
			}
			return slow(v)
		}
	}
	return slow
}

// textMembers returns a test of a text being one of a list of texts; nil when the list is another.
func textMembers(list []plan.Expr) func([]byte) bool {
	set := make(map[string]struct{}, len(list))
	for _, x := range list {
		c, ok := x.(*plan.Constant)
		if !ok || c.Value.Kind() != cell.KindText {
			return nil
		}
		set[string(c.Value.Text())] = struct{}{}
	}
	return func(b []byte) bool {
		_, ok := set[string(b)]
		return ok
	}
}

// pass leaves the rows of sel for which the terms hold.
func (r *raw) pass(o *scan, sel []int32) []int32 {
	text, spans, t := o.block.text, o.spans[r.column], o.types[r.column]
	left := sel[:0]
rows:
	for _, i := range sel {
		x := spans[i]
		content := text[x.start : x.start+x.length : x.start+x.length]
		quoted := len(content) > 0 && content[0] == '"'
		if quoted {
			content = o.unquoted(content)
		}
		for _, test := range r.contents {
			if !test(content) {
				continue rows
			}
		}
		if len(r.values) > 0 {
			v := t.Read(content, quoted)
			for _, test := range r.values {
				if !test(v) {
					continue rows
				}
			}
		}
		left = append(left, i)
	}
	return left
}
