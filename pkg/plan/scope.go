package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/spell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// scope is the names that an expression can use.
type scope struct {
	parent  *scope    // of the query around, or nil
	query   *Subquery // that this is the scope of; nil in the outermost query and where there is no parent
	sources []source
	aliases []alias // of the items, where they can be used
	first   bool    // aliases go before columns
	used    int     // how often a name of the query around was used
}

// source is what stands in FROM.
type source struct {
	name    string
	at      int // its first field
	columns []Column
	hidden  []bool // columns that only a name with the source's means, such as those of the right side of USING; nil: none
	key     []int
	words   rbks.Words
	scan    *Scan // nil for what is no relation
}

type alias struct {
	name string
	x    Expr
}

func (s *scope) width() int {
	if len(s.sources) == 0 {
		return 0
	}
	last := s.sources[len(s.sources)-1]
	return last.at + len(last.columns)
}

// find returns what a name stands for here or in a query around; nil when nothing is called so.
func (s *scope) find(path []syntax.Identifier) (Expr, error) {
	if s.first {
		if x := s.alias(path); x != nil {
			return x, nil
		}
	}
	x, err := s.field(path)
	if x == nil && err == nil {
		x = s.alias(path)
	}
	if x != nil || err != nil || s.parent == nil {
		return x, err
	}
	if x, err = s.parent.find(path); x == nil || err != nil {
		return nil, err
	}
	s.used++
	return s.argument(x, path), nil
}

// argument hands a value of the query around to this one.
func (s *scope) argument(x Expr, path []syntax.Identifier) Expr {
	if s.query == nil {
		return x
	}
	id := identity(x)
	for i, a := range s.query.Arguments {
		if identity(a) == id {
			return &Param{i, written(path), x.Type()}
		}
	}
	s.query.Arguments = append(s.query.Arguments, x)
	return &Param{len(s.query.Arguments) - 1, written(path), x.Type()}
}

func (s *scope) alias(path []syntax.Identifier) Expr {
	if len(path) == 1 {
		for _, a := range s.aliases {
			if strings.EqualFold(a.name, path[0].Name) {
				return a.x
			}
		}
	}
	return nil
}

// field returns the column, or the part of a column, that a name stands for here.
func (s *scope) field(path []syntax.Identifier) (Expr, error) {
	for behind := 0; behind <= 1; behind++ { // names behind the column's
		if len(path) <= behind {
			break
		}
		at := len(path) - 1 - behind
		part, ok := partOf(path[at+1:])
		if !ok {
			break
		}
		f, from, err := s.column(written(path[:at]), path[at].Name, behind == 1)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		if behind == 0 {
			return f, nil
		}
		return &Part{f, part, from.words}, nil
	}
	return nil, nil
}

func partOf(path []syntax.Identifier) (PartOf, bool) {
	if len(path) == 0 {
		return 0, true
	}
	i := slices.Index(partNames[:], strings.ToLower(path[0].Name))
	return PartOf(i), i >= 0
}

// column finds the only column of this name, in the sources of that name or in all. asKey lets "key" be the key of a source
// that has no column of this name.
func (s *scope) column(table, name string, asKey bool) (*Field, source, error) {
	var found *Field
	var from source
	for _, src := range s.sources {
		if table != "" && !strings.EqualFold(src.name, table) {
			continue
		}
		i := src.index(name, table != "")
		if i < 0 && asKey && strings.EqualFold(name, "key") && len(src.key) == 1 && src.index(name, true) < 0 && (table != "" || !src.hides(src.key[0])) {
			i = src.key[0]
		}
		if i == ambiguous || i >= 0 && found != nil {
			return nil, from, s.meantTwice(name, i == ambiguous)
		}
		if i >= 0 {
			found, from = &Field{src.at + i, src.columns[i].Name, src.columns[i].Type}, src
		}
	}
	return found, from, nil
}

// meantTwice returns the error of a name that several columns have, perhaps of one source.
func (s *scope) meantTwice(name string, ofOne bool) error {
	err := fault.New(fault.Input, "the name %q is ambiguous", name)
	if ofOne {
		return fault.WithHint(err, "several columns have it: WITH t (a, b) AS (SELECT * FROM …) gives them other names")
	}
	return fault.WithHint(err, "write the table before it: %s", s.owners(name))
}

const ambiguous = -2

// hides reports whether a column is meant by a name with the source's alone.
func (s source) hides(column int) bool { return s.hidden != nil && s.hidden[column] }

// index returns the column of a name: one that is written so, else the only one that differs in case; -1 for none.
func (s source) index(name string, qualified bool) int {
	found := -1
	for i, c := range s.columns {
		if s.hides(i) && !qualified {
			continue
		}
		if c.Name == name {
			if found >= 0 && s.columns[found].Name == name {
				return ambiguous
			}
			found = i
		}
	}
	if found >= 0 {
		return found
	}
	for i, c := range s.columns {
		if (qualified || !s.hides(i)) && strings.EqualFold(c.Name, name) {
			if found >= 0 {
				return ambiguous
			}
			found = i
		}
	}
	return found
}

// owners names the sources that have a column.
func (s *scope) owners(name string) string {
	var list []string
	for _, src := range s.sources {
		if src.index(name, true) >= 0 && src.name != "" {
			list = append(list, src.name+"."+name)
		}
	}
	return strings.Join(list, ", ")
}

// unknown returns the error of a name that nothing has.
func (s *scope) unknown(path []syntax.Identifier) error {
	err := fault.New(fault.NotFound, "there is no column %q", written(path))
	var known []string
	for sc := s; sc != nil; sc = sc.parent {
		for _, src := range sc.sources {
			for _, c := range src.columns {
				if strings.HasPrefix(c.Name, "\x00") { // which nobody can write
					continue
				}
				if len(path) > 1 && src.name != "" && strings.EqualFold(src.name, written(path[:len(path)-1])) || len(path) == 1 {
					known = append(known, c.Name)
				} else if src.name != "" {
					known = append(known, src.name+"."+c.Name)
				}
			}
		}
		for _, a := range sc.aliases {
			known = append(known, a.name)
		}
	}
	word := path[len(path)-1].Name
	if front := path[:len(path)-1]; s.isColumn(front) {
		if near := spell.Nearest(word, partNames[:]); near != "" {
			return fault.WithHint(err, "did you mean %q?", written(front)+"."+near)
		}
		return fault.WithHint(err, "the parts of a column are %s", strings.Join(partNames[:], ", "))
	}
	if near := spell.Nearest(written(path), known); near != "" {
		return fault.WithHint(err, "did you mean %q?", near)
	}
	if near := spell.Nearest(word, known); near != "" {
		return fault.WithHint(err, "did you mean %q?", near)
	}
	return listed(err, "column", known)
}

// isColumn reports whether a name is that of a column, here or in a query around this one, of which another may be a part.
func (s *scope) isColumn(path []syntax.Identifier) bool {
	for sc := s; sc != nil && len(path) > 0; sc = sc.parent {
		if x, err := sc.field(path); x != nil && err == nil {
			_, is := x.(*Field)
			return is
		}
	}
	return false
}

// listed hints at what there is.
func listed(err error, what string, known []string) error {
	const most = 20
	slices.Sort(known)
	known = slices.Compact(known)
	switch {
	case len(known) == 0:
		return fault.WithHint(err, "there is no %s here", what)
	case len(known) > most:
		return fault.WithHint(err, "the %ss are %s and %d more", what, strings.Join(known[:most], ", "), len(known)-most)
	case len(known) == 1:
		return fault.WithHint(err, "the only %s is %s", what, known[0])
	}
	return fault.WithHint(err, "the %ss are %s", what, strings.Join(known, ", "))
}

// written returns a name with dots.
func written(path []syntax.Identifier) string {
	names := make([]string, len(path))
	for i, id := range path {
		names[i] = id.Name
	}
	return strings.Join(names, ".")
}

func plural(n int, what string) string {
	if what == "query" && n != 1 {
		return fmt.Sprintf("%d queries", n)
	}
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
