package spell_test

import (
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/spell"
)

func TestNearest(t *testing.T) {
	known := []string{"FROM", "FILTER", "WHERE", "WHEN", "ORDER", "versions"}
	for word, want := range map[string]string{
		"FORM": "FROM", "form": "FROM", "fom": "FROM", "wheer": "WHERE", "WEHN": "WHEN", "oder": "ORDER", "Version": "versions",
		"x": "", "": "", "zebra": "", "fr": "", strings.Repeat("a", 65): "", "from": "FROM",
	} {
		if got := spell.Nearest(word, known); got != want {
			t.Errorf("%q is near %q, not %q", word, got, want)
		}
	}
	if got := spell.Nearest("ab", []string{strings.Repeat("a", 65)}); got != "" {
		t.Errorf("ab is near %q", got)
	}
}
