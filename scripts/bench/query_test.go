package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/syntax"
)

func TestQueriesAreSpelled(t *testing.T) {
	a := &asking{rows: "1m", key: "a.b@en", query: query{
		sql: "SELECT * FROM {orders} AS o JOIN {users} AS u ON o.user_id = u.id WHERE o.note = '{key}'",
		awk: `$1 == "{key}"`,
		mlr: "head -n 1",
	}}
	for name, c := range map[string]struct{ got, want []string }{
		"ours": {a.ours(), []string{"rdb-query", "-f", "pipe",
			"SELECT * FROM '1m.orders.csv' AS o JOIN '1m.users.csv' AS u ON o.user_id = u.id WHERE o.note = 'a.b@en'"}},
		"database": {a.ofDatabase(), []string{"rdb", "-C", "shop-1m", "query", "-f", "pipe",
			"SELECT * FROM orders AS o JOIN users AS u ON o.user_id = u.id WHERE o.note = 'a.b@en'"}},
		"duckdb": {a.duckdb(), []string{"duckdb",
			"SELECT * FROM read_csv('1m.orders.csv', delim='|', header=true) AS o" +
				" JOIN read_csv('1m.users.csv', delim='|', header=true) AS u ON o.user_id = u.id WHERE o.note = 'a.b@en'"}},
		"csvq": {a.csvq(), []string{"csvq", "-d", "|", "-D", "|", "-f", "CSV",
			"SELECT * FROM `1m.orders.csv` AS o JOIN `1m.users.csv` AS u ON o.user_id = u.id WHERE o.note = 'a.b@en'"}},
		"sqlite": {a.sqlite()[6:], []string{":memory:",
			"CREATE TABLE orders(" + sqliteColumns["orders"] + ")", ".import --skip 1 1m.orders.csv orders",
			"CREATE TABLE users(" + sqliteColumns["users"] + ")", ".import --skip 1 1m.users.csv users",
			"SELECT * FROM orders AS o JOIN users AS u ON o.user_id = u.id WHERE o.note = 'a.b@en'"}},
		"mawk": {a.mawk(), []string{"mawk", "-F|", `$1 == "a.b@en"`, "1m.orders.csv"}},
		"mlr":  {a.mlr(), []string{"mlr", "--csv", "--fs", "|", "head", "-n", "1", "1m.orders.csv"}},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestEveryQueryHasAllItsRivals(t *testing.T) {
	for _, q := range queries {
		for _, rival := range q.beside {
			if rival == "mawk" && q.awk == "" || rival == "mlr" && q.mlr == "" {
				t.Errorf("%s: no program for %s", q.name, rival)
			}
			if rival == "mlr" && strings.Contains(q.sql, " JOIN ") {
				t.Errorf("%s: %s reads one table", q.name, rival)
			}
		}
	}
	for _, f := range queryFigures(newTestLab(t)) {
		if f.rival.missing() {
			t.Errorf("%s has no rival", f.name)
		}
	}
}

func TestAnswersAreCompared(t *testing.T) {
	l := newTestLab(t)
	for _, c := range []struct{ how, ours, rival, want string }{
		{"same-rows", "k|n\na|1\nb|2\n", "k|n\nb|2\na|1\n", ""},
		{"same-order", "k|n\na|1\nb|2\n", "k|n\nb|2\na|1\n", `"a|1" beside "b|2"`},
		{"same-order", "k|n\na|1.50\n", "k|n\r\n\"a\"|1.5\r\n", ""},
		{"same-rows", "k|n\na|12530521334.179903\n", "k|n\na|12530521334.18\n", ""},
		{"same-rows", "k|n\na|1253.052\n", "k|n\na|1253.053\n", `"a|1253.052" beside "a|1253.053"`},
		{"same-rows", "k|n\na|1\na|1\n", "k|n\na|1\n", "2 rows beside 1"},
		{"same-rows", "k|m\na|1\n", "k|n\na|1\n", `"k|m" beside "k|n"`},
		{"same-rows", "k|n\n", "k|n\n", "no rows"},
		{"same-rows", "k|n\na\"b|1\n", "k|n\na|1\n", "line 2"},
	} {
		l.write(t, "ours", c.ours)
		l.write(t, "rival", c.rival)
		var said strings.Builder
		code := run([]string{c.how, l.path("ours"), l.path("rival")}, io.Discard, &said)
		if (code == 0) != (c.want == "") || !strings.Contains(said.String(), c.want) {
			t.Errorf("%s %q and %q: exit %d, %s", c.how, c.ours, c.rival, code, &said)
		}
	}
	if code := run([]string{"same-rows", "one"}, io.Discard, io.Discard); code != 129 {
		t.Errorf("one file: exit %d", code)
	}
	if code := run([]string{"same-rows", l.path("absent"), l.path("rival")}, io.Discard, io.Discard); code != 128 {
		t.Errorf("no file: exit %d", code)
	}
}

func TestLookupsPickRowsAndFindThem(t *testing.T) {
	l := newTestLab(t)
	rows := []string{"key|value|description"}
	for _, key := range strings.Fields("a b c d e f g h i j k l m n o p q r s t u v w x y z") {
		rows = append(rows, key+`.key|value|"a ""note"" on `+key+`"`)
	}
	l.write(t, "in.csv", strings.Join(rows, "\n")+"\n")
	found, err := l.rowsOf("in.csv", 17)
	if err != nil || !slices.ContainsFunc(found, func(cells []string) bool { return cmp.Equal(cells, []string{"m.key", "value", `a "note" on m`}) }) {
		t.Fatalf("%q, %v", found, err)
	}
	if _, err := l.rowsOf("in.csv", 30); err == nil {
		t.Error("30 of 26 rows are found")
	}
	k := &lookups{lab: l, last: []string{"m.key", `a "note" on m`}}
	for printed, ok := range map[string]bool{
		"key  m.key\ndescription  a \"note\" on m\n": true,
		"m.key|value|\"a \"\"note\"\" on m\"\n":      true,
		"key  m.key\n":                               false,
	} {
		l.write(t, oursPrinted, printed)
		l.write(t, rivalPrinted, `m.key|a "note" on m`)
		if err := k.bothPrinted(); (err == nil) != ok {
			t.Errorf("%q: %v", printed, err)
		}
	}
	if err := os.Remove(l.path(rivalPrinted)); err != nil || k.bothPrinted() == nil {
		t.Errorf("a side that printed nothing passes: %v", err)
	}
}

func TestShownBesideWhatIsNotThereIsLeftOut(t *testing.T) {
	l := newTestLab(t)
	var out strings.Builder
	r := newReport(&out, false)
	f := figure{name: "one", what: "a thing", ours: command("true"), rival: command("no-such-program"), bars: []bar{shown()}}
	ours, rival, err := l.measure(f, 1)
	r.add(f, ours, rival, err)
	if r.asked != 0 || !strings.Contains(out.String(), "left out: ") {
		t.Errorf("%d asked: %s", r.asked, &out)
	}
}

func TestCostsAreTold(t *testing.T) {
	var out strings.Builder
	r := newReport(&out, true)
	f := figure{name: "one", what: "a thing", ours: command("rdb-query", "-f", "pipe", "SELECT"), rival: command("duckdb", "SELECT"), bars: []bar{faster(1)}, costs: true}
	r.add(f, sample{wall: 2e6, cpu: 3e6, peak: 4e6}, sample{wall: 20e6, cpu: 30e6, peak: 40e6}, nil)
	want := "| a thing | `rdb-query` 2 ms, cpu 3 ms, 4.0 MB | `duckdb` 20 ms, cpu 30 ms, 40.0 MB | 10x faster (asked ≥ 1x faster) |\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("%s", &out)
	}
}

func TestQueriesAreReedQL(t *testing.T) {
	all := slices.Clone(queries)
	for _, i := range indexed {
		all = append(all, i.query)
	}
	for _, q := range all {
		a := &asking{rows: "1m", key: "a.b@en", query: q}
		for _, args := range [][]string{a.ours(), a.ofDatabase()} {
			text := args[len(args)-1]
			if errs := syntax.Check(text, syntax.Options{}); len(errs) > 0 {
				t.Errorf("%s: %v", text, errs)
			}
		}
	}
}

func TestKeysAreParsed(t *testing.T) {
	l := newTestLab(t)
	rows := []string{"key|value"}
	for range 2 * len(modifiers) {
		rows = append(rows, "page.title.12@en|text@here")
	}
	l.write(t, "in.csv", strings.Join(rows, "\n")+"\n")
	keys, err := validKeys(l.path("in.csv"))
	if err != nil || len(keys) != 2*len(modifiers) || string(keys[0]) != "page.title.n12" || string(keys[3]) != "page.title.n12<prod,de>" {
		t.Fatalf("%q, %v", keys, err)
	}
	var printed, said strings.Builder
	if code := run([]string{"parse-keys", l.path("in.csv")}, &printed, &said); code != 0 {
		t.Fatalf("exit %d: %s", code, &said)
	}
	l.write(t, oursPrinted, printed.String())
	if n, err := l.keysPerSecond(); n <= 0 || err != nil {
		t.Errorf("%d keys/s, %v", n, err)
	}
	l.write(t, "in.csv", "key|value\nPage.title.1@en|text\n")
	if code := run([]string{"parse-keys", l.path("in.csv")}, &printed, &said); code != 128 || !strings.Contains(said.String(), `"Page.title.n1" is refused`) {
		t.Errorf("exit %d: %s", code, &said)
	}
	l.write(t, oursPrinted, "fast\n")
	if n, err := l.keysPerSecond(); err == nil {
		t.Errorf("a text of no number is %d keys/s", n)
	}
	for n, ok := range map[int64]bool{4_999_999: false, 5_000_000: true} {
		if got, met := keysAtLeast(5).judge(sample{tally: n}, sample{}); got != "5.0 million keys/s" || met != ok {
			t.Errorf("%d: %s, %v", n, got, met)
		}
	}
}
