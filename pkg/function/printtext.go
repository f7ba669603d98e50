package function

import (
	"bytes"
	"unicode/utf8"
)

// text returns the next argument as a text, and whether it is NULL.
func (p *printer) text() (text []byte, null bool) {
	v := p.next()
	if v.IsNull() {
		return nil, true
	}
	return p.c.textOf(v), false
}

// string writes a text, of which the precision is how many bytes, or with ! characters, it has at most. A character is not cut.
func (p *printer) string(d directive) {
	text, _ := p.text()
	p.counted(d, cut(d, text))
}

// cut returns as much of a text as the precision says.
func cut(d directive, text []byte) []byte {
	switch {
	case d.precision < 0 || !d.alternate2 && d.precision >= len(text):
		return text
	case d.alternate2:
		return text[:offset(text, int64(d.precision))]
	}
	n := d.precision
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// counted is pad where with ! the width is in characters.
func (p *printer) counted(d directive, text []byte) {
	if d.alternate2 && d.width > 0 {
		d.width += len(text) - utf8.RuneCount(text)
	}
	p.pad(d, text)
}

// quoted writes a text with its quotes twice, and for Q in quotes. NULL is then NULL, and otherwise (NULL).
func (p *printer) quoted(d directive) {
	text, null := p.text()
	quote := byte('\'')
	if d.verb == 'w' {
		quote = '"'
	}
	switch {
	case null && d.verb == 'Q':
		text = []byte("NULL")
	case null:
		text = []byte("(NULL)")
	}
	text = cut(d, text)
	if p.err = p.c.fits(p.name, len(text)+bytes.Count(text, []byte{quote})); p.err != nil {
		return
	}
	text = appendDoubled(nil, text, quote)
	if d.verb == 'Q' && !null {
		text = append(append([]byte{quote}, text...), quote)
	}
	p.counted(d, text)
}

// character writes the first character of a text as often as the precision says.
func (p *printer) character(d directive) {
	text, _ := p.text()
	text = text[:offset(text, min(1, int64(len(text))))]
	if d.precision > 1 {
		d.width -= d.precision - 1
		if !d.left {
			p.repeat([]byte(" "), d.width-1)
			d.width = 0
		}
		p.repeat(text, d.precision-1)
	}
	if p.err == nil {
		d.alternate2 = true
		p.counted(d, text)
	}
}
