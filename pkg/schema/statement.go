package schema

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
)

// Action is what a statement of a migration does to a column.
type Action uint8

// The actions.
const (
	Add    Action = iota // a new column, behind the others
	Drop                 // the column and its cells go
	Rename               // it gets another name
	Retype               // its cells become ones of another type
)

var actionNames = [...]string{"add", "drop", "rename", "retype"}

// String returns the word that a statement begins with.
func (a Action) String() string { return actionNames[a] }

// Statement is one step of a migration.
type Statement struct {
	Action  Action
	Column  string
	To      string    // the new name, of Rename
	Type    cell.Type // of Add and Retype
	Default string    // of Add: what each row and new ones hold; "" is nothing

	at position
}

// String returns the statement as ParseStatements reads it.
func (s Statement) String() string {
	text := s.Action.String() + " column " + writeWord(s.Column)
	switch s.Action {
	case Rename:
		return text + " to " + writeWord(s.To)
	case Add, Retype:
		text += " " + s.Type.String()
	}
	if s.Action == Add && s.Default != "" {
		text += " default " + writeWord(s.Default)
	}
	return text
}

// writeWord quotes a word where it could be taken for something else.
func writeWord(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\r\n\"'#;") || slices.Contains(keywords[:], strings.ToLower(s)) {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

var keywords = [...]string{"column", "to", "default"}

// ParseStatements reads the statements of a migration, one a line:
//
//	add [column] NAME TYPE [default VALUE]
//	drop [column] NAME
//	rename [column] NAME to NAME
//	retype [column] NAME TYPE
//
// The words of the language may be in any case. A name or value that holds blanks, quotes, '#' or ';', or is column, to or
// default, stands in single or double quotes, which are doubled within; what holds a
// line end cannot be written. A statement may end with ';', and # begins a comment.
// All that is wrong comes as Problems, of kind fault.Input; so does a text that is not UTF-8 or over MaxSize.
func ParseStatements(text []byte) ([]Statement, error) {
	if len(text) > MaxSize {
		return nil, fault.New(fault.Input, "the statements have more than %d bytes", MaxSize)
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, fault.New(fault.Input, "the statements are not UTF-8 text")
	}
	var statements []Statement
	var problems Problems
	l := lexer{text: bytes.TrimPrefix(text, []byte("\ufeff")), line: 1}
	for !l.done() {
		words, err := l.statement()
		if err == nil && len(words) > 0 {
			var s Statement
			if s, err = parseStatement(words); err == nil {
				statements = append(statements, s)
			}
		}
		if err != nil {
			problems = append(problems, *err)
		}
	}
	if problems != nil {
		return nil, fault.As(fault.Input, problems)
	}
	return statements, nil
}

// phrase is the words of one statement, read from the left.
type phrase struct {
	words []word
	end   position
}

// parseStatement reads the words of one line, at least one.
func parseStatement(words []word) (s Statement, bad *Problem) {
	last := words[len(words)-1]
	p := phrase{words[1:], last.end}
	action := slices.Index(actionNames[:], words[0].keyword())
	if action < 0 {
		return s, problemAt(words[0].at, "%q is no statement: there are %s", clip(words[0].text), either(actionNames[:]))
	}
	s.Action, s.at = Action(action), words[0].at
	p.skip("column")
	if bad = p.name(&s.Column, "a column"); bad != nil {
		return s, bad
	}
	switch s.Action {
	case Rename:
		if !p.skip("to") {
			return s, p.expected(`"to"`)
		}
		bad = p.name(&s.To, "its new name")
	case Add, Retype:
		bad = p.typeName(&s.Type)
	}
	if bad == nil && s.Action == Add && p.skip("default") {
		bad = p.name(&s.Default, "a value")
	}
	if bad == nil && len(p.words) > 0 {
		bad = problemAt(p.words[0].at, "%q is too much for this statement", clip(p.words[0].text))
	}
	return s, bad
}

// skip passes a word of the language.
func (p *phrase) skip(keyword string) bool {
	if len(p.words) == 0 || p.words[0].keyword() != keyword {
		return false
	}
	p.words = p.words[1:]
	return true
}

func (p *phrase) name(to *string, what string) *Problem {
	if len(p.words) == 0 || slices.Contains(keywords[:], p.words[0].keyword()) {
		return p.expected(what)
	}
	*to, p.words = p.words[0].text, p.words[1:]
	return nil
}

func (p *phrase) typeName(to *cell.Type) *Problem {
	t, ok := cell.Undeclared, false
	if len(p.words) > 0 {
		t, ok = cell.ParseType(p.words[0].keyword())
	}
	if !ok {
		bad := p.expected("a type")
		bad.Text += ": " + either(cell.TypeNames())
		return bad
	}
	*to, p.words = t, p.words[1:]
	return nil
}

func (p *phrase) expected(what string) *Problem {
	if len(p.words) > 0 {
		return problemAt(p.words[0].at, "%q stands where %s is expected", clip(p.words[0].text), what)
	}
	return problemAt(p.end, "the statement ends where %s is expected", what)
}

func problemAt(at position, format string, args ...any) *Problem {
	return &Problem{at.line, at.character, fmt.Sprintf(format, args...)}
}
