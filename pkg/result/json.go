package result

import (
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
)

// appendObject appends a row as an object. A number is one as the cell spells it where JSON can, "007" is a text; a cell of booleans
// is true or false. What is not UTF-8 is U+FFFD.
func (r *Writer) appendObject(values []cell.Value) {
	if len(values) == 0 {
		r.buf = append(r.buf, "{}"...)
		return
	}
	for i, v := range values {
		r.buf = append(r.buf, r.keys[i]...)
		r.buf = r.appendJSON(r.buf, v)
	}
	r.buf = append(r.buf, '}')
}

func (r *Writer) appendJSON(dst []byte, v cell.Value) []byte {
	switch v.Kind() {
	case cell.KindNull:
		return append(dst, "null"...)
	case cell.KindText:
		return appendString(dst, v.Text())
	}
	r.text = v.AppendText(r.text[:0])
	if isLiteral(r.text) {
		return append(dst, r.text...)
	}
	return appendString(dst, r.text)
}

// isLiteral reports whether JSON takes a text as a number, true or false; RFC 8259, section 6.
func isLiteral(text []byte) bool {
	switch string(text) {
	case "true", "false":
		return true
	}
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
	}
	whole := digits(text)
	if whole == 0 || whole > 1 && text[0] == '0' {
		return false
	}
	text = text[whole:]
	if len(text) > 0 && text[0] == '.' {
		n := digits(text[1:])
		if n == 0 {
			return false
		}
		text = text[1+n:]
	}
	if len(text) > 0 && text[0]|0x20 == 'e' {
		text = text[1:]
		if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
			text = text[1:]
		}
		n := digits(text)
		return n > 0 && n == len(text)
	}
	return len(text) == 0
}

func digits(text []byte) (n int) {
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// appendString appends a string of JSON; RFC 8259, section 7.
func appendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	done := 0
	for at := 0; at < len(s); {
		c := s[at]
		if 0x20 <= c && c < 0x7f && c != '"' && c != '\\' {
			at++
			continue
		}
		n := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, n = utf8.DecodeRune(s[at:]); r != utf8.RuneError || n > 1 {
				at += n
				continue
			}
		}
		dst = appendEscape(append(dst, s[done:at]...), c)
		at += n
		done = at
	}
	return append(append(dst, s[done:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if c >= utf8.RuneSelf {
		return append(dst, "\ufffd"...)
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
