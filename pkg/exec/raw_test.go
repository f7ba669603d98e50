package exec_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/exec"
)

// A condition on one column, which is tested on bytes, holds for the rows for which it does as part of an OR, which is computed.
func TestBytesAreTestedAsValuesAre(t *testing.T) {
	cells := []string{"", "1", "01", "1.0", "-2.50", "a", "A", "ab", `"1"`, `""`, `"a""b"`, "9007199254740993", "1e3", " 5", "5 ", "true", "abc"}
	constants := []string{"1", "1.0", "'1'", "'01'", "'a'", "'a\"b'", "''", "-2.5", "9007199254740993", "9007199254740992.0", "1000", "'true'", "NULL", "5"}
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.SampledFrom([]string{"", ":string", ":integer", ":float", ":boolean"}).Draw(t, "type")
		var b strings.Builder
		fmt.Fprintf(&b, "key|x%s|y\n", typed)
		for i, cell := range rapid.SliceOfN(rapid.SampledFrom(cells), 1, 12).Draw(t, "cells") {
			fmt.Fprintf(&b, "k%d|%s|y\n", i, cell)
		}
		tables := catalogue{"t": newTable(b.String())}
		constant := rapid.SampledFrom(constants).Draw(t, "constant")
		condition := "x " + rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT", "LIKE", "NOT LIKE", "GLOB"}).Draw(t, "operator") + " " + constant
		if rapid.Bool().Draw(t, "in") {
			condition = "x IN (" + constant + ", " + rapid.SampledFrom(constants).Draw(t, "other") + ")"
		}
		ask := func(condition string) string {
			rows, err := ask(context.Background(), tables, "SELECT key, x FROM t WHERE "+condition, exec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		if diff := cmp.Diff(ask("("+condition+") OR y = 'z'"), ask(condition)); diff != "" {
			t.Fatalf("%s of\n%s: %s", condition, b.String(), diff)
		}
	})
}
