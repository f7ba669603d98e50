package function

import (
	"bytes"
	"unicode/utf8"
)

// kind is what a part of a pattern matches.
type kind uint8

const (
	literal kind = iota // word
	one1                // any character
	many                // any number of characters
	set                 // a character of a set
)

// part is one piece of a pattern of LIKE or GLOB.
type part struct {
	kind   kind
	word   []byte
	ranges []span // of a set
	not    bool   // the set is of all others
}

// span is a range of characters, both ends being in it.
type span struct{ low, high rune }

func errEscape() error { return refused("LIKE", "the text behind ESCAPE is one character") }

func isEscape(text []byte) bool { return utf8.RuneCount(text) == 1 }

func errLong(name string) error {
	return refused(name, "the pattern has more than %d bytes", maxPattern)
}

// CompileLike returns the matcher of a pattern of LIKE: % is any number of characters, _ is one, and letters of ASCII match in
// either case. Escape is nil, or a character that makes the one behind it stand for itself; at the end of a pattern it matches
// nothing. Errors are of the kind fault.Input: an escape that is not one character, and a pattern of more than 50,000 bytes.
func CompileLike(pattern, escape []byte) (*Matcher, error) {
	if len(pattern) > maxPattern {
		return nil, errLong("LIKE")
	}
	if escape != nil && !isEscape(escape) {
		return nil, errEscape()
	}
	m := &Matcher{fold: true}
	for len(pattern) > 0 {
		_, size := utf8.DecodeRune(pattern)
		character := pattern[:size]
		pattern = pattern[size:]
		switch {
		case escape != nil && bytes.Equal(character, escape):
			if len(pattern) == 0 {
				return &Matcher{shape: never}, nil
			}
			_, size = utf8.DecodeRune(pattern)
			m.literal(pattern[:size])
			pattern = pattern[size:]
		case character[0] == '%':
			m.many()
		case character[0] == '_':
			m.parts = append(m.parts, part{kind: one1})
		default:
			m.literal(character)
		}
	}
	return m.plain(), nil
}

// CompileGlob returns the matcher of a pattern of GLOB: * is any number of characters, ? is one, and [a-z] is one of a set, [^a-z] one
// that is not. A set that is not closed matches nothing. An error is of the kind fault.Input: a pattern of more than 50,000
// bytes.
func CompileGlob(pattern []byte) (*Matcher, error) {
	if len(pattern) > maxPattern {
		return nil, errLong("GLOB")
	}
	m := &Matcher{}
	for len(pattern) > 0 {
		_, size := utf8.DecodeRune(pattern)
		switch pattern[0] {
		case '*':
			m.many()
		case '?':
			m.parts = append(m.parts, part{kind: one1})
		case '[':
			p, n := readSet(pattern)
			if n == 0 {
				return &Matcher{shape: never}, nil
			}
			m.parts, size = append(m.parts, p), n
		default:
			m.literal(pattern[:size])
		}
		pattern = pattern[size:]
	}
	return m.plain(), nil
}

// readSet reads [...] and returns its length, 0 if it is not closed. A ] stands first in a set, and a - at one of its ends.
func readSet(pattern []byte) (p part, n int) {
	p.kind = set
	next := func() rune {
		r, size := utf8.DecodeRune(pattern[n:])
		n += size
		if size == 0 {
			return -1
		}
		return r
	}
	next()
	r := next()
	if r == '^' {
		p.not = true
		r = next()
	}
	if r == ']' {
		p.ranges = append(p.ranges, span{r, r})
		r = next()
	}
	before := rune(0) // what a range may begin with
	for ; r >= 0 && r != ']'; r = next() {
		if r == '-' && before > 0 && n < len(pattern) && pattern[n] != ']' {
			p.ranges = append(p.ranges, span{before, next()})
			before = 0
			continue
		}
		p.ranges = append(p.ranges, span{r, r})
		before = r
	}
	if r < 0 {
		return p, 0
	}
	return p, n
}

// literal adds a character that stands for itself.
func (m *Matcher) literal(character []byte) {
	last := len(m.parts) - 1
	if last < 0 || m.parts[last].kind != literal {
		m.parts = append(m.parts, part{})
		last++
	}
	for _, b := range character {
		if m.fold {
			b = lowerASCII(b)
		}
		m.parts[last].word = append(m.parts[last].word, b)
	}
}

func (m *Matcher) many() {
	if n := len(m.parts); n == 0 || m.parts[n-1].kind != many {
		m.parts = append(m.parts, part{kind: many})
	}
}

// plain finds the patterns that need no search, and returns m.
func (m *Matcher) plain() *Matcher {
	kinds := 0 // one digit each, counted from 1
	for _, p := range m.parts[:min(4, len(m.parts))] {
		kinds = kinds*10 + 1 + int(p.kind)
	}
	const l, w = 1 + int(literal), 1 + int(many)
	switch kinds {
	case 0:
		m.shape = exact
	case l:
		m.shape, m.word = exact, m.parts[0].word
	case w:
		m.shape = prefix
	case l*10 + w:
		m.shape, m.word = prefix, m.parts[0].word
	case w*10 + l:
		m.shape, m.word = suffix, m.parts[1].word
	case w*100 + l*10 + w:
		m.shape, m.word = contains, m.parts[1].word
	}
	return m
}

// matchParts goes through the parts, and back to behind the last part that matches any number of characters when one does not fit:
// what those before it took need never change.
func (m *Matcher) matchParts(text []byte) bool {
	at, p := 0, 0
	backAt, back := 0, -1 // the part behind the last such part, and where it was tried last
	for p < len(m.parts) || at < len(text) {
		if p < len(m.parts) && m.parts[p].kind != many {
			if n := m.take(&m.parts[p], text[at:]); n >= 0 {
				at, p = at+n, p+1
				continue
			}
		}
		switch {
		case p < len(m.parts) && m.parts[p].kind == many:
			backAt, back = at, p+1
		case back < 0 || backAt == len(text):
			return false
		default:
			_, size := utf8.DecodeRune(text[backAt:])
			backAt += size
		}
		if back == len(m.parts) {
			return true
		}
		if m.parts[back].kind == literal {
			i := m.index(text[backAt:], m.parts[back].word)
			if i < 0 {
				return false
			}
			backAt += i
		}
		at, p = backAt, back
	}
	return true
}

// take returns how many bytes of the text the part takes, -1 if it does not fit.
func (m *Matcher) take(p *part, text []byte) int {
	if p.kind == literal {
		if len(text) >= len(p.word) && m.same(text[:len(p.word)], p.word) {
			return len(p.word)
		}
		return -1
	}
	r, size := utf8.DecodeRune(text)
	if size == 0 || p.kind == set && p.has(r) == p.not {
		return -1
	}
	return size
}

func (p *part) has(r rune) bool {
	for _, s := range p.ranges {
		if s.low <= r && r <= s.high {
			return true
		}
	}
	return false
}
