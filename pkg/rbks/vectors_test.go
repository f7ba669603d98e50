package rbks_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/rbks"
)

var update = flag.Bool("update", false, "rewrite what the vectors expect")

const vectors = "../../testdata/rbks/*.txt"

// TestVectors compares what is said of every text of testdata/rbks with what stands indented below it. A text that begins with a quote is
// written as Go writes strings.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob(vectors)
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, path := range files {
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
					got.WriteString(describe(vector(t, line)))
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

// vector returns the text that a line of a vector writes.
func vector(t testing.TB, line string) []byte {
	text := strings.TrimSuffix(line, "\n")
	if text[0] == '"' {
		var err error
		if text, err = strconv.Unquote(text); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return []byte(text)
}

// everyText returns the texts of all vectors.
func everyText(t testing.TB) (texts [][]byte) {
	t.Helper()
	files, err := filepath.Glob(vectors)
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, path := range files {
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

// describe says, a line each, what a text is.
func describe(text []byte) string {
	key, standing := rbks.Classify(text, rbks.Words{})
	n := rbks.Normalize(text, rbks.Words{})
	lines := []string{standing.String()}
	if standing != rbks.Invalid {
		lines[0] += " " + key.String() + parts(&key)
	}
	for _, p := range n.Problems {
		lines = append(lines, fmt.Sprintf("%s %s", p.Rule, p))
	}
	if standing != rbks.Valid && n.Key != "" {
		lines = append(lines, "becomes "+n.Key)
	} else if standing != rbks.Valid && n.Likely != nil {
		lines = append(lines, "likely "+rbks.Alternatives(n.Likely))
	}
	return "\t" + strings.Join(lines, "\n\t") + "\n"
}

func parts(key *rbks.Key) string {
	var words []string
	for _, c := range classes {
		if m := key.Modifier(c); m != nil {
			words = append(words, fmt.Sprintf("%s %s", c, m))
		}
	}
	for i := range key.Customs() {
		words = append(words, fmt.Sprintf("custom %s", key.Custom(i)))
	}
	if words == nil {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

// classes are those that are lists of words.
var classes = []rbks.Class{rbks.Language, rbks.Environment, rbks.Season, rbks.Variant}

func TestVectorsBreakEveryRule(t *testing.T) {
	broken := map[rbks.Rule]bool{}
	for _, text := range everyText(t) {
		for _, p := range rbks.Normalize(text, rbks.Words{}).Problems {
			broken[p.Rule] = true
		}
	}
	for rule := range rbks.TooMany + 1 {
		if !broken[rule] {
			t.Errorf("no vector breaks %s", rule)
		}
	}
}

func TestFourSpellingsAreOneKey(t *testing.T) {
	var canonical []string
	for _, text := range []string{"page.title@de@prod", "page.title@prod@de", "page.title<de,prod>", "page.title<prod,de>"} {
		key, ok := rbks.Parse([]byte(text), rbks.Words{})
		if !ok {
			t.Fatal(text)
		}
		canonical = append(canonical, key.String())
		if want := text == "page.title@de@prod"; key.IsCanonical() != want {
			t.Errorf("%s is canonical: %v", text, !want)
		}
	}
	if canonical = slices.Compact(canonical); len(canonical) != 1 {
		t.Error(canonical)
	}
}
