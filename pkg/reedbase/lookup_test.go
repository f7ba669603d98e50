package reedbase

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
)

// newDB makes an empty database.
func newDB(t *testing.T) *DB {
	t.Helper()
	db, _, err := Init(t.TempDir(), Options{User: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// newTable makes a table.
func newTable(t *testing.T, db *DB, name, content string) *Table {
	t.Helper()
	table, _, err := db.Import(name, []byte(content), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { table.Close() })
	return table
}

// TestNearestRow draws tables and wishes: what answers is the first key of the chain that the table holds, in whatever spelling it
// stands there, in a small table and in one that has an index.
func TestNearestRow(t *testing.T) {
	db, drawn := newDB(t), 0
	filler := strings.Repeat("some more text ", 40)
	rapid.Check(t, func(rt *rapid.T) {
		words := func(label string) string {
			text := ""
			for _, list := range [][]string{{"", "@de", "@en"}, {"", "@prod", "@test"}, {"", "@winter"}, {"", "@mobile"}} {
				text += rapid.SampledFrom(list).Draw(rt, label)
			}
			return text
		}
		spelled := func(modifiers string) string {
			if list := strings.Split(modifiers, "@")[1:]; len(list) > 0 && rapid.Bool().Draw(rt, "angle") {
				return "<" + strings.Join(rapid.Permutation(list).Draw(rt, "order"), ",") + ">"
			}
			return modifiers
		}
		held := map[string]string{} // canonical → stored
		text := "key|value\n"
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			modifiers := words("row")
			if _, twin := held["page.title"+modifiers]; !twin {
				held["page.title"+modifiers] = "page.title" + spelled(modifiers)
				text += held["page.title"+modifiers] + "|x\npage.titles" + modifiers + "|y\n"
			}
		}
		if rapid.IntRange(0, 9).Draw(rt, "large") == 0 {
			for i := range 1000 {
				text += fmt.Sprintf("filler.n%d|%s\n", i, filler)
			}
		}
		drawn++
		table := newTable(t, db, fmt.Sprintf("text%d", drawn), text)
		asked := "page.title" + words("asked")
		k, _ := rbks.Parse([]byte(asked), rbks.Words{})
		wanted := Wanted{Language: rapid.SampledFrom([]string{"", "de", "fr"}).Draw(rt, "L"), Environment: rapid.SampledFrom([]string{"", "prod"}).Draw(rt, "E")}
		exact := rapid.Bool().Draw(rt, "exact")
		want := ""
		for step := range k.Fallback(wanted) {
			if stored, ok := held[string(step)]; ok {
				want = stored
				break
			}
			if exact {
				break
			}
		}
		record, err := table.GetFor(wanted, exact, "page.title"+spelled(strings.TrimPrefix(asked, "page.title")))
		switch {
		case want == "" && fault.KindOf(err) != fault.NotFound:
			rt.Fatalf("%v %v, and nothing is there", record, err)
		case want != "" && (err != nil || record.Key()[0] != want):
			rt.Fatalf("%v %v, want %q", record.Cells, err, want)
		}
	})
}

// TestKeysBesideRBKS leaves keys alone that are none: they have no nearest row and no other spelling.
func TestKeysBesideRBKS(t *testing.T) {
	table := newTable(t, newDB(t), "people", "name|city\nada@home|London\nAda|Paris\n")
	for key, want := range map[string]string{"ada@home": "London", "Ada": "Paris"} {
		if r, err := table.GetFor(Wanted{}, false, key); err != nil || r.Cells[1] != want {
			t.Errorf("%s: %v %v", key, r, err)
		}
	}
	for _, key := range []string{"ada<home>", "ada", "Ada@de"} {
		if r, err := table.GetFor(Wanted{}, false, key); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v %v", key, r, err)
		}
	}
	if _, err := table.GetFor(Wanted{Language: "de"}, false, "Ada"); fault.KindOf(err) != fault.Input {
		t.Errorf("%v", err)
	}
	res, err := table.Set([]string{"bob@work<x>"}, []Assignment{{Column: "city", Value: "Rome"}})
	if err != nil || res.Added != 1 {
		t.Fatalf("%v %v", res, err)
	}
	if r, err := table.Get("bob@work<x>"); err != nil || r.Key()[0] != "bob@work<x>" {
		t.Errorf("%v %v", r, err)
	}
}
