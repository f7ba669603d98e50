package function

import (
	"bytes"
	"math"
	"strconv"
)

// maxPrecision is how many digits a float is written with at most, as in SQLite.
const maxPrecision = 100_000_000

// float writes a float: with f as many digits behind the point as the precision says, 6 if it does not; with e one digit before
// it and an exponent; with g that many digits in all, in the shorter of both forms.
func (p *printer) float(d directive) {
	f := float(p.next())
	if d.precision < 0 {
		d.precision = 6
	}
	d.precision = min(d.precision, maxPrecision)
	var sign []byte
	switch {
	case f < 0:
		f, sign = -f, []byte("-")
	case d.sign != 0:
		sign = []byte{d.sign}
	}
	if math.IsInf(f, 0) {
		p.pad(d, append(sign, "Inf"...))
		return
	}
	if p.err = p.c.fits(p.name, max(d.precision, d.width)); p.err != nil {
		return
	}
	digits := d.appendFloat(nil, f)
	if zeros := d.width - len(sign) - len(digits); d.zeros && !d.left && zeros > 0 {
		sign = append(sign, bytes.Repeat([]byte("0"), zeros)...)
	}
	p.pad(d, append(sign, digits...))
}

// appendFloat appends a float that is not below 0.
func (d directive) appendFloat(dst []byte, f float64) []byte {
	switch d.verb {
	case 'f':
		return d.appendFixed(dst, decimalOf(f, d.alternate2, true, d.precision), d.precision, d.alternate2)
	case 'e', 'E':
		return d.appendScientific(dst, decimalOf(f, d.alternate2, false, d.precision), d.precision, d.alternate2)
	}
	precision := max(d.precision-1, 0)
	n := decimalOf(f, d.alternate2, false, precision)
	if exponent := n.point - 1; exponent >= -4 && exponent <= precision {
		return d.appendFixed(dst, n, precision-exponent, !d.alternate)
	}
	return d.appendScientific(dst, n, precision, !d.alternate)
}

// appendFixed appends a number with a number of digits behind the point. Trim takes zeros at the end away.
func (d directive) appendFixed(dst []byte, n decimal, precision int, trim bool) []byte {
	start := len(dst)
	if n.point <= 0 {
		dst = append(dst, '0')
	} else {
		dst = n.appendDigits(dst, 0, n.point)
	}
	if d.comma {
		dst = append(dst[:start], thousands(dst[start:])...)
	}
	if precision <= 0 && !d.alternate && !d.alternate2 {
		return dst
	}
	dst = n.appendDigits(append(dst, '.'), n.point, precision)
	if !trim {
		return dst
	}
	dst = bytes.TrimRight(dst, "0")
	switch last := len(dst) - 1; {
	case dst[last] == '.' && d.alternate2:
		dst = append(dst, '0')
	case dst[last] == '.':
		dst = dst[:last]
	}
	return dst
}

func (d directive) appendScientific(dst []byte, n decimal, precision int, trim bool) []byte {
	exponent := n.point - 1
	n.point = 1
	dst = append(d.appendFixed(dst, n, precision, trim), d.verb&('a'-'A')|'E')
	sign := byte('+')
	if exponent < 0 {
		sign, exponent = '-', -exponent
	}
	dst = append(dst, sign)
	if exponent < 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(exponent), 10)
}

// decimal is a number: its digits behind a point, moved to the right by as many places as point says.
type decimal struct {
	digits []byte
	point  int
}

// appendDigits appends n digits from number from on; before the first and behind the last are zeros.
func (n decimal) appendDigits(dst []byte, from, count int) []byte {
	for i := from; i < from+count; i++ {
		b := byte('0')
		if i >= 0 && i < len(n.digits) {
			b = n.digits[i]
		}
		dst = append(dst, b)
	}
	return dst
}

// Significant digits that a float has: there are no more but zeros, unless they are asked for.
const (
	significant = 16
	most        = 26
)

// decimalOf returns f, which is not below 0, rounded to a number of digits behind the point, or behind the first digit. A half is
// rounded up as people see it: 2.675 is such, although the float that is written so lies below. Where exact is true and more than
// 15 digits are asked for, the digits are those of the float as it is.
func decimalOf(f float64, exact, fixed bool, precision int) decimal {
	if f == 0 {
		return decimal{point: 1}
	}
	n := readDecimal(strconv.AppendFloat(nil, f, 'e', -1, 64))
	keep, limit := precision+1, significant
	if fixed {
		keep = precision + n.point
	}
	if exact && keep >= significant {
		n, limit = readDecimal(strconv.AppendFloat(nil, f, 'e', most-1, 64)), most
	}
	return n.rounded(min(keep, limit))
}

// readDecimal reads d.ddde±dd.
func readDecimal(text []byte) decimal {
	mantissa, exponent, _ := bytes.Cut(text, []byte("e"))
	e, _ := strconv.Atoi(string(exponent))
	return decimal{append(mantissa[:1:1], mantissa[min(2, len(mantissa)):]...), e + 1}
}

// rounded returns the number with at most keep digits, a half being rounded up.
func (n decimal) rounded(keep int) decimal {
	switch {
	case keep >= len(n.digits):
		return n
	case keep < 0:
		return decimal{point: n.point}
	}
	up := n.digits[keep] >= '5'
	n.digits = n.digits[:keep]
	for i := keep - 1; up && i >= 0; i-- {
		if n.digits[i] < '9' {
			n.digits[i]++
			return n
		}
		n.digits[i] = '0'
	}
	if up {
		n.digits, n.point = append([]byte("1"), n.digits...), n.point+1
	}
	return n
}

// roundHalf returns f rounded to a number of digits behind the point, as printf rounds.
func roundHalf(f float64, digits int) float64 {
	if math.Abs(f) >= 1<<52 {
		return f // it has no fraction
	}
	d := directive{verb: 'f', precision: digits, alternate2: true}
	r, _ := strconv.ParseFloat(string(d.appendFloat(nil, math.Abs(f))), 64)
	return math.Copysign(r, f)
}
