package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner cuts a text into tokens. It takes any bytes, and each token but the last has at least one of them.
type scanner struct {
	text string
	at   int
}

// token returns the next token that is no comment.
func (s *scanner) token() Token {
	t := s.next()
	for t.code == comment {
		t = s.next()
	}
	return t
}

// next returns the next token.
func (s *scanner) next() Token {
	s.skipSpace()
	start := s.at
	if start == len(s.text) {
		return Token{start, start, endOfText}
	}
	c := s.scan()
	return Token{start, s.at, c}
}

func (s *scanner) skipSpace() {
	if s.at == 0 && strings.HasPrefix(s.text, "\ufeff") {
		s.at = len("\ufeff")
	}
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// peek returns the byte n places ahead, 0 behind the end.
func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.text) {
		return s.text[s.at+n]
	}
	return 0
}

// scan moves over one token and returns its code.
func (s *scanner) scan() code {
	switch c := s.peek(0); {
	case isDigit(c) || c == '.' && isDigit(s.peek(1)):
		return s.number()
	case c == '\'':
		return s.quoted(c, stringLiteral, openString)
	case c == '"':
		return s.quoted(c, quotedName, openName)
	case c == '`', c == '[':
		s.at++
		return badQuote
	case c == '-' && s.peek(1) == '-':
		return s.lineComment()
	case c == '/' && s.peek(1) == '*':
		return s.blockComment()
	case c == ':', c == '?', c == '@', c == '$':
		return s.parameter(c)
	default:
		if n := startOfName(s.text[s.at:]); n > 0 {
			return s.word()
		}
		return s.operator()
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// startOfName returns the length of the character that text begins with if a name may begin with it, else 0.
func startOfName(text string) int {
	if text == "" || isDigit(text[0]) {
		return 0
	}
	n := partOfName(text)
	if r, _ := utf8.DecodeRuneInString(text); n > 1 && !unicode.IsLetter(r) {
		return 0
	}
	return n
}

// partOfName returns the length of the character that text begins with if it may stand in a name, else 0.
func partOfName(text string) int {
	if text == "" {
		return 0
	}
	if c := text[0]; c < utf8.RuneSelf {
		if c == '_' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRuneInString(text)
	if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
		return n
	}
	return 0
}

// skipName moves over the characters of a name.
func (s *scanner) skipName() {
	for n := partOfName(s.text[s.at:]); n > 0; n = partOfName(s.text[s.at:]) {
		s.at += n
	}
}

func (s *scanner) word() code {
	start := s.at
	s.skipName()
	word := s.text[start:s.at]
	if (word == "x" || word == "X") && s.peek(0) == '\'' {
		return s.quoted('\'', badBlob, openString)
	}
	if c := keyword(word); c != 0 {
		return c
	}
	return plainName
}

// quoted moves over what stands between two quotes, in which a doubled quote stands for itself.
func (s *scanner) quoted(quote byte, closed, open code) code {
	for {
		n := strings.IndexByte(s.text[s.at+1:], quote)
		if n < 0 {
			s.at = len(s.text)
			return open
		}
		s.at += n + 2
		if s.peek(0) != quote {
			return closed
		}
	}
}

func (s *scanner) lineComment() code {
	if n := strings.IndexByte(s.text[s.at:], '\n'); n >= 0 {
		s.at += n
	} else {
		s.at = len(s.text)
	}
	return comment
}

func (s *scanner) blockComment() code {
	n := strings.Index(s.text[s.at+2:], "*/")
	if n < 0 {
		s.at = len(s.text)
		return openComment
	}
	s.at += n + 4
	return comment
}

// number moves over a decimal or hexadecimal number, and the letters that make it none.
func (s *scanner) number() code {
	c := number
	if s.peek(0) == '0' && s.peek(1)|0x20 == 'x' {
		c = s.hexadecimal()
	} else {
		s.decimal()
	}
	if end := s.at; partOfName(s.text[end:]) > 0 {
		s.skipName()
		return badNumber
	}
	return c
}

func (s *scanner) hexadecimal() code {
	s.at += 2
	start := s.at
	for isHex(s.peek(0)) {
		s.at++
	}
	digits := s.text[start:s.at]
	switch {
	case digits == "":
		return badNumber
	case len(strings.TrimLeft(digits, "0")) > 16:
		return bigNumber
	}
	return number
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func (s *scanner) decimal() {
	s.skipDigits()
	if s.peek(0) == '.' {
		s.at++
		s.skipDigits()
	}
	if s.peek(0)|0x20 != 'e' {
		return
	}
	sign := 0
	if c := s.peek(1); c == '+' || c == '-' {
		sign = 1
	}
	if isDigit(s.peek(1 + sign)) {
		s.at += 1 + sign
		s.skipDigits()
	}
}

func (s *scanner) skipDigits() {
	for isDigit(s.peek(0)) {
		s.at++
	}
}

// parameter moves over :name and ?, and over the forms of them that other languages have.
func (s *scanner) parameter(first byte) code {
	s.at++
	if first == ':' && s.peek(0) == ':' {
		s.at++
		return badColons
	}
	start := s.at
	s.skipName()
	switch name := s.text[start:s.at]; {
	case first == '?' && name == "", first == ':' && startOfName(name) > 0:
		return parameter
	case name == "":
		return badCharacter
	}
	return badParameter
}

// operator moves over an operator, or over one character that is none.
func (s *scanner) operator() code {
	for _, long := range [...]code{concat, shiftLeft, shiftRight, notEqual, lessEqual, greaterEqual} {
		if strings.HasPrefix(s.text[s.at:], spelling[long]) {
			s.at += 2
			return long
		}
	}
	switch rest := s.text[s.at:]; {
	case strings.HasPrefix(rest, "=="):
		s.at += 2
		return equal
	case strings.HasPrefix(rest, "!="):
		s.at += 2
		return notEqual
	case strings.HasPrefix(rest, "->"):
		s.at += 2
		return badArrow
	}
	for c := leftParen; c <= greater; c++ {
		if sign := spelling[c]; len(sign) == 1 && sign[0] == s.text[s.at] {
			s.at++
			return c
		}
	}
	_, n := utf8.DecodeRuneInString(s.text[s.at:])
	s.at += n
	return badCharacter
}

// tableName returns where the unquoted name of a table ends that begins at start; start when none does. Dots and dashes are
// part of it, but for two dashes, which begin a comment.
func tableName(text string, start int) (end int) {
	s := scanner{text, start}
	if !isDigit(s.peek(0)) && startOfName(text[start:]) == 0 {
		return start
	}
	for {
		s.skipName()
		if c := s.peek(0); c != '.' && (c != '-' || s.peek(1) == '-') {
			return s.at
		}
		s.at++
	}
}
