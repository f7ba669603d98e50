package table

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestManState decodes the state file that reed-layout(5) shows and writes it again.
func TestManState(t *testing.T) {
	page, err := os.ReadFile("../../man/reed-layout.5")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "without its NULs:\n.Bd -literal\n")
	example, _, _ = strings.Cut(example, ".Ed\n")
	want := strings.NewReplacer(`\-`, `-`, `\(dq`, `"`).Replace(example)
	r, ok := parseRecord([]byte(want))
	if !ok || r.version != r.head.ID || !cmp.Equal(r.key, []string{"resource", "operation"}) {
		t.Fatalf("%v %+v", ok, r)
	}
	got := string(r.encode())
	if diff := cmp.Diff(want, strings.TrimRight(got, "\x00")); diff != "" || len(got) != stateSize {
		t.Errorf("%d bytes\n%s", len(got), diff)
	}
}
