package plan

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/spell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// clock returns the function of a word that SQL has for the time.
func clock(word string) (*function.Scalar, bool) {
	switch strings.ToLower(word) {
	case "current_date", "current_time", "current_timestamp":
		return function.Find(word)
	}
	return nil, false
}

// call binds the call of a function of one row, an aggregate or a window.
func (b *binder) call(c *syntax.Call, sc *scope) (Expr, error) {
	name := strings.ToLower(c.Function.Name)
	if name == missingTranslation {
		return b.missing(c, sc)
	}
	if c.Over != nil {
		return b.windowCall(c, name, sc)
	}
	a, isAggregate := function.FindAggregate(name)
	f, isScalar := function.Find(name)
	if isAggregate && isScalar { // min and max of one argument are aggregates
		isAggregate = len(c.Arguments) == 1 || c.Star
	}
	switch {
	case isAggregate:
		return b.aggregate(c, a, sc)
	case isWindowName(name):
		return nil, b.at(c, fault.WithHint(fault.New(fault.Input, "%s is a window function", name), "write %s(…) OVER (…)", name))
	case !isScalar:
		return nil, b.unknownFunction(c)
	case c.Star, c.Distinct, c.Filter != nil:
		return nil, b.refuse(c, "%s is no aggregate, so it has neither *, DISTINCT nor FILTER", name)
	case !f.Takes(len(c.Arguments)):
		return nil, b.arity(c, f.Least, f.Most)
	}
	list, err := b.exprs(c.Arguments, sc)
	return &Call{f, list}, err
}

// Functions returns the names of all functions that an expression can call, in a slice of the caller's own.
func Functions() []string {
	return append(append(function.Names(), windowNames[:]...), missingTranslation)
}

func (b *binder) unknownFunction(c *syntax.Call) error {
	err := fault.New(fault.NotFound, "there is no function %q", c.Function.Name)
	near := spell.Nearest(strings.ToLower(c.Function.Name), Functions())
	if near == "" {
		return b.at(c, fault.WithHint(err, "reedql(7) lists the functions"))
	}
	return b.at(c, fault.WithHint(err, "did you mean %q?", near))
}

func (b *binder) arity(c *syntax.Call, least, most int) error {
	takes := plural(least, "argument")
	switch {
	case most < 0:
		takes += " or more"
	case most > least:
		takes = string(cell.FromInteger(int64(least)).AppendText(nil)) + " to " + plural(most, "argument")
	}
	return b.refuse(c, "%s takes %s, here it has %d", strings.ToLower(c.Function.Name), takes, len(c.Arguments))
}

// arguments checks and binds the arguments of an aggregate; count(*) has none. Inside is where they then stand: see binder.inside.
func (b *binder) arguments(c *syntax.Call, a *function.Aggregate, sc *scope, inside string) (list []Expr, filter Expr, err error) {
	switch {
	case c.Star && a.Name != "count":
		return nil, nil, b.refuse(c, "only count takes *")
	case !a.Takes(len(c.Arguments)):
		return nil, nil, b.arity(c, max(a.Least, 1), a.Most)
	case c.Distinct && len(c.Arguments) != 1:
		return nil, nil, b.refuse(c, "DISTINCT is for an aggregate of one argument")
	}
	defer func(inside string, windows bool) { b.inside, b.windows = inside, windows }(b.inside, b.windows)
	b.inside, b.windows = inside, false
	if list, err = b.exprs(c.Arguments, sc); err == nil {
		filter, err = b.maybe(c.Filter, sc)
	}
	return list, filter, err
}

func (b *binder) aggregate(c *syntax.Call, a *function.Aggregate, sc *scope) (Expr, error) {
	switch {
	case b.inside != "":
		return nil, b.refuse(c, "the aggregate %s cannot stand within %s", a.Name, b.inside)
	case b.clause != "":
		err := fault.New(fault.Input, "the aggregate %s cannot stand in %s", a.Name, b.clause)
		switch b.clause {
		case "WHERE":
			err = fault.WithHint(err, "HAVING is for conditions on groups")
		case "SET":
			err = fault.WithHint(err, "write a query in parentheses: (SELECT %s(…) FROM …)", a.Name)
		}
		return nil, b.at(c, err)
	}
	list, filter, err := b.arguments(c, a, sc, a.Name)
	if err == nil && slices.ContainsFunc(list, around) && !slices.ContainsFunc(list, func(x Expr) bool { return has(x, isField) }) {
		err := fault.New(fault.Input, "all columns of the aggregate %s are of the query around", a.Name)
		return nil, b.at(c, fault.WithHint(err, "an aggregate is of the query that it stands in: write one over the query around outside of the parentheses"))
	}
	return &Aggregate{a, c.Distinct, list, filter}, err
}

// around reports whether x has a value of the query around.
func around(x Expr) bool { return has(x, isParam) }

const missingTranslation = "missing_translation"

// missing binds missing_translation('en','de'): the rows whose key has the one language, and no row the key with the other.
func (b *binder) missing(c *syntax.Call, sc *scope) (Expr, error) {
	arguments := c.Arguments
	if c.Star || c.Distinct || c.Filter != nil || c.Over != nil || len(arguments) < 2 || len(arguments) > 3 {
		return nil, b.at(c, fault.WithHint(fault.New(fault.Input, "missing_translation takes two languages, and before them a column if it is not the key"), "write missing_translation('en', 'de')"))
	}
	list, err := b.exprs(arguments, sc)
	if err != nil {
		return nil, err
	}
	var key *Field
	if len(list) == 3 {
		key, _ = list[0].(*Field)
		list = list[1:]
	}
	var src source
	for _, s := range sc.sources {
		if s.scan == nil || len(s.key) != 1 && key == nil {
			continue
		}
		if key == nil && src.scan == nil {
			src, key = s, &Field{s.at + s.key[0], s.columns[s.key[0]].Name, s.columns[s.key[0]].Type}
		} else if src.scan != nil && len(arguments) == 2 {
			return nil, b.at(c, fault.WithHint(fault.New(fault.Input, "missing_translation: there are several tables"), "write the column first: missing_translation(t.key, 'en', 'de')"))
		} else if key.Index >= s.at && key.Index < s.at+len(s.columns) {
			src = s
		}
	}
	if key == nil || src.scan == nil {
		return nil, b.refuse(c, "missing_translation is for the key of a table")
	}
	inner := &Scan{Name: src.scan.Name, Relation: src.scan.Relation, columns: src.columns}
	innerKey := &Field{key.Index - src.at, key.Name, key.Of}
	has := comparison(syntax.Equal, &Part{innerKey, Language, src.words}, list[1])
	found := &Project{Input: &Filter{Input: inner, Terms: []Expr{has}}, Exprs: []Expr{&Part{innerKey, WithoutLanguage, src.words}},
		columns: []Column{{"key", cell.Expression}}}
	return &Logical{Terms: []Expr{
		comparison(syntax.Equal, &Part{key, Language, src.words}, list[0]),
		&InQuery{true, &Part{key, WithoutLanguage, src.words}, &Subquery{Root: found}, cell.Comparing(cell.Expression, cell.Expression)},
	}}, nil
}
