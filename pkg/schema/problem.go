package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a schema or with the statements of a migration.
type Problem struct {
	Line, Character int // where, counted from 1; 0 for what stands in no text
	Text            string
}

// String returns the problem as "line N, character M: TEXT".
func (p Problem) String() string {
	if p.Line == 0 {
		return p.Text
	}
	return fmt.Sprintf("line %d, character %d: %s", p.Line, p.Character, p.Text)
}

// Problems is all that is wrong with a schema or with the statements of a migration, in the order of the text. As an error it
// has the kind fault.Input.
type Problems []Problem

// Error returns the problems, one a line.
func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i, problem := range p {
		texts[i] = problem.String()
	}
	return strings.Join(texts, "\n")
}

func (p *Problems) add(at position, format string, args ...any) {
	*p = append(*p, Problem{at.line, at.character, fmt.Sprintf(format, args...)})
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Character, b.Character))
	})
}

// position is a place in a text, counted from 1.
type position struct{ line, character int }

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}
