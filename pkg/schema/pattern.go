package schema

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
)

// Bounds of a pattern. Matching takes time in proportion to a cell's length times the pattern's size.
const (
	maxPattern     = 1000 // bytes
	maxPatternSize = 5000 // characters and classes, those that are repeated counted as often as they are
)

func assignPattern(to *string, value any) error {
	if err := assignString(to, value); err != nil {
		return err
	}
	_, err := compile(*to)
	return err
}

// compile returns the expression that matches whole cells only. Its errors follow the word "pattern".
func compile(pattern string) (*regexp.Regexp, error) {
	switch {
	case pattern == "":
		return nil, errors.New("is empty")
	case len(pattern) > maxPattern:
		return nil, fmt.Errorf("has %d bytes, more than %d", len(pattern), maxPattern)
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("is no regular expression: %w", err)
	}
	if size(parsed) > maxPatternSize {
		return nil, fmt.Errorf("is too large: it stands for more than %d characters", maxPatternSize)
	}
	// What was parsed is written anew, as in the pattern itself a \Q might not be ended.
	return regexp.Compile(`\A(?:` + parsed.String() + `)\z`)
}

// size returns roughly how many instructions a pattern compiles to. Repetitions of repetitions multiply.
func size(re *syntax.Regexp) float64 {
	n := float64(1 + len(re.Rune)/2)
	for _, sub := range re.Sub {
		n += size(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= math.Max(1, float64(max(re.Min, re.Max)))
	}
	return n
}
