package plan

import (
	"math"

	"github.com/reedbase/reedbase/pkg/syntax"
)

// unknownRows is the number of rows of a relation that does not know it.
const unknownRows = 10_000

// estimateAll fills in how many rows each operator may return, from the sources up.
func estimateAll(n Node) {
	done := map[Node]bool{}
	var visit func(n Node)
	visit = func(n Node) {
		if done[n] {
			return
		}
		done[n] = true
		for _, input := range n.Inputs() {
			visit(input)
		}
		for _, x := range expressions(n) {
			Visit(x, func(y Expr) bool {
				if q := queryOf(y); q != nil {
					visit(q.Root)
				}
				return true
			})
		}
		n.Figures().Estimate = estimate(n)
	}
	visit(n)
}

func estimate(n Node) float64 {
	of := func(n Node) float64 { return n.Figures().Estimate }
	switch n := n.(type) {
	case *Scan:
		rows := float64(n.Relation.Rows())
		if rows < 0 {
			rows = unknownRows
		}
		if n.Lookup != nil && n.Lookup.Index.Kind() == Modifier {
			return chosen(math.Ceil(n.Lookup.Records), n.Lookup.rest)
		}
		rows = chosen(rows, n.Terms)
		if n.Lookup != nil && n.Lookup.Records >= 0 {
			rows = min(rows, math.Ceil(n.Lookup.Records))
		}
		return rows
	case *Values:
		return float64(len(n.Rows))
	case *Filter:
		return chosen(of(n.Input), n.Terms)
	case *Join:
		return estimateJoin(n)
	case *Group:
		if len(n.Keys) == 0 {
			return 1
		}
		return math.Ceil(math.Pow(of(n.Input), 0.75))
	case *Sort:
		if n.Limit >= 0 {
			return min(of(n.Input), float64(n.Limit))
		}
	case *Limit:
		if most, ok := wholeConstant(n.Count); ok && most >= 0 {
			return min(of(n.Input), float64(most))
		}
	case *Distinct:
		return math.Ceil(math.Pow(of(n.Input), 0.9))
	case *Set:
		switch n.Operator {
		case syntax.UnionAll:
			return of(n.Left) + of(n.Right)
		case syntax.Intersect:
			return math.Ceil(min(of(n.Left), of(n.Right)) / 2)
		}
		return math.Ceil(of(n.Left) / 2)
	case *Probe:
		return math.Ceil(math.Sqrt(of(n.Input)))
	}
	return of(n.Inputs()[0])
}

func estimateJoin(j *Join) float64 {
	left, right := j.Left.Figures().Estimate, j.Right.Figures().Estimate
	rows := left * right
	equalities := len(j.Keys)
	var others []Expr
	for _, term := range j.Terms {
		if _, ok := joinKey(term, len(j.Left.Columns())); ok {
			equalities++
		} else {
			others = append(others, term)
		}
	}
	if equalities > 0 {
		rows = max(left, right, 1) // each row of the larger side has about one partner
	}
	rows = chosen(rows, others)
	if j.Kind == syntax.LeftJoin {
		rows = max(rows, left)
	}
	return rows
}

// chosen returns how many rows are left of some where terms hold.
func chosen(rows float64, terms []Expr) float64 {
	if len(terms) == 0 {
		return rows
	}
	for _, term := range terms {
		rows *= chance(term)
	}
	return math.Ceil(rows)
}

// chance guesses how often a condition holds.
func chance(x Expr) float64 {
	switch x := x.(type) {
	case *Compare:
		switch x.Operator {
		case syntax.Equal, syntax.Is:
			return 0.01
		case syntax.NotEqual, syntax.IsNot:
			return 0.99
		}
		return 0.3
	case *In:
		return min(0.5, 0.01*float64(len(x.List)))
	case *Match:
		return 0.05
	case *Logical:
		p := 1.0
		for _, term := range x.Terms {
			if x.Or {
				p *= 1 - chance(term)
			} else {
				p *= chance(term)
			}
		}
		if x.Or {
			return 1 - p
		}
		return p
	case *Unary:
		if x.Operator == syntax.Not {
			return 1 - chance(x.X)
		}
	}
	return 0.5
}
