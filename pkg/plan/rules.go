package plan

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// rule is a rewriting of plans that keeps their meaning.
type rule struct {
	name  string
	apply func(n Node, o Options) (Node, bool)
}

// rules returns the rules in the order in which they are applied.
func rules() []rule {
	return []rule{
		{"fold constants", foldNode},
		{"run single uses in place", inlineShared},
		{"push conditions down", pushDown},
		{"order joins", orderJoins},
		{"push conditions down", pushDown},
		{"join by keys", keyJoins},
		{"look up correlated rows", lookUp},
		{"sort what is wanted only", topSort},
		{"use an index", useIndex},
	}
}

// improve applies the rules one after the other, and then finds out which columns are needed and how many rows there may be.
func (p *Plan) improve(o Options) {
	for _, r := range rules() {
		walk := &pass{seen: map[Node]bool{}, rule: func(n Node) (Node, bool) { return r.apply(n, o) }}
		p.Root = walk.over(p.Root)
		if walk.changed && (len(p.rules) == 0 || p.rules[len(p.rules)-1] != r.name) {
			p.rules = append(p.rules, r.name)
		}
		if r.name == "push conditions down" || r.name == "use an index" {
			estimateAll(p.Root)
		}
	}
	if needs(p.Root) {
		p.rules = append(p.rules, "read needed columns only")
	}
	walk := &pass{seen: map[Node]bool{}, rule: narrowSide}
	p.Root = walk.over(p.Root)
	if walk.changed {
		p.rules = append(p.rules, "keep the narrower side in memory")
	}
}

// narrowSide has a join of sides of about the same number of rows keep the one in memory of which fewer columns are needed.
func narrowSide(n Node) (Node, bool) {
	j, ok := n.(*Join)
	if !ok || j.Kind != syntax.InnerJoin || len(j.Keys) == 0 {
		return n, false
	}
	left, right := j.Left.Figures().Estimate, j.Right.Figures().Estimate
	if left > 2*right || right > 2*left {
		return n, false
	}
	need := fields(append([]bool(nil), j.Need...), j.Terms...)
	width := len(j.Left.Columns())
	inLeft, inRight := count(need[:width]), count(need[width:])
	before := j.BuildLeft
	if inLeft != inRight {
		j.BuildLeft = inLeft < inRight
	}
	return n, before != j.BuildLeft
}

func count(need []bool) (n int) {
	for _, yes := range need {
		n += b2i(yes)
	}
	return n
}

// foldNode computes constants, once: what comes out cannot be folded again.
func foldNode(n Node, _ Options) (Node, bool) {
	changed := false
	rewrite(n, func(x Expr) Expr {
		y := Fold(x)
		changed = changed || !volatile(x) && identity(x) != identity(y)
		return y
	})
	f, ok := n.(*Filter)
	if !ok {
		return n, changed
	}
	var terms []Expr
	for _, term := range f.Terms {
		terms = conjuncts(terms, term)
	}
	left := terms[:0]
	for _, term := range terms {
		c, ok := term.(*Constant)
		if !ok {
			left = append(left, term)
		} else if truth, known := cell.Truth(c.Value); !truth || !known {
			return &Limit{Input: f.Input, Count: &Constant{cell.FromInteger(0)}}, true
		}
	}
	if len(left) == 0 {
		return f.Input, true
	}
	changed = changed || len(left) != len(f.Terms)
	f.Terms = left
	return n, changed
}

// inlineShared puts a query of WITH that is used once where it is used.
func inlineShared(n Node, _ Options) (Node, bool) {
	changed := false
	for _, input := range inputs(n) {
		if s, ok := (*input).(*Shared); ok && s.uses == 1 {
			*input, changed = s.Input, true
		}
	}
	return n, changed
}

// topSort tells a Sort below a Limit how many rows are wanted.
func topSort(n Node, _ Options) (Node, bool) {
	l, ok := n.(*Limit)
	if !ok {
		return n, false
	}
	wanted, ok := limitOf(l)
	if !ok {
		return n, false
	}
	below := &l.Input
	for {
		switch m := (*below).(type) {
		case *Project:
			below = &m.Input
			continue
		case *Sort:
			if m.Limit < 0 {
				m.Limit = wanted
				return n, true
			}
		}
		return n, false
	}
}

// limitOf returns how many rows a Limit reads, if that is known.
func limitOf(l *Limit) (int64, bool) {
	count, ok := wholeConstant(l.Count)
	if !ok || count < 0 {
		return 0, false
	}
	offset := int64(0)
	if l.Offset != nil {
		if offset, ok = wholeConstant(l.Offset); !ok {
			return 0, false
		}
	}
	const most = 1 << 40
	if count > most || offset > most {
		return 0, false
	}
	return count + max(offset, 0), true
}
