package plan

// expressions returns the expressions of an operator.
func expressions(n Node) (list []Expr) {
	rewrite(n, func(x Expr) Expr {
		list = append(list, x)
		return x
	})
	return list
}

// rewrite replaces each expression of an operator by what f makes of it.
func rewrite(n Node, f func(Expr) Expr) {
	each := func(list []Expr) {
		for i, x := range list {
			list[i] = f(x)
		}
	}
	one := func(x *Expr) {
		if *x != nil {
			*x = f(*x)
		}
	}
	switch n := n.(type) {
	case *Scan:
		each(n.Terms)
	case *Values:
		for _, r := range n.Rows {
			each(r)
		}
	case *Filter:
		each(n.Terms)
	case *Project:
		each(n.Exprs)
	case *Join:
		for i := range n.Keys {
			one(&n.Keys[i].Left)
			one(&n.Keys[i].Right)
		}
		each(n.Terms)
	case *Group:
		each(n.Keys)
		for i, c := range n.Calls {
			n.Calls[i] = mapped(c, f).(*Aggregate)
		}
		each(n.Bare)
	case *Window:
		for i, c := range n.Calls {
			n.Calls[i] = mapped(c, f).(*WindowCall)
		}
	case *Sort:
		for i := range n.Keys {
			one(&n.Keys[i].X)
		}
	case *Limit:
		one(&n.Count)
		one(&n.Offset)
	case *Probe:
		for i := range n.Keys {
			one(&n.Keys[i].Left)
			one(&n.Keys[i].Right)
		}
	}
}

// inputs returns where an operator keeps its inputs, for a rule to replace them.
func inputs(n Node) []*Node {
	switch n := n.(type) {
	case *Filter:
		return []*Node{&n.Input}
	case *Project:
		return []*Node{&n.Input}
	case *Join:
		return []*Node{&n.Left, &n.Right}
	case *Group:
		return []*Node{&n.Input}
	case *Window:
		return []*Node{&n.Input}
	case *Sort:
		return []*Node{&n.Input}
	case *Limit:
		return []*Node{&n.Input}
	case *Distinct:
		return []*Node{&n.Input}
	case *Set:
		return []*Node{&n.Left, &n.Right}
	case *Shared:
		return []*Node{&n.Input}
	case *Probe:
		return []*Node{&n.Input}
	}
	return nil
}

// pass is one walk of a rule over a plan, the queries within expressions too.
type pass struct {
	rule    func(n Node) (Node, bool) // returns what stands in place of n, and whether that is another
	seen    map[Node]bool             // shared operators and queries that are done
	changed bool
}

// over applies the rule to n and what is below it: n first, then again as long as it changes.
func (p *pass) over(n Node) Node {
	if p.seen[n] {
		return n
	}
	for {
		next, changed := p.rule(n)
		if !changed {
			break
		}
		n, p.changed = next, true
	}
	p.seen[n] = true
	for _, x := range expressions(n) {
		Visit(x, func(y Expr) bool {
			if q := queryOf(y); q != nil {
				q.Root = p.over(q.Root)
			}
			return true
		})
	}
	for _, input := range inputs(n) {
		*input = p.over(*input)
	}
	return n
}

func queryOf(x Expr) *Subquery {
	switch x := x.(type) {
	case *InQuery:
		return x.Query
	case *Exists:
		return x.Query
	case *Scalar:
		return x.Query
	}
	return nil
}
