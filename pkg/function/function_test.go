package function_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/function"
)

// TestVectors holds functions to testdata/vectors.txt, whose lines are a call, " = " and what it returns, or " ! " and its error.
func TestVectors(t *testing.T) {
	file, err := os.ReadFile("testdata/vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		name, _, _ := strings.Cut(line, "(")
		called[name] = true
		call, want, fails := strings.Cut(line, " ! ")
		if !fails {
			call, want, _ = strings.Cut(line, " = ")
		}
		v, err := eval(statement(), parse(t, call))
		switch {
		case fails && (err == nil || err.Error() != want || fault.KindOf(err) != fault.Input):
			t.Errorf("%s: %v, not the error %s", call, err, want)
		case !fails && (err != nil || literal(v) != want):
			t.Errorf("%s is %s, %v, not %s", call, literal(v), err, want)
		}
	}
	for _, name := range function.Names() {
		if _, ok := function.Find(name); ok && !called[name] {
			t.Errorf("no vector calls %s", name)
		}
	}
}

func TestNamesAreFound(t *testing.T) {
	names := function.Names()
	if !slices.IsSorted(names) || len(slices.Compact(names)) != len(names) {
		t.Errorf("not sorted, or twice: %q", names)
	}
	for _, name := range names {
		s, scalar := function.Find(strings.ToUpper(name))
		a, aggregate := function.FindAggregate(strings.ToUpper(name))
		if !scalar && !aggregate || scalar && s.Name != name || aggregate && a.Name != name {
			t.Errorf("%s is not found", name)
		}
	}
	for _, name := range []string{"", "a", "abc", "zzz", "lowe", "lowerr", strings.Repeat("x", 1000)} {
		if _, ok := function.Find(name); ok {
			t.Errorf("%q is found", name)
		}
		if _, ok := function.FindAggregate(name); ok {
			t.Errorf("%q is found", name)
		}
	}
}

func TestResultsAreBounded(t *testing.T) {
	for _, call := range []string{
		"replace('aaaaaaaaaaaaaaaa', 'a', '0123456789')", "hex('0123456789012345678901234567890123456789012345678901')", "concat('" + strings.Repeat("x", 60) + "', '" + strings.Repeat("y", 60) + "')",
		"quote('" + strings.Repeat("''", 60) + "')", "concat_ws('" + strings.Repeat("x", 90) + "', 'a', 'b', 'c')",
	} {
		c := &function.Context{MaxText: 100}
		name, _, _ := strings.Cut(call, "(")
		if v, err := eval(c, parse(t, call)); err == nil || err.Error() != name+": the result has more than 100 bytes" || fault.KindOf(err) != fault.Input {
			t.Errorf("%s: %s, %v", call, literal(v), err)
		}
	}
}

// TestResultsStay shows that results are valid until Reset, however many there are.
func TestResultsStay(t *testing.T) {
	c := &function.Context{}
	call := parse(t, "concat(hex('abc'), upper('x'), 1.5)")
	for range 2 {
		var all []string
		for range 3000 {
			v, err := eval(c, call)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(v.Text()))
		}
		for _, text := range all {
			if text != "616263X1.5" {
				t.Fatal(text)
			}
		}
		c.Reset()
	}
}
