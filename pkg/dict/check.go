package dict

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Problem is one thing that is wrong with a dictionary.
type Problem struct {
	File string
	Line int // counted from 1
	Text string
}

// String returns the problem as "FILE:LINE: TEXT".
func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Problems is everything that is wrong with a dictionary, in the lines' order. Parse gives it the kind fault.Corrupt.
type Problems []Problem

// Error returns the problems, one a line.
func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i, problem := range p {
		texts[i] = problem.String()
	}
	return strings.Join(texts, "\n")
}

const (
	maxName = 128  // bytes
	maxNote = 1024 // bytes
)

// CheckUser refuses, with fault.Input, a name that no user can have: an empty one, one over 128 bytes, one with a pipe,
// with characters that do not print (newlines, controls, invisible marks) or are no UTF-8, one that begins with '#' or
// with a space or ends with one, and a number, which would read as a code.
func CheckUser(name string) error { return checkName(Users, name) }

// Check refuses, with fault.Input, an entry that could not be told from something else when read back: a name against
// the rules of CheckUser (an action's has no space in it either), a note over 1,024 bytes or with a pipe or characters
// that do not print, a user's note that is no point in time (stamp.ParseTime).
func (k Kind) Check(e Entry) error {
	if err := checkName(k, e.Name); err != nil {
		return err
	}
	if len(e.Note) > maxNote {
		return fault.New(fault.Input, "the note has %d bytes, more than %d", len(e.Note), maxNote)
	}
	if what := unprintable(e.Note); what != "" {
		return fault.New(fault.Input, "the note %q has %s", e.Note, what)
	}
	if k == Users {
		if _, err := stamp.ParseTime(e.Note); err != nil {
			return fault.New(fault.Input, "created_at: %w", err)
		}
	}
	return nil
}

func checkName(k Kind, name string) error {
	what := unprintable(name)
	_, number := strconv.ParseUint(name, 10, 64)
	switch {
	case name == "":
		return fault.New(fault.Input, "the %s name is empty", k)
	case len(name) > maxName:
		return fault.New(fault.Input, "the %s name %q has %d bytes, more than %d", k, clip(name), len(name), maxName)
	case what != "":
	case name[0] == '#':
		what = "a '#' at its beginning"
	case strings.TrimSpace(name) != name:
		what = "a space at an end"
	case k == Actions && strings.Contains(name, " "):
		what = "a space in it"
	case number == nil:
		what = "nothing but digits, which would read as a code"
	}
	if what != "" {
		return fault.New(fault.Input, "the %s name %q has %s", k, name, what)
	}
	return nil
}

// unprintable returns what a name or note may not have and s has, or "".
func unprintable(s string) string {
	if !utf8.ValidString(s) {
		return "bytes that are not UTF-8"
	}
	for _, r := range s {
		if r == '|' {
			return "a pipe"
		}
		if !unicode.IsPrint(r) {
			return fmt.Sprintf("a character that does not print, %U", r)
		}
	}
	return ""
}
