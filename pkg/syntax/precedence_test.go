package syntax_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/syntax"
)

// TestOperatorsBindAsInSQLite makes expressions of constants without any parentheses, at random. What the parser makes of each, with
// parentheses around every operator, must have the value that sqlite3 gives the original; and what is refused here is refused there.
func TestOperatorsBindAsInSQLite(t *testing.T) {
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("sqlite3 is not installed")
	}
	const expressions = 4000
	random := rand.New(rand.NewPCG(5, 6))
	var script strings.Builder
	var texts []string
	refused := 0
	for len(texts) < expressions {
		text := bare(random)
		want := text
		statements, err := syntax.Parse("SELECT "+text, syntax.Options{})
		if err == nil {
			want = braced(statements[0].(*syntax.Query).First.(*syntax.Select).Items[0].Expression)
		} else {
			refused++
		}
		texts = append(texts, text)
		// A statement that sqlite3 refuses prints nothing but the number before it.
		fmt.Fprintf(&script, "SELECT '@%d';\nSELECT quote(%s) = quote(%s);\n", len(texts)-1, text, want)
	}
	shell := exec.Command("sqlite3", "-batch", ":memory:")
	shell.Stdin = strings.NewReader(script.String())
	out, _ := shell.Output()
	answers := strings.Split(strings.TrimPrefix(string(out), "@"), "@")
	if len(answers) != expressions {
		t.Fatal(len(answers), "answers")
	}
	for i, answer := range answers {
		_, err := syntax.Parse("SELECT "+texts[i], syntax.Options{})
		_, answer, _ = strings.Cut(strings.TrimSpace(answer), "\n")
		if err == nil && answer != "1" || err != nil && answer != "" {
			t.Errorf("%s: sqlite3 says %q, Parse %v", texts[i], answer, err)
		}
	}
	if refused < 20 || refused > expressions/4 {
		t.Error(refused, "are refused")
	}
}

// bare returns an expression of up to eight operands.
func bare(random *rand.Rand) string {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	operand := func() string {
		prefix := ""
		for random.IntN(4) == 0 {
			prefix += pick("-", "+", "~", "NOT ") + " "
		}
		return prefix + pick("0", "1", "2", "3", "7", "10", "'a'", "'1'", "NULL", "1.5")
	}
	var b strings.Builder
	b.WriteString(operand())
	for range 1 + random.IntN(6) {
		switch random.IntN(12) {
		case 0:
			b.WriteString(pick(" ISNULL", " NOTNULL", " NOT NULL", " IS NULL", " IN (1, 2)", " NOT IN (0, 3)", " IN ()"))
		case 1:
			b.WriteString(pick(" BETWEEN ", " NOT BETWEEN ") + operand())
			if random.IntN(4) == 0 {
				b.WriteString(pick(" = ", " < ", " OR ", " + ") + operand())
			}
			b.WriteString(" AND " + operand())
		case 2:
			b.WriteString(pick(" LIKE ", " NOT LIKE ") + operand())
			if random.IntN(4) == 0 {
				// Of what follows an operator may make the escape no single character, which is an error of another kind, but of NULL.
				b.WriteString(pick(" ", " || '' ", " = 1 ") + "ESCAPE " + pick("NULL", "NULL", "'!' = 1", "'!' AND 0"))
			}
		case 3:
			b.WriteString(pick(" IS ", " IS NOT ", " IS DISTINCT FROM ", " IS NOT DISTINCT FROM ", " GLOB ", " NOT GLOB ") + operand())
		default:
			b.WriteString(" " + pick("OR", "AND", "=", "==", "<>", "!=", "<", "<=", ">", ">=", "&", "|", "<<", ">>", "+", "-", "*", "/", "%", "||") +
				" " + operand())
		}
	}
	return b.String()
}

// braced writes an expression with parentheses around every operator and its operands.
func braced(x syntax.Expression) string {
	word := func(not bool, word string) string {
		if not {
			return " NOT " + word + " "
		}
		return " " + word + " "
	}
	switch x := x.(type) {
	case *syntax.Unary:
		return "(" + x.Operator.String() + " " + braced(x.X) + ")"
	case *syntax.Binary:
		return "(" + braced(x.X) + " " + x.Operator.String() + " " + braced(x.Y) + ")"
	case *syntax.Logical:
		all, operator := braced(x.Terms[0]), " AND "
		if x.Or {
			operator = " OR "
		}
		for _, term := range x.Terms[1:] {
			all = "(" + all + operator + braced(term) + ")"
		}
		return all
	case *syntax.Match:
		escape := ""
		if x.Escape != nil {
			escape = " ESCAPE " + braced(x.Escape)
		}
		return "(" + braced(x.X) + word(x.Not, x.Operator.String()) + braced(x.Pattern) + escape + ")"
	case *syntax.Between:
		return "(" + braced(x.X) + word(x.Not, "BETWEEN") + braced(x.Low) + " AND " + braced(x.High) + ")"
	case *syntax.In:
		var list []string
		for _, value := range x.List {
			list = append(list, braced(value))
		}
		return "(" + braced(x.X) + word(x.Not, "IN") + "(" + strings.Join(list, ", ") + "))"
	}
	return syntax.Print(x)
}
