package dict_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/dict"
)

// TestManExample reads the dictionary that reed-dict(5) shows and mints the code that it names.
func TestManExample(t *testing.T) {
	page, err := os.ReadFile("../../man/reed-dict.5")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "\n.Sh EXAMPLES\n.Bd -literal\n")
	text, said, _ := strings.Cut(example, ".Ed\n")
	d := parse(t, dict.Users, text)
	var names []string
	for _, e := range d.Entries() {
		names = append(names, e.Name)
	}
	if diff := cmp.Diff([]string{"system", "anna", "Bert B."}, names); diff != "" {
		t.Error(diff)
	}
	if code, err := d.Mint(1); code != 2001 || err != nil || !strings.Contains(said, "adds is 2001") {
		t.Error(code, err)
	}
}
