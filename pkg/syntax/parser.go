package syntax

import (
	"fmt"
	"strings"
)

// parser reads a text by recursive descent. Its methods go on after an error as at the end of the text and may then return nodes
// without their parts, which nobody is given.
type parser struct {
	scan    scanner
	options Options

	tok  Token // at hand
	end  int   // where the token before it ended
	want set   // what has been asked for in place of tok

	place place // of the last error in the text before
	alias Token // the last one without AS, or the last type: it may be a misspelt keyword
	err   *Error

	start      int // of the statement
	depth      int // of calls
	nots       int // around the expression at hand
	conditions int // in the statement
	params     int // in the statement
}

// advance takes the token at hand.
func (p *parser) advance() {
	p.end, p.want = p.tok.End, set{}
	p.tok = p.scan.token()
}

// ahead returns the token behind the one at hand.
func (p *parser) ahead() Token {
	s := p.scan
	return s.token()
}

// at reports whether the token at hand is c. If not, c is one of those that an error will name.
func (p *parser) at(c code) bool {
	p.want.add(c)
	return p.tok.code == c
}

// got takes the token at hand if it is c.
func (p *parser) got(c code) bool {
	if !p.at(c) {
		return false
	}
	p.advance()
	return true
}

// need takes the tokens, in this order, or fails.
func (p *parser) need(codes ...code) {
	for _, c := range codes {
		if !p.got(c) {
			p.fail()
			return
		}
	}
}

// text returns the token at hand as it is written.
func (p *parser) text() string { return p.textOf(p.tok) }

func (p *parser) textOf(t Token) string { return p.scan.text[t.Pos:t.End] }

// span returns the span from start to the end of the last token taken.
func (p *parser) span(start int) Span { return Span{start, max(start, p.end)} }

// enter counts one more level of calls and reports whether it is allowed. Leave ends it.
func (p *parser) enter() bool {
	p.depth++
	// Parentheses make calls but no nodes; what Print adds of them must not bring a tree over the limit.
	if p.depth > 4*p.options.MaxDepth {
		p.tooDeep(p.tok.Pos)
	}
	return p.err == nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) tooDeep(offset int) {
	p.failAt(offset, Error{Reason: TooDeep, Text: fmt.Sprintf("the statement is nested more than %d levels deep", p.options.MaxDepth)})
}

// failAt records the first error and makes the parser see nothing but the end of the text.
func (p *parser) failAt(offset int, e Error) {
	if p.err != nil {
		return
	}
	e.Offset, e.want = offset, p.want
	e.locate(p.scan.text, &p.place)
	p.err = &e
	p.scan.at = len(p.scan.text)
	p.tok = Token{p.scan.at, p.scan.at, endOfText}
}

// refuse fails at the token at hand, which is part of a construct that there is not.
func (p *parser) refuse(construct, hint string) {
	p.failAt(p.tok.Pos, Error{Reason: Unsupported, Text: construct + " is not supported", Hint: hint})
}

// resume takes up the work behind the statement that failed and reports whether there is more text.
func (p *parser) resume() bool {
	text := p.scan.text
	_, rest, more := Cut(text[p.err.Offset:])
	*p = parser{scan: scanner{text, len(text) - len(rest)}, options: p.options, place: p.place}
	p.advance()
	return more
}

// isName reports whether the token at hand is a name.
func (p *parser) isName() bool {
	c := p.tok.code
	return c == plainName || c == quotedName || c >= firstKeyword && !c.reserved()
}

// name takes a name, which an error calls what.
func (p *parser) name(what code) Identifier {
	p.want.add(what)
	if !p.isName() {
		p.fail()
		return Identifier{}
	}
	name := p.text()
	if p.tok.code == quotedName {
		name = unquote(name)
	}
	id := Identifier{Span{p.tok.Pos, p.tok.End}, name}
	p.advance()
	return id
}

// names takes a list of names in parentheses.
func (p *parser) names() (list []Identifier) {
	p.need(leftParen)
	for more := true; more; more = p.got(comma) {
		list = append(list, p.name(aName))
	}
	p.need(rightParen)
	return list
}

// unquote returns what stands between the quotes of a string or name.
func unquote(quoted string) string {
	quote := quoted[:1]
	return strings.ReplaceAll(quoted[1:len(quoted)-1], quote+quote, quote)
}
