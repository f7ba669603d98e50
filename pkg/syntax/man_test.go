package syntax

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const manual = "../../man/reedql.7"

// displays returns the literal displays of a section of reedql(7), and its sentences' source.
func displays(t *testing.T, title string) (shown []string, source string) {
	t.Helper()
	page, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	_, source, found := strings.Cut(string(page), title+"\n")
	if !found {
		t.Fatalf("no section %q", title)
	}
	if next := regexp.MustCompile(`(?m)^\.S[hs] `).FindStringIndex(source); next != nil {
		source = source[:next[0]]
	}
	for _, groups := range regexp.MustCompile(`(?ms)^\.Bd -(?:literal|filled)[^\n]*\n(.*?)^\.Ed$`).FindAllStringSubmatch(source, -1) {
		shown = append(shown, groups[1])
	}
	return shown, source
}

func TestManKeywords(t *testing.T) {
	shown, _ := displays(t, ".Ss Words")
	var reserved []string
	for c := firstKeyword; c < codes; c++ {
		if c.reserved() {
			reserved = append(reserved, spelling[c])
		}
	}
	if diff := cmp.Diff(reserved, strings.Fields(shown[0])); diff != "" {
		t.Error(diff)
	}
}

func TestManError(t *testing.T) {
	shown, _ := displays(t, ".Ss Errors")
	_, err := Parse(strings.Split(shown[0], "\n")[1], Options{})
	if diff := cmp.Diff(shown[0], err.Error()+"\n"); diff != "" {
		t.Error(diff)
	}
}

// TestManExamples reads every example. Together they have every statement.
func TestManExamples(t *testing.T) {
	shown, _ := displays(t, ".Sh EXAMPLES")
	kinds := map[string]bool{}
	for _, text := range shown {
		statements, err := Parse(text, Options{})
		if err != nil {
			t.Errorf("%s\n%v", text, err)
		}
		for _, s := range statements {
			kinds[fmt.Sprintf("%T", s)] = true
		}
	}
	if len(shown) < 5 || len(kinds) < 8 {
		t.Error(len(shown), kinds)
	}
}

// TestManLimits finds the default of every limit on the page.
func TestManLimits(t *testing.T) {
	_, text := displays(t, ".Ss Limits")
	o := Options{}.withDefaults()
	if o.MaxLength != 1<<20 || !strings.Contains(text, " 1 MiB.") {
		t.Error(o.MaxLength)
	}
	for _, want := range []string{
		"most " + thousands(o.MaxConditions) + " conditions", thousands(o.MaxValues) + " values", "most " + thousands(o.MaxOrderings) + " terms",
		"most " + thousands(o.MaxNots) + " deep", "most " + thousands(o.MaxDepth) + " levels",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "\n", " "), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// rule is one side of the grammar: a sequence, alternatives, something optional or repeated, a word in quotes, or a name.
type rule struct {
	kind  byte // ' ' | [ { " or a for a name
	text  string
	parts []*rule
}

// grammar reads EBNF.
type grammar struct {
	tokens []string
	rules  map[string]*rule
}

func readGrammar(t *testing.T, text string) *grammar {
	g := &grammar{tokens: regexp.MustCompile(`"[^"]+"|[a-z]+|[][{}()|=.]`).FindAllString(text, -1), rules: map[string]*rule{}}
	for len(g.tokens) > 0 {
		name := g.take()
		if g.take() != "=" || g.rules[name] != nil {
			t.Fatalf("the rule of %s", name)
		}
		g.rules[name] = g.alternatives()
		if g.take() != "." {
			t.Fatalf("the end of %s", name)
		}
	}
	return g
}

func (g *grammar) take() string {
	token := g.tokens[0]
	g.tokens = g.tokens[1:]
	return token
}

func (g *grammar) alternatives() *rule {
	or := &rule{kind: '|', parts: []*rule{g.sequence()}}
	for g.tokens[0] == "|" {
		g.take()
		or.parts = append(or.parts, g.sequence())
	}
	return or
}

func (g *grammar) sequence() *rule {
	all := &rule{kind: ' '}
	for !slices.Contains([]string{"|", ")", "]", "}", "."}, g.tokens[0]) {
		switch token := g.take(); token {
		case "(", "[", "{":
			inner := g.alternatives()
			g.take()
			all.parts = append(all.parts, &rule{kind: token[0], parts: []*rule{inner}})
		default:
			kind := byte('a')
			if token[0] == '"' {
				kind, token = '"', token[1:len(token)-1]
			}
			all.parts = append(all.parts, &rule{kind: kind, text: token})
		}
	}
	return all
}

// terminals are examples of what the page describes in words.
var terminals = map[string][]string{
	"name":      {"a", "B1", `"c d"`, "größe", "_"},
	"table":     {"text", "api.security", "my-table", "2024", `"t--x"`},
	"string":    {"'x'", "''", "'it''s'"},
	"number":    {"0", "1.5", "0x1F"},
	"parameter": {"?", ":p"},
	"type":      {"TEXT", "integer"},
	"function":  {"f", "count", "like"},
}

// writer makes sentences of a grammar.
type writer struct {
	*grammar
	*rand.Rand
	left int // words until it takes the ways that end soonest
	used map[*rule]int
}

// sentence returns random words of a rule.
func (w *writer) sentence(r *rule) (words []string) {
	w.used[r]++
	switch r.kind {
	case '"':
		w.left--
		return []string{r.text}
	case 'a':
		if examples := terminals[r.text]; examples != nil {
			w.left--
			return []string{examples[w.IntN(len(examples))]}
		}
		return w.sentence(w.rules[r.text])
	case '|':
		part := r.parts[w.IntN(len(r.parts))]
		prefix := r == w.rules["negation"] || r == w.rules["unary"] // of which most expressions have none
		switch {
		case w.left > 0 && prefix && w.IntN(4) > 0:
			part = r.parts[len(r.parts)-1]
		case w.left > 0 && !prefix && w.IntN(2) == 0:
			part = slices.MinFunc(r.parts, func(a, b *rule) int { return w.used[a] - w.used[b] })
		case w.left <= 0:
			part = slices.MinFunc(r.parts, func(a, b *rule) int { return w.height(a, 12) - w.height(b, 12) })
		}
		return w.sentence(part)
	case '[', '{':
		// An expression has so many repetitions in it that with more of each it would hardly ever end.
		for w.left > 0 && (w.IntN(12) == 0 || r.kind == '[' && w.IntN(3) == 0 || w.used[r.parts[0]] < 100) {
			words = append(words, w.sentence(r.parts[0])...)
			if r.kind == '[' {
				break
			}
		}
		return words
	}
	for _, part := range r.parts {
		words = append(words, w.sentence(part)...)
	}
	return words
}

// height returns how many rules a rule needs at least, or limit if that is less.
func (g *grammar) height(r *rule, limit int) int {
	switch {
	case limit <= 0 || r.kind == '"' || r.kind == '[' || r.kind == '{' || terminals[r.text] != nil:
		return 0
	case r.kind == 'a':
		return 1 + g.height(g.rules[r.text], limit-1)
	}
	least, most := limit, 0
	for _, part := range r.parts {
		h := g.height(part, limit)
		least, most = min(least, h), max(most, h)
	}
	if r.kind == '|' {
		return least
	}
	return most
}

// each calls f with a rule and those below it.
func (r *rule) each(f func(*rule)) {
	f(r)
	for _, part := range r.parts {
		part.each(f)
	}
}

// TestManGrammar reads sentences that the grammar of reedql(7) makes, which use all of it, and compares its words with those that
// are known.
func TestManGrammar(t *testing.T) {
	shown, _ := displays(t, ".Ss Grammar")
	g := readGrammar(t, shown[0])
	w := writer{grammar: g, Rand: rand.New(rand.NewPCG(1, 2)), used: map[*rule]int{}}
	for i := range 5000 {
		start := g.rules["statement"]
		if i%10 == 0 {
			start = g.rules["statements"]
		}
		w.left = w.IntN(100)
		text := strings.Join(w.sentence(start), " ")
		statements, err := Parse(text, Options{})
		if err != nil && !excused(err) {
			t.Fatalf("%s\n%v", text, err)
		}
		for _, s := range statements {
			if _, err := Parse(Print(s), Options{}); err != nil {
				t.Fatalf("%s\n%v", text, err)
			}
		}
	}
	words, names := map[string]bool{}, map[string]bool{"statements": true}
	for name, r := range g.rules {
		r.each(func(part *rule) {
			switch {
			case w.used[part] < 10:
				t.Errorf("%s: a part %c %s is used %d times", name, part.kind, part.text, w.used[part])
			case part.kind == 'a':
				names[part.text] = true
			case part.kind == '"' && keyword(part.text) != 0:
				words[part.text] = true
			}
		})
	}
	for name := range terminals {
		delete(names, name)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(g.rules)), slices.Sorted(maps.Keys(names))); diff != "" {
		t.Errorf("rules and what they name: %s", diff)
	}
	if diff := cmp.Diff(spelling[firstKeyword:], slices.Sorted(maps.Keys(words))); diff != "" {
		t.Errorf("keywords: %s", diff)
	}
}

// excused knows what the page says in words beside the grammar.
func excused(err error) bool {
	text := err.Error()
	return strings.Contains(text, ": a frame cannot reach from ") || strings.Contains(text, ": the table has a second PRIMARY KEY\n")
}
