package function

import (
	"bytes"
	"strconv"
)

// integer writes an integer: in decimal, with the ending of an ordinal for r, or without a sign in another base.
func (p *printer) integer(d directive) {
	v := p.next()
	n := integer(v)
	magnitude, sign := uint64(n), byte(0)
	if d.verb == 'd' || d.verb == 'i' || d.verb == 'r' {
		if sign = d.sign; n < 0 {
			magnitude, sign = -uint64(n), '-'
		}
	}
	digits := strconv.AppendUint(nil, magnitude, base(d.verb))
	if d.verb == 'X' || d.verb == 'p' {
		digits = bytes.ToUpper(digits)
	}
	if d.verb == 'r' {
		digits = append(digits, ordinal(magnitude)...)
	}
	least := d.precision
	if d.zeros {
		least = max(least, d.width-length1(sign))
	}
	if least > len(digits) {
		if p.err = p.c.fits(p.name, least); p.err != nil {
			return
		}
		digits = append(bytes.Repeat([]byte("0"), least-len(digits)), digits...)
	}
	if d.comma && base(d.verb) == 10 && d.verb != 'r' {
		digits = thousands(digits)
	}
	var text []byte
	if d.alternate && magnitude != 0 {
		text = append(text, radix(d.verb)...)
	}
	if sign != 0 {
		text = append(text, sign)
	}
	p.pad(d, append(text, digits...))
}

// length1 returns how many bytes a sign is.
func length1(sign byte) int {
	if sign == 0 {
		return 0
	}
	return 1
}

func base(verb byte) int {
	switch verb {
	case 'x', 'X', 'p':
		return 16
	case 'o':
		return 8
	}
	return 10
}

// radix returns what # writes before a number.
func radix(verb byte) string {
	switch verb {
	case 'x', 'p':
		return "0x"
	case 'X':
		return "0X"
	case 'o':
		return "0"
	}
	return ""
}

func ordinal(n uint64) string {
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			return "st"
		case 2:
			return "nd"
		case 3:
			return "rd"
		}
	}
	return "th"
}

// thousands puts commas into digits.
func thousands(digits []byte) (with []byte) {
	for i, b := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			with = append(with, ',')
		}
		with = append(with, b)
	}
	return with
}
