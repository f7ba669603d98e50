package syntax_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
)

var update = flag.Bool("update", false, "rewrite what the vectors expect")

const vectors = "../../testdata/reedql/syntax/*.txt"

// TestVectors compares what becomes of every text of testdata/reedql/syntax with what stands indented below it: the statements as
// they are printed, or the error and its hint. A text that begins with a double quote is written as Go writes strings.
func TestVectors(t *testing.T) {
	for _, path := range vectorFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for line := range strings.Lines(string(want)) {
				if strings.HasPrefix(line, "\t") {
					continue
				}
				got.WriteString(line)
				if line[0] != '#' && line[0] != '\n' {
					got.WriteString("\t" + strings.Join(describe(vector(t, line)), "\n\t") + "\n")
				}
			}
			if *update {
				if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func vectorFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(vectors)
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	return files
}

// vector returns the text that a line of a vector writes.
func vector(t testing.TB, line string) string {
	t.Helper()
	text := strings.TrimSuffix(line, "\n")
	if text[0] == '"' {
		var err error
		if text, err = strconv.Unquote(text); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return text
}

// everyText returns the texts of all vectors.
func everyText(t testing.TB) (texts []string) {
	t.Helper()
	for _, path := range vectorFiles(t) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(file)) {
			if !strings.ContainsRune("\t#\n", rune(line[0])) {
				texts = append(texts, vector(t, line))
			}
		}
	}
	return texts
}

// describe says, a line each, what becomes of a text.
func describe(text string) (lines []string) {
	statements, err := syntax.Parse(text, syntax.Options{})
	if err != nil {
		lines = strings.Split(err.Error(), "\n")
		if hint := fault.HintOf(err); hint != "" {
			lines = append(lines, "hint: "+hint)
		}
		return lines
	}
	for _, s := range statements {
		lines = append(lines, strings.ReplaceAll(syntax.Print(s), "\n", "⏎"))
	}
	if lines == nil {
		return []string{"nothing"}
	}
	return lines
}

// TestVectorsHaveEveryReason shows that each way to be refused is among the vectors, but for the limits, which TestLimits reaches.
func TestVectorsHaveEveryReason(t *testing.T) {
	seen := map[syntax.Reason]bool{}
	for _, text := range everyText(t) {
		var e *syntax.Error
		if _, err := syntax.Parse(text, syntax.Options{}); errors.As(err, &e) {
			seen[e.Reason] = true
		}
	}
	for r := range syntax.TooLong {
		if !seen[r] {
			t.Errorf("no vector is refused for reason %d", r)
		}
	}
}
