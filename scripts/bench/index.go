package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// lookupFigures: one row by its key out of a database, beside sqlite3 with an
// index, whose table has the same rows.
func lookupFigures(l *lab) []figure {
	var all []figure
	for _, rows := range []string{"100k", "1m"} {
		k := &lookups{lab: l, rows: rows}
		all = append(all,
			k.figure("get", k.get, atMostTimes(1.3)), k.figure("query", k.query, atMostTimes(1.3)),
			k.afterCommit("get", k.get), k.afterCommit("query", k.query))
	}
	return all
}

// lookups makes figures of looking up rows of one table.
type lookups struct {
	lab   *lab
	rows  string
	found [][]string // cells of the rows looked up, spread over the table, by setup
	last  []string   // of the row that was looked up last
}

func (k *lookups) folder() string { return "lookup-" + k.rows }
func (k *lookups) file() string   { return "lookup-" + k.rows + ".db" }

func (k *lookups) get(key string) []string {
	return []string{"rdb", "-C", k.folder(), "get", "text", key}
}

func (k *lookups) query(key string) []string {
	return []string{"rdb", "-C", k.folder(), "query", "-f", "pipe", "SELECT * FROM text WHERE key = '" + key + "'"}
}

func (k *lookups) sqlite(key string) []string {
	return []string{"sqlite3", k.file(), "SELECT * FROM text WHERE key = '" + key + "'"}
}

// figure looks up another row in every round.
func (k *lookups) figure(name string, ours func(key string) []string, asked bar) figure {
	of := func(args func(key string) []string) side {
		return side{args: func(round int) []string {
			k.last = k.found[round%(len(k.found)-1)]
			return args(k.last[0])
		}}
	}
	return figure{
		name:  "lookup-" + name + "-" + k.rows,
		what:  "one row by its key, out of " + spelled[k.rows] + " rows",
		ours:  of(ours),
		rival: of(k.sqlite),
		bars:  []bar{asked},
		setup: k.prepare,
		check: k.bothPrinted,
		big:   k.rows == "1m",
		often: true,
		costs: true,
	}
}

// afterCommit changes a cell of one row before each round and looks the row up:
// what knows where rows are is behind by a version then.
func (k *lookups) afterCommit(name string, ours func(key string) []string) figure {
	f := k.figure(name+"-after", ours, atMostTimes(2))
	f.what = "one row by its key, just changed, out of " + spelled[k.rows] + " rows"
	changed := func() string { return k.found[len(k.found)-1][0] }
	value := func(round int) string { return fmt.Sprintf("Changed before round %d of %s", round, name) }
	f.ours = side{args: func(int) []string { return ours(changed()) }, before: func(round int) error {
		return k.lab.run("rdb", "-C", k.folder(), "set", "text", changed(), "value="+value(round))
	}}
	f.rival = side{args: func(int) []string { return k.sqlite(changed()) }, before: func(round int) error {
		k.last = []string{changed(), value(round)}
		return k.lab.run("sqlite3", "-bail", k.file(), "UPDATE text SET value = '"+value(round)+"' WHERE key = '"+changed()+"'")
	}}
	return f
}

// prepare makes both databases and picks the rows.
func (k *lookups) prepare() error {
	if err := k.lab.table(k.rows); err != nil {
		return err
	}
	if err := k.lab.database(k.folder(), k.rows+".csv"); err != nil {
		return err
	}
	if err := k.lab.sqliteByKey(k.file(), k.rows+".csv"); err != nil {
		return err
	}
	var err error
	k.found, err = k.lab.rowsOf(k.rows+".csv", 17)
	return err
}

// sqliteByKey imports the file into a table "text" whose key has an index.
func (l *lab) sqliteByKey(database, file string) error {
	return l.makeOnce(database, func() error {
		if err := os.RemoveAll(l.path(database)); err != nil {
			return err
		}
		return l.run("sqlite3", "-bail", database, "CREATE TABLE text("+sqliteColumns["text"]+")",
			".mode csv", ".separator |", ".import --skip 1 "+file+" text", "CREATE UNIQUE INDEX by_key ON text(key)")
	})
}

// rowsOf returns the cells of n rows spread over a file of one line a row.
func (l *lab) rowsOf(file string, n int) ([][]string, error) {
	f, err := os.Open(l.path(file))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var lines strings.Builder
	var at int64
	taken := 0
	err = eachLine(f, func(line []byte) bool {
		if at > info.Size()*int64(taken+1)/int64(n+2) {
			lines.Write(line)
			taken++
		}
		at += int64(len(line))
		return taken < n
	})
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(lines.String()))
	r.Comma = '|'
	all, err := r.ReadAll()
	if err == nil && len(all) != n {
		err = fmt.Errorf("%s: %d rows, too few", file, len(all))
	}
	return all, err
}

// bothPrinted is an error unless every cell of the row looked up last, as far as it
// is known, is in what each side printed, quoted or not.
func (k *lookups) bothPrinted() error {
	var errs []error
	for _, name := range []string{oursPrinted, rivalPrinted} {
		printed, err := os.ReadFile(k.lab.path(name))
		errs = append(errs, err)
		text := strings.ReplaceAll(string(printed), `""`, `"`)
		for _, cell := range k.last {
			if !strings.Contains(text, cell) {
				errs = append(errs, fmt.Errorf("wrong result: no %q in %s", cell, name))
			}
		}
	}
	return errors.Join(errs...)
}

// indexed are queries that an index answers, beside the same ones of the file, and
// how many times faster they are asked to be where one process asks many: what one
// alone takes is above all the start of the process, with an index as without.
var indexed = []struct {
	query
	times float64
}{
	{query{name: "key", what: "one row by its key", sql: "SELECT * FROM {text} WHERE key = '{key}'"}, 100},
	{query{name: "prefix", what: "rows by the start of their keys, 0.1 %", sql: "SELECT key, value FROM {text} WHERE key GLOB 'home.f*'"}, 30},
	{query{name: "like", what: "rows by the start of their keys in any case, 0.1 %", sql: "SELECT key, value FROM {text} WHERE key LIKE 'home.f%'"}, 0},
	{query{name: "modifier", what: "rows whose keys are in one language, 0.1 %", sql: "SELECT key, value FROM {words} WHERE key.language = '" + rareLanguage + "'"}, 0},
	{query{name: "range", what: "rows with a number in a range, 0.1 %", sql: "SELECT id, user_id, amount FROM {orders} WHERE amount BETWEEN 500 AND 600"}, 30},
	{query{name: "order", what: "the 10 largest", sql: "SELECT id, amount FROM {orders} ORDER BY amount DESC LIMIT 10"}, 30},
}

// indexFigures: what indices are good for, beside reading the file, and what
// building one takes.
func indexFigures(l *lab) []figure {
	all := []figure{l.rebuildFigure()}
	for _, i := range indexed {
		a := &asking{lab: l, query: i.query, rows: "1m"}
		f := figure{
			name:  "index-" + i.name + "-1m",
			what:  i.what + ", by an index, of 1,000,000",
			ours:  a.side((*asking).ofDatabase),
			rival: a.side((*asking).ours),
			bars:  []bar{shown()},
			setup: steps(a.prepare, l.shopDatabase),
			check: func() error { return l.sameAnswer(i.sql) },
			big:   true,
			costs: true,
		}
		all = append(all, f)
		if i.times > 0 {
			all = append(all, a.often(f, i.times))
		}
	}
	return all
}

// often is a figure of one query as one of twenty that a process is given.
func (a *asking) often(f figure, times float64) figure {
	f.name = strings.Replace(f.name, "-1m", "-20-1m", 1)
	f.what = "20 times " + f.what
	f.bars = []bar{faster(times)}
	ours, writeOurs := a.lab.repeated(f.ours, f.name+".index.sql")
	rival, writeRival := a.lab.repeated(f.rival, f.name+".scan.sql")
	f.ours, f.rival, f.setup = ours, rival, steps(f.setup, writeOurs, writeRival)
	return f
}

// repeated is a side that is given its query twenty times by a file, which write makes.
func (l *lab) repeated(s side, file string) (many side, write func() error) {
	many = side{input: file, args: func(round int) []string {
		args := slices.Clone(s.args(round))
		args[len(args)-1] = "-"
		return args
	}}
	write = func() error {
		args := s.args(0)
		return os.WriteFile(l.path(file), []byte(strings.Repeat(args[len(args)-1]+";\n", 20)), 0o644)
	}
	return many, write
}

const shopFolder = "shop-1m"

func (a *asking) ofDatabase() []string {
	return []string{"rdb", "-C", shopFolder, "query", "-f", "pipe", a.spell(func(table string) string { return table })}
}

// shopDatabase holds the text, with its keys in order too, the same in many
// languages, with their modifiers, and the orders, with their amounts in order.
func (l *lab) shopDatabase() error {
	err := steps(func() error { return l.table("1m") }, func() error { return l.shop("1m") }, func() error { return l.translated("1m") },
		func() error { return l.database(shopFolder, "1m.csv") })()
	if err != nil {
		return err
	}
	return l.makeOnce(shopFolder+" orders", func() error {
		for _, table := range []string{"orders", "words"} {
			if err := l.run("rdb", "-C", shopFolder, "import", table, "1m."+table+".csv"); err != nil {
				return err
			}
		}
		return errors.Join(
			l.run("rdb", "-C", shopFolder, "index:create", "words.key", "--kind", "modifier"),
			l.run("rdb", "-C", shopFolder, "index:create", "text.key", "--kind", "ordered"),
			l.run("rdb", "-C", shopFolder, "index:create", "orders.amount", "--kind", "ordered"),
		)
	})
}

// rebuildFigure builds the index of all keys again.
func (l *lab) rebuildFigure() figure {
	k := &lookups{lab: l, rows: "1m"}
	rival := command("sqlite3", "-bail", k.file(), "CREATE UNIQUE INDEX by_key ON text(key)")
	rival.before = func(int) error { return l.run("sqlite3", "-bail", k.file(), "DROP INDEX by_key") }
	return figure{
		name:  "index-build-1m",
		what:  "index 1,000,000 rows by their keys",
		ours:  command("rdb", "-C", k.folder(), "index:rebuild", "text"),
		rival: rival,
		bars:  []bar{within(400 * time.Millisecond)},
		setup: k.prepare,
		big:   true,
		costs: true,
	}
}
