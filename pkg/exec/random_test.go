package exec_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/exec"
)

// An order by an item that is random is the order of what is shown.
func TestRandomItemsAreInOrder(t *testing.T) {
	for _, query := range []string{
		"SELECT random() % 1000 AS r FROM numbers(500) ORDER BY r",
		"SELECT random() % 1000 FROM numbers(500) ORDER BY 1",
		"SELECT DISTINCT random() % 1000 AS r FROM numbers(500) ORDER BY r",
		"SELECT count(*) * random() % 1000 AS r FROM numbers(500) GROUP BY n ORDER BY r",
	} {
		if list := integers(t, query); len(list) < 100 || !slices.IsSorted(list) {
			t.Errorf("%s: %d", query, list)
		}
	}
}

// What stands once is computed once.
func TestRandomOperandsAreComputedOnce(t *testing.T) {
	for _, query := range []string{
		"SELECT 100 * (abs(random() % 2) BETWEEN 1 AND 0) FROM numbers(5000)",
		"SELECT 100 * (abs(random() % 2) NOT BETWEEN 0 AND 1) FROM numbers(5000)",
		"SELECT CASE abs(random() % 4) WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 ELSE 100 END FROM numbers(5000)",
	} {
		if list := integers(t, query); slices.Max(list) > 3 {
			t.Errorf("%s: %d", query, slices.Max(list))
		}
	}
}

// integers returns the rows of a query of one column.
func integers(t *testing.T, query string) (list []int) {
	t.Helper()
	got, err := ask(context.Background(), catalogue{}, query, exec.Options{})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	for _, line := range strings.Split(strings.TrimSpace(got), "\n")[1:] {
		n, err := strconv.Atoi(line)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		list = append(list, n)
	}
	return list
}
