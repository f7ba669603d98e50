package reedbase

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// keysOf returns the keys of all rows that a condition can hold for, where it says so by itself: it is, or AND joins to it, that each
// column of the key is equal to a text. In columns without a type and in those of strings that is equality of the cells' contents; so
// it is with no other column, nor with a number.
func (t *target) keysOf(where syntax.Expression, from *syntax.Table, p Parameters) (keys [][]string, ok bool) {
	if where == nil || t.edit == nil || len(t.KeyAt) == 0 {
		return nil, false
	}
	terms := []syntax.Expression{where}
	if and, ok := where.(*syntax.Logical); ok && !and.Or {
		terms = and.Terms
	}
	keys = [][]string{nil}
	for _, at := range t.KeyAt {
		values := t.valuesOf(at, terms, from, p)
		if values == nil || len(keys)*len(values) > maxPoints {
			return nil, false
		}
		var longer [][]string
		for _, key := range keys {
			for _, v := range values {
				longer = append(longer, append(slices.Clone(key), v))
			}
		}
		keys = longer
	}
	return keys, true
}

// maxPoints is how many keys are looked for one by one: more are found as fast by reading the table.
const maxPoints = 8

// valuesOf returns the texts that one of the terms says a column is equal to one of, each once; nil when none says so.
func (t *target) valuesOf(at int, terms []syntax.Expression, from *syntax.Table, p Parameters) []string {
	if of := t.Header[at].Type; of != cell.Undeclared && of != cell.String {
		return nil
	}
	for _, term := range terms {
		var list []syntax.Expression
		switch x := term.(type) {
		case *syntax.Binary:
			switch {
			case x.Operator != syntax.Equal:
			case t.names(x.X, at, from):
				list = []syntax.Expression{x.Y}
			case t.names(x.Y, at, from):
				list = []syntax.Expression{x.X}
			}
		case *syntax.In:
			if !x.Not && x.Query == nil && t.names(x.X, at, from) {
				list = x.List
			}
		}
		if values := textsOf(list, p); values != nil {
			return values
		}
	}
	return nil
}

// names reports whether an expression is the column, written so exactly.
func (t *target) names(x syntax.Expression, at int, from *syntax.Table) bool {
	c, ok := x.(*syntax.Column)
	if !ok {
		return false
	}
	name := from.Table.Name
	if from.Alias != nil {
		name = from.Alias.Name
	}
	last := len(c.Path) - 1
	var before []string
	for _, id := range c.Path[:last] {
		before = append(before, id.Name)
	}
	return c.Path[last].Name == t.Header[at].Name && (last == 0 || strings.Join(before, ".") == name)
}

// textsOf returns the texts that expressions are, each once; nil unless all of them are.
func textsOf(list []syntax.Expression, p Parameters) (texts []string) {
	for _, x := range list {
		var v cell.Value
		switch x := x.(type) {
		case *syntax.Text:
			v = cell.FromText([]byte(x.Value))
		case *syntax.Parameter:
			v = valueOf(x, p)
		}
		if v.Kind() != cell.KindText {
			return nil
		}
		if text := string(v.Text()); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// valueOf returns the value of a parameter, NULL where it has none.
func valueOf(x *syntax.Parameter, p plan.Parameters) cell.Value {
	if x.Index == 0 {
		return p.Named[x.Name]
	}
	if x.Index <= len(p.Positional) {
		return p.Positional[x.Index-1]
	}
	return cell.Value{}
}
