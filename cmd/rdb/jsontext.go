package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/fault"
)

// object is a JSON object with its members in the order of the text, none of them twice.
type object []member

// member is one of them. Its value is a string, a number, a bool, nil, an object or a []any.
type member struct {
	name  string
	value any
}

// number is a JSON number as it is written.
type number string

// parseObject reads a text that is one JSON object (RFC 8259) whose values lie at most depth deep. Beside what is no JSON,
// fault.Input are names that stand twice in an object, and escapes that name half of a surrogate pair.
func parseObject(text []byte, depth int) (object, error) {
	if !utf8.Valid(text) {
		return nil, fault.New(fault.Input, "it is not UTF-8")
	}
	p := jsonText{text: text}
	if p.space(); p.peek() != '{' {
		return nil, fault.New(fault.Input, "it is no JSON object")
	}
	value, err := p.value(depth)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(text) {
		return nil, fault.New(fault.Input, "something follows the JSON object")
	}
	return value.(object), nil
}

// jsonText is a text being read.
type jsonText struct {
	text []byte
	at   int
}

// peek returns the next byte, 0 at the end.
func (p *jsonText) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *jsonText) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// bad says that the text at hand is none of what may stand there.
func (p *jsonText) bad(want string) error {
	if p.at >= len(p.text) {
		return fault.New(fault.Input, "it is no JSON: it ends where %s should stand", want)
	}
	r, _ := utf8.DecodeRune(p.text[p.at:])
	return fault.New(fault.Input, "it is no JSON: %q stands where %s should, at byte %d", r, want, p.at+1)
}

func (p *jsonText) value(depth int) (any, error) {
	switch c := p.peek(); {
	case (c == '{' || c == '[') && depth == 0:
		return nil, fault.New(fault.Input, "it is nested too deep")
	case c == '{':
		return p.object(depth - 1)
	case c == '[':
		return p.array(depth - 1)
	case c == '"':
		return p.string()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for _, word := range []struct {
		text  string
		value any
	}{{"true", true}, {"false", false}, {"null", nil}} {
		if bytes.HasPrefix(p.text[p.at:], []byte(word.text)) {
			p.at += len(word.text)
			return word.value, nil
		}
	}
	return nil, p.bad("a value")
}

func (p *jsonText) object(depth int) (o object, err error) {
	for more := p.enter('}'); more; {
		var m member
		if p.peek() != '"' {
			return nil, p.bad("a name")
		}
		if m.name, err = p.string(); err != nil {
			return nil, err
		}
		if p.space(); p.peek() != ':' {
			return nil, p.bad("a colon")
		}
		p.at++
		p.space()
		if m.value, err = p.value(depth); err != nil {
			return nil, err
		}
		o = append(o, m)
		if more, err = p.another('}'); err != nil {
			return nil, err
		}
	}
	if name, twice := o.twin(); twice {
		return nil, fault.New(fault.Input, "%q stands twice", name)
	}
	return o, nil
}

func (p *jsonText) array(depth int) (any, error) {
	list := []any{}
	for more := p.enter(']'); more; {
		value, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
		if more, err = p.another(']'); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// enter passes the opening bracket, and the closing one where nothing stands between them; else it returns true.
func (p *jsonText) enter(end byte) bool {
	p.at++
	if p.space(); p.peek() != end {
		return true
	}
	p.at++
	return false
}

// another passes the comma before another item, or the closing bracket, and reports which it was.
func (p *jsonText) another(end byte) (bool, error) {
	p.space()
	switch p.peek() {
	case ',':
		p.at++
		p.space()
		return true, nil
	case end:
		p.at++
		return false, nil
	}
	return false, p.bad("a comma or the end of the brackets")
}

// twin returns a name that stands twice.
func (o object) twin() (name string, twice bool) {
	if len(o) < 16 {
		for i, m := range o {
			for _, other := range o[:i] {
				if other.name == m.name {
					return m.name, true
				}
			}
		}
		return "", false
	}
	seen := map[string]bool{}
	for _, m := range o {
		if seen[m.name] {
			return m.name, true
		}
		seen[m.name] = true
	}
	return "", false
}

func (p *jsonText) string() (string, error) {
	start, escaped := p.at, false
	for p.at++; ; p.at++ {
		switch c := p.peek(); {
		case c == '"':
			p.at++
			return unescape(p.text[start:p.at], escaped)
		case c == '\\':
			escaped = true
			p.at++
		case c < 0x20:
			return "", p.bad("the end of a string")
		}
	}
}

// unescape returns what a string with its quotes stands for.
func unescape(quoted []byte, escaped bool) (s string, err error) {
	if !escaped {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	if halfPair(quoted) {
		return "", fault.New(fault.Input, `a \u escape is half of a surrogate pair`)
	}
	if err := json.Unmarshal(quoted, &s); err != nil {
		return "", fault.New(fault.Input, "it is no JSON: %w", err)
	}
	return s, nil
}

// halfPair reports whether an escape in a string names half of a surrogate pair without the other, which no UTF-8 has.
func halfPair(text []byte) bool {
	for at := 0; at < len(text); at++ {
		if text[at] != '\\' {
			continue
		}
		at++
		first := surrogate(text, at)
		if first == 0 {
			continue
		}
		if first != high || at+5 >= len(text) || text[at+5] != '\\' || surrogate(text, at+6) != low {
			return true
		}
		at += 10
	}
	return false
}

// The halves of a surrogate pair.
const (
	high = 1 + iota
	low
)

// surrogate returns which half of a surrogate pair the escape uXXXX at offset at names; 0 for none.
func surrogate(text []byte, at int) int {
	if at+5 > len(text) || text[at] != 'u' || text[at+1]|0x20 != 'd' {
		return 0
	}
	switch text[at+2] | 0x20 {
	case '8', '9', 'a', 'b':
		return high
	case 'c', 'd', 'e', 'f':
		return low
	}
	return 0
}

func (p *jsonText) number() (any, error) {
	start := p.at
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else if !p.digits() {
		return nil, p.bad("a digit")
	}
	if p.peek() == '.' {
		p.at++
		if !p.digits() {
			return nil, p.bad("a digit")
		}
	}
	if p.peek()|0x20 == 'e' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if !p.digits() {
			return nil, p.bad("a digit")
		}
	}
	return number(p.text[start:p.at]), nil
}

// digits passes digits, and reports whether there was one.
func (p *jsonText) digits() bool {
	start := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at > start
}
