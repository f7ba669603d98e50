package schema

import (
	"bytes"
	"strings"
)

// word is a piece of a statement between blanks.
type word struct {
	text    string // without quotes
	quoted  bool
	at, end position
}

// keyword returns the word in lower case, or "" when it is quoted and so no word of the language.
func (w word) keyword() string {
	if w.quoted {
		return ""
	}
	return strings.ToLower(w.text)
}

// lexer splits statements into words. Lines end with LF or CRLF.
type lexer struct {
	text  []byte
	at    int
	line  int // that at is in
	start int // where that line begins
}

func (l *lexer) done() bool { return l.at == len(l.text) }

func (l *lexer) position() position { return position{l.line, l.at - l.start + 1} }

// statement returns the words up to the end of a line, or up to a ';', none for an empty one. An error ends the line.
func (l *lexer) statement() (words []word, bad *Problem) {
	for !l.done() {
		switch c := l.text[l.at]; c {
		case '\n':
			l.newline()
			return words, nil
		case ';':
			l.at++
			return words, nil
		case ' ', '\t', '\r':
			l.at++
		case '#':
			l.toLineEnd()
		case '"', '\'':
			w, bad := l.quoted(c)
			if bad != nil {
				return nil, bad
			}
			words = append(words, w)
		default:
			words = append(words, l.bare())
		}
	}
	return words, nil
}

func (l *lexer) newline() {
	l.at++
	l.line++
	l.start = l.at
}

func (l *lexer) toLineEnd() {
	if i := bytes.IndexByte(l.text[l.at:], '\n'); i >= 0 {
		l.at += i
	} else {
		l.at = len(l.text)
	}
}

func (l *lexer) bare() word {
	w := word{at: l.position()}
	n := bytes.IndexAny(l.text[l.at:], " \t\r\n;\"'#")
	if n < 0 {
		n = len(l.text) - l.at
	}
	w.text = string(l.text[l.at : l.at+n])
	l.at += n
	w.end = l.position()
	return w
}

// quoted reads a word in quotes, which end on their line.
func (l *lexer) quoted(quote byte) (w word, bad *Problem) {
	w = word{at: l.position(), quoted: true}
	var b strings.Builder
	for l.at++; !l.done() && l.text[l.at] != '\n'; l.at++ {
		if l.text[l.at] == quote {
			l.at++
			if l.done() || l.text[l.at] != quote {
				w.text, w.end = b.String(), l.position()
				return w, nil
			}
		}
		b.WriteByte(l.text[l.at])
	}
	return w, problemAt(w.at, "a quote is opened and never closed")
}
