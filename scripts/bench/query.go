package main

import (
	"slices"
	"strings"
	"time"
)

// A query is what every engine is asked: {text}, {orders} and {users} stand for
// the tables, which each names in its own way, and {key} for a key of the text.
type query struct {
	name, what string
	sql        string
	asked      []bar
	beside     []string // rivals beside DuckDB, at a million rows
	awk, mlr   string   // the same for programs that know no SQL
}

// queries are those that are asked of the files themselves. What {text} holds is
// written such that LIKE need not tell capitals from small letters.
var queries = []query{
	{
		name: "key", what: "one row by its key",
		sql:   "SELECT * FROM {text} WHERE key = '{key}'",
		asked: inFlatMemory(), beside: []string{"sqlite3", "csvq", "mawk"},
		awk: `NR == 1 || $1 == "{key}"`,
	},
	{
		name: "like", what: "rows with a word in a cell",
		sql:   "SELECT key, value FROM {text} WHERE value LIKE '% gentle %'",
		asked: inFlatMemory(),
	},
	{
		name: "range", what: "rows with a number in a range, 0.1 %",
		sql:   "SELECT id, user_id, amount FROM {orders} WHERE amount BETWEEN 500 AND 600",
		asked: inFlatMemory(), beside: []string{"csvq", "mawk"},
		awk: `NR == 1 || $4 >= 500 && $4 <= 600 { print $1 "|" $2 "|" $4 }`,
	},
	{
		name: "group", what: "count and sum by a column of 4 values",
		sql:   "SELECT status, COUNT(*) AS n, SUM(amount) AS total FROM {orders} GROUP BY status",
		asked: inFlatMemory(), beside: []string{"sqlite3", "csvq", "mawk", "mlr"},
		awk: `NR > 1 { n[$3]++; total[$3] += $4 }` +
			` END { print "status|n|total"; for (s in n) printf("%s|%d|%.2f\n", s, n[s], total[s]) }`,
		mlr: "stats1 -a count,sum -f amount -g status then rename amount_count,n,amount_sum,total",
	},
	{
		name: "groups", what: "count and sum by a column of 63 % different values",
		sql:    "SELECT user_id, COUNT(*) AS n, SUM(amount) AS total FROM {orders} GROUP BY user_id",
		beside: []string{"sqlite3"},
	},
	{
		name: "order", what: "the 10 largest",
		sql:   "SELECT id, amount FROM {orders} ORDER BY amount DESC LIMIT 10",
		asked: inFlatMemory(), beside: []string{"csvq"},
	},
	{
		name: "join", what: "orders and all their users, counted by country",
		sql:    "SELECT u.country, COUNT(*) AS n FROM {orders} AS o JOIN {users} AS u ON o.user_id = u.id GROUP BY u.country",
		beside: []string{"sqlite3"},
	},
	{
		name: "join-few", what: "orders of one status and their users in one country",
		sql: "SELECT o.id, o.amount, u.email FROM {orders} AS o JOIN {users} AS u ON o.user_id = u.id" +
			" WHERE u.country = 'IS' AND o.status = 'returned'",
	},
	{
		name: "count", what: "count the rows",
		sql:   "SELECT COUNT(*) AS n FROM {orders}",
		asked: append(inFlatMemory(), within(30*time.Millisecond)),
	},
	{
		name: "distinct", what: "the values in a column of 4",
		sql:   "SELECT DISTINCT status FROM {orders}",
		asked: inFlatMemory(),
	},
	{
		name: "distincts", what: "the values in a column of 63 % different ones",
		sql: "SELECT DISTINCT user_id FROM {orders}",
	},
}

// inFlatMemory is asked of what needs no more memory for more rows.
func inFlatMemory() []bar {
	return []bar{peakAtMost("30 MB", func() int64 { return 30_000_000 })}
}

// queryFigures: questions to the CSV files as they are, beside what else answers
// them without a database kept.
func queryFigures(l *lab) []figure {
	var all []figure
	for _, rows := range []string{"100k", "1m"} {
		for _, q := range queries {
			all = append(all, l.queryFigure(q, rows, "duckdb"))
			if rows != "1m" {
				continue
			}
			for _, rival := range q.beside {
				all = append(all, l.queryFigure(q, rows, rival))
			}
		}
	}
	return all
}

// queryFigure is rdb-query beside one rival. What is asked of us alone is asked
// beside DuckDB.
func (l *lab) queryFigure(q query, rows, rival string) figure {
	a := &asking{lab: l, query: q, rows: rows}
	f := figure{
		name:  "query-" + q.name + "-" + rival + "-" + rows,
		what:  q.what + ", straight from CSV, " + spelled[rows] + " rows",
		ours:  a.side((*asking).ours),
		bars:  []bar{faster(5)},
		setup: a.prepare,
		check: func() error { return l.sameAnswer(q.sql) },
		big:   rows == "1m",
		costs: true,
	}
	switch rival {
	case "duckdb":
		f.rival, f.bars = a.side((*asking).duckdb), append([]bar{faster(1)}, q.asked...)
		f.setup = steps(f.setup, l.fetchDuckDB)
	case "sqlite3":
		f.rival = a.side((*asking).sqlite)
	case "csvq":
		f.rival = a.side((*asking).csvq)
		f.setup = steps(f.setup, l.fetchCSVQ)
	case "mawk":
		f.rival, f.bars = a.side((*asking).mawk), []bar{shown()}
	case "mlr":
		f.rival, f.bars = a.side((*asking).mlr), []bar{shown()}
	}
	return f
}

// shop writes the tables of users and orders into the work folder.
func (l *lab) shop(rows string) error {
	return l.makeOnce("shop "+rows, func() error {
		return l.run("fixture", "-dir", ".", "-rows", rows, "-shop")
	})
}

// An asking is a query of the tables with so many rows, and the commands that ask
// it.
type asking struct {
	lab *lab
	query
	rows string
	key  string // found by setup
}

func (a *asking) side(args func(*asking) []string) side {
	return side{args: func(int) []string { return args(a) }}
}

// prepare writes the tables, and picks the key of the row at 60 %.
func (a *asking) prepare() error {
	switch a.table() {
	case "text":
	case "words":
		return a.lab.translated(a.rows)
	default:
		return a.lab.shop(a.rows)
	}
	if err := a.lab.table(a.rows); err != nil {
		return err
	}
	e, err := a.lab.editOf(a.file("text"))
	a.key = e.key
	return err
}

// file names the CSV file of a table.
func (a *asking) file(table string) string {
	if table == "text" {
		return a.rows + ".csv"
	}
	return a.rows + "." + table + ".csv"
}

// spell writes the query with the tables as an engine names them.
func (a *asking) spell(name func(table string) string) string {
	return strings.NewReplacer("{text}", name("text"), "{orders}", name("orders"), "{users}", name("users"), "{words}", name("words"), "{key}", a.key).Replace(a.sql)
}

func (a *asking) ours() []string {
	return []string{"rdb-query", "-f", "pipe", a.spell(func(table string) string { return "'" + a.file(table) + "'" })}
}

// duckdb takes the columns' types from the file, as it does for everybody.
func (a *asking) duckdb() []string {
	return []string{"duckdb", a.spell(func(table string) string {
		return "read_csv('" + a.file(table) + "', delim='|', header=true)"
	})}
}

func (a *asking) csvq() []string {
	return []string{"csvq", "-d", "|", "-D", "|", "-f", "CSV", a.spell(func(table string) string { return "`" + a.file(table) + "`" })}
}

// sqliteColumns are the tables as sqlite3 is told of them: it guesses no types.
var sqliteColumns = map[string]string{
	"text":   "key TEXT, value TEXT, description TEXT",
	"orders": "id INTEGER, user_id INTEGER, status TEXT, amount REAL, placed TEXT, note TEXT",
	"users":  "id INTEGER, name TEXT, email TEXT, country TEXT, joined TEXT",
}

// sqlite imports what the query reads into memory.
func (a *asking) sqlite() []string {
	args := []string{"sqlite3", "-bail", "-csv", "-header", "-separator", "|", ":memory:"}
	for _, table := range []string{"text", "orders", "users"} {
		if strings.Contains(a.sql, "{"+table+"}") {
			args = append(args, "CREATE TABLE "+table+"("+sqliteColumns[table]+")", ".import --skip 1 "+a.file(table)+" "+table)
		}
	}
	return append(args, a.spell(func(table string) string { return table }))
}

// table is the one table that a query reads, of a join the first.
func (a *asking) table() string {
	_, rest, _ := strings.Cut(a.sql, " FROM {")
	name, _, _ := strings.Cut(rest, "}")
	return name
}

func (a *asking) mawk() []string {
	return []string{"mawk", "-F|", strings.ReplaceAll(a.awk, "{key}", a.key), a.file(a.table())}
}

func (a *asking) mlr() []string {
	return slices.Concat([]string{"mlr", "--csv", "--fs", "|"}, strings.Fields(a.query.mlr), []string{a.file(a.table())})
}

// sameAnswer is an error unless both sides printed the same rows, in the same
// order if the query has one.
func (l *lab) sameAnswer(sql string) error {
	how := "same-rows"
	if strings.Contains(sql, " ORDER BY ") {
		how = "same-order"
	}
	return l.run("bench", how, oursPrinted, rivalPrinted)
}
