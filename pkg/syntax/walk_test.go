package syntax_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/syntax"
)

// respell changes the white space and the case of the keywords of a text that was printed.
func respell(random *rand.Rand, text string) string {
	gaps := [...]string{" ", "\n", "  ", "\t\r\n", "/* ; ' */ ", " -- \" ;\n", "/**/"}
	var b strings.Builder
	end := 0
	for token := range syntax.Tokens(text) {
		if token.Pos > end {
			b.WriteString(gaps[random.IntN(len(gaps))])
		}
		word := text[token.Pos:token.End]
		if word == token.Keyword() && random.IntN(2) == 0 {
			word = strings.ToLower(word)
		}
		b.WriteString(word)
		end = token.End
	}
	return b.String()
}

// TestPositions respells statements. They stay the same, and the span of each node holds a text that is read as that node, within the
// span of what it belongs to.
func TestPositions(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for seed := range uint64(1000) {
		want := generator(seed, false).Statement()
		text := respell(random, "; "+syntax.Print(want)+" ;")
		got := parse(t, text)[0]
		checkSpans(t, text, reflect.ValueOf(got), syntax.Span{Start: 0, Stop: len(text)})
		for n := range syntax.All(got) {
			checkSource(t, text[n.Pos():n.End()], n)
		}
		if strip(got); !reflect.DeepEqual(want, got) {
			t.Fatalf("%s\nis read as another tree: %s", text, cmp.Diff(want, got))
		}
	}
}

// checkSource reads the text of a node again.
func checkSource(t *testing.T, source string, n syntax.Node) {
	t.Helper()
	var again syntax.Node
	switch n.(type) {
	case *syntax.Window:
		return
	case syntax.Statement:
		again = parse(t, source)[0]
	case syntax.Core:
		again = parse(t, source)[0].(*syntax.Query).First
	case syntax.Source:
		again = parse(t, "SELECT 1 FROM "+source)[0].(*syntax.Query).First.(*syntax.Select).From.First
	case syntax.Expression:
		again = parse(t, "SELECT "+source)[0].(*syntax.Query).First.(*syntax.Select).Items[0].Expression
	}
	if want, got := syntax.Print(n), syntax.Print(again); got != want {
		t.Fatalf("%s\nstands where the text is\n%s", want, source)
	}
}

// checkSpans holds every span to that of what it is a part of, and names to their text.
func checkSpans(t *testing.T, text string, v reflect.Value, outer syntax.Span) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			checkSpans(t, text, v.Elem(), outer)
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkSpans(t, text, v.Index(i), outer)
		}
	case reflect.Struct:
		span, ok := v.FieldByName("Span").Interface().(syntax.Span)
		if !ok || span.Start < outer.Start || span.Stop > outer.Stop || span.Start > span.Stop {
			t.Fatalf("%s\n%#v is not within %v", text, v.Interface(), outer)
		}
		if id, ok := v.Interface().(syntax.Identifier); ok {
			source := text[id.Start:id.Stop]
			if source != id.Name && source != `"`+strings.ReplaceAll(id.Name, `"`, `""`)+`"` {
				t.Fatalf("%s\nthe name %q stands where the text is %q", text, id.Name, source)
			}
		}
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Span" {
				checkSpans(t, text, v.Field(i), span)
			}
		}
	}
}

// TestWalkReachesEverything compares the nodes that Walk visits with those that reflection finds, in this order too.
func TestWalkReachesEverything(t *testing.T) {
	for seed := range uint64(500) {
		s := generator(seed, false).Statement()
		s = parse(t, syntax.Print(s))[0]
		var want, got, left []syntax.Node
		findNodes(reflect.ValueOf(s), &want)
		syntax.Walk(s, func(n syntax.Node) bool { got = append(got, n); return true }, func(n syntax.Node) { left = append(left, n) })
		for i, n := range got {
			if i > 0 && n.Pos() < got[i-1].Pos() {
				t.Fatalf("%s\n%T at %d comes behind one at %d", syntax.Print(s), n, n.Pos(), got[i-1].Pos())
			}
		}
		if len(got) != len(want) || len(left) != len(got) || left[len(left)-1] != got[0] {
			t.Fatalf("%s\n%d of %d nodes are visited, %d left", syntax.Print(s), len(got), len(want), len(left))
		}
	}
}

// findNodes collects what is a node that is visited: each is a pointer.
func findNodes(v reflect.Value, found *[]syntax.Node) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		switch n := v.Interface().(type) {
		case *syntax.From, *syntax.Conflict, *syntax.Frame, *syntax.Identifier:
		case syntax.Node:
			*found = append(*found, n)
		}
		findNodes(v.Elem(), found)
	case reflect.Interface:
		findNodes(v.Elem(), found)
	case reflect.Slice:
		for i := range v.Len() {
			findNodes(v.Index(i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			findNodes(v.Field(i), found)
		}
	}
}

func TestWalkStops(t *testing.T) {
	s := parse(t, "select a, (select b from t where c), d + e")[0]
	var entered, left []string
	syntax.Walk(s, func(n syntax.Node) bool {
		entered = append(entered, fmt.Sprintf("%T", n))
		_, sub := n.(*syntax.Subquery)
		return !sub
	}, func(n syntax.Node) {
		if x, ok := n.(syntax.Expression); ok {
			left = append(left, syntax.Print(x))
		}
	})
	want := []string{"*syntax.Query", "*syntax.Select", "*syntax.Column", "*syntax.Subquery", "*syntax.Binary", "*syntax.Column", "*syntax.Column"}
	if diff := cmp.Diff(want, entered); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "d", "e", "d + e"}, left); diff != "" {
		t.Error(diff)
	}
	for n := range syntax.All(s) {
		if _, ok := n.(*syntax.Column); ok {
			break
		}
	}
}

func TestPrintParts(t *testing.T) {
	q := parse(t, `select a as "b c", count(*) over (order by d desc nulls last) from t join u using (x)`)[0].(*syntax.Query)
	s := q.First.(*syntax.Select)
	for want, part := range map[string]any{
		`a AS "b c"`:                   s.Items[0],
		`"b c"`:                        *s.Items[0].Alias,
		"a":                            s.Items[0].Expression,
		"t INNER JOIN u USING (x)":     s.From,
		"u":                            s.From.Joins[0].Source,
		"(ORDER BY d DESC NULLS LAST)": s.Items[1].Expression.(*syntax.Call).Over,
		"d DESC NULLS LAST":            s.Items[1].Expression.(*syntax.Call).Over.OrderBy[0],
		syntax.Print(q):                s,
	} {
		if got := syntax.Print(part); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
