package row

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestManExample reads the table that reed-table(5) shows, which is a vector too.
func TestManExample(t *testing.T) {
	page, err := os.ReadFile("../../man/reed-table.5")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "\n.Sh EXAMPLES\n.Bd -literal\n")
	text, _, _ := strings.Cut(example, ".Ed\n")
	vector, err := os.ReadFile("../../testdata/row/comments.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(vector), expectation([]byte(text))+"---\n"+text); diff != "" {
		t.Error(diff)
	}
	key := JoinKey([][]byte{[]byte("a|b"), []byte("c")})
	if diff := cmp.Diff(`"a|b"|c`, string(key)); diff != "" {
		t.Error(diff)
	}
}
