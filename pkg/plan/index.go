package plan

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// A record that an index finds costs about as much as this many that a scan passes by.
const recordCost = 20

// useIndex lets an index find the rows of a scan, or their order, where that reads less than the whole.
func useIndex(n Node, o Options) (Node, bool) {
	if o.NoIndices {
		return n, false
	}
	switch n := n.(type) {
	case *Scan:
		return n, n.Lookup == nil && useForTerms(n)
	case *Sort:
		return useForOrder(n)
	}
	return n, false
}

// useForTerms takes the index that promises the fewest records.
func useForTerms(s *Scan) bool {
	rows := float64(s.Relation.Rows())
	var best *IndexLookup
	least := rows / recordCost
	for _, ix := range s.Relation.Indices(s.asked()) {
		l, cost := lookup(s, ix)
		if l != nil && (rows < 0 || cost < least) {
			best, least, rows = l, cost, max(rows, 0)
		}
	}
	if best == nil {
		return false
	}
	best.Records = max(1, best.Records)
	s.Lookup = best
	return true
}

// asked returns which columns the terms of a scan are about, and of which they want modifiers.
func (s *Scan) asked() Wanted {
	about, modifiers := make([]bool, len(s.columns)), make([]bool, len(s.columns))
	for _, term := range s.Terms {
		if t, ok := modifierTerm(term); ok {
			modifiers[t.column] = true
			continue
		}
		Visit(term, func(x Expr) bool {
			if f, ok := x.(*Field); ok {
				about[f.Index] = true
			}
			return true
		})
	}
	return func(column int, kind IndexKind) bool {
		if kind == Modifier {
			return modifiers[column]
		}
		return about[column]
	}
}

// lookup returns how an index answers the terms of a scan, and what that costs beside one record; nil when it cannot.
func lookup(s *Scan, ix Index) (*IndexLookup, float64) {
	if ix.Kind() == Modifier {
		return lookupModifiers(s, ix)
	}
	columns := ix.Columns()
	if keys := equalities(s, ix, columns); keys != nil {
		each := float64(ix.Entries()) / max(1, float64(ix.Distinct()))
		records := each * float64(len(keys))
		return &IndexLookup{Index: ix, Keys: keys, Records: records}, records
	}
	if ix.Kind() == Hash {
		return nil, 0
	}
	l := &IndexLookup{Index: ix}
	some := false
	for _, term := range s.Terms {
		low, high, ok := bounds(term, columns[0], s.columns[columns[0]].Type, ix.Kind())
		if !ok {
			low, high, ok = foldedBounds(term, columns[0], ix)
		}
		if !ok {
			continue
		}
		some = true
		l.Low, l.High = tighter(l.Low, low, 1), tighter(l.High, high, -1)
	}
	if !some {
		return nil, 0
	}
	l.Records = float64(ix.Estimate(l.Low, l.High))
	return l, l.Records
}

// equalities returns the keys to look up: one value for each column, and with IN several such keys.
func equalities(s *Scan, ix Index, columns []int) [][]Expr {
	key := make([]Expr, len(columns))
	var list []Expr // of an IN over the only column
	for i, column := range columns {
		for _, term := range s.Terms {
			if c, ok := term.(*Compare); ok && c.Operator == syntax.Equal {
				if v, ok := beside(c.X, c.Y, column); ok && fits(v, s.columns[column].Type, ix.Kind()) {
					key[i] = v
				}
			}
			if in, ok := term.(*In); ok && !in.Not && len(columns) == 1 && isColumn(in.X, column) && allFit(in.List, s.columns[column].Type, ix.Kind()) {
				list = in.List
			}
		}
		if key[i] == nil && list == nil {
			return nil
		}
	}
	if key[0] != nil {
		return [][]Expr{key}
	}
	keys := [][]Expr{}
	for _, x := range list {
		keys = append(keys, []Expr{x})
	}
	return keys
}

func isColumn(x Expr, column int) bool {
	f, ok := x.(*Field)
	return ok && f.Index == column
}

// beside returns the constant that stands beside the column.
func beside(x, y Expr, column int) (*Constant, bool) {
	if isColumn(y, column) {
		x, y = y, x
	}
	c, ok := y.(*Constant)
	return c, ok && isColumn(x, column)
}

func allFit(list []Expr, t cell.Type, kind IndexKind) bool {
	for _, x := range list {
		if c, ok := x.(*Constant); !ok || !fits(c, t, kind) {
			return false
		}
	}
	return true
}

// fits reports whether an index of a column of this type compares as a comparison with the constant does.
func fits(c *Constant, t cell.Type, kind IndexKind) bool {
	if kind == OrderedValue {
		// A text beside a cell of no type compares as a text, in another order than that of values.
		return c.Value.IsNumber() && t != cell.String || t == cell.String && c.Value.Kind() == cell.KindText
	}
	return c.Value.Kind() == cell.KindText && (t == cell.String || t == cell.Undeclared)
}

// bounds returns the range that a term leaves of a column.
func bounds(term Expr, column int, t cell.Type, kind IndexKind) (low, high Bound, ok bool) {
	switch x := term.(type) {
	case *Compare:
		c, found := beside(x.X, x.Y, column)
		if found && fits(c, t, kind) {
			return compareBounds(x, c.Value, isColumn(x.X, column))
		}
		if p, is := x.X.(*Part); is && x.Operator == syntax.Equal && isColumn(p.X, column) && kind == OrderedText {
			return partBounds(p, x.Y)
		}
	case *Match:
		if kind == OrderedText && !x.Not && isColumn(x.X, column) {
			return patternBounds(x)
		}
	}
	return low, high, false
}

// null is the bound that leaves out NULL alone.
func null() Bound { return Bound{Set: true} }

func compareBounds(x *Compare, v cell.Value, columnFirst bool) (low, high Bound, ok bool) {
	o := x.Operator
	if !columnFirst {
		o = turned(o)
	}
	b := Bound{true, o == syntax.LessEqual || o == syntax.GreaterEqual || o == syntax.Equal, v}
	switch o {
	case syntax.Equal:
		return b, b, true
	case syntax.Less, syntax.LessEqual:
		return null(), b, true
	case syntax.Greater, syntax.GreaterEqual:
		return b, Bound{}, true
	}
	return low, high, false
}

func turned(o syntax.BinaryOperator) syntax.BinaryOperator {
	switch o {
	case syntax.Less:
		return syntax.Greater
	case syntax.LessEqual:
		return syntax.GreaterEqual
	case syntax.Greater:
		return syntax.Less
	case syntax.GreaterEqual:
		return syntax.LessEqual
	}
	return o
}

// partBounds is for key.namespace and key.path: what stands behind them in a key is '.', '<' or '@', all below 'A'.
func partBounds(p *Part, y Expr) (low, high Bound, ok bool) {
	c, is := y.(*Constant)
	if !is || c.Value.Kind() != cell.KindText || p.Of != Namespace && p.Of != Path {
		return low, high, false
	}
	text := c.Value.Text()
	above := append(append([]byte(nil), text...), 'A')
	return Bound{true, true, c.Value}, Bound{true, false, cell.FromText(above)}, true
}

func patternBounds(m *Match) (low, high Bound, ok bool) {
	pattern, is := m.Pattern.(*Constant)
	if !is || m.Escape != nil || pattern.Value.Kind() != cell.KindText || m.Operator == syntax.Regexp {
		return low, high, false
	}
	compile := function.CompileGlob
	if m.Operator == syntax.Like {
		compile = func(p []byte) (*function.Matcher, error) { return function.CompileLike(p, nil) }
	}
	matcher, err := compile(pattern.Value.Text())
	if err != nil {
		return low, high, false
	}
	prefix, _ := matcher.Prefix()
	if len(prefix) == 0 {
		return low, high, false
	}
	return Bound{true, true, cell.FromText(prefix)}, above(prefix), true
}

// above returns the bound behind all texts that begin with the prefix.
func above(prefix []byte) Bound {
	end := append([]byte(nil), prefix...)
	for n := len(end); n > 0; n-- {
		if end[n-1] < 255 {
			end[n-1]++
			return Bound{true, false, cell.FromText(end[:n])}
		}
	}
	return Bound{}
}

// tighter returns the bound that leaves less: the greater one for sign 1, the lesser one for -1.
func tighter(a, b Bound, sign int) Bound {
	switch {
	case !b.Set:
		return a
	case !a.Set:
		return b
	}
	if c := cell.Order(a.Value, b.Value) * sign; c < 0 || c == 0 && !b.Inclusive {
		return b
	}
	return a
}

// useForOrder reads rows in the order of an index in place of sorting them, where few of them are wanted.
func useForOrder(s *Sort) (Node, bool) {
	if s.Limit < 0 || len(s.Keys) != 1 || s.Keys[0].NullsLast != s.Keys[0].Descending {
		return s, false
	}
	scan, f := Below(s.Input, s.Keys[0].X)
	if scan == nil || scan.Lookup != nil {
		return s, false
	}
	t := scan.columns[f.Index].Type
	for _, ix := range scan.Relation.Indices(func(column int, kind IndexKind) bool { return column == f.Index && kind != Modifier }) {
		inOrder := ix.Kind() == OrderedValue || ix.Kind() == OrderedText && t == cell.String
		if !inOrder || len(ix.Columns()) != 1 || ix.Columns()[0] != f.Index {
			continue
		}
		rows := float64(max(scan.Relation.Rows(), 1))
		read := float64(s.Limit) * rows / max(1, scan.Estimate)
		if read*recordCost > rows {
			continue
		}
		l := &IndexLookup{Index: ix, Descending: s.Keys[0].Descending, Ordered: true, Records: -1}
		for _, term := range scan.Terms {
			if low, high, ok := bounds(term, f.Index, t, ix.Kind()); ok {
				l.Low, l.High = tighter(l.Low, low, 1), tighter(l.High, high, -1)
			}
		}
		scan.Lookup = l
		return &Limit{Input: s.Input, Count: &Constant{cell.FromInteger(s.Limit)}}, true
	}
	return s, false
}

// Below follows a column through projections and filters to the scan it comes from.
func Below(n Node, x Expr) (*Scan, *Field) {
	f, ok := x.(*Field)
	for ok {
		switch m := n.(type) {
		case *Project:
			n = m.Input
			f, ok = m.Exprs[f.Index].(*Field)
		case *Filter:
			n = m.Input
		case *Scan:
			return m, f
		default:
			return nil, nil
		}
	}
	return nil, nil
}
