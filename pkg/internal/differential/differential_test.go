package differential

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/syntax"
	"github.com/reedbase/reedbase/pkg/syntax/sample"
)

const (
	sets       = 40   // of tables
	queries    = 250  // of each
	productive = 1000 // times that each production is asked at least
)

// A query makes the memory for batches of rows, however few there are. Collected after each, that would take most of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(500 << 20)
	os.Exit(m.Run())
}

// notAsked are productions that no query of tables has: statements that write, and parameters.
var notAsked = []string{":name", "?", "CREATE TABLE", "DELETE", "IF NOT EXISTS", "INSERT", "INSERT columns",
	"ON CONFLICT DO NOTHING", "ON CONFLICT DO UPDATE", "ON CONFLICT WHERE", "ON CONFLICT columns", "PRIMARY KEY", "PRIMARY KEY columns", "UPDATE", "type"}

// tally is what was asked and how it was answered.
type tally struct {
	productions map[string]int
	different   map[string]int // answers, by the words of reedql(7) that excuse them
	indexed     int            // answers that an index was used for
}

// TestQueriesAreThoseOfSQLite asks both 10,000 queries, on one worker and on several, with and without indices. SEED in the
// environment starts the random numbers, otherwise the time does.
func TestQueriesAreThoseOfSQLite(t *testing.T) {
	seed := start(t)
	all, failures := tally{map[string]int{}, map[string]int{}, 0}, 0
	for set := range uint64(sets) {
		failures += compareSet(t, seed+set, queries, &all)
		if failures > 20 {
			t.Fatal("and so on")
		}
	}
	all.check(t)
}

// start returns where the random numbers start, and logs it.
func start(t *testing.T) uint64 {
	seed := uint64(time.Now().Unix())
	if text := os.Getenv("SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	t.Logf("SEED=%d", seed)
	return seed
}

// check prints the numbers, and fails where they are too small, or too large.
func (a *tally) check(t *testing.T) {
	var lines strings.Builder
	for _, p := range sample.Productions(true) {
		if slices.Contains(notAsked, p) {
			continue
		}
		fmt.Fprintf(&lines, "%s: %d\n", p, a.productions[p])
		if a.productions[p] < productive {
			t.Errorf("%s: %d times, not %d", p, a.productions[p], productive)
		}
	}
	different := 0
	for _, line := range slices.Sorted(maps.Keys(a.different)) {
		fmt.Fprintf(&lines, "differs: %s: %d\n", line, a.different[line])
		different += a.different[line]
	}
	fmt.Fprintf(&lines, "found by an index: %d\n", a.indexed)
	t.Log("\n" + lines.String())
	if most := sets * queries / 100; different > most {
		t.Errorf("%d answers differ as reedql(7) says, more than %d", different, most)
	}
	if a.indexed < productive/2 {
		t.Errorf("an index was used for %d answers, not %d", a.indexed, productive/2)
	}
}

// compareSet asks random queries of random tables and returns how many answers differ.
func compareSet(t testing.TB, seed uint64, n int, all *tally) (failures int) {
	source := rand.New(rand.NewPCG(seed, 0))
	spelled := seed%3 == 0
	tables := maker{source, spelled}.tables()
	asked, texts := make([]*syntax.Query, n), make([]string, n)
	g := &sample.Generator{Source: source, Tables: samples(tables), Shared: true}
	for i := range n {
		q := g.Query()
		sample.Count(q, all.productions)
		texts[i] = syntax.Print(q)
		parsed, err := syntax.Parse(texts[i], syntax.Options{})
		if err != nil {
			t.Fatal(err)
		}
		asked[i] = parsed[0].(*syntax.Query)
	}
	for i, want := range shell(t, tables, texts) {
		for _, e := range []*engine{{tables, 1, false}, {tables, 1, true}, {tables, 3 + i%2, i%4 < 2}} {
			got, plan := e.ask(texts[i], asked[i])
			if strings.Contains(plan, " by index ") {
				all.indexed++
			}
			reason := differ(asked[i], got, want)
			if reason == "" {
				continue
			}
			if line := excuse(asked[i], got, want); line != "" {
				all.different[line]++
				continue
			}
			failures++
			t.Errorf("SEED=%d, query %d, %d workers, indices %v:\n%s;\n%s\n%s\n%s", seed, i, e.workers, e.indices, texts[i], reason, plan, shown(tables, asked[i]))
			break
		}
	}
	return failures
}

// shown shows the tables that a query asks.
func shown(tables []*table, q *syntax.Query) string {
	var b strings.Builder
	for _, t := range tables {
		used := false
		for n := range syntax.All(q) {
			source, ok := n.(*syntax.Table)
			used = used || ok && source.Table.Name == t.name
		}
		if used && len(t.text) < 10_000 {
			b.WriteString(t.script())
		}
	}
	return b.String()
}

// TestDifferencesAreInTheManual finds every difference on the page.
func TestDifferencesAreInTheManual(t *testing.T) {
	page, err := os.ReadFile("../../../man/reedql.7")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		if !strings.Contains(strings.ReplaceAll(string(page), "\n", " "), d.line) {
			t.Errorf("reedql(7) does not say %q", d.line)
		}
	}
}

func FuzzQueries(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		compareSet(t, seed, 20, &tally{map[string]int{}, map[string]int{}, 0})
	})
}
