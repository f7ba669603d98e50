package row

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"pgregory.net/rapid"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name, text string
		columns    []int
		want       string
	}{
		{"a table", "k|v\na|1\nb|2\n", nil, ""},
		{"comments, CRLF, quotes", bom + "# c\r\nk|v\r\n\r\na|\"1\r\n2\"\r\nb|#\n# end", nil, ""},
		{"a composite key", "k|l|v\na|b|1\na|c|1\nb|b|1\n", []int{0, 1}, ""},
		{"twin keys", "k|v\na|1\n# c\na|2\nb|3\n\"a\"|4\n", nil, "line 4: key \"a\" is that of line 2 too\nline 6: key \"a\" is that of line 2 too"},
		{"twin composite keys", "k|l|v\na|b|1\na|b|2\n", []int{0, 1}, "line 3: key \"a|b\" is that of line 2 too"},
		{"ragged rows", "k|v\na\nb|1|2\nc|\"x\ny\"|\n", nil, "line 2: 1 cells where the header has 2\nline 3: 3 cells where the header has 2\nline 4: 3 cells where the header has 2"},
		{"bytes", "k|v\na|\xff\xfe\nb|\x00\nc|ok\n", nil, "line 2: byte 0xff is not UTF-8\nline 3: a NUL byte"},
		{"bytes and rows, in order", "k|v\na\nb|\xff\na|1\n", nil, "line 2: 1 cells where the header has 2\nline 3: byte 0xff is not UTF-8\nline 4: key \"a\" is that of line 2 too"},
		{"a column twice", "k|v|k\na|b|c\n", nil, "line 1: column \"k\" is named twice"},
		{"no such key column", "k|v\na|b\n", []int{2}, "line 1: there is no key column 3 in a header of 2"},
		{"no header", "", nil, "line 1: there is no header line"},
		{"an open quote", "k|v\na\nb|\"x\n", nil, "line 2: 1 cells where the header has 2\nline 3: a quote is opened and never closed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := Check([]byte(test.text), test.columns)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil && fault.KindOf(err) != fault.Input {
				t.Error(diff)
			}
		})
	}
}

func TestCheckKeepsAThousandProblems(t *testing.T) {
	err := Check([]byte("k|v\n"+strings.Repeat("a\n", 5000)), nil)
	var problems *Problems
	if !errors.As(err, &problems) || len(problems.List) != 1000 || problems.Total != 9999 {
		t.Fatal(err)
	}
	if text := err.Error(); !strings.HasSuffix(text, "\nand 8999 more") {
		t.Error(text[len(text)-50:])
	}
}

// Check finds a twin among many keys, and none where there is none.
func TestCheckFindsTwins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 300).Draw(t, "rows")
		twin := rapid.IntRange(0, n-2).Draw(t, "twin")
		var b strings.Builder
		b.WriteString("k\n")
		for i := range n {
			fmt.Fprintf(&b, "key%d\n", i)
		}
		if err := Check([]byte(b.String()), nil); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\"key%d\"", twin)
		want := fmt.Sprintf("line %d: key %q is that of line %d too", n+2, fmt.Sprintf("key%d", twin), twin+2)
		if err := Check([]byte(b.String()), nil); err == nil || err.Error() != want {
			t.Fatalf("%v, want %s", err, want)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	text := table(100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := Check(text, nil); err != nil {
			b.Fatal(err)
		}
	}
}
