package plan

import "github.com/reedbase/reedbase/pkg/cell"

// throughGroup tests before the rows are put together what is said of the keys alone, if it is true of all rows of a group or of none.
func throughGroup(f *Filter, g *Group) (Node, bool) {
	var through, left []Expr
	for _, term := range f.Terms {
		_, greatest, ok := span(term)
		if ok && greatest < len(g.Keys) && !volatile(term) && ofEqual(term, g.Keys) {
			through = append(through, substituted(term, g.Keys))
		} else {
			left = append(left, term)
		}
	}
	return split(f, g, &g.Input, through, left)
}

// ofEqual reports whether x, which is about keys, has one value for all values of theirs that are equal. 1 and 1.0 are equal, and in a
// column without a type 01 too, but their texts and types differ.
func ofEqual(x Expr, keys []Expr) bool {
	switch x := x.(type) {
	case *Field:
		return isText(keys[x.Index])
	case *Compare:
		if isLeaf(x.X) && isLeaf(x.Y) && ordered(x.X, x.Y) {
			return true
		}
	case *In:
		if isField(x.X) && orderedAll(x.X, x.List) {
			return true
		}
	}
	same := true
	operands(x, func(y *Expr) { same = same && ofEqual(*y, keys) })
	return same
}

// isText reports whether all values of x are texts, or NULL.
func isText(x Expr) bool {
	_, part := x.(*Part)
	return part || x.Type() == cell.String
}

func isLeaf(x Expr) bool {
	_, constant := x.(*Constant)
	return constant || isField(x)
}

func orderedAll(x Expr, list []Expr) bool {
	for _, y := range list {
		if !isLeaf(y) || !ordered(x, y) {
			return false
		}
	}
	return true
}

// ordered reports whether values compare by their order, and not as texts that spell them.
func ordered(x, y Expr) bool {
	asLeft, asRight, dual := Sides(x.Type(), y.Type())
	return asLeft != cell.String && asRight != cell.String && (dual == NoSide || isNoText(x) || isNoText(y))
}

func isNoText(x Expr) bool {
	c, ok := x.(*Constant)
	return ok && c.Value.Kind() != cell.KindText
}
