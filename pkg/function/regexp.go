package function

import (
	"regexp"
	"regexp/syntax"
)

// CompileRegexp returns the matcher of a regular expression of RE2 (https://golang.org/s/re2syntax), which matches a text if it
// matches a part of it. Errors are of the kind fault.Input: what is no regular expression, and one of more than 50,000 bytes.
func CompileRegexp(pattern []byte) (*Matcher, error) {
	if len(pattern) > maxPattern {
		return nil, errLong("REGEXP")
	}
	tree, err := syntax.Parse(string(pattern), syntax.Perl)
	if err != nil {
		return nil, refused("REGEXP", "%q: %w", pattern, err)
	}
	if m := plainRegexp(tree.Simplify()); m != nil {
		return m, nil
	}
	r, err := regexp.Compile(string(pattern))
	if err != nil {
		return nil, refused("REGEXP", "%q: %w", pattern, err)
	}
	return &Matcher{shape: found, find: r.Match}, nil
}

// plainRegexp returns the matcher of a word with or without ^ before and $ behind it, nil of all else.
func plainRegexp(tree *syntax.Regexp) *Matcher {
	parts := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		parts = tree.Sub
	}
	m := &Matcher{shape: contains}
	if parts[0].Op == syntax.OpBeginText {
		m.shape, parts = prefix, parts[1:]
	}
	if n := len(parts) - 1; n >= 0 && parts[n].Op == syntax.OpEndText {
		parts = parts[:n]
		if m.shape == prefix {
			m.shape = exact
		} else {
			m.shape = suffix
		}
	}
	switch {
	case len(parts) == 0 || len(parts) == 1 && parts[0].Op == syntax.OpEmptyMatch:
		return m
	case len(parts) > 1 || parts[0].Op != syntax.OpLiteral || parts[0].Flags&syntax.FoldCase != 0:
		return nil
	}
	m.word = []byte(string(parts[0].Rune))
	return m
}
