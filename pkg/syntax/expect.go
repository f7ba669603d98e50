package syntax

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/spell"
)

// fail records that the token at hand is none of those that were asked for.
func (p *parser) fail() { p.failHint("") }

// failHint does so with a hint, which counts where the token says no better.
func (p *parser) failHint(hint string) {
	if p.err != nil {
		return
	}
	if e, ok := p.badToken(); ok {
		p.failAt(p.tok.Pos, e)
		return
	}
	e := Error{Text: "expected " + p.want.String() + ", found " + p.found(), Hint: hint}
	if p.tok.code == endOfText {
		e.Reason = Incomplete
	}
	if near := p.meant(); near != "" {
		e.Hint = near
	}
	p.failAt(p.tok.Pos, e)
}

// found returns the token at hand for an error.
func (p *parser) found() string {
	switch c := p.tok.code; {
	case c == endOfText:
		return spelling[c]
	case c >= firstKeyword:
		return spelling[c]
	case c == stringLiteral:
		return "the string " + shown(clip(p.text()))
	case c == quotedName, c == number, c == parameter:
		return shown(clip(p.text()))
	}
	return fmt.Sprintf("%q", clip(p.text()))
}

// String lists the codes: what is no token first, then operators, then keywords, then the end. What hardly anybody has forgotten, an
// alias, is left out if there is something else.
func (s set) String() string {
	var labels []string
	for c := range codes {
		if s.has(c) && !s.hides(c) {
			labels = append(labels, label(c))
		}
	}
	if s.has(endOfStatement) {
		labels = append(labels, label(endOfStatement))
	}
	if len(labels) == 0 {
		return label(anAlias)
	}
	last := len(labels) - 1
	if last == 0 {
		return labels[0]
	}
	return strings.Join(labels[:last], ", ") + " or " + labels[last]
}

// hides reports whether another element of the set stands for c, or it goes without saying.
func (s set) hides(c code) bool {
	switch {
	case c == anAlias, c == endOfStatement:
		return true
	case c == kwAs:
		return s.has(anAlias)
	case c == dot, slices.Contains(infixWords[:], c):
		return s.has(anOperator)
	case slices.Contains(starters[:], c):
		return s.has(aStatement)
	}
	return false
}

func label(c code) string {
	if leftParen <= c && c < firstKeyword {
		return `"` + spelling[c] + `"`
	}
	return spelling[c]
}

// keywords lists the keywords of the set.
func (s set) keywords() (list []string) {
	for c := firstKeyword; c < codes; c++ {
		if s.has(c) {
			list = append(list, spelling[c])
		}
	}
	return list
}

// meant returns a hint if the token at hand, or an alias before it, looks like a misspelt keyword.
func (p *parser) meant() string {
	if p.tok.code == plainName {
		if near := spell.Nearest(p.text(), p.want.keywords()); near != "" {
			return "did you mean " + near + "?"
		}
	}
	if p.alias.End == p.end && p.end > 0 {
		if near := spell.Nearest(p.textOf(p.alias), afterAlias[:]); near != "" {
			return fmt.Sprintf("did you mean %s instead of %q?", near, p.textOf(p.alias))
		}
	}
	return ""
}

// afterAlias are the keywords that stand where an alias without AS or a type would, and are read as one when they are misspelt.
var afterAlias = [...]string{"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "INNER", "LEFT", "CROSS",
	"JOIN", "USING", "WINDOW", "SET", "AND", "BETWEEN", "LIKE", "REGEXP", "DESC", "OFFSET", "PRIMARY"}

// Expected says what can follow a text.
type Expected struct {
	Start    int      // where the word begins that the text ends in, or the length of the text; what follows stands from there on
	Keywords []string // in upper case, sorted
	Table    bool     // a table can stand there
	Name     bool     // a column can stand there, as in an expression
	Function bool     // where Name, a function of values can stand there; where Table, one that makes rows
}

// Expect returns what can follow a text that may end within a word, for a shell to complete it. Of a text that is wrong before its
// end, or ends within a string, quoted name or comment, nothing is expected.
func Expect(text string, o Options) Expected {
	last := lastToken(text)
	if last.code == comment && last.End == len(text) && strings.HasPrefix(text[last.Pos:], "--") {
		return Expected{Start: len(text)}
	}
	start := len(text)
	if last.End == start && (last.code == plainName || last.code >= firstKeyword) {
		start = last.Pos
	}
	want, ok := wantAt(text[:start], o)
	if table := lastTable(text); table < start {
		if wide, okay := wantAt(text[:table], o); okay && (wide.has(aTable) || wide.has(aSource)) {
			start, want, ok = table, wide, okay
		}
	}
	if !ok {
		return Expected{Start: len(text)}
	}
	expression, source := want.has(anExpression), want.has(aSource)
	return Expected{
		Start: start, Keywords: want.keywords(), Table: source || want.has(aTable), Name: expression || want.has(aName),
		Function: expression || source,
	}
}

func lastToken(text string) (last Token) {
	for last = range Tokens(text) {
	}
	return last
}

// lastTable returns where the name of a table would begin that ends the text.
func lastTable(text string) int {
	start := len(text)
	for start > 0 && (text[start-1] == '.' || text[start-1] == '-' || partOfName(text[start-1:]) == 1) {
		start--
	}
	return start
}

// wantAt returns what can stand at the end of a text, and false if nothing can.
func wantAt(text string, o Options) (set, bool) {
	p, err := newParser(text, o)
	if err != nil {
		return set{}, false
	}
	p.statements()
	if p.err == nil {
		return p.want, true
	}
	return p.err.want, p.err.Reason == Incomplete && p.err.Offset == len(text)
}
