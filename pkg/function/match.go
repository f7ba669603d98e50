package function

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/cell"
)

// maxPattern is how many bytes a pattern has at most, as in SQLite.
const maxPattern = 50_000

// Matcher is a pattern made ready to be compared with many texts. It is never changed, so that goroutines may share it.
type Matcher struct {
	shape shape
	fold  bool   // letters of ASCII match in either case
	word  []byte // of a plain shape; in small letters where fold is set
	parts []part // of a wild one
	find  func(text []byte) bool
}

// shape says how much of the work a pattern needs. Most are plain.
type shape uint8

const (
	wild     shape = iota // parts, one after the other
	exact                 // word
	prefix                // word, then anything
	suffix                // anything, then word
	contains              // anything, word, anything
	never                 // no text
	found                 // find
)

// Match reports whether the pattern matches the text. It takes no more than the product of their lengths.
func (m *Matcher) Match(text []byte) bool {
	switch m.shape {
	case exact:
		return len(text) == len(m.word) && m.same(text, m.word)
	case prefix:
		return len(text) >= len(m.word) && m.same(text[:len(m.word)], m.word)
	case suffix:
		return len(text) >= len(m.word) && m.same(text[len(text)-len(m.word):], m.word)
	case contains:
		return m.index(text, m.word) >= 0
	case never:
		return false
	case found:
		return m.find(text)
	}
	return m.matchParts(text)
}

// Prefix returns bytes that every text begins with that the pattern matches, so that an index can look no further; exactly says
// that every text that begins so does match. It is nil where letters of either case match, unless the bytes have no letters.
func (m *Matcher) Prefix() (p []byte, exactly bool) {
	switch {
	case m.shape == exact || m.shape == prefix:
		p, exactly = m.word, m.shape == prefix
	case m.shape == wild && m.parts[0].kind == literal:
		p = m.parts[0].word
	}
	if m.fold {
		for i, b := range p {
			if upperASCII(b) != b {
				return p[:i:i], false
			}
		}
	}
	return p, exactly
}

// same reports whether text is word, which is as long.
func (m *Matcher) same(text, word []byte) bool {
	if !m.fold {
		return bytes.Equal(text, word)
	}
	for i, b := range word {
		if lowerASCII(text[i]) != b {
			return false
		}
	}
	return true
}

// index returns where word begins in text, or -1.
func (m *Matcher) index(text, word []byte) int {
	if !m.fold || len(word) == 0 {
		return bytes.Index(text, word)
	}
	for at := 0; ; at++ {
		if at = firstFold(text, at, word[0]); at+len(word) > len(text) {
			return -1
		}
		if m.same(text[at:at+len(word)], word) {
			return at
		}
	}
}

// firstFold returns where b, a small letter, stands in either case from at on, or the length of the text. It looks not much further
// than that, since it may be asked again for the next one.
func firstFold(text []byte, at int, b byte) int {
	for window := 64; at < len(text); window *= 2 {
		part := text[at:min(at+window, len(text))]
		i := bytes.IndexByte(part, b)
		if i >= 0 {
			part = part[:i]
		}
		if j := bytes.IndexByte(part, upperASCII(b)); j >= 0 {
			return at + j
		}
		if i >= 0 {
			return at + i
		}
		at += len(part)
	}
	return at
}

// patternCache holds the last pattern that a function was called with, which is the same for many rows.
type patternCache struct {
	kind    patternKind
	pattern []byte
	escape  []byte
	matcher *Matcher
}

type patternKind uint8

const (
	noPattern patternKind = iota
	likePattern
	globPattern
	regexpPattern
)

// compiled returns the matcher of a pattern, the one of the last call if that was alike.
func (c *Context) compiled(kind patternKind, pattern, escape []byte) (*Matcher, error) {
	p := &c.patterns
	if p.kind == kind && bytes.Equal(p.pattern, pattern) && bytes.Equal(p.escape, escape) {
		return p.matcher, nil
	}
	var m *Matcher
	var err error
	switch kind {
	case likePattern:
		m, err = CompileLike(pattern, escape)
	case globPattern:
		m, err = CompileGlob(pattern)
	default:
		m, err = CompileRegexp(pattern)
	}
	if err != nil {
		return nil, err
	}
	*p = patternCache{kind, append(p.pattern[:0], pattern...), append(p.escape[:0], escape...), m}
	return m, nil
}

// like is text LIKE pattern ESCAPE escape; the arguments of like(pattern, text, escape) stand the other way round.
func like(c *Context, args []cell.Value) (cell.Value, error) {
	return match(c, likePattern, args)
}

func glob(c *Context, args []cell.Value) (cell.Value, error) { return match(c, globPattern, args) }

func matchRegexp(c *Context, args []cell.Value) (cell.Value, error) {
	return match(c, regexpPattern, args)
}

// match takes a pattern, a text, and perhaps an escape.
func match(c *Context, kind patternKind, args []cell.Value) (cell.Value, error) {
	var escape []byte
	if len(args) > 2 && !args[2].IsNull() {
		if escape = c.textOf(args[2]); !isEscape(escape) {
			return cell.Value{}, errEscape()
		}
	}
	if anyNull(args) {
		return cell.Value{}, nil
	}
	m, err := c.compiled(kind, c.textOf(args[0]), escape)
	if err != nil {
		return cell.Value{}, err
	}
	return cell.FromBool(m.Match(c.textOf(args[1]))), nil
}
