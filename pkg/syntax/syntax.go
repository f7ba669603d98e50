// Package syntax owns the language ReedQL: it cuts a text into tokens, makes a tree of nodes of them, prints trees and walks them.
// It must never know which tables, columns and functions there are, nor what a statement does.
package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Options bound what Parse takes. 0, or less, is the default of each.
type Options struct {
	MaxLength     int // bytes of the text; 1 MiB
	MaxDepth      int // levels that the parts of a statement nest; 1,000
	MaxConditions int // terms that AND and OR join in one statement; 1,000
	MaxValues     int // expressions in the list of one IN; 10,000
	MaxOrderings  int // terms of one ORDER BY; 64
	MaxNots       int // NOT within NOT; 32
}

func (o Options) withDefaults() Options {
	return Options{
		MaxLength:     limit(o.MaxLength, 1<<20),
		MaxDepth:      limit(o.MaxDepth, 1000),
		MaxConditions: limit(o.MaxConditions, 1000),
		MaxValues:     limit(o.MaxValues, 10_000),
		MaxOrderings:  limit(o.MaxOrderings, 64),
		MaxNots:       limit(o.MaxNots, 32),
	}
}

func limit(option, normal int) int {
	if option <= 0 {
		return normal
	}
	return option
}

// Parse reads statements that semicolons separate; none is no error. It stops at the first error, which is an *Error of the kind
// fault.Input, and returns no statement then. The nodes refer to text. Grammar: reedql(7).
func Parse(text string, o Options) ([]Statement, error) {
	p, err := newParser(text, o)
	if err != nil {
		return nil, err.fault()
	}
	statements := p.statements()
	if p.err != nil {
		return nil, p.err.fault()
	}
	return statements, nil
}

// Blank reports whether a text holds nothing but blanks and comments.
func Blank(text string) bool {
	for t := range Tokens(text) {
		if c := t.Class(); c != CommentToken && c != EndOfText {
			return false
		}
	}
	return true
}

const maxErrors = 1000

// Check returns what is wrong with a text: of each statement the first error, in their order, and of a text with more than 1,000
// errors the first ones. Each is one that Parse could return.
func Check(text string, o Options) (errs []error) {
	p, err := newParser(text, o)
	if err != nil {
		return []error{err.fault()}
	}
	for {
		p.statements()
		if p.err == nil {
			return errs
		}
		errs = append(errs, p.err.fault())
		if len(errs) == maxErrors || !p.resume() {
			return errs
		}
	}
}

// newParser returns a parser at the first token, after a look at the text as a whole.
func newParser(text string, o Options) (*parser, *Error) {
	o = o.withDefaults()
	if len(text) > o.MaxLength {
		return nil, &Error{Reason: TooLong, Text: fmt.Sprintf("the query has %d bytes, more than %d", len(text), o.MaxLength)}
	}
	at, what := strings.IndexByte(text, 0), "a NUL"
	if !utf8.ValidString(text) {
		if n := invalidByte(text); at < 0 || n < at {
			at, what = n, "a byte that is not UTF-8"
		}
	}
	if at >= 0 {
		err := &Error{Reason: BadText, Text: "the query has " + what, Offset: at}
		err.locate(text, &place{})
		return nil, err
	}
	p := &parser{scan: scanner{text: text}, options: o}
	p.advance()
	return p, nil
}

// invalidByte returns the offset of the first byte that is not UTF-8.
func invalidByte(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				return i
			}
		}
	}
	return len(text)
}
