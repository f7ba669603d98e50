package schema_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/schema"
)

// displays returns the literal displays of a section of a page, as they are shown.
func displays(t *testing.T, section string) (list []string) {
	t.Helper()
	page, err := os.ReadFile("../../man/reed-schema.5")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "\n"+section+"\n")
	text, _, _ = strings.Cut(text, "\n.S")
	for _, display := range strings.Split(text, "\n.Bd -literal")[1:] {
		_, display, _ = strings.Cut(display, "\n")
		display, _, _ = strings.Cut(display, "\n.Ed")
		list = append(list, strings.ReplaceAll(display, `\e`, `\`)+"\n")
	}
	return list
}

// TestManExample plays the example of reed-schema(5).
func TestManExample(t *testing.T) {
	shown := displays(t, ".Sh EXAMPLES")
	if len(shown) != 5 {
		t.Fatalf("%q", shown)
	}
	s, err := schema.Parse([]byte(shown[0]))
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Validate(strings.NewReader(shown[1]), int64(len(shown[1])))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shown[2], found.Error()+"\n"); diff != "" {
		t.Error(diff)
	}
	statements, err := schema.ParseStatements([]byte(shown[3]))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Migrate([]byte(shown[1]), statements)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shown[4], string(m.Render([]byte(shown[1])))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(`line 5, column "price": "call us" does not convert to float`, m.Unconverted.Error()); diff != "" {
		t.Error(diff)
	}
}

// TestManSettings holds the settings and types that the page lists to those that there are.
func TestManSettings(t *testing.T) {
	page, err := os.ReadFile("../../man/reed-schema.5")
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct{ section, header, known string }{
		{".Ss The schema table", "[schema]\n", "version merge level key"},
		{".Ss The keys table", "[keys]\n", "level languages environments seasons variants"},
		{".Ss The columns", "[[columns]]\nname = \"a\"\n", "name type primary_key required unique min max min_length max_length pattern default values"},
	} {
		_, text, _ := strings.Cut(string(page), "\n"+of.section+"\n")
		text, _, _ = strings.Cut(text, "\n.Ss ")
		var listed []string
		for line := range strings.Lines(text) {
			if name, ok := strings.CutPrefix(line, ".It Li "); ok {
				listed = append(listed, strings.TrimSpace(name))
			}
		}
		if diff := cmp.Diff(strings.Fields(of.known), listed); diff != "" {
			t.Errorf("%s: %s", of.section, diff)
		}
		for _, name := range append(listed, "none") {
			_, err := schema.Parse([]byte(strings.Replace(of.header, "name = \"a\"\n", "", 1) + name + " = []\n"))
			if unknown := err != nil && strings.Contains(err.Error(), "unknown setting"); unknown != (name == "none") {
				t.Errorf("%s: %s: %v", of.section, name, err)
			}
		}
	}
	_, text, _ := strings.Cut(string(page), "\n.Ss Types\n")
	var types []string
	for line := range strings.Lines(text[:strings.Index(text, "\n.El")]) {
		if row, ok := strings.CutPrefix(line, ".It "); ok {
			types = append(types, strings.Fields(row)[0])
		}
	}
	if diff := cmp.Diff(cell.TypeNames(), types[1:]); diff != "" {
		t.Error(diff)
	}
}
