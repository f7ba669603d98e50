package plan

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

func wholeConstant(x Expr) (int64, bool) {
	c, ok := x.(*Constant)
	if !ok || c.Value.Kind() != cell.KindInteger {
		return 0, false
	}
	return c.Value.Integer(), true
}

// pushDown tests conditions as early as their columns are there.
func pushDown(n Node, _ Options) (Node, bool) {
	switch n := n.(type) {
	case *Filter:
		return pushFilter(n)
	case *Join:
		return n, pushJoin(n)
	}
	return n, false
}

func pushFilter(f *Filter) (Node, bool) {
	switch in := f.Input.(type) {
	case *Filter:
		in.Terms = append(in.Terms, f.Terms...)
		return in, true
	case *Scan:
		in.Terms = append(in.Terms, f.Terms...)
		return in, true
	case *Project:
		return throughProject(f, in)
	case *Join:
		return intoJoin(f, in)
	case *Group:
		return throughGroup(f, in)
	}
	return f, false
}

// throughProject tests before the projection what is said of columns that it hands on as they are.
func throughProject(f *Filter, p *Project) (Node, bool) {
	var through, left []Expr
	for _, term := range f.Terms {
		cheap := !has(term, func(x Expr) bool {
			field, ok := x.(*Field)
			return ok && !simple(p.Exprs[field.Index])
		})
		if cheap && !volatile(term) {
			through = append(through, substituted(term, p.Exprs))
		} else {
			left = append(left, term)
		}
	}
	return split(f, p, &p.Input, through, left)
}

func simple(x Expr) bool {
	switch x := x.(type) {
	case *Field, *Constant, *Param:
		return true
	case *Part:
		return isField(x.X)
	}
	return false
}

// substituted returns x with each field replaced by the expression of its number.
func substituted(x Expr, by []Expr) Expr {
	if f, ok := x.(*Field); ok {
		return by[f.Index]
	}
	return mapped(x, func(y Expr) Expr { return substituted(y, by) })
}

// split puts a filter of the terms that go through n before its input, and leaves the others behind it.
func split(f *Filter, n Node, input *Node, through, left []Expr) (Node, bool) {
	if len(through) == 0 {
		return f, false
	}
	*input = &Filter{Input: *input, Terms: through}
	if len(left) == 0 {
		return n, true
	}
	f.Terms = left
	return f, true
}

// intoJoin gives terms to the sides whose columns they are about, or to the join itself. Behind a LEFT JOIN only those about
// the left side go.
func intoJoin(f *Filter, j *Join) (Node, bool) {
	width := len(j.Left.Columns())
	var into, left []Expr
	for _, term := range f.Terms {
		_, greatest, ok := span(term)
		switch {
		case volatile(term), j.Kind == syntax.LeftJoin && !(ok && greatest < width):
			left = append(left, term)
		default:
			into = append(into, term)
		}
	}
	if len(into) == 0 {
		return f, false
	}
	if j.Kind == syntax.LeftJoin {
		return split(f, j, &j.Left, into, left)
	}
	j.Terms = append(j.Terms, into...)
	if len(left) == 0 {
		return j, true
	}
	f.Terms = left
	return f, true
}

// pushJoin gives the terms of a join that are about one side to that side; those of a LEFT JOIN about its left side stay.
func pushJoin(j *Join) bool {
	width := len(j.Left.Columns())
	var sides [2][]Expr
	kept := j.Terms[:0:0]
	for _, term := range j.Terms {
		least, greatest, ok := span(term)
		switch {
		case !ok || volatile(term):
			kept = append(kept, term)
		case greatest < width && j.Kind != syntax.LeftJoin:
			sides[0] = append(sides[0], term)
		case least >= width:
			sides[1] = append(sides[1], shifted(term, -width))
		default:
			kept = append(kept, term)
		}
	}
	if len(sides[0])+len(sides[1]) == 0 {
		return false
	}
	j.Terms = kept
	if len(sides[0]) > 0 {
		j.Left = &Filter{Input: j.Left, Terms: sides[0]}
	}
	if len(sides[1]) > 0 {
		j.Right = &Filter{Input: j.Right, Terms: sides[1]}
	}
	return true
}

// keyJoins finds the terms of a join that are equalities between its sides.
func keyJoins(n Node, _ Options) (Node, bool) {
	j, ok := n.(*Join)
	if !ok {
		return n, false
	}
	width := len(j.Left.Columns())
	kept := j.Terms[:0:0]
	for _, term := range j.Terms {
		if k, ok := joinKey(term, width); ok && (k.Dual == NoSide || len(j.Keys) == 0) && (len(j.Keys) == 0 || j.Keys[0].Dual == NoSide) {
			j.Keys = append(j.Keys, k)
		} else {
			kept = append(kept, term)
		}
	}
	changed := len(kept) < len(j.Terms)
	j.Terms = kept
	if j.Kind == syntax.InnerJoin && changed {
		j.BuildLeft = j.Left.Figures().Estimate < j.Right.Figures().Estimate
	}
	return n, changed
}

// joinKey returns the sides of an equality between columns left and right of width.
func joinKey(term Expr, width int) (k JoinKey, ok bool) {
	c, ok := term.(*Compare)
	if !ok || c.Operator != syntax.Equal || has(c, isSubquery) || volatile(c) {
		return k, false
	}
	x, y := c.X, c.Y
	leastX, greatestX, okX := span(x)
	leastY, greatestY, okY := span(y)
	switch {
	case !okX || !okY:
		return k, false
	case greatestX < width && leastY >= width:
	case greatestY < width && leastX >= width:
		x, y = y, x
	default:
		return k, false
	}
	k = JoinKey{Left: x, Right: shifted(y, -width)}
	return k.fitted(x.Type(), y.Type()), true
}

// fitted converts the sides of a key so that they are equal where Comparing(left, right) finds them so, as cell.Order does.
func (k JoinKey) fitted(left, right cell.Type) JoinKey {
	asLeft, asRight, dual := Sides(left, right)
	if asLeft != cell.Expression {
		k.Left = &Affinity{k.Left, asLeft}
	}
	if asRight != cell.Expression {
		k.Right = &Affinity{k.Right, asRight}
	}
	k.Dual = dual
	return k
}

// orderJoins moves the sources of inner joins so that none is joined without a condition while another one has one.
func orderJoins(n Node, _ Options) (Node, bool) {
	j, ok := n.(*Join)
	if !ok || j.Kind != syntax.InnerJoin {
		return n, false
	}
	var leaves []leaf
	var terms []Expr
	flatten(j, 0, &leaves, &terms)
	if len(leaves) < 3 {
		return n, false
	}
	order := joinOrder(leaves, terms)
	if slices.IsSorted(order) {
		return n, false
	}
	return rebuilt(j, leaves, terms, order), true
}

// leaf is a source of a chain of inner joins, whose columns begin at field at.
type leaf struct {
	node Node
	at   int
}

// flatten takes a chain of inner joins apart; its terms then are about the fields of the whole.
func flatten(n Node, at int, leaves *[]leaf, terms *[]Expr) {
	j, ok := n.(*Join)
	if !ok || j.Kind != syntax.InnerJoin || len(j.Keys) > 0 {
		*leaves = append(*leaves, leaf{n, at})
		return
	}
	flatten(j.Left, at, leaves, terms)
	flatten(j.Right, at+len(j.Left.Columns()), leaves, terms)
	for _, term := range j.Terms {
		*terms = append(*terms, shifted(term, at))
	}
}

// joinOrder begins with the first source and goes on with the first one that a term joins with those there are, if there is one.
func joinOrder(leaves []leaf, terms []Expr) (order []int) {
	about := make([][]int, len(terms)) // the sources of each equality
	for i, term := range terms {
		c, ok := term.(*Compare)
		if !ok || c.Operator != syntax.Equal {
			continue
		}
		Visit(term, func(x Expr) bool {
			if f, ok := x.(*Field); ok {
				k := len(leaves) - 1
				for leaves[k].at > f.Index {
					k--
				}
				if !slices.Contains(about[i], k) {
					about[i] = append(about[i], k)
				}
			}
			return true
		})
	}
	taken := make([]bool, len(leaves))
	for range leaves {
		next := -1
		for k := range leaves {
			if taken[k] {
				continue
			}
			joined := slices.ContainsFunc(about, func(list []int) bool {
				return len(list) > 1 && slices.Contains(list, k) && !slices.ContainsFunc(list, func(i int) bool { return i != k && !taken[i] })
			})
			if next < 0 || joined {
				next = k
				if joined {
					break
				}
			}
		}
		taken[next] = true
		order = append(order, next)
	}
	return order
}

// rebuilt joins the sources in another order, and puts their columns back into the order they had.
func rebuilt(j *Join, leaves []leaf, terms []Expr, order []int) Node {
	columns := j.Columns()
	moved := make([]Expr, len(columns)) // what a field of the whole is in the new order
	var n Node
	at := 0
	used := make([]bool, len(terms))
	for _, k := range order {
		l := leaves[k]
		for i, c := range l.node.Columns() {
			moved[l.at+i] = &Field{at + i, c.Name, c.Type}
		}
		at += len(l.node.Columns())
		if n == nil {
			n = l.node
			continue
		}
		joined := &Join{Kind: syntax.InnerJoin, Left: n, Right: l.node, columns: slices.Concat(n.Columns(), l.node.Columns())}
		for i, term := range terms {
			there := !used[i] && !has(term, func(x Expr) bool {
				f, ok := x.(*Field)
				return ok && moved[f.Index] == nil
			})
			if there {
				used[i] = true
				joined.Terms = append(joined.Terms, substituted(term, moved))
			}
		}
		n = joined
	}
	return &Project{Input: n, Exprs: moved, columns: columns}
}

// Sides returns what the values of two operands are read as, by cell.Beside, so that cell.Order finds them equal where Comparing
// their types does; Expression is as they are. With dual a number of that side which is spelled by a cell is also equal to the
// text that spells it.
func Sides(left, right cell.Type) (asLeft, asRight cell.Type, dual JoinSide) {
	numeric := func(t cell.Type) bool { return t >= cell.Integer && t <= cell.Timestamp }
	asLeft, asRight = cell.Expression, cell.Expression
	switch {
	case numeric(left) && !numeric(right):
		asRight = left
	case numeric(right) && !numeric(left):
		asLeft = right
	case numeric(left):
	case left == cell.String && right != cell.String:
		asRight = cell.String
	case right == cell.String && left != cell.String:
		asLeft = cell.String
	case left == cell.Undeclared && right == cell.Expression:
		dual = LeftSide
	case left == cell.Expression && right == cell.Undeclared:
		dual = RightSide
	}
	return asLeft, asRight, dual
}
