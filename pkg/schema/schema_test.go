package schema_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/schema"
	"pgregory.net/rapid"
)

// equal compares schemas, an empty list being as good as none.
func equal(a, b *schema.Schema) string { return cmp.Diff(a, b, cmpopts.EquateEmpty()) }

var cellsOf = map[cell.Type][]string{
	cell.Undeclared: {"a", "#b", `"`, "1", "", "x|y", "two\nlines", "ä", `back\slash`, "it's \\ \"both\""},
	cell.String:     {"a", "#b", `"`, "01", "", "x|y", "two\r\nlines", "ä", "\r", "\\d+"},
	cell.Integer:    {"1", "-2", "+3", "007", "", "9223372036854775807", "0"},
	cell.Float:      {"1", "-2.5", "+.5", "1.50", "", "1e300", "0.1", "1.0e+20", "5.0"},
	cell.Boolean:    {"true", "false", ""},
	cell.Timestamp:  {"2026-03-01T12:00:00Z", "0", "-1.5", "", "2026-03-01T12:00:00.123456789+01:00"},
}

// schemas draws schemas that Parse accepts, columns named in any way.
func schemas() *rapid.Generator[*schema.Schema] {
	names := []string{"a", "b", "key", "in stock", `"q"`, "#", "", "ä|ö", "two\nlines", `back\slash`, "it's", "\t", "column"}
	comment := rapid.SliceOfN(rapid.SampledFrom([]string{"#", "# a comment", "#\tä # \"x\""}), 0, 2)
	words := func(list ...string) *rapid.Generator[[]string] {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(list), 0, 2, rapid.ID)
	}
	return rapid.Custom(func(t *rapid.T) *schema.Schema {
		s := &schema.Schema{
			Merge:   rapid.SampledFrom([]schema.Merge{schema.Cells, schema.Rows}).Draw(t, "merge"),
			Level:   rapid.SampledFrom([]schema.Level{schema.Off, schema.Warn, schema.Strict}).Draw(t, "level"),
			Comment: comment.Draw(t, "comment"), Closing: comment.Draw(t, "closing"),
			Keys: schema.Keys{
				Level:     rapid.SampledFrom([]schema.Level{schema.Unset, schema.Off, schema.Strict}).Draw(t, "keys"),
				Languages: words("sw", "nds").Draw(t, "languages"), Seasons: words("s1", "s2").Draw(t, "seasons"),
				Environments: words("e1", "e2").Draw(t, "environments"), Variants: words("v1").Draw(t, "variants"), Comment: comment.Draw(t, "comment"),
			},
		}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 5, rapid.ID).Draw(t, "names") {
			s.Columns = append(s.Columns, column(t, name))
		}
		s.RBKS = len(s.Key()) <= 1 && rapid.Bool().Draw(t, "rbks")
		return s
	})
}

func column(t *rapid.T, name string) schema.Column {
	of := rapid.SampledFrom([]cell.Type{cell.Undeclared, cell.String, cell.Integer, cell.Float, cell.Boolean, cell.Timestamp}).Draw(t, "type")
	c := schema.Column{Name: name, Type: of, Comment: rapid.SliceOfN(rapid.Just("# of the column"), 0, 1).Draw(t, "comment")}
	set := func(what string) bool { return rapid.IntRange(0, 3).Draw(t, what) == 0 }
	c.PrimaryKey, c.Required, c.Unique = set("primary_key"), set("required"), set("unique")
	some := rapid.SampledFrom(cellsOf[of])
	switch {
	case of == cell.Integer || of == cell.Float:
		if set("bounds") {
			c.Min, c.Max = rapid.SampledFrom([]string{"", "-2", "-1"}).Draw(t, "min"), rapid.SampledFrom([]string{"", "0", "7"}).Draw(t, "max")
		}
	case of == cell.Timestamp && set("bounds"):
		c.Min = "2026-03-01T00:00:00+01:00"
	case of == cell.String && set("lengths"):
		c.MinLength, c.MaxLength = rapid.IntRange(0, 1).Draw(t, "min_length"), rapid.IntRange(0, 2).Draw(t, "max_length")*2
	case of == cell.String && set("pattern"):
		c.Pattern = rapid.SampledFrom([]string{`\d+|a`, `[^"]*`, "it's", `'\\'`, "(?i)Ä"}).Draw(t, "pattern")
	}
	if c.Min == "" && c.Max == "" && c.MinLength == 0 && c.MaxLength == 0 && c.Pattern == "" {
		if set("default") {
			c.Default = some.Draw(t, "default")
		}
		if set("values") && of != cell.Timestamp && of != cell.Float && c.Default == "" {
			c.Values = rapid.SliceOfNDistinct(some.Filter(func(s string) bool { return s != "" }), 1, 3, rapid.ID).Draw(t, "values")
		}
	}
	return c
}

func TestEncodeIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := schemas().Draw(t, "schema")
		text := s.Encode()
		back, err := schema.Parse(text)
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if diff := equal(s, back); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
		if again := back.Encode(); string(again) != string(text) {
			t.Fatal(cmp.Diff(string(text), string(again)))
		}
		if diff := equal(s, s.Clone()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCloneSharesNothing(t *testing.T) {
	text := "# c\n[schema]\n[keys]\nlanguages = [\"sw\"]\n# d\n[[columns]]\nname = \"a\"\nvalues = [\"x\"]\n# e\n"
	s, err := schema.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	n := s.Clone()
	n.Comment[0], n.Closing[0], n.Keys.Languages[0] = "#", "#", "de"
	n.Columns[0].Name, n.Columns[0].Values[0], n.Columns[0].Comment[0] = "b", "y", "#"
	again, err := schema.Parse([]byte(text))
	if diff := equal(s, again); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestKinds(t *testing.T) {
	for text, want := range map[string]fault.Kind{
		"[schema]\nversion = 2\n":                        fault.Format,
		"[schema]\nlevel = 1\n":                          fault.Input,
		"[schema\n":                                      fault.Input,
		"a = \xff\n":                                     fault.Input,
		"\x00":                                           fault.Input,
		strings.Repeat("#", schema.MaxSize+1):            fault.Input,
		"[[columns]]\nname = \"a\"\nmin = 1\n":           fault.Input,
		"min = 99999999999999999999\n":                   fault.Input,
		"[[columns]]\nname = \"a\"\n[columns]\nb = 1\n":  fault.Input,
		"[columns]\nname = \"a\"\n":                      fault.Input,
		"columns = [1]\n":                                fault.Input,
		"schema = 1\n":                                   fault.Input,
		"[[schema]]\nversion = 1\n":                      fault.Input,
		"columns = [[{name = \"a\"}]]\n":                 fault.Input,
		"[[columns]]\nname = \"a\"\nmin = 1979-05-27\n":  fault.Input,
		"[[columns]]\nname = \"a\"\nvalues = [\"\"]\n":   fault.Input,
		"[[columns]]\nname = \"a\"\nvalues = [inf]\n":    fault.Input,
		"[[columns]]\nname = \"a\"\nmax = -nan\n":        fault.Input,
		"[keys]\nlanguages = [\"\"]\n":                   fault.Input,
		"[[columns]]\nname = \"a\"\npattern = 5\n":       fault.Input,
		"[[columns]]\nname = \"a\"\n\"\" = 5\n":          fault.Input,
		"[[columns]]\nname = \"a\"\nmin_length = 1e9\n":  fault.Input,
		"[[columns]]\nname = \"a\"\nmax_length = 1e99\n": fault.Input,
	} {
		_, err := schema.Parse([]byte(text))
		if err == nil || fault.KindOf(err) != want || err.Error() == "" {
			t.Errorf("%q: %v", text[:min(len(text), 60)], err)
		}
	}
}

func TestProblemsAreAList(t *testing.T) {
	_, err := schema.Parse([]byte("\ufeff[schema]\r\nlevel = 1\r\nmerge = 2\r\n"))
	var problems schema.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	want := schema.Problems{{2, 1, "[schema]: level has to be strict, warn or off, not 1"}, {3, 1, "[schema]: merge has to be cells or rows, not 2"}}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Error(diff)
	}
}

// What is nested or named to exhaust time or memory is refused like anything else.
func TestHugeSchemas(t *testing.T) {
	const n = schema.MaxSize
	for name, text := range map[string]string{
		"arrays":      "a = " + strings.Repeat("[", n/2),
		"closed":      "a = " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"tables":      strings.Repeat("a = {", 9000) + strings.Repeat("}", 9000),
		"dotted":      strings.TrimSuffix(strings.Repeat("a.", n/2-10), ".") + " = 1",
		"long key":    "[" + strings.Repeat("a", n/2) + "]\n" + manySettings(20000),
		"one line":    "values = [" + strings.Repeat("1,", n/2-10) + "]",
		"settings":    manySettings(60000),
		"columns":     strings.Repeat("[[columns]]\n", n/13),
		"comments":    strings.Repeat("#\n", n/2),
		"nested list": "columns = [" + strings.Repeat("{name=\"a\"},", n/12-10) + "]",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schema.Parse([]byte(text))
			if name != "comments" && fault.KindOf(err) != fault.Input || name == "comments" && err != nil {
				t.Errorf("%.200v", err)
			}
			if crowded := err != nil && strings.Contains(err.Error(), "more than 100 settings"); crowded != (name == "long key" || name == "settings") {
				t.Errorf("%.200v", err)
			}
		})
	}
}

func manySettings(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "s%d = 1\n", i)
	}
	return b.String()
}
