package syntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/screen"
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
	Refused                         // what the statement asks for is not there, or cannot be; Parse never says so
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

// place is an offset with its line and column, counted from 0. It moves forward only, so that many errors of one text cost no more
// than the text is long.
type place struct{ offset, line, column int }

func (at *place) move(text string, offset int) {
	passed := text[min(at.offset, offset):offset]
	if n := strings.Count(passed, "\n"); n > 0 {
		at.line += n
		at.column = 0
		passed = passed[strings.LastIndexByte(passed, '\n')+1:]
	}
	at.column += utf8.RuneCountInString(passed)
	at.offset = offset
}

// locate fills in line, column and excerpt; at is a place before the error and becomes its own.
func (e *Error) locate(text string, at *place) {
	at.move(text, e.Offset)
	e.Line, e.Column = at.line+1, at.column+1
	e.excerpt = excerpt(text[:e.Offset], text[e.Offset:])
}

// excerpt shows the line of the place between before and after, with a caret below the place. Of a long line it shows what is near.
func excerpt(before, after string) string {
	const most = 60               // characters on either side
	const window = 4 * (most + 1) // bytes that one more may have
	before, after = lastBytes(before, window), firstBytes(after, window)
	before = before[strings.LastIndexByte(before, '\n')+1:]
	after, _, _ = strings.Cut(after, "\n")
	left, right := []rune(shown(before)), []rune(shown(after))
	if len(left) > most {
		left = append([]rune("…"), left[len(left)-most:]...)
	}
	if len(right) > most {
		right = append(right[:most], '…')
	}
	return string(left) + strings.TrimRight(string(right), " ") + "\n" + strings.Repeat(" ", screen.Width(string(left))) + "^"
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

// At returns err with a place in the text of a statement: the line, the column and the excerpt that the errors of Parse have, its
// kind and its hint. Offset is in bytes, and len(text) at most. With an empty text err is returned as it is.
func At(text string, offset int, err error) error {
	if text == "" || err == nil {
		return err
	}
	e := &Error{Reason: Refused, Text: err.Error(), Hint: fault.HintOf(err), Offset: min(offset, len(text))}
	e.locate(text, &place{})
	placed := fault.As(fault.KindOf(err), e)
	if e.Hint != "" {
		placed = fault.WithHint(placed, "%s", e.Hint)
	}
	return placed
}
