package differential

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/syntax/sample"
)

// column is a column of a table: what its cells are, in ReedQL and in SQLite.
type column struct {
	name   string
	kind   sample.Kind
	of     cell.Type
	sqlite string // the type that SQLite gives it
}

// table is a random table, as a text and as what sqlite3 is told.
type table struct {
	name    string
	columns []column
	keys    int // of the columns; 0 is one
	text    []byte
	records []record
	rows    [][]string // as literals of SQLite
	stream  bool       // it is read from its beginning, once
	guess   int64      // how many rows are said to be there
}

// record is where a row stands, with its cells.
type record struct {
	at     int64
	cells  []string
	quoted []bool
}

// layouts are the tables: columns of every type that SQLite has too, and of none.
var layouts = []table{
	{name: "text", columns: []column{
		{"key", sample.Text, cell.String, "TEXT"},
		{"value", sample.Text, cell.String, "TEXT"},
		{"uses", sample.Number, cell.Integer, "INTEGER"},
	}},
	{name: "meta", columns: []column{
		{"id", sample.Number, cell.Integer, "INTEGER"},
		{"value", sample.Text, cell.String, "TEXT"},
		{"size", sample.Number, cell.Float, "REAL"},
	}},
	{name: "loose", columns: []column{
		{"name", sample.Text, cell.Undeclared, ""},
		{"uses", sample.Number, cell.Undeclared, ""},
	}},
}

// samples returns the tables as the generator of queries knows them.
func samples(tables []*table) (list []sample.Table) {
	for _, t := range tables {
		s := sample.Table{Name: t.name, Keys: t.keys}
		for _, c := range t.columns {
			s.Columns = append(s.Columns, sample.Column{Name: c.name, Kind: c.kind})
		}
		list = append(list, s)
	}
	return list
}

// maker makes tables.
type maker struct {
	*rand.Rand
	spelled bool // numbers are spelled in many ways
}

func (m maker) pick(list ...string) string { return list[m.IntN(len(list))] }

// cellOf returns the content of a cell. Numbers are such as any order of additions gives the same sum of.
func (m maker) cellOf(c column) string {
	switch {
	case c.kind == sample.Text && c.of == cell.Undeclared:
		return m.pick("", "a", "b", "ab", "it's", "ü", "Ä", "A", "two\nlines", "a|b", `"q"`, " x ", "#1", "abc", "x\r\ny")
	case c.kind == sample.Text:
		return m.pick("", "a", "b", "ab", "abc", "it's", "ü", "Ä", "ä", "A", "A_B", "a_b", "10", "9", "09", "1.50", "home.title@en",
			"home.title@de", "%", "two\nlines", "x\r\ny", "a|b", `say "hi"`, `""`, " x ", "#1", "😀", "null")
	case m.IntN(6) == 0:
		return ""
	case m.spelled && m.IntN(3) == 0:
		return m.spelling(c)
	case m.IntN(60) == 0:
		if c.of == cell.Integer {
			return m.pick("x", "1x", "-", "9007199254740993", "9223372036854775807")
		}
		return m.pick("x", "1x", "-", "-0.5")
	case c.of == cell.Float || c.of == cell.Undeclared && m.IntN(3) == 0:
		return string(cell.FromFloat(float64(m.IntN(48)-16) / 4).AppendText(nil))
	}
	return strconv.Itoa(m.IntN(14) - 3)
}

// spelling returns a number that is not spelled as SQLite spells it.
func (m maker) spelling(c column) string {
	switch c.of {
	case cell.Integer:
		return m.pick("+7", "007", "-03", "00", " 5", "2 ", "-0", "7.0", "2e1", "1.5", " -3.00 ")
	case cell.Float:
		return m.pick("3", "1.50", "+2.5", "1e1", ".5", "4.", " 2 ", "-0.0", "25e-1")
	}
	return m.pick("007", "1.50", "1e1", "-03", "2.5E-1", "0.50")
}

// tables returns random tables with names and columns of the layouts.
func (m maker) tables() (list []*table) {
	for _, layout := range layouts {
		t := &table{name: layout.name, columns: layout.columns, stream: m.IntN(4) == 0}
		rows := m.IntN(7)
		t.guess = []int64{-1, int64(rows), int64(rows), 10_000}[m.IntN(4)]
		m.fill(t, rows)
		list = append(list, t)
	}
	return list
}

// fill writes a header and rows, with comments and blank lines between them. Now and then a comment is as long as what is read at
// once, so that the rows come in several pieces.
func (m maker) fill(t *table, rows int) {
	var text bytes.Buffer
	eol := m.pick("\n", "\n", "\r\n")
	for i, c := range t.columns {
		if i > 0 {
			text.WriteByte('|')
		}
		text.WriteString(c.name)
	}
	text.WriteString(eol)
	wide := rows > 3 && m.IntN(6) == 0
	for i := range rows {
		switch {
		case wide && i%3 == 2:
			text.WriteString("# " + strings.Repeat("x|\"", 100_000) + eol)
		case m.IntN(6) == 0:
			text.WriteString(m.pick("# a comment|\"of three|cells", "", "#") + eol)
		}
		r := record{at: int64(text.Len())}
		var literals []string
		for _, c := range t.columns {
			content := m.cellOf(c)
			quoted := m.quotes(c, content, len(r.cells) == 0)
			r.cells, r.quoted = append(r.cells, content), append(r.quoted, quoted)
			literals = append(literals, literal(c, content, quoted))
		}
		text.WriteString(r.String())
		if i < rows-1 || m.IntN(3) > 0 {
			text.WriteString(eol)
		}
		t.records, t.rows = append(t.records, r), append(t.rows, literals)
	}
	t.text = text.Bytes()
}

// quotes reports whether a cell stands in quotes: where it has to, and now and then where it need not.
func (m maker) quotes(c column, content string, first bool) bool {
	switch {
	case first && strings.HasPrefix(content, "#"), strings.ContainsAny(content, "|\r\n"), strings.HasPrefix(content, `"`):
		return true
	case c.of == cell.Undeclared && c.kind == sample.Number && content == "":
		return false
	}
	return m.IntN(6) == 0
}

// String returns the record as a table has it, without the end of its line.
func (r record) String() string {
	var b strings.Builder
	for i, content := range r.cells {
		if i > 0 {
			b.WriteByte('|')
		}
		if r.quoted[i] {
			content = `"` + strings.ReplaceAll(content, `"`, `""`) + `"`
		}
		b.WriteString(content)
	}
	return b.String()
}

// literal returns what sqlite3 stores for a cell.
func literal(c column, content string, quoted bool) string {
	switch {
	case content == "" && !quoted && (c.of == cell.Integer || c.of == cell.Float):
		return "NULL"
	case c.of == cell.Undeclared && c.kind == sample.Number && content != "" && strings.Trim(content, "-.0123456789eE") == "" && content != "-":
		return content
	}
	text := strings.ReplaceAll(content, "'", "''")
	return "'" + strings.ReplaceAll(text, "\r", "'||char(13)||'") + "'" // sqlite3 reads CRLF as LF
}

// script returns the statements that make a table in SQLite.
func (t *table) script() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", t.name)
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", c.name, c.sqlite)
	}
	b.WriteString(");\n")
	for _, r := range t.rows {
		fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);\n", t.name, strings.Join(r, ", "))
	}
	return b.String()
}
