package exec_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

func TestEachLimitHasItsError(t *testing.T) {
	tables := catalogue{"people": newTable(people), "visits": newTable(visits)}
	const many = "SELECT a.n FROM numbers(100000) a"
	const endless = "SELECT count(*) FROM numbers(100000) a, numbers(100000) b WHERE a.n * b.n % 7 = 8"
	for _, test := range []struct {
		query   string
		options exec.Options
		want    string
	}{
		{many, exec.Options{MaxRows: 10}, "the result has more than 10 rows"},
		{many + " ORDER BY name", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT name, count(*) FROM numbers(100000) GROUP BY name", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT DISTINCT name FROM numbers(100000)", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT a.n FROM numbers(100000) a JOIN numbers(100000) b ON a.name = b.name", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT 1 WHERE 'x' IN (SELECT name FROM numbers(100000))", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT rank() OVER (ORDER BY name) FROM numbers(100000)", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT group_concat(name) FROM numbers(200000)", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"WITH a AS (SELECT name FROM numbers(100000)) SELECT count(*) FROM a, a b WHERE a.name = b.name", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT sum(length(name || printf('%.9000c', 'x') || n)) FROM numbers(9000)", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT sum(length(replace(printf('%.9000c', name), 'n', 'm'))) FROM numbers(9000)", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT n, printf('%.9000c', name) FROM numbers(9000)", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT concat_ws(',', name, name, printf('%.9000c', 'x')) FROM numbers(9000)", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT sum(length((SELECT printf('%.9000c', a.name)))) FROM numbers(9000) a", exec.Options{MaxMemory: 1 << 20}, "the query needs more than 1048576 bytes of memory"},
		{"SELECT n FROM numbers(100000) ORDER BY n LIMIT 20000", exec.Options{MaxMemory: 3 << 19}, "the query needs more than 1572864 bytes of memory"},
		{endless, exec.Options{Timeout: 30 * time.Millisecond}, "the query takes longer than 30ms"},
	} {
		for _, workers := range []int{1, 2} {
			test.options.Workers = workers
			_, err := ask(context.Background(), tables, test.query, test.options)
			if err == nil || err.Error() != test.want || fault.KindOf(err) != fault.Input || fault.HintOf(err) == "" {
				t.Errorf("%s: %v", test.query, err)
			}
		}
	}
}

func TestWithinTheLimitsNothingIsRefused(t *testing.T) {
	for _, query := range []string{
		"SELECT n FROM numbers(10)",
		"SELECT DISTINCT n FROM numbers(10) ORDER BY n",
		"SELECT n, count(*) FROM numbers(10) GROUP BY n",
	} {
		if _, err := ask(context.Background(), catalogue{}, query, exec.Options{MaxRows: 10, MaxMemory: 1 << 20, Timeout: time.Hour}); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestMemoryIsGivenBack(t *testing.T) {
	var b strings.Builder
	b.WriteString("key|n\n")
	for range 200 {
		b.WriteString("k|1\n")
	}
	tables := catalogue{"t": newTable(b.String())}
	for query, most := range map[string]int64{
		"SELECT (SELECT sum(u.n) FROM (SELECT n + t.n AS n FROM numbers(2000) ORDER BY name) u) FROM t":                          4 << 20,
		"SELECT (SELECT sum(u.c) FROM (SELECT n, count(*) + t.n AS c FROM numbers(40000) GROUP BY n LIMIT 5) u) FROM t LIMIT 20": 32 << 20,
		"SELECT sum(length(name || printf('%.90c', 'x') || n)) FROM numbers(100000)":                                             4 << 20, // the texts of a batch, when it is done with
		"SELECT (SELECT count(DISTINCT u.n + t.n) FROM numbers(3) u) FROM t":                                                     1 << 20,
		"SELECT (SELECT length(group_concat(u.name || t.n)) FROM numbers(2000) u) FROM t":                                        2 << 20,
		"SELECT count(*) FROM numbers(1000) a JOIN numbers(1000) b ON length(a.name || b.name || printf('%.90c', 'x')) = 0":      4 << 20, // the texts of pairs
		"SELECT 1 WHERE 'x' IN (SELECT printf('%.90c', 'x') FROM numbers(100000))":                                               4 << 20, // those that are there already
	} {
		if _, err := ask(context.Background(), tables, query, exec.Options{MaxMemory: most}); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// A query is interrupted soon, however long it takes for a batch of rows. The first batches are short.
func TestABatchIsInterrupted(t *testing.T) {
	for _, query := range []string{
		"SELECT count(*) FROM numbers(3000) t WHERE t.n > 320 AND EXISTS (SELECT 1 FROM numbers(1000000) u WHERE u.n > t.n + 1000000)",
		"SELECT count(*) FROM numbers(3000) t WHERE t.n > 320 AND (SELECT u.n FROM numbers(1000000) u WHERE u.n > t.n + 1000000 LIMIT 1) > 0",
		"SELECT count(*) FROM numbers(3000) t WHERE t.n > 320 AND t.n IN (SELECT u.n - 1000000 FROM numbers(1000000) u WHERE u.n > t.n)",
		"SELECT count(*) FROM numbers(3000) t WHERE t.n > 320 AND length(replace(printf('%.1000000c', name), 'n', 'mmm')) = 0",
	} {
		start := time.Now()
		_, err := ask(context.Background(), catalogue{}, query, exec.Options{Timeout: 300 * time.Millisecond, MaxMemory: 1 << 40})
		if took := time.Since(start); took > 4*time.Second || err == nil || err.Error() != "the query takes longer than 300ms" {
			t.Errorf("%s: %v after %s", query, err, took)
		}
	}
}

func TestAQueryIsInterrupted(t *testing.T) {
	for _, query := range []string{
		"SELECT a.n FROM numbers(100000) a, numbers(100000) b",
		"SELECT n FROM numbers(1000000000000)",
	} {
		statements, err := syntax.Parse(query, syntax.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Make(statements[0].(*syntax.Query), catalogue{}, plan.Parameters{}, plan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		r, err := exec.Run(ctx, p, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range r.All() {
			cancel()
		}
		if err := r.Err(); err == nil || fault.KindOf(err) != fault.Interrupted {
			t.Errorf("%s: %v", query, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
