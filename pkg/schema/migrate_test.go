package schema_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
	"pgregory.net/rapid"
)

// model is a table as a migration sees it, cell by cell.
type model struct {
	names []string
	types []cell.Type
	rows  [][]modelCell
}

type modelCell struct {
	old, now string
	stuck    bool // a conversion failed: it is as it was
	added    bool // it is a default, which must suit the last type of its column alone
}

// step makes a statement, or says that it cannot be made.
func (m *model) step(s schema.Statement) bool {
	at, taken := slices.Index(m.names, s.Column), slices.Index(m.names, s.To) >= 0
	switch {
	case s.Action == schema.Add:
		if at >= 0 {
			return false
		}
		m.names, m.types = append(m.names, s.Column), append(m.types, s.Type)
		for i := range m.rows {
			m.rows[i] = append(m.rows[i], modelCell{old: s.Default, now: s.Default, added: true})
		}
	case at < 0, s.Action == schema.Drop && at == 0, s.Action == schema.Rename && taken && s.To != s.Column:
		return false
	case s.Action == schema.Drop:
		m.names, m.types = slices.Delete(m.names, at, at+1), slices.Delete(m.types, at, at+1)
		for i := range m.rows {
			m.rows[i] = slices.Delete(m.rows[i], at, at+1)
		}
	case s.Action == schema.Rename:
		m.names[at] = s.To
	case s.Action == schema.Retype:
		for i := range m.rows {
			m.rows[i][at].convert(m.types[at], s.Type)
		}
		m.types[at] = s.Type
	}
	return true
}

func (c *modelCell) convert(from, to cell.Type) {
	converted, ok := cell.Convert([]byte(c.now), from, to)
	if c.now = string(converted); !c.added && (!ok || c.stuck) {
		c.now, c.stuck = c.old, true
	}
}

func (m *model) cells() [][]string {
	cells := [][]string{m.names}
	for _, r := range m.rows {
		var list []string
		for _, c := range r {
			list = append(list, c.now)
		}
		cells = append(cells, list)
	}
	return cells
}

func statements(t *rapid.T) []schema.Statement {
	names := rapid.SampledFrom([]string{"key", "a", "b", "#c", `d"d`, "e|e", "", "new", "in stock", "column", "TO", "default"})
	types := rapid.SampledFrom([]cell.Type{cell.String, cell.Integer, cell.Float, cell.Boolean, cell.Timestamp})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) schema.Statement {
		s := schema.Statement{Action: rapid.SampledFrom([]schema.Action{schema.Add, schema.Drop, schema.Rename, schema.Retype, schema.Retype}).Draw(t, "action"), Column: names.Draw(t, "column")}
		switch s.Action {
		case schema.Add:
			s.Type = types.Draw(t, "type")
			s.Default = rapid.SampledFrom(cellsOf[s.Type]).Draw(t, "default")
		case schema.Rename:
			s.To = names.Draw(t, "to")
		case schema.Retype:
			s.Type = types.Draw(t, "type")
		}
		return s
	}), 1, 5).Draw(t, "statements")
}

// comments returns what stands between the records of a text.
func comments(text []byte) (list []string) {
	for at := 0; ; {
		r, err := row.Next(text, at)
		if err != nil {
			return list
		}
		list, at = append(list, string(text[r.Start:r.Body])), r.End
	}
}

func TestMigrate(t *testing.T) {
	made := map[schema.Action]int{}
	rapid.Check(t, func(t *rapid.T) {
		of := tables().Draw(t, "table")
		s, m := &schema.Schema{Level: schema.Warn}, &model{names: slices.Clone(of.cells[0])}
		for _, name := range m.names {
			kind := rapid.SampledFrom([]cell.Type{cell.Undeclared, cell.String, cell.Boolean, cell.Timestamp}).Draw(t, "type")
			s.Columns, m.types = append(s.Columns, schema.Column{Name: name, Type: kind}), append(m.types, kind)
		}
		for _, record := range of.cells[1:] {
			var cells []modelCell
			for _, c := range record {
				cells = append(cells, modelCell{old: c, now: c})
			}
			m.rows = append(m.rows, cells)
		}
		var steps []schema.Statement
		for _, step := range statements(t) {
			if m.step(step) {
				steps, made[step.Action] = append(steps, step), made[step.Action]+1
			} else if _, err := s.Migrate(of.text, append(steps, step)); fault.KindOf(err) != fault.Input {
				t.Fatalf("%q, %s: %v", of.text, step, err)
			}
		}
		result, err := s.Migrate(of.text, steps)
		if err != nil {
			if strings.Contains(err.Error(), "default") {
				return // a default that its column's later type cannot have
			}
			t.Fatalf("%q, %s: %v", of.text, steps, err)
		}
		moved := result.Render(of.text)
		if diff := cmp.Diff(m.cells(), read(t, moved)); diff != "" {
			t.Fatalf("%q became %q by %s\n%s", of.text, moved, steps, diff)
		}
		if diff := cmp.Diff(comments(of.text), comments(moved)); diff != "" {
			t.Fatalf("%q became %q by %s\n%s", of.text, moved, steps, diff)
		}
		var types []cell.Type
		for _, c := range result.Schema.Columns {
			types = append(types, c.Type)
		}
		if diff := cmp.Diff(m.types, types); diff != "" {
			t.Fatal(diff)
		}
		stuck := 0
		for _, r := range m.rows {
			for _, c := range r {
				stuck += map[bool]int{true: 1}[c.stuck]
			}
		}
		if stuck != result.Unconverted.Total {
			t.Fatalf("%d cells do not convert, not %d", result.Unconverted.Total, stuck)
		}
		if found, err := result.Schema.Validate(bytes.NewReader(moved), int64(len(moved))); err != nil || slices.ContainsFunc(found.List, func(v schema.Violation) bool { return v.Rule == schema.Columns }) {
			t.Fatalf("%q: %v, %v", moved, err, found)
		}
	})
	t.Log(made)
}

// What no statement is about keeps its bytes, and edits are no larger than what they change.
func TestMigrateKeepsBytes(t *testing.T) {
	text := []byte("# c\r\n\"key\"|a|\"b\"\r\n1|\"x\"|say \"hi\"\n# d\n\"2\"|y|\"\"\n3||")
	s := &schema.Schema{}
	for _, test := range []struct{ statements, want, edits string }{
		{"", string(text), ""},
		{"retype a string\nretype b string", string(text), ""},
		{"rename a to a\nrename b to c\nrename c to b", string(text), ""},
		{"rename a to c", "# c\r\n\"key\"|c|\"b\"\r\n1|\"x\"|say \"hi\"\n# d\n\"2\"|y|\"\"\n3||", "[11 1 c]"},
		{"drop a", "# c\r\n\"key\"|\"b\"\r\n1|say \"hi\"\n# d\n\"2\"|\"\"\n3|", "[11 2 ][20 4 ][41 2 ][48 1 ]"},
		{"add z string default \"|\"", "# c\r\n\"key\"|a|\"b\"|z\r\n1|\"x\"|say \"hi\"|\"|\"\n# d\n\"2\"|y|\"\"|\"|\"\n3|||\"|\"", "[16 0 |z][32 0 |\"|\"][45 0 |\"|\"][49 0 |\"|\"]"},
		{"add z string\ndrop z", string(text), ""},
		{"retype b integer", "# c\r\n\"key\"|a|\"b\"\r\n1|\"x\"|say \"hi\"\n# d\n\"2\"|y|\n3||", "[43 2 ]"},
	} {
		steps, err := schema.ParseStatements([]byte(test.statements))
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Migrate(text, steps)
		if err != nil {
			t.Fatalf("%s: %v", test.statements, err)
		}
		edits := ""
		for _, e := range m.Edits {
			edits += fmt.Sprintf("[%d %d %s]", e.Off, e.Del, e.Ins)
		}
		if diff := cmp.Diff(test.want, string(m.Render(text))) + cmp.Diff(test.edits, edits); diff != "" {
			t.Errorf("%s: %s", test.statements, diff)
		}
	}
}

func TestMigrateRefuses(t *testing.T) {
	parse := func(text string) *schema.Schema {
		s, err := schema.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	typed := "[[columns]]\nname = \"key\"\ntype = \"string\"\n[[columns]]\nname = \"n\"\ntype = \"integer\"\nmin = 1\nvalues = [1, 2]\n"
	for _, test := range []struct{ schema, statements, table, want string }{
		{typed, "drop n", "", "there is no header line"},
		{typed, "drop n", "key|n\n1\n", "line 2: 1 cells where the header has 2"},
		{typed, "drop n", "key|n\n1|\"\n", "line 2: a quote is opened and never closed"},
		{typed, "retype n boolean", "key|n\n1|1\n", "column \"n\": min is for columns of type integer, float or timestamp\ncolumn \"n\": values: \"2\" is no boolean: true or false"},
		{typed, "add b boolean default yes", "key|n\n1|1\n", "column \"b\": default \"yes\" is no boolean: true or false"},
		{typed, "drop key", "n|key\n1|1\n", ""},
		{typed, "drop n", "n|key\n1|1\n", `line 1, character 1: drop column n: column "n" is part of the key`},
		{typed, strings.Repeat("retype n float\n", 1001), "key|n\n", "there are 1001 statements, more than 1000"},
	} {
		steps, err := schema.ParseStatements([]byte(test.statements))
		if err != nil {
			t.Fatal(err)
		}
		_, err = parse(test.schema).Migrate([]byte(test.table), steps)
		if err == nil && test.want != "" || err != nil && (err.Error() != test.want || fault.KindOf(err) != fault.Input) {
			t.Errorf("%.60s of %q: %v", test.statements, test.table, err)
		}
	}
}

// A cell that moves to the end of its record must not lose a CR to the line end, nor one that moves to the beginning become a
// comment.
func TestMigrateQuotesWhatMoves(t *testing.T) {
	s := &schema.Schema{Columns: []schema.Column{{Name: "a"}, {Name: "key", PrimaryKey: true}, {Name: "b"}, {Name: "c"}}}
	text := "a|key|b|c\n1|#2|3\r|4\n1|\ufeff3|\r|\n"
	steps, err := schema.ParseStatements([]byte("drop a; drop c"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Migrate([]byte(text), steps)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("key|b\n\"#2\"|\"3\r\"\n\"\ufeff3\"|\"\r\"\n", string(m.Render([]byte(text)))); diff != "" {
		t.Error(diff)
	}
}

// A column that only the table or only the schema has can be migrated too.
func TestMigrateUnequalColumns(t *testing.T) {
	s, err := schema.Parse([]byte("[[columns]]\nname = \"key\"\ntype = \"string\"\n[[columns]]\nname = \"gone\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	steps, err := schema.ParseStatements([]byte("drop gone; retype extra integer; rename extra to n"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Migrate([]byte("key|extra\na| 1\n"), steps)
	if err != nil {
		t.Fatal(err)
	}
	want := &schema.Schema{Level: schema.Warn, Columns: []schema.Column{{Name: "key", Type: cell.String}, {Name: "n", Type: cell.Integer}}}
	if diff := equal(want, m.Schema) + cmp.Diff("key|n\na|1\n", string(m.Render([]byte("key|extra\na| 1\n")))); diff != "" {
		t.Error(diff)
	}
	if len(s.Columns) != 2 || s.Columns[1].Name != "gone" {
		t.Errorf("the old schema is changed: %v", s.Columns)
	}
}

func TestStatementsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := statements(t)
		var lines []string
		for _, s := range want {
			if strings.ContainsAny(s.Column+s.To+s.Default, "\n") {
				return // what cannot be written
			}
			lines = append(lines, s.String())
		}
		end := rapid.SampledFrom([]string{"\n", ";", "; \n", "\r\n", " # c\n\n"}).Draw(t, "end")
		got, err := schema.ParseStatements([]byte(strings.Join(lines, end)))
		if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); diff != "" || err != nil {
			t.Fatalf("%q: %v, %s", lines, err, diff)
		}
	})
}

func TestStatementsAreText(t *testing.T) {
	for _, text := range []string{"drop \xff", "drop a\x00", strings.Repeat(" ", schema.MaxSize+1)} {
		if _, err := schema.ParseStatements([]byte(text)); fault.KindOf(err) != fault.Input {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
