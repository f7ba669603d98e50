package cell

import (
	"bytes"
	"math"
	"strconv"
)

// AppendText appends v as a text: as the cell spells it that v was read from; otherwise an integer in decimal, a float with up
// to 15 digits, a point among them, as SQLite writes it, a time as RFC 3339 in UTC. NULL is nothing.
func (v Value) AppendText(dst []byte) []byte {
	if v.text == nil && v.kind == KindFloat {
		return appendFloat(dst, v.Float(), 15)
	}
	return v.appendExact(dst)
}

// appendExact is AppendText but for floats, which have as many digits as it takes to read the same one back; an infinity is a
// number that reads as one.
func (v Value) appendExact(dst []byte) []byte {
	switch {
	case v.text != nil:
		return append(dst, v.text...)
	case v.kind == KindInteger:
		return strconv.AppendInt(dst, int64(v.bits), 10)
	case v.kind == KindFloat && math.IsInf(v.Float(), 0):
		return append(strconv.AppendInt(dst, int64(math.Copysign(9, v.Float())), 10), "e999"...)
	case v.kind == KindFloat:
		return appendFloat(dst, v.Float(), -1)
	case v.kind == KindTime:
		return appendMoment(dst, int64(v.bits), v.nanos)
	}
	return dst
}

// appendFloat appends f with at most this many digits, -1 being as few as tell it from every other, in the layout of SQLite's
// "%!.15g": an exponent of two digits or more below 0.0001 and from 10^15 on, and always a point with a digit behind it.
func appendFloat(dst []byte, f float64, digits int) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "Inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-Inf"...)
	}
	if text, ok := appendHundredths(dst, f); ok {
		return text
	}
	var buf [32]byte
	scientific := strconv.AppendFloat(buf[:0], math.Abs(f), 'e', max(digits-1, -1), 64) // d.dddde±dd
	e := bytes.IndexByte(scientific, 'e')
	exponent, _ := parseInteger(scientific[e+1:])
	mantissa := append(scientific[:1], scientific[min(2, e):e]...)
	mantissa = mantissa[:max(1, len(bytes.TrimRight(mantissa, "0")))]
	if f < 0 {
		dst = append(dst, '-')
	}
	if exponent < -4 || exponent > 14 {
		return appendScientific(dst, mantissa, exponent)
	}
	return appendFixed(dst, mantissa, int(exponent))
}

// appendHundredths appends f if it is the float nearest to a number of at most 15 digits with no more than two behind the point, as
// most sums and prices are: of such numbers each float has one at most, so no other spelling is as short.
func appendHundredths(dst []byte, f float64) ([]byte, bool) {
	scaled := math.Abs(f) * 100
	if !(scaled < 1e15) {
		return dst, false
	}
	n := int64(scaled + 0.5)
	if float64(n)/100 != math.Abs(f) {
		return dst, false
	}
	if f < 0 {
		dst = append(dst, '-')
	}
	dst = strconv.AppendInt(dst, n/100, 10)
	dst = append(dst, '.', byte('0'+n%100/10))
	if n%10 != 0 {
		dst = append(dst, byte('0'+n%10))
	}
	return dst, true
}

func appendScientific(dst, mantissa []byte, exponent int64) []byte {
	dst = append(append(dst, mantissa[0], '.'), orZero(mantissa[1:])...)
	if exponent < 0 {
		dst, exponent = append(dst, "e-"...), -exponent
	} else {
		dst = append(dst, "e+"...)
	}
	if exponent < 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, exponent, 10)
}

func appendFixed(dst, mantissa []byte, exponent int) []byte {
	if exponent < 0 {
		dst = append(dst, "0."...)
		for range -exponent - 1 {
			dst = append(dst, '0')
		}
		return append(dst, mantissa...)
	}
	for i := 0; i <= exponent; i++ {
		if i < len(mantissa) {
			dst = append(dst, mantissa[i])
		} else {
			dst = append(dst, '0')
		}
	}
	return append(append(dst, '.'), orZero(mantissa[min(exponent+1, len(mantissa)):])...)
}

// orZero returns digits, or "0" when there are none.
func orZero(digits []byte) []byte {
	if len(digits) == 0 {
		return []byte("0")
	}
	return digits
}
