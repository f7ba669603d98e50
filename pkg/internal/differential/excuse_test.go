package differential

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// difference is a way in which ReedQL answers otherwise than SQLite, with the words of reedql(7) that say so.
type difference struct {
	line  string
	about func(q *syntax.Query, got, want answer) bool
}

// differences are all that are known; nothing else is excused.
var differences = []difference{
	{"sum of integers overflows only if its result does", func(q *syntax.Query, _, want answer) bool {
		return want.err == "integer overflow" && some(q, func(n syntax.Node) bool { c, ok := n.(*syntax.Call); return ok && named(c, "sum") })
	}},
	{"that no row of the answer needs may be computed", func(q *syntax.Query, got, want answer) bool {
		within := func(n syntax.Node) bool { s, ok := n.(*syntax.Query); return ok && s != q }
		return strings.HasSuffix(got.err, "integer overflow") && want.err == "" && some(q, within)
	}},
	{"sum, total and avg are exact and rounded once", func(q *syntax.Query, got, want answer) bool {
		got.rows, want.rows = unlike(got.rows), unlike(want.rows)
		moving := someOver(q, func(c *syntax.Call, w *syntax.Window) bool { return named(c, "total", "avg") && moves(w) }) // what leaves takes digits along
		return moving || nearly(got, want) && some(q, func(n syntax.Node) bool { c, ok := n.(*syntax.Call); return ok && named(c, "sum", "total", "avg") })
	}},
	{"Of values that are equal, such as 1 and 1.0, any may stand for all", func(q *syntax.Query, got, want answer) bool {
		return nearly(got, want) && merges(q)
	}},
	{"keeps its values", func(q *syntax.Query, got, want answer) bool { return nearly(got, want) && joins(q) || casts(q) }},
	{"min and max over a frame that moves heed their FILTER", func(q *syntax.Query, _, _ answer) bool {
		return someOver(q, func(c *syntax.Call, w *syntax.Window) bool {
			return c.Filter != nil && named(c, "min", "max") && moves(w)
		})
	}},
	{"sum over a frame that moves is an integer where all in the frame are", func(q *syntax.Query, _, _ answer) bool {
		return someOver(q, func(c *syntax.Call, w *syntax.Window) bool { return named(c, "sum") && moves(w) })
	}},
	{"group_concat over a window of empty texts is the empty text", func(q *syntax.Query, _, _ answer) bool {
		return someOver(q, func(c *syntax.Call, _ *syntax.Window) bool { return named(c, "group_concat") })
	}},
	{"EXISTS of a DISTINCT query with an OFFSET counts equal rows once", func(q *syntax.Query, _, _ answer) bool {
		return some(q, func(n syntax.Node) bool {
			e, ok := n.(*syntax.Exists)
			return ok && e.Query.Offset != nil && some(e.Query, func(n syntax.Node) bool { s, ok := n.(*syntax.Select); return ok && s.Distinct })
		})
	}},
	{"An aggregate before IN () is one all the same", func(q *syntax.Query, _, _ answer) bool {
		return some(q, func(n syntax.Node) bool { return ofNothing(n) && some(n.(*syntax.In).X, isAggregate) })
	}},
	{"and a text beside a text", func(q *syntax.Query, _, _ answer) bool {
		return some(q, handsOn) && some(q, compares)
	}},
	{"may miss the 15th digit of a float", func(_ *syntax.Query, got, want answer) bool {
		return got.err == "" && want.err == "" && len(got.rows) == len(want.rows) && sameRows(got.rows, want.rows, alikeSpelled)
	}},
	{"IS compares with the 0 or 1 of IN ()", func(q *syntax.Query, _, _ answer) bool {
		return some(q, func(n syntax.Node) bool {
			b, ok := n.(*syntax.Binary)
			return ok && (b.Operator == syntax.Is || b.Operator == syntax.IsNot) && ofNothing(b.Y)
		})
	}},
}

// excuse returns the words of reedql(7) that say why the answers may differ, or "".
func excuse(q *syntax.Query, got, want answer) string {
	if got.broken != "" {
		return ""
	}
	for _, d := range differences {
		if d.about(q, got, want) {
			return d.line
		}
	}
	return ""
}

// handsOn reports whether a node is a call that may return a cell of the column that has no type and holds numbers, which is a value of
// no column then: a text of it is one to ReedQL beside any other cell of such a column, and more than a number to SQLite.
func handsOn(n syntax.Node) bool {
	c, ok := n.(*syntax.Call)
	return ok && named(c, "coalesce", "nullif", "iif") && some(c, func(n syntax.Node) bool {
		column, ok := n.(*syntax.Column)
		return ok && column.Path[len(column.Path)-1].Name == "uses"
	})
}

// compares reports whether a node compares values.
func compares(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Binary:
		return n.Operator >= syntax.Equal && n.Operator <= syntax.GreaterEqual
	case *syntax.Between, *syntax.In:
		return true
	case *syntax.Case:
		return n.Operand != nil
	}
	return false
}

// alikeSpelled reports whether values are alike, or texts that spell floats which differ in their 15th digit.
func alikeSpelled(a, b cell.Value) bool {
	if a.Kind() == cell.KindText && b.Kind() == cell.KindText {
		x, xErr := strconv.ParseFloat(string(a.Text()), 64)
		y, yErr := strconv.ParseFloat(string(b.Text()), 64)
		if xErr == nil && yErr == nil && math.Abs(x-y) <= 1e-14*math.Abs(y) {
			return true
		}
	}
	return alike(a, b)
}

// ofNothing reports whether a node is IN ().
func ofNothing(n syntax.Node) bool {
	in, ok := n.(*syntax.In)
	return ok && in.Query == nil && len(in.List) == 0
}

// some reports whether a node is or has below it one of a kind.
func some(n syntax.Node, is func(syntax.Node) bool) bool {
	for below := range syntax.All(n) {
		if is(below) {
			return true
		}
	}
	return false
}

// nearly reports whether answers differ in nothing but which numbers are integers.
func nearly(got, want answer) bool {
	return got.err == "" && want.err == "" && len(got.rows) == len(want.rows) && sameRows(got.rows, want.rows, alike)
}

// unlike returns rows without those that nearly repeat another.
func unlike(rows [][]cell.Value) (list [][]cell.Value) {
	for _, r := range rows {
		if !slices.ContainsFunc(list, func(s []cell.Value) bool { return slices.EqualFunc(r, s, alike) }) {
			list = append(list, r)
		}
	}
	return list
}

// joins reports whether a query puts rows of several arms behind each other.
func joins(q *syntax.Query) bool {
	return some(q, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Query:
			return len(n.Rest) > 0
		case *syntax.Values:
			return len(n.Rows) > 1
		}
		return false
	})
}

// casts reports whether there are VALUES of several rows one of which is a cast.
func casts(q *syntax.Query) bool {
	return some(q, func(n syntax.Node) bool {
		v, ok := n.(*syntax.Values)
		return ok && len(v.Rows) > 1 && slices.ContainsFunc(slices.Concat(v.Rows...), func(x syntax.Expression) bool { _, ok := x.(*syntax.Cast); return ok })
	})
}

// merges reports whether a query makes one value of several that are equal.
func merges(q *syntax.Query) bool {
	return some(q, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Query:
			return slices.ContainsFunc(n.Rest, func(a syntax.Arm) bool { return a.Operator != syntax.UnionAll })
		case *syntax.Select:
			return n.Distinct || len(n.GroupBy) > 0
		case *syntax.Call:
			return n.Distinct || named(n, "min", "max")
		}
		return false
	})
}

func named(c *syntax.Call, names ...string) bool { return slices.Contains(names, c.Function.Name) }

// isAggregate reports whether a node is the call of an aggregate over a group.
func isAggregate(n syntax.Node) bool {
	c, ok := n.(*syntax.Call)
	return ok && c.Over == nil && (c.Star || named(c, "count", "sum", "total", "avg", "group_concat") || named(c, "min", "max") && len(c.Arguments) == 1)
}

// someOver reports whether there is such a call over a window, of which a name is replaced by the window that it names.
func someOver(q *syntax.Query, is func(*syntax.Call, *syntax.Window) bool) (found bool) {
	var around []*syntax.Select
	syntax.Walk(q, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Select:
			around = append(around, n)
		case *syntax.Call:
			if n.Over == nil {
				break
			}
			window := n.Over
			if window.Name != nil {
				window = around[len(around)-1].Windows[0].Window
			}
			found = found || is(n, window)
		}
		return true
	}, func(n syntax.Node) {
		if _, ok := n.(*syntax.Select); ok {
			around = around[:len(around)-1]
		}
	})
	return found
}

// moves reports whether the frame of a window leaves rows behind.
func moves(w *syntax.Window) bool {
	return w.Frame != nil && w.Frame.From.Kind != syntax.UnboundedPreceding
}
