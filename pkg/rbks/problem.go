package rbks

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Rule is what a text breaks that is no key.
type Rule uint8

// The rules, in the order in which a key is read.
const (
	TooLong       Rule = iota // more than MaxLength bytes
	Blank                     // white space around the key
	NoPath                    // nothing at all, or nothing before the modifiers
	UpperCase                 // letters A-Z
	Joiner                    // a hyphen, underscore or blank between words
	Character                 // any other character
	EmptySegment              // dots with nothing between, before or behind them
	FirstDigit                // a segment or modifier that begins with a digit
	Shallow                   // fewer than MinDepth segments
	Deep                      // more than MaxDepth segments
	Modifiers                 // modifiers that are not written @a@b or <a,b>
	EmptyModifier             // a separator with no modifier behind it
	Twin                      // one modifier twice
	SecondOfClass             // two languages, environments, seasons or variants
	TooMany                   // more than MaxCustom custom modifiers
)

var ruleNames = [...]string{
	"too-long", "blank", "no-path", "upper-case", "joiner", "character", "empty-segment", "first-digit", "shallow", "deep",
	"modifiers", "empty-modifier", "twin", "second-of-class", "too-many",
}

// String returns the rule as a name that programs can rely on.
func (r Rule) String() string { return ruleNames[r] }

// Problem is one thing that is wrong with a key.
type Problem struct {
	Rule  Rule
	At    int    // offset in the text, in bytes, counted from 0; len(text) at its end
	Text  string // a phrase for people
	Fixed bool   // there is one way to mend it, and Normalize has taken it
}

// String returns the problem with its place, the bytes counted from 1: "byte 6: an empty segment".
func (p Problem) String() string { return "byte " + strconv.Itoa(p.At+1) + ": " + p.Text }

// Problems are those of one key, by their place.
type Problems []Problem

// String returns them in one line.
func (p Problems) String() string {
	texts := make([]string, len(p))
	for i, problem := range p {
		texts[i] = problem.String()
	}
	return strings.Join(texts, "; ")
}

// Check refuses, with fault.Input, a text that Parse does not read: it names every problem with its place, and the keys that may have
// been meant as a hint.
func Check(text []byte, words Words) error {
	if _, ok := Parse(text, words); ok {
		return nil
	}
	n := Normalize(text, words)
	err := fault.New(fault.Input, "key %q: %s", clip(string(text)), n.Problems)
	if len(n.Likely) == 0 {
		return fault.WithHint(err, "rbks(7) says what a key is")
	}
	return fault.WithHint(err, "did you mean %s?", Alternatives(n.Likely))
}

// Alternatives writes keys as a question needs them: "a.b" or "a.c".
func Alternatives(keys []string) string {
	quoted := make([]string, len(keys))
	for i, key := range keys {
		quoted[i] = strconv.Quote(key)
	}
	return strings.Join(quoted, " or ")
}

const clipped = 80

// clip returns as much of s as a message shows.
func clip(s string) string {
	if len(s) <= clipped {
		return s
	}
	return s[:clipped] + "…"
}

func depthText(n int) string {
	noun := "segments"
	if n == 1 {
		noun = "segment"
	}
	return fmt.Sprintf("%d %s, where a path has %d to %d", n, noun, MinDepth, MaxDepth)
}
