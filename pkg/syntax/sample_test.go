package syntax_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/syntax"
	"github.com/reedbase/reedbase/pkg/syntax/sample"
)

var tables = []sample.Table{
	{Name: "text", Columns: []sample.Column{{Name: "key", Kind: sample.Text}, {Name: "value", Kind: sample.Text}, {Name: "uses"}}},
	{Name: "meta", Columns: []sample.Column{{Name: "id"}, {Name: "value", Kind: sample.Text}, {Name: "size"}}},
}

func generator(seed uint64, shared bool) *sample.Generator {
	return &sample.Generator{Source: rand.New(rand.NewPCG(seed, seed)), Tables: tables, Shared: shared, Bound: true}
}

// strip forgets where all the nodes of a tree stand.
func strip(tree any) { stripValue(reflect.ValueOf(tree)) }

func stripValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			stripValue(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			stripValue(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[syntax.Span]() {
			v.SetZero()
			return
		}
		for i := range v.NumField() {
			stripValue(v.Field(i))
		}
	}
}

// checkPrint prints a tree and reads it again.
func checkPrint(t interface {
	Helper()
	Fatalf(string, ...any)
}, tree syntax.Statement) string {
	t.Helper()
	text := syntax.Print(tree)
	again, err := syntax.Parse(text, syntax.Options{})
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	strip(again)
	if want := []syntax.Statement{tree}; !reflect.DeepEqual(want, again) {
		t.Fatalf("%s\nis read as another tree: %s", text, cmp.Diff(want, again))
	}
	if twice := syntax.Print(again[0]); twice != text {
		t.Fatalf("%s\nis printed as\n%s", text, twice)
	}
	return text
}

// drawn lets rapid choose, and shrink.
type drawn struct{ *rapid.T }

func (d drawn) IntN(n int) int { return rapid.IntRange(0, n-1).Draw(d.T, "choice") }

func TestPrintIsReadAsTheSameTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &sample.Generator{Source: drawn{t}, Tables: tables, Shared: rapid.Bool().Draw(t, "shared"), Bound: true}
		checkPrint(t, g.Statement())
	})
}

// TestEveryProductionIsMade shows that statements with each production of the grammar have been printed and read.
func TestEveryProductionIsMade(t *testing.T) {
	const statements = 4000
	counts := map[string]int{}
	for seed := range uint64(statements) {
		s := generator(seed, false).Statement()
		checkPrint(t, s)
		sample.Count(s, counts)
	}
	report(t, counts, sample.Productions(false), 10)
}

// report prints the counts, and fails if a production is missing or one is new.
func report(t *testing.T, counts map[string]int, want []string, least int) {
	t.Helper()
	var lines strings.Builder
	for _, p := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&lines, "%s: %d\n", p, counts[p])
		if counts[p] < least {
			t.Errorf("%s: %d times, not %d", p, counts[p], least)
		}
	}
	t.Log("\n" + lines.String())
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(counts))); diff != "" {
		t.Error(diff)
	}
}

// TestSQLiteTakesWhatIsShared lets sqlite3 prepare every statement that is said to be shared.
func TestSQLiteTakesWhatIsShared(t *testing.T) {
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("sqlite3 is not installed")
	}
	const statements = 2000
	counts, script := map[string]int{}, strings.Builder{}
	script.WriteString("CREATE TABLE text (key TEXT PRIMARY KEY, value TEXT, uses INTEGER);\n" +
		"CREATE TABLE meta (id INTEGER PRIMARY KEY, value TEXT, size REAL);\n")
	for seed := range uint64(statements) {
		s := generator(seed, true).Statement()
		sample.Count(s, counts)
		fmt.Fprintf(&script, "EXPLAIN %s;\n", checkPrint(t, s))
	}
	shell := exec.Command("sqlite3", "-batch", ":memory:")
	shell.Stdin = strings.NewReader(script.String())
	var talk strings.Builder
	shell.Stderr = &talk
	out, err := shell.Output()
	if prepared := strings.Count(string(out), "\n0     Init "); talk.Len() > 0 || err != nil || prepared != statements {
		t.Errorf("%v, %d of %d statements are prepared\n%s", err, prepared, statements, talk.String())
	}
	report(t, counts, sample.Productions(true), 10)
}
