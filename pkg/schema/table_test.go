package schema_test

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
	"pgregory.net/rapid"
)

// table is a text together with its cells, the header's first.
type table struct {
	text  []byte
	cells [][]string
}

// tables draws tables whose rows the first column tells apart, with quotes where none are needed, comments and both line ends.
func tables() *rapid.Generator[table] {
	return rapid.Custom(func(t *rapid.T) table {
		header := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"key", "a", "b", "#c", `d"d`, "e|e", ""}), 1, 4, rapid.ID).Draw(t, "header")
		kinds := make([]*rapid.Generator[string], len(header))
		for i := range kinds {
			of := rapid.SampledFrom([]cell.Type{cell.Undeclared, cell.String, cell.Integer, cell.Float, cell.Boolean, cell.Timestamp}).Draw(t, "type")
			kinds[i] = rapid.SampledFrom(cellsOf[of])
		}
		s := table{cells: [][]string{header}}
		keys := map[string]bool{}
		for range rapid.IntRange(0, 6).Draw(t, "rows") {
			record := make([]string, len(header))
			for i := range record {
				record[i] = kinds[i].Draw(t, "cell")
			}
			if !keys[record[0]] {
				keys[record[0]] = true
				s.cells = append(s.cells, record)
			}
		}
		eol := rapid.SampledFrom([]string{"\n", "\r\n"})
		for i, record := range s.cells {
			s.text = append(s.text, rapid.SampledFrom([]string{"", "", "\n", "# a comment\n", "#\r\n"}).Draw(t, "comment")...)
			stored := row.AppendRecord(nil, fields(record), "")
			if rapid.IntRange(0, 3).Draw(t, "quoted") == 0 {
				stored = quoteAll(record)
			}
			s.text = append(s.text, stored...)
			if end := eol.Draw(t, "eol"); i < len(s.cells)-1 || rapid.Bool().Draw(t, "ended") {
				s.text = append(s.text, end...)
			}
		}
		return s
	})
}

// quoteAll writes a record with quotes around all cells.
func quoteAll(cells []string) []byte {
	var quoted []string
	for _, c := range cells {
		quoted = append(quoted, `"`+strings.ReplaceAll(c, `"`, `""`)+`"`)
	}
	return []byte(strings.Join(quoted, "|"))
}

func fields(cells []string) (list [][]byte) {
	for _, c := range cells {
		list = append(list, []byte(c))
	}
	return list
}

// read returns the cells of a table.
func read(t interface{ Fatalf(string, ...any) }, text []byte) (cells [][]string) {
	for at := 0; ; {
		r, err := row.Next(text, at)
		if err != nil {
			return cells
		}
		if at = r.End; r.Body == r.End {
			continue
		}
		record, err := row.Cells(nil, text[r.Body:r.End])
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var list []string
		for _, c := range record {
			list = append(list, string(c))
		}
		cells = append(cells, list)
	}
}

// A table passes the schema that is inferred from it, as that is written and read.
func TestInferredSchemasHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := tables().Draw(t, "table")
		var key []string
		if rapid.Bool().Draw(t, "keyed") {
			key = s.cells[0][:1]
		}
		inferred, err := schema.Infer(s.text, key)
		if err != nil {
			t.Fatalf("%q: %v", s.text, err)
		}
		back, err := schema.Parse(inferred.Encode())
		if err != nil {
			t.Fatalf("%v:\n%s", err, inferred.Encode())
		}
		found, err := back.Validate(bytes.NewReader(s.text), int64(len(s.text)))
		if err != nil || found.Total > 0 {
			t.Fatalf("%q: %v, %v\n%s", s.text, err, found, inferred.Encode())
		}
		if key := back.Key(); len(key) == 0 || key[0] != s.cells[0][0] {
			t.Fatalf("%q: the key is %q", s.text, key)
		}
	})
}

func TestInfer(t *testing.T) {
	header := "i|f|b|t|s|plus|zeros|big|mixed|dates|none|quoted"
	tests := []struct {
		name, text string
		key        []string
		want       string // name:type, ! of the key
	}{
		{"types", header + "\n1|1|true|2026-03-01T00:00:00Z|x|+1|007|99999999999999999999|1|2026-03-01||\n-2|-2.5|false|2026-03-01T00:00:00.5+01:00||2|1|1|true|2026-03-02||\"\"\n", nil,
			"i:integer! f:float b:boolean t:timestamp s:string plus:string zeros:string big:string mixed:string dates:string none:string quoted:string"},
		{"a composite key", "resource|operation|role\ntext|read|a\ntext|write|a\nroute|read|b\n", nil, "resource:string! operation:string! role:string"},
		{"a key that is named", "id|name\n1|a\n2|b\n", []string{"name"}, "id:integer name:string!"},
		{"keys that differ in spelling alone", "id|v\n1|a\n1.0|b\n", nil, "id:string! v:string"},
		{"seconds are integers", "at|v\n1700000000|1e3\n1700000001|.5\n", nil, "at:integer! v:float"},
		{"no rows", "a|b\n", nil, "a:string! b:string"},
		{"rows that nothing tells apart", "a|b\n1|2\n1|2\n", nil, "a:integer b:integer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := schema.Infer([]byte(test.text), test.key)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range s.Columns {
				got = append(got, c.Name+":"+c.Type.String()+map[bool]string{true: "!"}[c.PrimaryKey])
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestInferRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":             "there is no header line",
		"a|b\n1\n":     "line 2: 1 cells where the header has 2",
		"a|b\n1|\"x\n": "line 2: a quote is opened and never closed",
		"a|a\n1|2\n":   `column "a": column 1 has that name too`,
		"k|b\n1|2\n":   `the table has no column "key" for its key`,
		"key\n1\n1\n":  "rows share their key, key",
	} {
		_, err := schema.Infer([]byte(text), []string{"key"})
		if text == "a|a\n1|2\n" {
			_, err = schema.Infer([]byte(text), nil)
		}
		if err == nil || err.Error() != want || fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// On the real tables of the old format, which are there on some machines only.
func TestRealTables(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/reed02/*/*.csv")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := schema.Infer(text, nil)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(file), err)
			continue
		}
		found, err := s.Validate(bytes.NewReader(text), int64(len(text)))
		if err != nil || found.Total > 0 {
			t.Errorf("%s: %v, %v", file, err, found)
		}
	}
}

// naive says which rules a table breaks, as "LINE COLUMN RULE", in its own words: with fractions, regular expressions and every
// pair of rows.
func naive(s *schema.Schema, of []byte) map[string]int {
	broken := map[string]int{}
	header, at, _ := row.Header(of)
	type seen struct{ key, unique []string }
	var before []seen
	for {
		r, err := row.Next(of, at)
		if err != nil {
			return broken
		}
		if at = r.End; r.Body == r.End {
			continue
		}
		stored, _ := row.Stored(nil, of[r.Body:r.End])
		now, say := seen{}, func(column string, rule schema.Rule) {
			broken[fmt.Sprintf("%d %q %s", row.Line(of, r.Body), column, rule)]++
		}
		complete := true
		for _, c := range s.Columns {
			place := slices.Index(header, c.Name)
			if place < 0 {
				complete = complete && !c.PrimaryKey
				continue
			}
			content := string(row.Unquote(stored[place]))
			if c.PrimaryKey {
				now.key = append(now.key, c.Name, canonical(c.Type, content))
			}
			if c.Unique && content != "" {
				now.unique = append(now.unique, c.Name+"="+canonical(c.Type, content))
			}
			naiveCell(c, content, len(stored[place]) > 0, func(rule schema.Rule) { say(c.Name, rule) })
		}
		if !complete {
			now.key = nil
		}
		for _, column := range now.unique {
			name, _, _ := strings.Cut(column, "=")
			alone := len(now.key) == 2 && now.key[0] == name
			if !alone && slices.ContainsFunc(before, func(b seen) bool { return slices.Contains(b.unique, column) }) {
				say(name, schema.Unique)
			}
		}
		if now.key != nil && slices.ContainsFunc(before, func(b seen) bool { return slices.Equal(b.key, now.key) }) {
			name := ""
			if len(now.key) == 2 {
				name = now.key[0]
			}
			say(name, schema.PrimaryKey)
		}
		before = append(before, now)
	}
}

// canonical writes alike what one type has as one value.
func canonical(of cell.Type, content string) string {
	switch of {
	case cell.Undeclared, cell.String:
		return content
	case cell.Timestamp:
		if at, err := time.Parse(time.RFC3339, content); err == nil {
			return new(big.Rat).SetFrac(new(big.Int).Add(new(big.Int).Mul(big.NewInt(at.Unix()), big.NewInt(1e9)), big.NewInt(int64(at.Nanosecond()))), big.NewInt(1e9)).String()
		}
	case cell.Boolean:
		return strings.NewReplacer("true", "1/1", "false", "0/1").Replace(content)
	}
	if r, ok := new(big.Rat).SetString(content); ok {
		return r.String()
	}
	return content
}

func naiveCell(c schema.Column, content string, stored bool, say func(schema.Rule)) {
	texts := c.Type == cell.Undeclared || c.Type == cell.String
	if content == "" && (!stored || texts || c.Required) {
		if c.Required {
			say(schema.Required)
		}
		return
	}
	spelled := map[cell.Type]string{
		cell.Integer: `[+-]?\d+`, cell.Float: `[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?`, cell.Boolean: `true|false`, cell.Timestamp: `[+-]?\d{1,11}(\.\d+)?|\d{4}-.*T.*`,
	}[c.Type]
	if !texts && !regexp.MustCompile(`\A(`+spelled+`)\z`).MatchString(content) {
		say(schema.Type)
		return
	}
	value, _ := new(big.Rat).SetString(canonical(c.Type, content))
	if low, ok := new(big.Rat).SetString(canonical(c.Type, c.Min)); c.Min != "" && ok && value.Cmp(low) < 0 {
		say(schema.Min)
	}
	if high, ok := new(big.Rat).SetString(canonical(c.Type, c.Max)); c.Max != "" && ok && value.Cmp(high) > 0 {
		say(schema.Max)
	}
	if n := len([]rune(content)); n < c.MinLength {
		say(schema.MinLength)
	} else if c.MaxLength > 0 && n > c.MaxLength {
		say(schema.MaxLength)
	}
	if c.Pattern != "" {
		whole := regexp.MustCompile(c.Pattern)
		whole.Longest()
		if at := whole.FindStringIndex(content); at == nil || at[0] > 0 || at[1] < len(content) {
			say(schema.Pattern)
		}
	}
	if c.Values != nil && !slices.ContainsFunc(c.Values, func(v string) bool { return canonical(c.Type, v) == canonical(c.Type, content) }) {
		say(schema.Values)
	}
}

// Whatever the schema, a table is judged as its rows are one by one, and as the rules read by themselves.
func TestValidate(t *testing.T) {
	judged := map[schema.Rule]int{}
	rapid.Check(t, func(t *rapid.T) {
		s, of := schemas().Draw(t, "schema"), tables().Draw(t, "table")
		var names []string
		for i := range s.Columns {
			if i < len(of.cells[0]) && rapid.IntRange(0, 9).Draw(t, "meet") > 0 {
				s.Columns[i].Name = of.cells[0][i]
			}
			names = append(names, s.Columns[i].Name)
		}
		if slices.Sort(names); len(slices.Compact(names)) < len(s.Columns) {
			return
		}
		found, err := s.Validate(bytes.NewReader(of.text), int64(len(of.text)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rowByRow(s, of.text), found.List); diff != "" {
			t.Fatalf("%q\n%s\n%s", of.text, s.Encode(), diff)
		}
		got := map[string]int{}
		for _, v := range found.List {
			judged[v.Rule]++
			if v.Rule != schema.Columns {
				got[fmt.Sprintf("%d %q %s", v.Line, v.Column, v.Rule)]++
			}
		}
		if diff := cmp.Diff(naive(s, of.text), got); diff != "" {
			t.Fatalf("%q\n%s\n%s", of.text, s.Encode(), diff)
		}
	})
	t.Log(judged)
}
