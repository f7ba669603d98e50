package exec_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/exec"
)

// large returns a table of n rows with quotes, line breaks in cells, comments, blank lines and both line ends, and its rows.
func large(seed uint64, n int) (*table, [][]string) {
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString("id|kind|n:integer|x|note\n")
	var rows [][]string
	for i := range n {
		row := []string{fmt.Sprintf("k%07d", i), []string{"red", "green", "blue", ""}[r.IntN(4)], fmt.Sprint(r.IntN(1000) - 500), fmt.Sprint(r.IntN(3 * n)), "plain"}
		if r.IntN(20) == 0 {
			row[2] = ""
		}
		switch r.IntN(12) {
		case 0:
			row[4] = "a|\"quoted\"\nnote"
		case 1:
			row[4] = ""
		case 2:
			b.WriteString("# a comment | \"\n")
		case 3:
			b.WriteString("\n")
		}
		for c, cell := range row {
			if c > 0 {
				b.WriteString("|")
			}
			if strings.ContainsAny(cell, "|\"\n") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString([]string{"\n", "\r\n"}[r.IntN(2)])
		rows = append(rows, row)
	}
	return newTable(b.String()), rows
}

// Tables of several blocks are read by several goroutines. What they return does not depend on how many they are, nor on whether an
// index is used.
func TestWorkersReturnTheSameRows(t *testing.T) {
	a, _ := large(1, 40_000)
	b, _ := large(2, 9_000)
	tables := catalogue{"a": a, "b": b}
	indexed := catalogue{"a": withIndices(a), "b": withIndices(b)}
	for _, query := range []string{
		"SELECT count(*), count(n), sum(n), avg(n), min(n), max(x), total(x) FROM a",
		"SELECT * FROM a WHERE n = 7",
		"SELECT id, note FROM a WHERE note LIKE '%quoted%' AND n BETWEEN -3 AND 3",
		"SELECT kind, count(*), sum(n), min(id), max(note) FROM a GROUP BY kind",
		"SELECT kind, id, max(n) FROM a GROUP BY kind",
		"SELECT x, count(*), sum(n), count(DISTINCT kind), group_concat(id) FROM a GROUP BY x",
		"SELECT x, count(*) FILTER (WHERE n > 0), avg(n) FROM a GROUP BY x ORDER BY 2 DESC, x LIMIT 50",
		"SELECT id, count(*), note FROM a GROUP BY id",
		"SELECT x, max(n), id, count(DISTINCT n) FROM a GROUP BY x",
		"SELECT count(*) FROM (SELECT x, count(*) FROM a GROUP BY x LIMIT 7)",
		"SELECT id, (SELECT sum(c) FROM (SELECT x, count(*) AS c FROM a WHERE a.n <> b.n GROUP BY x)) FROM b LIMIT 3",
		"SELECT DISTINCT kind, n FROM a",
		"SELECT DISTINCT x FROM a ORDER BY id LIMIT 20",
		"SELECT x, kind FROM (SELECT DISTINCT x, kind FROM a) WHERE x > '109' AND x < '11'",
		"SELECT id, n FROM a ORDER BY n DESC, id LIMIT 25",
		"SELECT id, n FROM a ORDER BY n LIMIT 30 OFFSET 1990",
		"SELECT id, x FROM a ORDER BY x",
		"SELECT id FROM a LIMIT 5 OFFSET 20000",
		"SELECT a.id, b.id FROM a JOIN b ON a.x = b.x",
		"SELECT b.id, a.id FROM b LEFT JOIN a ON a.x = b.x AND a.n > b.n",
		"SELECT count(*), sum(a.n) FROM a JOIN b ON a.n = b.n AND a.kind <> b.kind",
		"SELECT a.id, b.note FROM a JOIN b ON a.x = b.x WHERE b.n = 5",
		"SELECT count(*) FROM a WHERE x IN (SELECT x FROM b)",
		"SELECT id FROM b WHERE EXISTS (SELECT 1 FROM a WHERE a.x = b.x AND a.kind = b.kind)",
		"SELECT kind, (SELECT count(*) FROM b WHERE b.kind = a.kind AND b.n = a.n) FROM a WHERE n = 3 LIMIT 9",
		"SELECT id FROM a EXCEPT SELECT id FROM b",
		"SELECT sum(s) FROM (SELECT sum(n) OVER (PARTITION BY kind ORDER BY id) AS s FROM b)",
		"SELECT id FROM a WHERE id = 'k0012345' OR id = 'nothing'",
		"SELECT id, n FROM a WHERE id IN ('k0012345', 'k0000001', 'nothing')",
		"SELECT id FROM a WHERE id > 'k003999' AND id <= 'k0039995'",
		"SELECT id FROM a WHERE id GLOB 'k00123*' AND kind = 'red'",
		"SELECT id, n FROM a WHERE n > 498 ORDER BY n DESC LIMIT 3",
		"SELECT id, n FROM a ORDER BY n LIMIT 4",
		"SELECT id, n FROM a ORDER BY n DESC LIMIT 4",
	} {
		want := sorted(t, tables, query, exec.Options{Workers: 1})
		if strings.Count(want, "\n") < 2 {
			t.Errorf("%s: no rows", query)
		}
		for _, workers := range []int{2, 5} {
			if diff := cmp.Diff(want, sorted(t, tables, query, exec.Options{Workers: workers})); diff != "" {
				t.Errorf("%s: %d workers: %s", query, workers, diff)
			}
		}
		if diff := cmp.Diff(want, sorted(t, indexed, query, exec.Options{Workers: 2})); diff != "" {
			t.Errorf("%s: with indices: %s", query, diff)
		}
	}
}

// sorted returns the rows of a query, sorted unless it has an order, as text.
func sorted(t *testing.T, c catalogue, query string, o exec.Options) string {
	t.Helper()
	got, err := ask(context.Background(), c, query, o)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if strings.Contains(query, "ORDER BY") || strings.Contains(query, "LIMIT") {
		return got
	}
	lines := strings.SplitAfter(got, "\n")
	slices.Sort(lines[1:])
	return strings.Join(lines, "")
}

// A group, a join and an order are what the words say, done row by row.
func TestLargeTablesAnswerAsALoopDoes(t *testing.T) {
	a, rows := large(3, 30_000)
	tables := catalogue{"a": a}
	counts, sums := map[string]int{}, map[string]int{}
	byX := map[string]int{}
	for _, row := range rows {
		counts[row[1]]++
		byX[row[3]]++
		var n int
		fmt.Sscan(row[2], &n)
		sums[row[1]] += n
	}
	var want []string
	for kind, n := range counts {
		want = append(want, fmt.Sprintf("<%s>|%d|%d\n", kind, n, sums[kind]))
	}
	slices.Sort(want)
	check(t, tables, "SELECT '<' || kind || '>' AS k, count(*), sum(n) FROM a GROUP BY kind", "k|count(*)|sum(n)\n"+strings.Join(want, ""))

	pairs, distinct := 0, 0
	for _, n := range byX {
		pairs += n * n
		distinct++
	}
	check(t, tables, "SELECT count(*) FROM a JOIN a b USING (x)", fmt.Sprintf("count(*)\n%d\n", pairs))
	check(t, tables, "SELECT count(*) AS c FROM (SELECT DISTINCT x FROM a)", fmt.Sprintf("c\n%d\n", distinct))

	order := slices.Clone(rows)
	number := func(row []string) (n int) {
		n = -1000 // NULL
		fmt.Sscan(row[2], &n)
		return n
	}
	slices.SortStableFunc(order, func(x, y []string) int { return number(y) - number(x) })
	text := "id\n"
	for _, row := range order[:300] {
		text += row[0] + "\n"
	}
	check(t, tables, "SELECT id FROM a ORDER BY n DESC LIMIT 300", text)
	text = "id\n"
	for _, row := range order {
		text += row[0] + "\n"
	}
	check(t, tables, "SELECT id FROM a ORDER BY n DESC", text)
	text = "id|note\n"
	for _, row := range rows {
		if row[4] != "" && row[4] != "plain" && row[1] == "red" {
			text += row[0] + "|" + strings.ReplaceAll(row[4], "\n", "\\n") + "\n"
		}
	}
	check(t, tables, "SELECT id, note FROM a WHERE note NOT IN ('', 'plain') AND kind = 'red' ORDER BY id", text)
}

// Rows that are equal in an order stay as they come, those of the left side of a UNION ALL first.
func TestTheRightSideComesBehindTheLeft(t *testing.T) {
	a, rows := large(4, 30_000)
	both := "(SELECT 'left' AS side, id FROM a UNION ALL SELECT 'right', id FROM a)"
	var text strings.Builder
	text.WriteString("side|id\n")
	for _, side := range []string{"left", "right"} {
		for _, row := range rows {
			text.WriteString(side + "|" + row[0] + "\n")
		}
	}
	check(t, catalogue{"a": a}, "SELECT side, id FROM "+both+" ORDER BY id = ''", text.String())
	last := rows[len(rows)-1][0]
	check(t, catalogue{"a": a}, "SELECT side, max(id) FROM "+both, "side|max(id)\nleft|"+last+"\n")
	check(t, catalogue{"a": a}, "SELECT side, count(*) FROM "+both+" WHERE id = '"+last+"' OR side = 'right'", "side|count(*)\nleft|30001\n")
}

func check(t *testing.T, c catalogue, query, want string) {
	t.Helper()
	for _, workers := range []int{1, 3} {
		if diff := cmp.Diff(want, sorted(t, c, query, exec.Options{Workers: workers})); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

// The least and the greatest of frames that move take no longer than the rows are many.
func TestLongFramesMove(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT sum(m) AS s FROM (SELECT min(n) OVER (ORDER BY n ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS m FROM numbers(300000))":         "s\n45000150000\n",
		"SELECT sum(m) AS s FROM (SELECT max(n) OVER (ORDER BY n ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS m FROM numbers(300000))":         "s\n90000000000\n",
		"SELECT sum(m) AS s FROM (SELECT max(n) OVER (ORDER BY n DESC ROWS BETWEEN 100000 PRECEDING AND CURRENT ROW) AS m FROM numbers(300000))":       "s\n70000100000\n",
		"SELECT count(m) AS c FROM (SELECT min(name) OVER (ORDER BY n RANGE BETWEEN 100000 FOLLOWING AND 200000 FOLLOWING) AS m FROM numbers(300000))": "c\n200000\n",
	} {
		got, err := ask(context.Background(), catalogue{}, query, exec.Options{Timeout: 30 * time.Second})
		if got != want || err != nil {
			t.Errorf("%s: %q, %v", query, got, err)
		}
	}
}

// Records that are longer than what is read at once are found whole, whoever reads on.
func TestRecordsLongerThanAPiece(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	var b strings.Builder
	b.WriteString("id|note\n")
	rows, bytes := 0, 0
	for b.Len() < 24<<20 {
		n := []int{3, 200, 70_000, 300_000, 1_500_000}[r.IntN(5)]
		note := strings.Repeat("a|\"\"\nb", n/6)
		fmt.Fprintf(&b, "%d|\"%s\"\n", rows, note)
		rows, bytes = rows+1, bytes+len(note)-n/6 // two quotes are one
		if r.IntN(9) == 0 {
			b.WriteString("# " + strings.Repeat("x|\"", r.IntN(200_000)) + "\n\n")
		}
	}
	tables := catalogue{"t": newTable(b.String())}
	want := fmt.Sprintf("count(*)|sum(length(note))|sum(id)\n%d|%d|%d\n", rows, bytes, rows*(rows-1)/2)
	for workers := 1; workers <= 6; workers++ {
		for range 3 {
			got, err := ask(context.Background(), tables, "SELECT count(*), sum(length(note)), sum(id) FROM t", exec.Options{Workers: workers})
			if got != want || err != nil {
				t.Errorf("%d workers: %q, %v, not %q", workers, got, err, want)
			}
		}
		got, err := ask(context.Background(), tables, "SELECT id FROM t LIMIT 2 OFFSET 3", exec.Options{Workers: workers})
		if got != "id\n3\n4\n" || err != nil {
			t.Errorf("%d workers: %q, %v", workers, got, err)
		}
	}
}
