package store

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func layoutPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../man/reed-layout.5")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(`\-`, `-`, `\(dq`, `"`).Replace(string(page))
}

// TestManSettings holds the settings that reed-layout(5) lists to those of a new config.toml, with their defaults, and those to
// what holds without one.
func TestManSettings(t *testing.T) {
	c, err := ParseConfig([]byte(DefaultConfig))
	if diff := cmp.Diff(defaults(), c); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	page, section := layoutPage(t), ""
	for line := range strings.Lines(DefaultConfig) {
		line = strings.TrimSpace(line)
		name, value, isSetting := strings.Cut(line, " = ")
		switch {
		case strings.HasPrefix(line, "["):
			section = line
		case isSetting && !strings.HasPrefix(line, "#"):
			if want := "\n.It " + section + " " + name + " Ta " + value + " Ta "; !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
	}
}

// TestManFrame decodes the frame that reed-layout(5) shows and writes it again.
func TestManFrame(t *testing.T) {
	_, example, _ := strings.Cut(layoutPage(t), "A frame that changed two tables:\n.Bd -literal\n")
	want, _, _ := strings.Cut(example, ".Ed\n")
	f, err := parseFrame([]byte(want))
	if err != nil || f.purpose != PointInTime || len(f.parts) != 2 || f.parts[0].Table != "meta" || f.parts[1].Table != "routes" {
		t.Fatalf("%+v %v", f, err)
	}
	if diff := cmp.Diff(want, string(f.encode())); diff != "" {
		t.Error(diff)
	}
}
