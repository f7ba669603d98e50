package cmd_test

import (
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestManLayoutExample makes the database that reed-layout(5) shows and takes the table out of it: with rdb, and with the
// stock programs as the page says.
func TestManLayoutExample(t *testing.T) {
	shown := literals(t, "../man/reed-layout.5")
	node, log, dump, want, stock := shown[0], shown[1], shown[2], shown[3], shown[4]
	work := t.TempDir()
	id, _, _ := strings.Cut(log, "|")
	delta := filepath.Join(work, ".reed/tables/text", id+".bsdiff")
	for path, text := range map[string]string{
		filepath.Join(work, ".reed/node.toml"):            node,
		filepath.Join(filepath.Dir(delta), "version.log"): log,
		delta: undump(t, dump),
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, got, talk := run(t, "rdb", "-C", work, "export", "text")
	if diff := cmp.Diff(want, got); diff != "" || code != 0 {
		t.Errorf("rdb export: exit code %d, %s\n%s", code, talk, diff)
	}
	for _, program := range []string{"xz", "bspatch"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed")
		}
	}
	shell := exec.Command("sh", "-e", "-c", stock+"cat text.csv")
	shell.Dir = filepath.Dir(delta)
	if out, err := shell.CombinedOutput(); err != nil || string(out) != want {
		t.Errorf("the stock programs: %v\n%s", err, out)
	}
}

// literals returns the literal displays that a page shows under EXAMPLES, as they are read.
func literals(t *testing.T, page string) (shown []string) {
	t.Helper()
	_, source, _ := strings.Cut(readText(t, page), "\n.Sh EXAMPLES\n")
	for _, groups := range regexp.MustCompile(`(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed$`).FindAllStringSubmatch(source, -1) {
		shown = append(shown, strings.NewReplacer(`\-`, `-`, `\(dq`, `"`, `\e`, `\`).Replace(groups[1]))
	}
	return shown
}

// undump reads what xxd prints.
func undump(t *testing.T, dump string) string {
	t.Helper()
	var digits strings.Builder
	for line := range strings.Lines(dump) {
		_, line, _ = strings.Cut(line, ": ")
		columns, _, _ := strings.Cut(line, "  ")
		digits.WriteString(strings.ReplaceAll(columns, " ", ""))
	}
	b, err := hex.DecodeString(digits.String())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
