package rbks_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/rbks"
)

// between returns what stands in rbks(7) behind begin and before the end that follows.
func between(t *testing.T, begin, end string) string {
	t.Helper()
	page, err := os.ReadFile("../../man/rbks.7")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), begin)
	part, _, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("the page has no %q", begin)
	}
	return part
}

func TestManListsEveryWord(t *testing.T) {
	for _, c := range classes {
		shown := strings.Fields(between(t, ".\\\" The "+c.String()+"s.\n", ".\\\" The end.\n"))
		if diff := cmp.Diff(rbks.Words{}.List(c), shown); diff != "" {
			t.Errorf("the %ss of the code (-) and the page (+):\n%s", c, diff)
		}
	}
}

func TestManSpellingsAreOneKey(t *testing.T) {
	shown := strings.Fields(between(t, "between angle brackets:\n.Bd -literal -offset indent\n", ".Ed"))
	for _, text := range shown {
		if n := rbks.Normalize([]byte(text), rbks.Words{}); n.Key != shown[0] || len(n.Problems) > 0 || len(shown) != 4 {
			t.Errorf("%s is %v", text, n)
		}
	}
}

func TestManFallback(t *testing.T) {
	list := between(t, "of these keys that the table holds:\n.Bl -enum -offset indent -compact\n.It\n", "\n.El")
	shown := strings.Split(strings.Replace(list, "none of them: the bare path", "", 1), "\n.It\n")
	for i, step := range shown {
		shown[i] = strings.NewReplacer(",", "", " and", "").Replace(step)
	}
	var want []string
	for _, step := range fallback(t, "a.b@de@prod@summer", rbks.Wanted{}) {
		want = append(want, strings.NewReplacer("a.b@", "", "a.b", "", "@", " ", "de", "language", "prod", "environment", "summer", "season").Replace(step))
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("the chain of the code (-) and the page (+):\n%s", diff)
	}
	example := strings.Fields(between(t, "\nenvironment,\n.Bd -literal -offset indent\n", ".Ed"))
	if diff := cmp.Diff(fallback(t, "page.title", rbks.Wanted{Language: "de", Environment: "prod"}), example); diff != "" {
		t.Error(diff)
	}
}
