package reedbase

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// rowsOf runs a query and returns its rows as text, and its plan after the run.
func rowsOf(t *testing.T, db *DB, text string, o plan.Options) (rows []string, explained string) {
	t.Helper()
	words, err := db.Syntax()
	if err != nil {
		t.Fatal(err)
	}
	statements, err := syntax.Parse(text, words)
	if err != nil {
		t.Fatal(err)
	}
	c := db.Catalogue()
	defer c.Close()
	p, err := plan.Make(statements[0].(*syntax.Query), c, plan.Parameters{}, o)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	r, err := exec.Run(context.Background(), p, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for values := range r.All() {
		var cells []string
		for _, v := range values {
			cells = append(cells, string(v.AppendText(nil)))
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return rows, p.Explain()
}

// itemKey returns the key of a row of indexedTable: most have a language, some more modifiers, in some order and spelling, and some are
// no keys.
func itemKey(i int) string {
	path := fmt.Sprintf("page%c.item%d", 'a'+i%20, i)
	language := []string{"de", "en"}[i%2]
	switch i % 50 {
	case 4, 33:
		return path + "@winter@" + language
	case 9:
		return path + "<mobile," + language + ",beta>"
	case 14:
		return path + "@fr@tablet"
	case 21:
		return path + "@de@en"
	case 27:
		return path + "@DE"
	case 31:
		return path + "@beta"
	case 38:
		return path
	case 41:
		return fmt.Sprintf("old-page_%d@fr", i)
	}
	return path + "@" + language
}

// indexedTable makes a table large enough for an index of its key, with a schema for one of its columns, and indices of all.
func indexedTable(t *testing.T) (*DB, *Table) {
	t.Helper()
	db, _, err := Init(t.TempDir(), Options{User: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var b strings.Builder
	b.WriteString("key|mixed|note|n\n")
	for i := range 12000 {
		mixed := fmt.Sprint(i * 7919 % 1000)
		switch i % 10 {
		case 3:
			mixed = "w" + mixed
		case 7:
			mixed = ""
		case 8:
			mixed += ".50"
		}
		fmt.Fprintf(&b, "%s|%s|%s note of this row of the table|%d\n", itemKey(i), mixed, strings.Repeat(string(rune('a'+i%26)), 1+i%4), i*31%500)
	}
	tb, _, err := db.Import("t", []byte(b.String()), ImportOptions{Schema: []byte(schemaOfN)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tb.Close() })
	for column, kinds := range map[string][]IndexKind{"key": {OrderedIndex, ModifierIndex}, "mixed": {OrderedIndex, HashIndex}, "note": {OrderedIndex}, "n": {OrderedIndex, HashIndex}} {
		for _, kind := range kinds {
			if _, err := tb.CreateIndex(column, kind); err != nil {
				t.Fatal(err)
			}
		}
	}
	return db, tb
}

const schemaOfN = `[schema]
version = 1
[[columns]]
name = "key"
[[columns]]
name = "mixed"
[[columns]]
name = "note"
type = "string"
[[columns]]
name = "n"
type = "integer"
`

// TestIndicesAnswerAsScans asks random questions with and without indices, between random writes: the rows are the same, in the same
// order where one is asked for, and each index is used for some.
func TestIndicesAnswerAsScans(t *testing.T) {
	db, tb := indexedTable(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 4))
	used := map[string]int{}
	for n := range 12 {
		for _, text := range questions(r) {
			without, explained := rowsOf(t, db, text, plan.Options{NoIndices: true})
			if strings.Contains(explained, "by index") {
				t.Fatalf("an index is used that must not be:\n%s", explained)
			}
			with, explained := rowsOf(t, db, text, plan.Options{})
			if !strings.Contains(text, "ORDER BY") {
				slices.Sort(without)
				slices.Sort(with)
			}
			if diff := cmp.Diff(without, with); diff != "" {
				t.Fatalf("step %d: %s\n%s\n%s", n, text, explained, diff)
			}
			for line := range strings.Lines(explained) {
				if _, name, ok := strings.Cut(line, "by index "); ok {
					name, _, _ = strings.Cut(name, ")")
					used[name+")"]++
				}
			}
		}
		key := itemKey(n)
		_, err := tb.Set([]string{key}, []Assignment{{Column: "mixed", Value: fmt.Sprint(n)}, {Column: "n", Value: fmt.Sprint(-n)}, {Column: "note", Value: "new"}})
		if n%3 == 2 {
			_, err = tb.Delete([]string{key})
		}
		if err == nil {
			_, err = tb.Set([]string{fmt.Sprintf("new.item%d@%s", n, []string{"fr", "winter@fr", "desktop"}[n%3])}, nil)
		}
		if err == nil && n == 6 {
			_, err = tb.SetSchema([]byte(schemaOfN+"[keys]\nlanguages = [\"beta\"]\n"), SchemaOptions{})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Log(used)
	for _, name := range []string{"hash(key)", "ordered(key)", "ordered(mixed)", "hash(mixed)", "ordered(note)", "ordered(n)", "modifier(key)"} {
		if used[name] == 0 {
			t.Errorf("no question was answered by index %s", name)
		}
	}
}

func questions(r *rand.Rand) []string {
	item := r.IntN(12000)
	return []string{
		fmt.Sprintf("SELECT * FROM t WHERE key = '%s'", itemKey(item)),
		fmt.Sprintf("SELECT n FROM t WHERE key IN ('paged.item3@en', 'no.such', 'page%c.item%d@de')", 'a'+item%20, item),
		fmt.Sprintf("SELECT key FROM t WHERE key LIKE 'page%c.item%d%%'", 'a'+item%20, item/100),
		fmt.Sprintf("SELECT key FROM t WHERE key LIKE 'PAGE%c.Item%d%%' AND mixed LIKE 'w%%'", 'a'+item%20, item/10),
		fmt.Sprintf("SELECT key FROM t WHERE mixed LIKE 'w%d%%'", item%1000),
		fmt.Sprintf("SELECT key FROM t WHERE mixed LIKE '%d%%' OR mixed GLOB '1%d*'", item%1000, item%100),
		fmt.Sprintf("SELECT key FROM t WHERE mixed GLOB '%d*'", item%1000),
		fmt.Sprintf("SELECT key FROM t WHERE mixed >= 'w%d' AND mixed < 'w%d'", item%1000, item%1000+2),
		fmt.Sprintf("SELECT key FROM t WHERE key GLOB 'page%c.item%d*' AND n > 250", 'a'+item%20, item/10),
		fmt.Sprintf("SELECT count(*) FROM t WHERE key.namespace = 'page%c'", 'a'+item%20),
		fmt.Sprintf("SELECT key FROM t WHERE key.path = 'page%c.item%d'", 'a'+item%20, item),
		fmt.Sprintf("SELECT key FROM t WHERE key.language = '%s'", []string{"fr", "de", "beta", "DE", "winter", "nl", ""}[item%7]),
		fmt.Sprintf("SELECT key FROM t WHERE key.language IN ('fr', NULL, 'de@en', '%s')", []string{"beta", "nl", "mobile"}[item%3]),
		fmt.Sprintf("SELECT key FROM t WHERE '%s' = key.season AND n > 250", []string{"winter", "summer", "de"}[item%3]),
		fmt.Sprintf("SELECT key FROM t WHERE key.variant = '%s' AND key.language = '%s'", []string{"mobile", "tablet", "desktop"}[item%3], []string{"de", "en", "fr", "beta"}[item%4]),
		fmt.Sprintf("SELECT key FROM t WHERE key.season IN ('winter', 'summer') AND key.language = 'de' AND key.path LIKE 'page%c%%'", 'a'+item%20),
		fmt.Sprintf("SELECT key FROM t WHERE key.environment = 'prod' OR key.variant = 'tablet' AND n < %d", item%500),
		"SELECT key FROM t WHERE key.language <> 'de' AND key.season IS NOT NULL",
		fmt.Sprintf("SELECT count(*) FROM t WHERE missing_translation('%s', 'de')", []string{"fr", "en", "beta"}[item%3]),
		"SELECT a.key, b.n FROM t a JOIN t b ON a.key.path = b.key.path WHERE a.key.language = 'fr'",
		fmt.Sprintf("SELECT key, mixed FROM t WHERE mixed = %d", item%1000),
		fmt.Sprintf("SELECT key, mixed FROM t WHERE mixed = '%d'", item%1000),
		fmt.Sprintf("SELECT key, mixed FROM t WHERE mixed > %d AND mixed < %d", item%1000, item%1000+3),
		fmt.Sprintf("SELECT key FROM t WHERE mixed BETWEEN 10.5 AND %d.5", 11+item%3),
		fmt.Sprintf("SELECT key FROM t WHERE note LIKE '%s note%%' AND mixed < 100", strings.Repeat(string(rune('a'+item%26)), 1+item%4)),
		"SELECT key FROM t WHERE note >= 'zz' OR n < 2",
		fmt.Sprintf("SELECT key, n FROM t WHERE n = %d", item%500),
		fmt.Sprintf("SELECT key, n FROM t WHERE n IN (%d, -3, 'x')", item%500),
		fmt.Sprintf("SELECT key, n FROM t WHERE n <= %d", item%3-4),
		fmt.Sprintf("SELECT key, n FROM t ORDER BY n LIMIT %d", 1+item%30),
		fmt.Sprintf("SELECT key, n FROM t ORDER BY n DESC LIMIT %d", 1+item%30),
		fmt.Sprintf("SELECT key, mixed FROM t WHERE mixed > 17 ORDER BY mixed LIMIT %d", 1+item%30),
		fmt.Sprintf("SELECT key, mixed FROM t ORDER BY mixed DESC LIMIT %d OFFSET 3", 1+item%30),
		fmt.Sprintf("SELECT note FROM t ORDER BY note DESC LIMIT %d", 1+item%30),
	}
}

// TestNoIndexOfAnEditByHand edits a table by hand: queries see the edit, and no index is asked. Nor is one for what was.
func TestNoIndexOfAnEditByHand(t *testing.T) {
	db, _ := indexedTable(t)
	path := filepath.Join(db.Dir(), ".reed/tables/t/current.csv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "by.hand|1|2|3\n"...), 0o666); err != nil {
		t.Fatal(err)
	}
	rows, explained := rowsOf(t, db, "SELECT n FROM t WHERE key = 'by.hand'", plan.Options{})
	if !slices.Equal(rows, []string{"3"}) || strings.Contains(explained, "by index") {
		t.Errorf("%q\n%s", rows, explained)
	}
	c := db.Catalogue()
	defer c.Close()
	old, err := c.Table("t", cell.FromText([]byte("head")))
	if err != nil || len(old.Indices(plan.AllIndices)) > 0 {
		t.Errorf("%v indices of a version: %v", old.Indices(plan.AllIndices), err)
	}
}
