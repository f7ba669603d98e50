package table

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestJudge tells what a power cut leaves of current.csv from an edit by hand: nothing vouches for the file after it.
func TestJudge(t *testing.T) {
	var b strings.Builder
	b.WriteString("key|value\n0|the first row\n")
	for i := range 500 {
		fmt.Fprintf(&b, "%d|one of many rows\n", i+1)
	}
	first := b.String()
	second := strings.Replace(first, "the first row", "the very first row", 1)
	for _, test := range []struct {
		name string
		left string
		want State
	}{
		{"empty", "", Damaged},
		{"a block of NULs", second[:4096] + strings.Repeat("\x00", 100) + second[4196:], Damaged},
		{"cut at a page", second[:4096], Damaged},
		{"cut in a row", second[:5000], Damaged},
		{"cut in a row of an older version", first[:5003], Damaged},
		{"without its last newline", second[:len(second)-1], Damaged},
		{"less its last row", second[:strings.LastIndex(second[:len(second)-1], "\n")+1], Dirty},
		{"with another cell", strings.Replace(second, "one", "two", 1), Dirty},
		{"cut in a row, with another cell", strings.Replace(second, "one", "two", 1)[:5000], Dirty},
		{"an older version", first, Stale},
		{"the head", second, Clean},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t, first)
			f.must(t)(f.Replace(Replacement{Content: []byte(second), Action: verlog.Update, User: 1001}))
			if err := os.WriteFile(filepath.Join(f.dir, currentFile), []byte(test.left), 0o666); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(f.dir, stateFile)); err != nil {
				t.Fatal(err)
			}
			if st, err := f.Status(); st.State != test.want || err != nil {
				t.Errorf("%s, %v; want %s", st.State, err, test.want)
			}
		})
	}
}
