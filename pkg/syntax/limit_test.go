package syntax_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// refused returns the error that Parse has for a text, which must be of the kind for input.
func refused(t *testing.T, text string, o syntax.Options) *syntax.Error {
	t.Helper()
	statements, err := syntax.Parse(text, o)
	var e *syntax.Error
	if !errors.As(err, &e) || fault.KindOf(err) != fault.Input || statements != nil || fault.HintOf(err) != e.Hint {
		t.Fatalf("%.80q: %v, %v", text, statements, err)
	}
	return e
}

// TestLimits reaches each limit: at the limit a text is read, and one step beyond it is refused for the limit's own reason.
func TestLimits(t *testing.T) {
	join := func(n int, element, separator string) string {
		return strings.TrimSuffix(strings.Repeat(element+separator, n), separator)
	}
	for _, test := range []struct {
		reason  syntax.Reason
		options syntax.Options
		limit   int
		text    func(n int) string
		message string
	}{
		{syntax.TooLong, syntax.Options{MaxLength: 20}, 20, func(n int) string { return "select 1" + strings.Repeat(" ", n-8) },
			"the query has 21 bytes, more than 20"},
		{syntax.TooLong, syntax.Options{}, 1 << 20, func(n int) string { return "select 1" + strings.Repeat(" ", n-8) },
			"the query has 1048577 bytes, more than 1048576"},
		{syntax.TooManyConditions, syntax.Options{MaxConditions: 3}, 3, func(n int) string { return "select " + join(n, "a", " and ") },
			"AND and OR join more than 3 conditions"},
		{syntax.TooManyConditions, syntax.Options{MaxConditions: 4}, 4,
			func(n int) string { return "select 1 where a and b or " + join(n-2, "c", " or ") },
			"AND and OR join more than 4 conditions"},
		{syntax.TooManyConditions, syntax.Options{}, 1000, func(n int) string { return "delete from t where " + join(n, "a", " or ") },
			"AND and OR join more than 1000 conditions"},
		{syntax.TooManyValues, syntax.Options{MaxValues: 2}, 2, func(n int) string { return "select a in (" + join(n, "1", ", ") + ")" },
			"IN has more than 2 values"},
		{syntax.TooManyValues, syntax.Options{}, 10_000, func(n int) string { return "select a in (" + join(n, "1", ", ") + ")" },
			"IN has more than 10000 values"},
		{syntax.TooManyOrderings, syntax.Options{MaxOrderings: 2}, 2, func(n int) string { return "select a order by " + join(n, "a", ", ") },
			"ORDER BY has more than 2 terms"},
		{syntax.TooManyOrderings, syntax.Options{}, 64, func(n int) string { return "select sum(a) over (order by " + join(n, "a", ", ") + ")" },
			"ORDER BY has more than 64 terms"},
		{syntax.TooManyNots, syntax.Options{MaxNots: 2}, 2,
			func(n int) string { return "select " + join(n, "not (a and ", "") + "b" + join(n, ")", "") },
			"NOT is nested more than 2 deep"},
		{syntax.TooManyNots, syntax.Options{}, 32, func(n int) string { return "select " + join(n, "not ", "") + "a" },
			"NOT is nested more than 32 deep"},
		{syntax.TooDeep, syntax.Options{MaxDepth: 8}, 8, func(n int) string { return "select " + join(n-2, "a", " || ") },
			"the statement is nested more than 8 levels deep"},
		{syntax.TooDeep, syntax.Options{}, 1000, func(n int) string { return "select " + join(n-3, "f(", "") + "1" + join(n-3, ")", "") },
			"the statement is nested more than 1000 levels deep"},
		{syntax.TooDeep, syntax.Options{MaxDepth: 8}, 30, func(n int) string { return "select " + join(n, "(", "") + "1" + join(n, ")", "") },
			"the statement is nested more than 8 levels deep"},
	} {
		if _, err := syntax.Parse(test.text(test.limit), test.options); err != nil {
			t.Errorf("%s, though it is at the limit", err)
		}
		e := refused(t, test.text(test.limit+1), test.options)
		if e.Reason != test.reason || e.Text != test.message {
			t.Errorf("reason %d, %q, not %d, %q", e.Reason, e.Text, test.reason, test.message)
		}
	}
}

// TestLimitsAreOfOneStatement shows that several statements may each go to the limit.
func TestLimitsAreOfOneStatement(t *testing.T) {
	text := strings.Repeat("select a and b or c where not d;", 5)
	if _, err := syntax.Parse(text, syntax.Options{MaxConditions: 3, MaxNots: 1, MaxDepth: 5}); err != nil {
		t.Error(err)
	}
}

// TestPrintStaysWithinTheLimits shows that the parentheses which Print adds bring no tree over the limit of depth.
func TestPrintStaysWithinTheLimits(t *testing.T) {
	within := 0
	for seed := range uint64(1000) {
		text := syntax.Print(generator(seed, false).Statement())
		o := syntax.Options{MaxDepth: 2 + int(seed%20)}
		statements, err := syntax.Parse(text, o)
		if err != nil {
			continue
		}
		within++
		if _, err := syntax.Parse(syntax.Print(statements[0]), o); err != nil {
			t.Error(err)
		}
	}
	for _, operand := range []string{"not ", "-", "a || not ", "a = not ", "- not ", "~ not a = - not "} {
		for n := range 40 {
			o := syntax.Options{MaxDepth: 12}
			statements, err := syntax.Parse("select "+strings.Repeat(operand, n)+"a", o)
			if err != nil {
				continue
			}
			within++
			if _, err := syntax.Parse(syntax.Print(statements[0]), o); err != nil {
				t.Error(err)
			}
		}
	}
	if within < 500 {
		t.Error(within)
	}
}

// TestNotsBesideEachOther shows that it is the depth of NOT that has a limit, not its number.
func TestNotsBesideEachOther(t *testing.T) {
	text := "select " + strings.TrimSuffix(strings.Repeat("not a and ", 500), " and ")
	if _, err := syntax.Parse(text, syntax.Options{MaxNots: 1}); err != nil {
		t.Error(err)
	}
}

// TestNothingRecursesWithoutBound reads texts that nest very deep in every way there is. Each ends in an error, or is no deep tree.
func TestNothingRecursesWithoutBound(t *testing.T) {
	const n = 20_000
	o := syntax.Options{MaxLength: 1 << 30, MaxConditions: 1 << 30, MaxNots: 1 << 30, MaxOrderings: 1 << 30, MaxValues: 1 << 30}
	for _, nest := range []string{
		"(", "((", "- ", "~", "+-", "not ", "not (", "a = not ", "f(", "f(distinct ", "count(*) filter (where ", "sum(a) over (order by ",
		"case when ", "case ", "case a when 1 then ", "case a when 1 then 2 else ", "cast(", "exists (select ", "(select ", "((select ",
		"a in (", "a in (select ", "a between ", "a between 1 and (", "a like (", "a like ", "a like 'b' escape (", "a is ", "a || (",
		"1 from (select ",
		"1 from f(", "1 from t join u on (", "1 where (", "1 group by (", "1 having (", "1 order by (", "1 limit (", "(with a as (select ",
		"1 union select (", "1 window w as (partition by (", "(values (", "a or ", "a and b or (", "a + ", "a * (",
		"1 || ", "1 < ", "1 = ", "1 is not ", "t.", "t.a, ", "1 union select ", "1 from t, t, ", "1 from t join ", "a isnull = ", "/**/(",
	} {
		text := "select " + strings.Repeat(nest, n)
		for _, text := range []string{text, text + "1", text + "1" + strings.Repeat(")", n), text + "1" + strings.Repeat(" end", n)} {
			statements, err := syntax.Parse(text, o)
			for _, s := range statements {
				syntax.Print(s)
				syntax.Walk(s, nil, nil)
			}
			if len(statements) == 0 && err == nil {
				t.Errorf("%s: neither a statement nor an error", nest)
			}
		}
	}
}
