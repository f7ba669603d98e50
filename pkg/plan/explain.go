package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/screen"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// Explain returns the plan as a tree, one operator a line, with the number of rows that each was estimated to return and,
// after a run, has returned; then the rules that have changed the plan, and which indices would help. It is for people: whatever names
// and values hold, it is escaped.
func (p *Plan) Explain() string {
	e := &explainer{seen: map[Node]bool{}}
	e.node(p.Root, "", "")
	if len(p.rules) > 0 {
		fmt.Fprintf(e, "rules: %s\n", strings.Join(p.rules, ", "))
	}
	for _, name := range p.Unindexed() {
		fmt.Fprintf(e, "hint: an index of %s would find these rows\n", screen.Escape(name))
	}
	return e.String()
}

// Unindexed returns the columns, with their tables, that an index would find few rows by, where the whole table is read now, and with
// the kind of index if it is one of modifiers.
func (p *Plan) Unindexed() (names []string) {
	const least = 10_000 // rows; fewer are read in no time
	walk := &pass{seen: map[Node]bool{}, rule: func(n Node) (Node, bool) {
		s, ok := n.(*Scan)
		if !ok || !s.table || s.Lookup != nil || s.Relation.Rows() < least {
			return n, false
		}
		for _, term := range s.Terms {
			if column, ok := s.wanted(term); ok && !s.answered(term, column, false) {
				names = append(names, s.Name+"."+s.columns[column].Name)
			}
			if t, ok := modifierTerm(term); ok && len(t.words) > 0 && !s.answered(term, t.column, true) {
				names = append(names, s.Name+"."+s.columns[t.column].Name+" of kind modifier")
			}
		}
		return n, false
	}}
	walk.over(p.Root)
	slices.Sort(names)
	return slices.Compact(names)
}

// wanted returns the column that a term asks for some values of, such as an index can find.
func (n *Scan) wanted(term Expr) (column int, ok bool) {
	var x Expr
	var values []Expr
	switch t := term.(type) {
	case *Compare:
		if t.Operator != syntax.Equal {
			return 0, false
		}
		x, values = t.X, []Expr{t.Y}
		if _, constant := t.X.(*Constant); constant {
			x, values = t.Y, []Expr{t.X}
		}
	case *In:
		if x, values = t.X, t.List; t.Not {
			return 0, false
		}
	}
	f, ok := x.(*Field)
	if !ok {
		return 0, false
	}
	t := n.columns[f.Index].Type
	return f.Index, allFit(values, t, OrderedValue) || allFit(values, t, OrderedText)
}

// answered reports whether an index of a column that there is can find the rows for which a term holds, one of modifiers or one of values:
// that of the key, for one, knows no numbers, and of a key of several columns not those of one.
func (n *Scan) answered(term Expr, column int, modifiers bool) bool {
	alone := &Scan{Relation: n.Relation, Terms: []Expr{term}, columns: n.columns}
	wanted := func(c int, kind IndexKind) bool { return c == column && (kind == Modifier) == modifiers }
	return slices.ContainsFunc(n.Relation.Indices(wanted), func(ix Index) bool {
		l, _ := lookup(alone, ix)
		return l != nil
	})
}

// Rules returns the names of the rules that have changed the plan, in the order in which they did.
func (p *Plan) Rules() []string { return p.rules }

type explainer struct {
	strings.Builder
	seen map[Node]bool
}

// node writes an operator behind first, and what is below it behind rest.
func (e *explainer) node(n Node, first, rest string) {
	again := e.seen[n]
	e.seen[n] = true
	fmt.Fprintf(e, "%s%s  (%s)\n", first, screen.Escape(describe(n)), rows(n.Figures()))
	if again {
		return
	}
	var below []Node
	for _, x := range expressions(n) {
		Visit(x, func(y Expr) bool {
			if q := queryOf(y); q != nil {
				below = append(below, q.Root)
			}
			return true
		})
	}
	queries := len(below)
	below = append(below, n.Inputs()...)
	for i, input := range below {
		branch, line := "├─ ", "│  "
		if i == len(below)-1 {
			branch, line = "└─ ", "   "
		}
		if i < queries {
			branch += "query: "
		}
		e.node(input, rest+branch, rest+line)
	}
}

func rows(s *Stat) string {
	text := fmt.Sprintf("about %s", plural(int(min(s.Estimate, 1e15)), "row"))
	if runs := s.Runs.Load(); runs > 0 {
		text += fmt.Sprintf(", in fact %d", s.Rows.Load())
		if runs > 1 {
			text += fmt.Sprintf(" in %d runs", runs)
		}
	}
	return text
}

func describe(n Node) string {
	switch n := n.(type) {
	case *Scan:
		return describeScan(n)
	case *Values:
		if len(n.columns) == 0 {
			return "one row"
		}
		return "values"
	case *Filter:
		return "filter " + terms(n.Terms)
	case *Project:
		return "project " + names(n.columns)
	case *Join:
		return describeJoin(n)
	case *Group:
		return describeGroup(n)
	case *Window:
		var s shower
		for i, c := range n.Calls {
			s.WriteString([]string{", ", ""}[b2i(i == 0)])
			s.expr(c)
		}
		return "window " + s.String()
	case *Sort:
		var s shower
		s.keys(n.Keys)
		if n.Limit >= 0 {
			return fmt.Sprintf("first %d by %s", n.Limit, s.String())
		}
		return "sort by " + s.String()
	case *Limit:
		text := "limit " + show(n.Count)
		if n.Offset != nil {
			text += " offset " + show(n.Offset)
		}
		return text
	case *Distinct:
		return "distinct"
	case *Set:
		return strings.ToLower(n.Operator.String())
	case *Shared:
		if n.Name == "" {
			return "kept in memory"
		}
		return "with " + n.Name
	}
	var s shower
	for i, k := range n.(*Probe).Keys {
		s.WriteString([]string{" AND ", ""}[b2i(i == 0)])
		s.binary(syntax.Equal, k.Left, k.Right)
	}
	return "look up by " + s.String()
}

func terms(list []Expr) string {
	var s shower
	for i, x := range list {
		s.WriteString([]string{" AND ", ""}[b2i(i == 0)])
		s.operand(x)
	}
	return s.String()
}

func names(columns []Column) string {
	var list []string
	for _, c := range columns {
		list = append(list, c.Name)
	}
	return strings.Join(list, ", ")
}

func describeScan(n *Scan) string {
	text := "scan " + n.Name
	if n.Lookup != nil {
		text = "look into " + n.Name + " by index " + n.Lookup.Index.Name()
		switch {
		case n.Lookup.Ordered:
			text += ", in its order"
		case n.Lookup.Index.Kind() == Modifier:
			text += ", " + plural(len(n.Lookup.Keys), "modifier")
			if len(n.Lookup.Keys) > 0 && len(n.Lookup.Keys[0]) > 1 {
				text += " with " + plural(len(n.Lookup.Keys[0])-1, "other")
			}
		case n.Lookup.Keys != nil:
			text += ", " + plural(len(n.Lookup.Keys), "key")
		default:
			text += ", a range"
		}
	}
	if len(n.Terms) > 0 {
		text += " where " + terms(n.Terms)
	}
	return text
}

func describeJoin(n *Join) string {
	text := "join"
	if n.Kind == syntax.LeftJoin {
		text = "left join"
	}
	if len(n.Keys) == 0 {
		text += " every pair"
	} else {
		var s shower
		for i, k := range n.Keys {
			s.WriteString([]string{" AND ", ""}[b2i(i == 0)])
			s.binary(syntax.Equal, k.Left, k.Right)
		}
		text += " by hash on " + s.String()
		if n.BuildLeft {
			text += ", left side in memory"
		}
	}
	if len(n.Terms) > 0 {
		text += " where " + terms(n.Terms)
	}
	return text
}

func describeGroup(n *Group) string {
	var s shower
	if len(n.Keys) > 0 {
		s.WriteString("group by ")
		for i, x := range n.Keys {
			s.WriteString([]string{", ", ""}[b2i(i == 0)])
			s.expr(x)
		}
	} else {
		s.WriteString("one group")
	}
	for i, c := range n.Calls {
		s.WriteString([]string{", ", ": "}[b2i(i == 0)])
		s.expr(c)
	}
	return s.String()
}
