package plan

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// LIKE takes ASCII letters of either case for one, and the order of an index does not. But most tables spell what they hold in one way:
// an index that can tell in which ways its cells begin narrows such a pattern to them.

// Beginner is an Index of the kind OrderedText that tells how its cells begin.
type Beginner interface {
	// Beginnings returns the beginnings, in ascending order, that cells of the first column have and that differ from prefix, which
	// is in lower case, in the case of ASCII letters alone. Where there are more than most it gives up, and ok is false.
	Beginnings(prefix []byte, most int) (list [][]byte, ok bool)
}

// mostBeginnings is how many spellings of a pattern's beginning are looked for.
const mostBeginnings = 8

// foldedBounds is bounds for a term that is a pattern without regard to case: the range from the first to the last spelling.
func foldedBounds(term Expr, column int, ix Index) (low, high Bound, ok bool) {
	m, is := term.(*Match)
	b, can := ix.(Beginner)
	if !is || !can || m.Not || m.Operator != syntax.Like || m.Escape != nil || ix.Kind() != OrderedText || !isColumn(m.X, column) {
		return low, high, false
	}
	pattern, is := m.Pattern.(*Constant)
	if !is || pattern.Value.Kind() != cell.KindText {
		return low, high, false
	}
	matcher, err := function.CompileLike(pattern.Value.Text(), nil)
	if err != nil || len(matcher.FoldedPrefix()) == 0 {
		return low, high, false
	}
	list, ok := b.Beginnings(matcher.FoldedPrefix(), mostBeginnings)
	switch {
	case !ok:
		return low, high, false
	case len(list) == 0: // no text begins so: the range of those between the prefix and itself
		v := cell.FromText(matcher.FoldedPrefix())
		return Bound{true, true, v}, Bound{true, false, v}, true
	}
	return Bound{true, true, cell.FromText(list[0])}, above(list[len(list)-1]), true
}
