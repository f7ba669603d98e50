package reedbase

import (
	"fmt"
	"slices"

	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/relation"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// Where an index would pay: a table of many rows of which few were wanted.
const (
	adviceRows  = 10_000
	adviceShare = 10 // one row in so many, at most
)

// Advice returns what would have found the rows of the query faster, once it has run: indices of columns that it compares, in large
// tables of which it wanted few rows and had to read all.
func (r *Rows) Advice() (list []string) {
	var visit func(n plan.Node)
	visit = func(n plan.Node) {
		if s, ok := n.(*plan.Scan); ok {
			if text := r.catalogue.advice(s); text != "" && !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
		for _, input := range n.Inputs() {
			visit(input)
		}
	}
	visit(r.plan.Root)
	return list
}

func (c *Catalogue) advice(s *plan.Scan) string {
	of, ok := s.Relation.(*relation.Relation)
	if !ok || !c.standing[of] || s.Lookup != nil || of.Count < adviceRows || s.Rows.Load() > of.Count/adviceShare {
		return ""
	}
	for _, term := range s.Terms {
		if column, equal := compared(term); column != "" {
			kind := "--kind ordered"
			if equal {
				kind = "--kind hash"
			}
			return fmt.Sprintf("all of about %d rows of %s were read for %d; 'rdb index:create %s.%s %s' makes an index that finds them",
				of.Count, s.Name, s.Rows.Load(), s.Name, column, kind)
		}
	}
	return ""
}

// compared returns the column that a term compares with something that is no column, and whether for equality.
func compared(term plan.Expr) (column string, equal bool) {
	c, ok := term.(*plan.Compare)
	if !ok || c.Operator == syntax.NotEqual || c.Operator == syntax.IsNot {
		return "", false
	}
	x, left := c.X.(*plan.Field)
	y, right := c.Y.(*plan.Field)
	equal = c.Operator == syntax.Equal
	switch {
	case left && !right:
		return x.Name, equal
	case right && !left:
		return y.Name, equal
	}
	return "", false
}
