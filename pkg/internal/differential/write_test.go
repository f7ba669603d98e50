package differential

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/syntax"
	"github.com/reedbase/reedbase/pkg/syntax/sample"
)

const (
	writeSets = 30 // of tables
	writes    = 40 // of each
)

// written are the tables that statements write. Here no text is NULL, so SQLite is told to make one the empty text.
var written = []table{
	{name: "text", columns: []column{
		{"key", sample.Text, cell.String, "TEXT"},
		{"value", sample.Text, cell.String, "TEXT"},
		{"uses", sample.Number, cell.Integer, "INTEGER"},
	}},
	{name: "meta", columns: []column{
		{"id", sample.Number, cell.Integer, "INT"}, // INTEGER would be the number of the row in SQLite
		{"value", sample.Text, cell.String, "TEXT"},
		{"size", sample.Number, cell.Float, "REAL"},
	}},
	{name: "pair", keys: 2, columns: []column{
		{"a", sample.Text, cell.String, "TEXT"},
		{"b", sample.Number, cell.Integer, "INTEGER"},
		{"n", sample.Number, cell.Integer, "INTEGER"},
		{"s", sample.Text, cell.String, "TEXT"},
	}},
}

// keyed returns the statement that makes a table; notNull says that the columns of its key refuse NULL, as all keys do here.
func (t *table) keyed(notNull bool) string {
	var parts, key []string
	for i, c := range t.columns {
		part := c.name + " " + c.sqlite
		if i < max(1, t.keys) {
			key = append(key, c.name)
			if notNull {
				part += " NOT NULL"
			}
		}
		parts = append(parts, part)
	}
	return fmt.Sprintf("CREATE TABLE %s (%s, PRIMARY KEY (%s))", t.name, strings.Join(parts, ", "), strings.Join(key, ", "))
}

// emptied returns the triggers of SQLite that make the empty text of NULL.
func (t *table) emptied() string {
	var b strings.Builder
	for _, c := range t.columns[max(1, t.keys):] {
		if c.kind != sample.Text {
			continue
		}
		for _, event := range []string{"INSERT", "UPDATE"} {
			fmt.Fprintf(&b, "CREATE TRIGGER %s_%s_%s AFTER %s ON %s WHEN new.%s IS NULL BEGIN UPDATE %s SET %s = '' WHERE rowid = new.rowid; END;\n",
				t.name, c.name, event, event, t.name, c.name, t.name, c.name)
		}
	}
	return b.String()
}

// wrote is a statement that writes, and the rows that its table had behind it in SQLite.
type wrote struct {
	asked *syntax.Query // what the statement asks
	text  string
	table string
	answer
}

// unordered is a query whose rows may come in any order.
var unordered = &syntax.Query{}

// TestWritesAreThoseOfSQLite lets both carry out random statements, alone and in frames, and compares the table behind each. SEED is
// that of TestQueriesAreThoseOfSQLite.
func TestWritesAreThoseOfSQLite(t *testing.T) {
	seed := start(t)
	counts, failures := map[string]int{}, 0
	for set := range uint64(writeSets) {
		failures += compareWrites(t, seed+set, writes, counts)
		if failures > 10 {
			t.Fatal("and so on")
		}
	}
	t.Logf("%v", counts)
	if most := writeSets / 4; counts["differs"] > most {
		t.Errorf("%d tables differ as reedql(7) says, more than %d", counts["differs"], most)
	}
	for _, name := range []string{"INSERT", "UPDATE", "DELETE", "ON CONFLICT DO UPDATE", "ON CONFLICT DO NOTHING", "frame"} {
		if least := writeSets; counts[name] < least {
			t.Errorf("%s: %d times, not %d", name, counts[name], least)
		}
	}
}

// compareWrites carries out statements over new tables, and returns 1 if a table came to differ.
func compareWrites(t testing.TB, seed uint64, n int, counts map[string]int) int {
	source := rand.New(rand.NewPCG(seed, 1))
	var tables []*table
	for i := range written {
		tables = append(tables, &written[i])
	}
	g := &sample.Generator{Source: source, Tables: samples(tables), Shared: true}
	list := askWrites(t, tables, g, n, counts)
	db, _, err := reedbase.Init(t.TempDir(), reedbase.Options{User: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range tables {
		carryOut(t, db, table.keyed(false))
	}
	indexed(t, db, tables, source)
	for len(list) > 0 {
		// Those that SQLite refuses stand alone: nothing of a frame with one is stored.
		size := 1
		for list[0].err == "" && size < len(list) && size < 3 && list[size].err == "" && source.IntN(3) == 0 {
			size++
		}
		got, want, reason := compareTables(db, list[:size])
		if reason != "" && got.broken == "" && slices.ContainsFunc(list[:size], func(w wrote) bool { return excuse(w.asked, got, want) != "" }) {
			counts["differs"]++
			return 0 // from here on the tables are others
		}
		if reason != "" {
			t.Errorf("SEED=%d, statement %d:\n%s\n%s", seed, n-len(list), textOf(list[:size]), reason)
			return 1
		}
		if size > 1 {
			counts["frame"]++
		}
		list = list[size:]
	}
	return 0
}

// indexed makes an index of each column of some tables.
func indexed(t testing.TB, db *reedbase.DB, tables []*table, source *rand.Rand) {
	for _, table := range tables {
		if source.IntN(2) == 0 {
			continue
		}
		made, err := db.Table(table.name)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range table.columns {
			if _, err := made.CreateIndex(c.name, []reedbase.IndexKind{reedbase.HashIndex, reedbase.OrderedIndex}[i%2]); err != nil {
				t.Fatal(err)
			}
		}
		made.Close()
	}
}

// askWrites makes statements and lets sqlite3 carry them out.
func askWrites(t testing.TB, tables []*table, g *sample.Generator, n int, counts map[string]int) []wrote {
	list, texts := make([]wrote, n), []string{}
	for i := range list {
		s := g.Write()
		list[i].table = prepared(s, tables)
		list[i].text, list[i].asked = syntax.Print(s), askedBy(s)
		sample.Count(s, counts)
		texts = append(texts, list[i].text, "SELECT * FROM "+list[i].table)
	}
	create := ""
	for _, table := range tables {
		create += table.keyed(true) + ";\n" + table.emptied()
	}
	for i, a := range shellScript(t, create, texts) {
		if i%2 == 0 {
			list[i/2].err = a.err
		} else {
			list[i/2].rows = a.rows
		}
	}
	return list
}

// prepared returns the table that a statement writes. Into a column of texts, or the key, an INSERT puts no NULL: excluded would be NULL
// in SQLite and is not here. No text grows from statement to statement.
func prepared(s syntax.Statement, tables []*table) string {
	switch s := s.(type) {
	case *syntax.Update:
		t := tableOf(tables, s.Table.Table.Name)
		shortened(t, s.Set)
		return t.name
	case *syntax.Delete:
		return s.Table.Table.Name
	}
	insert := s.(*syntax.Insert)
	t := tableOf(tables, insert.Table.Name)
	if insert.Conflict != nil {
		shortened(t, insert.Conflict.Set)
	}
	filled := func(i int, x syntax.Expression) syntax.Expression {
		switch {
		case t.columns[i].kind == sample.Text:
			return call("coalesce", short(x), &syntax.Text{})
		case i < max(1, t.keys):
			return call("coalesce", x, &syntax.Number{Text: "7"})
		}
		return x
	}
	switch core := insert.Query.First.(type) {
	case *syntax.Select:
		for i := range core.Items {
			core.Items[i].Expression = filled(i, core.Items[i].Expression)
		}
	case *syntax.Values:
		for _, row := range core.Rows {
			for i := range row {
				row[i] = filled(i, row[i])
			}
		}
	}
	return t.name
}

func tableOf(tables []*table, name string) *table {
	return tables[slices.IndexFunc(tables, func(t *table) bool { return t.name == name })]
}

func call(name string, arguments ...syntax.Expression) syntax.Expression {
	return &syntax.Call{Function: syntax.Identifier{Name: name}, Arguments: arguments}
}

// short returns the beginning of a text.
func short(x syntax.Expression) syntax.Expression {
	return call("substr", x, &syntax.Number{Text: "1"}, &syntax.Number{Text: "20"})
}

func shortened(t *table, set []syntax.Assignment) {
	for i, a := range set {
		if slices.ContainsFunc(t.columns, func(c column) bool { return c.name == a.Column.Name && c.kind == sample.Text }) {
			set[i].Value = short(a.Value)
		}
	}
}

// askedBy returns a query of all that a statement asks.
func askedBy(s syntax.Statement) *syntax.Query {
	var set []syntax.Assignment
	core := &syntax.Select{}
	switch s := s.(type) {
	case *syntax.Delete:
		core.Where = s.Where
	case *syntax.Update:
		set, core.Where = s.Set, s.Where
	case *syntax.Insert:
		core.Items = []syntax.Item{{Expression: &syntax.Subquery{Query: s.Query}}}
		if s.Conflict != nil {
			set, core.Where = s.Conflict.Set, s.Conflict.Where
		}
	}
	for _, a := range set {
		core.Items = append(core.Items, syntax.Item{Expression: a.Value})
	}
	return &syntax.Query{First: core}
}

func carryOut(t testing.TB, db *reedbase.DB, text string) {
	t.Helper()
	if _, err := db.Exec(context.Background(), text, reedbase.Parameters{}); err != nil {
		t.Fatal(text, err)
	}
}

// textOf returns statements, as a frame where they are several.
func textOf(list []wrote) string {
	if len(list) == 1 {
		return list[0].text
	}
	text := "BEGIN;\n"
	for _, w := range list {
		text += w.text + ";\n"
	}
	return text + "COMMIT"
}

// compareTables carries out statements, and returns what differs in a table that they write, or the last one.
func compareTables(db *reedbase.DB, list []wrote) (got, want answer, reason string) {
	_, err := db.Exec(context.Background(), textOf(list), reedbase.Parameters{})
	for i, w := range list {
		if slices.ContainsFunc(list[i+1:], func(later wrote) bool { return later.table == w.table }) {
			continue
		}
		got, want = rowsOf(db, w.table), w.answer
		if err != nil {
			got.err = err.Error()
		}
		if err != nil && fault.KindOf(err) != fault.Input {
			got.broken = got.err
		}
		if reason = cmp.Or(got.broken, differ(unordered, got, want)); reason != "" {
			break
		}
	}
	return got, want, reason
}

// rowsOf returns the rows of a table as an answer.
func rowsOf(db *reedbase.DB, table string) (a answer) {
	rows, err := db.Query(context.Background(), "SELECT * FROM "+table, reedbase.Parameters{})
	if err != nil {
		return answer{broken: err.Error()}
	}
	defer rows.Close()
	a.rows = copied(rows.All())
	if rows.Err() != nil {
		a.broken = rows.Err().Error()
	}
	return a
}
