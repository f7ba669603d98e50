package plan

import "github.com/reedbase/reedbase/pkg/syntax"

// needs finds out which columns of each operator somebody reads, and reports whether there is a scan of which some are not.
func needs(root Node) bool {
	w := &needed{done: map[Node]bool{}}
	w.node(root, all(root))
	return w.fewer()
}

func all(n Node) []bool {
	need := make([]bool, len(n.Columns()))
	for i := range need {
		need[i] = true
	}
	return need
}

type needed struct {
	done  map[Node]bool
	scans []*Scan
}

func (w *needed) fewer() bool {
	for _, s := range w.scans {
		for _, need := range s.Need {
			if !need {
				return true
			}
		}
	}
	return false
}

// node adds columns of an operator that somebody reads.
func (w *needed) node(n Node, need []bool) {
	s := n.Figures()
	grown := !w.done[n]
	if s.Need == nil {
		s.Need = make([]bool, len(n.Columns()))
	}
	for i, yes := range need {
		if yes && !s.Need[i] {
			s.Need[i], grown = true, true
		}
	}
	if !grown {
		return
	}
	if !w.done[n] {
		w.done[n] = true
		w.queries(n)
	}
	w.inputs(n, s.Need)
}

func (w *needed) queries(n Node) {
	for _, x := range expressions(n) {
		Visit(x, func(y Expr) bool {
			if e, ok := y.(*Exists); ok {
				w.node(e.Query.Root, nil)
			} else if q := queryOf(y); q != nil {
				w.node(q.Root, all(q.Root))
			}
			return true
		})
	}
}

// fields marks the fields of expressions.
func fields(need []bool, list ...Expr) []bool {
	visitList(list, func(x Expr) bool {
		if f, ok := x.(*Field); ok {
			need[f.Index] = true
		}
		return true
	})
	return need
}

func (w *needed) inputs(n Node, need []bool) {
	none := func(input Node) []bool { return make([]bool, len(input.Columns())) }
	own := func() []bool { return append([]bool(nil), need...) }
	switch n := n.(type) {
	case *Scan:
		w.scans = append(w.scans, n)
	case *Filter:
		w.node(n.Input, fields(own(), n.Terms...))
	case *Project:
		below := none(n.Input)
		for i, x := range n.Exprs {
			if need[i] {
				fields(below, x)
			}
		}
		w.node(n.Input, below)
	case *Join:
		both := fields(own(), n.Terms...)
		width := len(n.Left.Columns())
		left, right := both[:width:width], both[width:]
		for _, k := range n.Keys {
			fields(left, k.Left)
			fields(right, k.Right)
		}
		w.node(n.Left, left)
		w.node(n.Right, right)
	case *Group:
		below := fields(fields(none(n.Input), n.Keys...), n.Bare...)
		for _, c := range n.Calls {
			fields(below, c)
		}
		w.node(n.Input, below)
	case *Window:
		below := append([]bool(nil), need[:len(n.Input.Columns())]...)
		for _, c := range n.Calls {
			fields(below, c)
		}
		w.node(n.Input, below)
	case *Sort:
		below := own()
		for _, k := range n.Keys {
			fields(below, k.X)
		}
		w.node(n.Input, below)
	case *Distinct:
		below := own()
		for i := range n.Width {
			below[i] = true
		}
		w.node(n.Input, below)
	case *Set:
		if n.Operator == syntax.UnionAll {
			w.node(n.Left, own())
			w.node(n.Right, own())
			return
		}
		w.node(n.Left, all(n.Left))
		w.node(n.Right, all(n.Right))
	case *Probe:
		below := own()
		for _, k := range n.Keys {
			fields(below, k.Left)
		}
		w.node(n.Input, below)
	case *Limit, *Shared:
		w.node(n.Inputs()[0], own())
	}
}
