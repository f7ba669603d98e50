package schema_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/schema"
)

// A row that keeps its schema costs no memory of its own, but for a place among those that have to be unique.
func TestValidateInLittleMemory(t *testing.T) {
	s, err := schema.Parse([]byte(`
[[columns]]
name = "a"
type = "integer"
min = 0
[[columns]]
name = "b"
type = "float"
max = 1e9
[[columns]]
name = "c"
type = "timestamp"
[[columns]]
name = "d"
type = "string"
max_length = 9
pattern = '[a-z ]+'
[[columns]]
name = "e"
values = ["x", "y"]
[[columns]]
name = "f"
type = "boolean"
`))
	if err != nil {
		t.Fatal(err)
	}
	allocations := func(rows int) float64 {
		text := []byte("a|b|c|d|e|f\n")
		for i := range rows {
			text = fmt.Appendf(text, "%d|%d.5|2026-03-01T12:00:00.25Z|\"a text\"|x|true\n", i, i)
		}
		return testing.AllocsPerRun(2, func() {
			found, err := s.Validate(bytes.NewReader(text), int64(len(text)))
			if err != nil || found.Total > 0 {
				t.Fatal(err, found)
			}
		})
	}
	if few, many := allocations(10), allocations(10_000); many > few+20 {
		t.Errorf("%v allocations for ten rows, %v for ten thousand", few, many)
	}
}

// A header behind and of more text than is read at once is found.
func TestLongHeaders(t *testing.T) {
	s := &schema.Schema{Columns: []schema.Column{{Name: "a"}, {Name: strings.Repeat("\n", 9000), Required: true}}}
	text := strings.Repeat("# a comment\n", 1000) + "a|\"" + strings.Repeat("\n", 9000) + "\"\n" + strings.Repeat("x", 9000) + "|\n"
	found, err := s.Validate(strings.NewReader(text), int64(len(text)))
	if err != nil || found.Total != 1 || found.List[0].Line != 10002 || found.List[0].Rule != schema.Required {
		t.Error(err, found)
	}
	for _, size := range []int{1, 12000, 15000, len(text) - 1, len(text) + 1} {
		if _, err := s.Validate(strings.NewReader(text), int64(size)); (err == nil) != (size == len(text)-1) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
