package function

import (
	"bytes"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
)

func trim(c *Context, args []cell.Value) (cell.Value, error) { return trimmed(c, args, true, true) }

func ltrim(c *Context, args []cell.Value) (cell.Value, error) { return trimmed(c, args, true, false) }

func rtrim(c *Context, args []cell.Value) (cell.Value, error) { return trimmed(c, args, false, true) }

// trimmed takes the characters of the second argument, or blanks, away from the ends of the first.
func trimmed(c *Context, args []cell.Value, left, right bool) (cell.Value, error) {
	if anyNull(args) {
		return cell.Value{}, nil
	}
	text, set := c.textOf(args[0]), []byte(" ")
	if len(args) > 1 {
		set = c.textOf(args[1])
	}
	for left && len(text) > 0 {
		_, size := utf8.DecodeRune(text)
		if !bytes.Contains(set, text[:size]) {
			break
		}
		text = text[size:]
	}
	for right && len(text) > 0 {
		_, size := utf8.DecodeLastRune(text)
		if !bytes.Contains(set, text[len(text)-size:]) {
			break
		}
		text = text[:len(text)-size]
	}
	return cell.FromText(text), nil
}
