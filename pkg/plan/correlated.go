package plan

import "github.com/reedbase/reedbase/pkg/syntax"

// lookUp keeps in memory what a query that depends on the row around it reads, so that it is read once, and finds the rows of an
// equality with that row by their keys.
func lookUp(n Node, _ Options) (Node, bool) {
	changed := false
	for _, x := range expressions(n) {
		Visit(x, func(y Expr) bool {
			if q := queryOf(y); q != nil && len(q.Arguments) > 0 && !q.kept {
				q.Root, q.kept, changed = kept(q.Root), true, true
			}
			return true
		})
	}
	return n, changed
}

// kept puts what does not depend on the row around into a Shared or a Probe.
func kept(n Node) Node {
	if !Dependent(n) {
		switch n.(type) {
		case *Values, *Shared, *Probe:
			return n
		}
		return &Shared{Input: n}
	}
	switch n := n.(type) {
	case *Scan:
		var free []Expr
		bound := n.Terms[:0:0]
		for _, term := range n.Terms {
			if has(term, isParam) {
				bound = append(bound, term)
			} else {
				free = append(free, term)
			}
		}
		n.Terms = free
		return probed(n, bound)
	case *Filter:
		if !Dependent(n.Input) {
			return probed(n.Input, n.Terms)
		}
	}
	for _, input := range inputs(n) {
		*input = kept(*input)
	}
	return n
}

// probed returns the rows of input, which does not depend on the row around, for which the terms hold.
func probed(input Node, terms []Expr) Node {
	p := &Probe{Input: input}
	var left []Expr
	for _, term := range terms {
		if k, ok := probeKey(term); ok && (k.Dual == NoSide || len(p.Keys) == 0) && (len(p.Keys) == 0 || p.Keys[0].Dual == NoSide) {
			p.Keys = append(p.Keys, k)
		} else {
			left = append(left, term)
		}
	}
	var n Node = p
	if len(p.Keys) == 0 {
		n = &Shared{Input: input}
	}
	if len(left) > 0 {
		n = &Filter{Input: n, Terms: left}
	}
	return n
}

// probeKey returns the sides of an equality of the row at hand, on the left, with the row around.
func probeKey(term Expr) (k JoinKey, ok bool) {
	c, ok := term.(*Compare)
	if !ok || c.Operator != syntax.Equal || has(c, isSubquery) || volatile(c) {
		return k, false
	}
	x, y := c.X, c.Y
	if has(x, isParam) {
		x, y = y, x
	}
	if has(x, isParam) || !has(x, isField) || has(y, isField) {
		return k, false
	}
	return JoinKey{Left: x, Right: y}.fitted(x.Type(), y.Type()), true
}
