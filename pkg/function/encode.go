package function

import (
	"bytes"
	"encoding/hex"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
)

// hexOf returns the bytes of a text in hexadecimal, those of NULL being none.
func hexOf(c *Context, args []cell.Value) (cell.Value, error) {
	text := c.textOf(args[0])
	if err := c.fits("hex", 2*len(text)); err != nil {
		return cell.Value{}, err
	}
	out := hex.AppendEncode(c.room(2*len(text)), text)
	for i, b := range out {
		out[i] = upperASCII(b)
	}
	return c.text(out), nil
}

// unhex returns the text of bytes in hexadecimal, between which the characters of the second argument may stand; NULL for anything
// else, and for bytes that are no text.
func unhex(c *Context, args []cell.Value) (cell.Value, error) {
	if anyNull(args) {
		return cell.Value{}, nil
	}
	digits, between := c.textOf(args[0]), []byte(nil)
	if len(args) > 1 {
		between = c.textOf(args[1])
	}
	out := c.room(len(digits) / 2)
	for len(digits) > 0 {
		r, size := utf8.DecodeRune(digits)
		if !isHex(r) {
			if !bytes.Contains(between, digits[:size]) {
				return cell.Value{}, nil
			}
			digits = digits[size:]
			continue
		}
		if len(digits) < 2 || !isHex(rune(digits[1])) {
			return cell.Value{}, nil
		}
		b, _ := strconv.ParseUint(string(digits[:2]), 16, 8)
		out, digits = append(out, byte(b)), digits[2:]
	}
	if !utf8.Valid(out) || bytes.IndexByte(out, 0) >= 0 {
		return cell.Value{}, nil
	}
	return c.text(out), nil
}

func isHex(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F'
}

// quote returns a literal that reads as the value: a text in quotes, a float with all the digits that it needs.
func quote(c *Context, args []cell.Value) (cell.Value, error) {
	v := args[0]
	switch v.Kind() {
	case cell.KindNull:
		return c.text(append(c.room(4), "NULL"...)), nil
	case cell.KindInteger:
		return c.text(cell.Numeric(v).AppendText(c.room(32))), nil
	case cell.KindFloat:
		return c.text(appendLiteral(c.room(32), v)), nil
	}
	text := c.textOf(v)
	size := len(text) + bytes.Count(text, []byte("'")) + 2
	if err := c.fits("quote", size); err != nil {
		return cell.Value{}, err
	}
	return c.text(append(appendDoubled(append(c.room(size), '\''), text, '\''), '\'')), nil
}

// appendLiteral appends a float so that it is read as the same one.
func appendLiteral(dst []byte, v cell.Value) []byte {
	f := v.Float()
	if math.IsInf(f, 0) {
		return append(strconv.AppendInt(dst, int64(math.Copysign(9, f)), 10), ".0e+999"...)
	}
	start := len(dst)
	dst = cell.Numeric(v).AppendText(dst)
	if again, err := strconv.ParseFloat(string(dst[start:]), 64); err == nil && again == f {
		return dst
	}
	return strconv.AppendFloat(dst[:start], f, 'e', -1, 64)
}

// appendDoubled appends a text with each of its quotes twice.
func appendDoubled(dst, text []byte, quote byte) []byte {
	for _, b := range text {
		if b == quote {
			dst = append(dst, quote)
		}
		dst = append(dst, b)
	}
	return dst
}

// char returns the text of characters with the given numbers. What no text can hold is U+FFFD.
func char(c *Context, args []cell.Value) (cell.Value, error) {
	out := c.room(len(args) * utf8.UTFMax)
	for _, v := range args {
		r := integer(v)
		if r <= 0 || r > utf8.MaxRune {
			r = utf8.RuneError
		}
		out = utf8.AppendRune(out, rune(r))
	}
	return c.text(out), nil
}

// unicode returns the number of a text's first character.
func unicode(c *Context, args []cell.Value) (cell.Value, error) {
	text := c.textOf(args[0])
	if len(text) == 0 {
		return cell.Value{}, nil
	}
	r, _ := utf8.DecodeRune(text)
	return cell.FromInteger(int64(r)), nil
}
