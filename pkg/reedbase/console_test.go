package reedbase

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
)

// answers runs a query and returns its rows, cells between '|', NULL as "NULL".
func answers(t interface{ Fatal(...any) }, db *DB, text string, p Parameters) (list []string) {
	rows, err := db.Query(context.Background(), text, p)
	if err != nil {
		t.Fatal(text, err)
	}
	defer rows.Close()
	for values := range rows.All() {
		list = append(list, written(values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(text, err)
	}
	return list
}

func written(values []Value) string {
	cells := make([]string, len(values))
	for i, v := range values {
		if cells[i] = string(v.AppendText(nil)); v.IsNull() {
			cells[i] = "NULL"
		}
	}
	return strings.Join(cells, "|")
}

func mustExec(t interface{ Fatal(...any) }, db *DB, text string) []Written {
	done, err := db.Exec(context.Background(), text, Parameters{})
	if err != nil {
		t.Fatal(text, err)
	}
	return done
}

func TestQueryIsTypedByTheSchema(t *testing.T) {
	db := newDB(t)
	mustExec(t, db, `CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER, at TIMESTAMP);
		INSERT INTO t VALUES ('a', 9, '2026-03-01'), ('b', 100, NULL), ('c', NULL, 1772366400), ('d', '18', '')`)
	newTable(t, db, "u", "k|n\na|9\nb|100\nc|\n")
	for text, want := range map[string][]string{
		"SELECT k FROM t WHERE n < 50 ORDER BY n":                {"a", "d"},
		"SELECT k, n FROM t WHERE n IS NULL":                     {"c|NULL"},
		"SELECT k FROM u WHERE n = ''":                           {"c"},
		"SELECT max(n) FROM t":                                   {"100"},
		"SELECT k FROM t WHERE at > '2026-03-01T00:00:00Z'":      {"c"},
		"SELECT count(*), count(at) FROM t":                      {"4|2"},
		"SELECT k FROM t WHERE k = :k":                           {"a"},
		"SELECT n FROM t AS OF '~1'":                             nil,
		"SELECT action, rows FROM rdb_log('t') ORDER BY version": {"create|0", "update|4"},
	} {
		got := answers(t, db, text, Parameters{Named: map[string]Value{"k": cell.FromText([]byte("a"))}})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	if _, err := db.Query(context.Background(), "SELECT 1; SELECT 2", Parameters{}); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
	if _, err := db.Query(context.Background(), "DELETE FROM t ALL", Parameters{}); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
}

// TestExec says what statements did, and stops at the first that cannot be carried out.
func TestExec(t *testing.T) {
	db := newDB(t)
	done := mustExec(t, db, "CREATE TABLE a (k, n); INSERT INTO a VALUES (1, 1), (2, 2); BEGIN; UPDATE a SET n = n + 1 ALL; DELETE FROM a WHERE k = 1; COMMIT; DROP TABLE a CONFIRM")
	var said []string
	for _, w := range done {
		said = append(said, fmt.Sprintf("%s %d %v", w.Statement, w.Rows, w.Frame != 0))
	}
	if diff := cmp.Diff([]string{"CREATE TABLE 0 false", "INSERT 2 false", "COMMIT 3 true", "DROP TABLE 0 false"}, said); diff != "" {
		t.Error(diff)
	}
	done, err := db.Exec(context.Background(), "CREATE TABLE b (k); INSERT INTO b VALUES (1), (1); INSERT INTO b VALUES (2)", Parameters{})
	if fault.KindOf(err) != fault.Input || len(done) != 1 || !strings.Contains(err.Error(), `has a row "1" already`) {
		t.Errorf("%v %v", done, err)
	}
	if got := answers(t, db, "SELECT * FROM b", Parameters{}); got != nil {
		t.Errorf("%q", got)
	}
	if _, err := db.Exec(context.Background(), "SELECT 1", Parameters{}); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
	if _, err := db.Exec(context.Background(), "BEGIN; DELETE FROM b ALL", Parameters{}); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := db.Exec(ctx, "INSERT INTO b VALUES (3)", Parameters{}); fault.KindOf(err) != fault.Interrupted && !errors.Is(err, context.Canceled) {
		t.Errorf("a write that nobody waits for: %v", err)
	}
	if got := answers(t, db, "SELECT count(*) FROM b", Parameters{}); got[0] != "0" {
		t.Errorf("%q", got)
	}
}

// TestNobodyObserves carries out statements of every kind of which nobody wants to hear.
func TestNobodyObserves(t *testing.T) {
	db := newDB(t)
	c := db.Console("")
	const text = "CREATE TABLE a (k); SELECT 1; EXPLAIN SELECT 1; BEGIN; ROLLBACK; BEGIN; INSERT INTO a VALUES (1); SELECT * FROM a; EXPLAIN SELECT * FROM a; COMMIT"
	if err := c.Run(context.Background(), text, Parameters{}, Observer{}); err != nil {
		t.Fatal(err)
	}
	if got := answers(t, db, "SELECT * FROM a", Parameters{}); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

// TestRowsKeepTheirBytes changes some rows of a table with comments, quotes and CRLF, and looks at the others.
func TestRowsKeepTheirBytes(t *testing.T) {
	db := newDB(t)
	text := "# of us\nk|v|w\r\n\"a\"|\"x\"|1\r\n# of b\nb|y|\"2\"\n\nc|z|3"
	table := newTable(t, db, "t", text)
	for _, test := range []struct{ statement, want string }{
		{"UPDATE t SET v = 'new' WHERE k = 'b'", "# of us\nk|v|w\r\n\"a\"|\"x\"|1\r\n# of b\nb|new|\"2\"\n\nc|z|3"},
		{"UPDATE t SET w = w + 0, v = v ALL", "# of us\nk|v|w\r\n\"a\"|\"x\"|1\r\n# of b\nb|new|\"2\"\n\nc|z|3"},
		{"DELETE FROM t WHERE w = 2", "# of us\nk|v|w\r\n\"a\"|\"x\"|1\r\n\nc|z|3"},
		{"INSERT INTO t VALUES ('#d', 'p|q', '')", "# of us\nk|v|w\r\n\"a\"|\"x\"|1\r\n\nc|z|3\n\"#d\"|\"p|q\"|\n"},
	} {
		mustExec(t, db, test.statement)
		var out strings.Builder
		if err := table.Export(&out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, out.String()); diff != "" {
			t.Errorf("%s: %s", test.statement, diff)
		}
	}
}

// TestManyAddAtOnce has goroutines add to one cell and to a row of their own.
func TestManyAddAtOnce(t *testing.T) {
	db := newDB(t)
	mustExec(t, db, "CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER); INSERT INTO t VALUES ('sum', 0)")
	const crew, each = 6, 10
	var work sync.WaitGroup
	for w := range crew {
		work.Go(func() {
			for range each {
				text := fmt.Sprintf("BEGIN; UPDATE t SET n = n + 1 WHERE k = 'sum'; INSERT INTO t VALUES ('w%d', 1) ON CONFLICT DO UPDATE SET n = t.n + excluded.n; COMMIT", w)
				if _, err := db.Exec(context.Background(), text, Parameters{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	if got := answers(t, db, "SELECT n FROM t WHERE k = 'sum' UNION ALL SELECT sum(n) FROM t WHERE k <> 'sum'", Parameters{}); !cmp.Equal(got, []string{"60", "60"}) {
		t.Errorf("%q", got)
	}
}

// statement draws a statement that writes, of those that SQLite has too.
func statement(t *rapid.T) string {
	key := func() string {
		return rapid.SampledFrom([]string{"'a'", "'b'", "'c'", "'d'", "'e'", "'f'"}).Draw(t, "key")
	}
	value := func() string {
		return rapid.SampledFrom([]string{"0", "1", "n + 1", "length(k)", "NULL", "(SELECT count(*) FROM t)", "-n", "n * 2 - 3"}).Draw(t, "value")
	}
	text := func() string {
		return rapid.SampledFrom([]string{"'x'", "v || 'y'", "'it''s'", "upper(v)", "k", "(SELECT max(v) FROM t)"}).Draw(t, "text")
	}
	where := func() string {
		return rapid.SampledFrom([]string{"k = " + key(), "k IN (" + key() + ", " + key() + ")", "n > 2", "v LIKE '%y'", "n IS NULL", "k < " + key() + " AND n <> 1",
			"EXISTS (SELECT 1 FROM t AS o WHERE o.n > t.n)", "1"}).Draw(t, "where")
	}
	plain := func() string { return rapid.SampledFrom([]string{"0", "3", "7", "NULL"}).Draw(t, "number") }
	rows := func() string {
		var list []string
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			list = append(list, "("+key()+", "+plain()+", 'v')")
		}
		return strings.Join(list, ", ")
	}
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		return "INSERT INTO t VALUES " + rows()
	case 1:
		return "INSERT INTO t VALUES " + rows() + " ON CONFLICT DO NOTHING"
	case 2:
		return "INSERT INTO t VALUES " + rows() + " ON CONFLICT (k) DO UPDATE SET n = t.n + excluded.n, v = excluded.v || v WHERE excluded.n IS NOT t.n"
	case 3:
		return "INSERT INTO t (n, k, v) SELECT n + 1, k || 'z', '' FROM t WHERE " + where() + " ON CONFLICT (k) DO UPDATE SET n = excluded.n"
	case 4:
		return "UPDATE t SET n = " + value() + ", v = " + text() + " WHERE " + where()
	case 5:
		return "DELETE FROM t WHERE " + where()
	}
	return "UPDATE t SET n = " + value() + " WHERE " + where()
}

// TestWritesAreThoseOfSQLite carries out the same statements here and there. No cell of texts is NULL, which here is the empty text.
// The trigger has SQLite find all rows before it changes one: 3.40 otherwise lets a query in WHERE see rows that are changed already.
func TestWritesAreThoseOfSQLite(t *testing.T) {
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("sqlite3 is not installed")
	}
	const create = "CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER, v TEXT)"
	rapid.Check(t, func(rt *rapid.T) {
		db, _, err := Init(t.TempDir(), Options{User: "ada"})
		if err != nil {
			rt.Fatal(err)
		}
		defer db.Close()
		mustExec(rt, db, create)
		script := create + ";\nCREATE TRIGGER beforehand BEFORE UPDATE ON t BEGIN SELECT 1; END;\n"
		for range rapid.IntRange(1, 5).Draw(rt, "statements") {
			s := statement(rt)
			script += s + ";\n"
			s = strings.Replace(s, "WHERE 1", "WHERE TRUE", 1)
			if _, err := db.Exec(context.Background(), s, Parameters{}); err != nil && fault.KindOf(err) != fault.Input {
				rt.Fatal(s, err)
			}
		}
		const all = "SELECT k, coalesce(n, 'NULL'), coalesce(v, '') FROM t ORDER BY k"
		sqlite := exec.Command("sqlite3", ":memory:")
		sqlite.Stdin = strings.NewReader(script + all + ";\n")
		out, err := sqlite.Output() // what fails there fails here, and both go on
		if err != nil && len(out) == 0 && !errors.As(err, new(*exec.ExitError)) {
			rt.Fatal(err)
		}
		want := strings.Fields(strings.ReplaceAll(string(out), " ", "_"))
		got := strings.Fields(strings.ReplaceAll(strings.Join(answers(rt, db, all, Parameters{}), "\n"), " ", "_"))
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("sqlite3 (-) and we (+):\n%s\n%s", script, diff)
		}
	})
}
