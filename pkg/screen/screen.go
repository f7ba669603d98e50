// Package screen owns what a terminal makes of a text: which characters must not reach one, and how many columns the others take. It
// must never know where a text comes from or goes to.
package screen

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Append appends s to dst for a person's eyes, and returns how many columns of a terminal that takes. Control characters, what is not
// UTF-8, line separators and marks that turn the direction of text are written as escapes, so that no data moves a cursor, sets a
// colour or forges a line. Everything else stays.
func Append[T string | []byte](dst []byte, s T) (shown []byte, width int) {
	done := 0
	for at := 0; at < len(s); {
		if c := s[at]; 0x20 <= c && c < 0x7f {
			at, width = at+1, width+1
			continue
		}
		r, n := decode(s[at:])
		if !unsafe(r) || r == utf8.RuneError && n > 1 {
			at, width = at+n, width+columns(r)
			continue
		}
		dst = append(dst, s[done:at]...)
		before := len(dst)
		dst = appendEscape(dst, r, s[at])
		width += len(dst) - before
		at += n
		done = at
	}
	return append(dst, s[done:]...), width
}

func decode[T string | []byte](s T) (rune, int) {
	var b [utf8.UTFMax]byte
	return utf8.DecodeRune(b[:copy(b[:], s)])
}

// unsafe holds for what is escaped, and for what stands in place of bytes that are not UTF-8.
func unsafe(r rune) bool {
	switch {
	case r < 0x20, 0x7f <= r && r < 0xa0, r == utf8.RuneError:
		return true
	case r < 0x2028:
		return false
	}
	return r <= 0x202e || 0x2066 <= r && r <= 0x2069
}

// appendEscape appends the escape of r, or of the byte that is no part of a character.
func appendEscape(dst []byte, r rune, b byte) []byte {
	switch {
	case r == '\n':
		return append(dst, `\n`...)
	case r == '\t':
		return append(dst, `\t`...)
	case r == '\r':
		return append(dst, `\r`...)
	case r < utf8.RuneSelf || r == utf8.RuneError:
		return fmt.Appendf(dst, `\x%02x`, b)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}

// Escape returns s as Append writes it.
func Escape(s string) string {
	for at := range len(s) {
		if s[at] < 0x20 || s[at] >= 0x7f {
			shown, _ := Append(nil, s)
			return string(shown)
		}
	}
	return s
}

// Width returns how many columns of a terminal s takes: two for East Asian wide characters and emoji, none for marks that combine
// with the character before them and for what only says how to show it. A control character counts as one.
func Width(s string) (n int) {
	for _, r := range s {
		n += columns(r)
	}
	return n
}

func columns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case 0x1160 <= r && r <= 0x11ff, unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0 // vowels and ends of Hangul syllables are shown within the first letter
	case wide(r):
		return 2
	}
	return 1
}
