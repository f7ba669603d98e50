package syntax_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
)

func parse(t testing.TB, text string) []syntax.Statement {
	t.Helper()
	statements, err := syntax.Parse(text, syntax.Options{})
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return statements
}

func TestErrorSaysWhere(t *testing.T) {
	e := refused(t, "select 'ü'\n  , größe %% 2\nfrom t", syntax.Options{})
	type place struct{ Offset, Line, Column int }
	if diff := cmp.Diff(place{25, 2, 12}, place{e.Offset, e.Line, e.Column}); diff != "" {
		t.Error(diff)
	}
	want := "line 2, column 12: expected an expression, found \"%\"\n  , größe %% 2\n           ^"
	if diff := cmp.Diff(want, e.Error()); diff != "" {
		t.Error(diff)
	}
}

// TestExcerptIsShort shows that the line below an error is cut around the place, and has nothing in it that moves a cursor.
func TestExcerptIsShort(t *testing.T) {
	for _, text := range []string{
		"select " + strings.Repeat("größe, ", 1000) + "from" + strings.Repeat(" größe", 1000),
		"select 1 from t where\t\x1b[2J\u202e " + strings.Repeat("ü", 100),
		"select " + strings.Repeat("\u0301", 5000),
		"select \xff" + strings.Repeat("\x80", 5000),
	} {
		e := refused(t, text, syntax.Options{})
		lines := strings.Split(e.Error(), "\n")
		if len(lines) != 3 {
			t.Fatalf("%q", lines)
		}
		shown, caret := []rune(lines[1]), []rune(lines[2])
		if len(shown) > 122 || len(caret) > len(shown)+1 || strings.ContainsAny(lines[1], "\t\x1b\u202e") || strings.TrimLeft(lines[2], " ") != "^" {
			t.Errorf("%q", lines)
		}
	}
	e := refused(t, "select "+strings.Repeat("größe, ", 1000)+"from", syntax.Options{})
	lines := strings.Split(e.Error(), "\n")
	if at := len([]rune(lines[2])) - 1; !strings.HasPrefix(string([]rune(lines[1])[at:]), "from") {
		t.Errorf("the caret is not below the word: %q", lines)
	}
}

// TestCaretStandsBelowWideCharacters shows that the caret is under its place where characters take two columns of a terminal, or none.
func TestCaretStandsBelowWideCharacters(t *testing.T) {
	for text, column := range map[string]int{
		"select '日本語', %":                              17,
		"select 'e\u0301\u0302', %":                    12,
		"select '\U0001f600\ufe0f', %":                 13,
		"select '" + strings.Repeat("語", 100) + "', %": 1 + 2*57 + len("', "),
	} {
		lines := strings.Split(refused(t, text, syntax.Options{}).Error(), "\n")
		if got := strings.Index(lines[2], "^"); got != column {
			t.Errorf("%q: the caret is in column %d, want %d", lines, got, column)
		}
	}
}

// TestCheckReportsEveryStatement shows that a text with several errors is read to its end.
func TestCheckReportsEveryStatement(t *testing.T) {
	text := "select 1; selct 2; select 3 from; select 'a;b' where;\ndelete from t;;drop table t; select (1; select 2; select 'x"
	var got []string
	for _, err := range syntax.Check(text, syntax.Options{}) {
		line, _, _ := strings.Cut(err.Error(), "\n")
		got = append(got, line)
		if fault.KindOf(err) != fault.Input {
			t.Error(err)
		}
	}
	want := []string{
		`line 1, column 11: expected a statement, found "selct"`,
		`line 1, column 33: expected a table, found ";"`,
		`line 1, column 53: expected an expression, found ";"`,
		`line 2, column 14: expected ALL or WHERE, found ";"`,
		`line 2, column 28: expected CONFIRM, found ";"`,
		`line 2, column 39: expected an operator or ")", found ";"`,
		`line 2, column 58: the string is not closed`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if errs := syntax.Check("select 1; select 2", syntax.Options{}); errs != nil {
		t.Error(errs)
	}
	if errs := syntax.Check(text, syntax.Options{MaxLength: 5}); len(errs) != 1 {
		t.Error(errs)
	}
	if errs := syntax.Check(strings.Repeat("a;", 1<<19), syntax.Options{}); len(errs) != 1000 {
		t.Error(len(errs))
	}
}

// TestIncomplete cuts a statement behind every token and within those that have quotes. What is left is a whole statement, or says
// that more may follow.
func TestIncomplete(t *testing.T) {
	const whole = `select a, "b c", 'd''e', count(*) /* f */ from t as g left join u on a = b ` +
		`where c between 1 and 2 and d is not null order by 1 desc limit 2`
	cuts := 0
	check := func(text string) {
		cuts++
		if _, err := syntax.Parse(text, syntax.Options{}); err != nil {
			if e := refused(t, text, syntax.Options{}); e.Reason != syntax.Incomplete {
				t.Error(e)
			}
		}
	}
	for token := range syntax.Tokens(whole) {
		check(whole[:token.End])
		switch token.Class() {
		case syntax.StringToken, syntax.CommentToken:
			check(whole[:token.End-1])
		}
	}
	check(`select "a`)
	if cuts < 40 {
		t.Error(cuts)
	}
	for _, text := range []string{"select 1 from t where;", "select (1;", "selct", "select 1 from t order a", "select 1e"} {
		if e := refused(t, text, syntax.Options{}); e.Reason != syntax.Unexpected {
			t.Errorf("reason %d: %s", e.Reason, e)
		}
	}
}

// TestParametersAreNumbered counts ? in each statement anew.
func TestParametersAreNumbered(t *testing.T) {
	statements := parse(t, "select ?, :a, ? from (select ?) where :b = :a limit ?; update t set a = ?, b = :c where c = ?")
	type param struct {
		Name  string
		Index int
	}
	var got [][]param
	for _, s := range statements {
		var list []param
		for _, x := range syntax.Parameters(s) {
			list = append(list, param{x.Name, x.Index})
		}
		got = append(got, list)
	}
	want := [][]param{
		{{"", 1}, {"a", 0}, {"", 2}, {"", 3}, {"b", 0}, {"a", 0}, {"", 4}},
		{{"", 1}, {"c", 0}, {"", 2}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNumberValues(t *testing.T) {
	for _, test := range []struct {
		text     string
		negative bool
		value    int64
		ok       bool
		float    float64
	}{
		{"0", false, 0, true, 0},
		{"007", true, -7, true, 7},
		{"9223372036854775807", false, 9223372036854775807, true, 9223372036854775807},
		{"9223372036854775808", false, 9223372036854775807, false, 9223372036854775808},
		{"9223372036854775808", true, -9223372036854775808, true, 9223372036854775808},
		{"9223372036854775809", true, -9223372036854775808, false, 9223372036854775809},
		{"0x10", false, 16, true, 16},
		{"0XfF", true, -255, true, 255},
		{"0xFFFFFFFFFFFFFFFF", false, -1, true, -1},
		{"0x00000000000000000000FF", false, 255, true, 255},
		{"1.5", false, 0, false, 1.5},
		{"5.", false, 0, false, 5},
		{".5", false, 0, false, .5},
		{"1e3", false, 0, false, 1000},
		{"1e-400", false, 0, false, 0},
	} {
		query := parse(t, "select "+test.text)[0].(*syntax.Query)
		n := query.First.(*syntax.Select).Items[0].Expression.(*syntax.Number)
		value, ok := n.Int(test.negative)
		if ok != test.ok || ok && value != test.value || n.Float() != test.float {
			t.Errorf("%s: %d, %v, %g", test.text, value, ok, n.Float())
		}
	}
}
