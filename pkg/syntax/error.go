package syntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Reason says why a text was refused.
type Reason uint8

// The reasons.
const (
	Unexpected        Reason = iota // something else has to stand there
	Incomplete                      // the text ends within a statement, string, quoted name or comment: more may follow
	Unsupported                     // a construct of SQL that ReedQL does not have
	BadText                         // bytes that are not UTF-8, or NUL
	TooLong                         // Options.MaxLength
	TooDeep                         // Options.MaxDepth
	TooManyConditions               // Options.MaxConditions
	TooManyValues                   // Options.MaxValues
	TooManyOrderings                // Options.MaxOrderings
	TooManyNots                     // Options.MaxNots
)

// Error says what is wrong with a text, and where. Parse gives it the kind fault.Input and its hint.
type Error struct {
	Reason Reason
	Text   string // what is wrong, without the place
	Hint   string // the next step, or ""
	Offset int    // in bytes
	Line   int    // counted from 1; 0 when the text as a whole is wrong
	Column int    // in characters, counted from 1

	excerpt string // the line and, under it, a caret
	want    set    // what could have stood there
}

// Error returns "line 1, column 8: TEXT" and below it the line with a caret under the place.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s\n%s", e.Line, e.Column, e.Text, e.excerpt)
}

// fault returns e as an error of the house.
func (e *Error) fault() error {
	if e == nil {
		return nil
	}
	err := fault.As(fault.Input, e)
	if e.Hint != "" {
		return fault.WithHint(err, "%s", e.Hint)
	}
	return err
}

// locate fills in line, column and excerpt.
func (e *Error) locate(text string) {
	start := strings.LastIndexByte(text[:e.Offset], '\n') + 1
	end := len(text)
	if n := strings.IndexByte(text[e.Offset:], '\n'); n >= 0 {
		end = e.Offset + n
	}
	e.Line = 1 + strings.Count(text[:start], "\n")
	e.Column = 1 + utf8.RuneCountInString(text[start:e.Offset])
	e.excerpt = excerpt(text[start:e.Offset], text[e.Offset:end])
}

// excerpt shows a line with a caret below the place between before and after. Of a long line it shows what is near that place.
func excerpt(before, after string) string {
	const most = 60 // characters on either side
	left, right := []rune(shown(lastBytes(before, 4*most))), []rune(shown(firstBytes(after, 4*most)))
	if len(left) > most || len(before) > 4*most {
		left = append([]rune("…"), left[max(0, len(left)-most):]...)
	}
	if len(right) > most || len(after) > 4*most {
		right = append(right[:min(len(right), most):most], '…')
	}
	return string(left) + strings.TrimRight(string(right), " ") + "\n" + strings.Repeat(" ", len(left)) + "^"
}

// firstBytes returns the characters within the first n bytes of s.
func firstBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// lastBytes returns the characters within the last n bytes of s.
func lastBytes(s string, n int) string {
	at := max(0, len(s)-n)
	for at < len(s) && !utf8.RuneStart(s[at]) {
		at++
	}
	return s[at:]
}

// shown returns s with one space for each character that a terminal would not show as one.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) > most {
		return string([]rune(firstBytes(s, 4*most))[:most]) + "…"
	}
	return s
}
