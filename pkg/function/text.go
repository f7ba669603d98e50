package function

import (
	"bytes"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
)

func lower(c *Context, args []cell.Value) (cell.Value, error) {
	return mapBytes(c, args[0], lowerASCII), nil
}

func upper(c *Context, args []cell.Value) (cell.Value, error) {
	return mapBytes(c, args[0], upperASCII), nil
}

// Letters beyond ASCII stay as they are, as in SQLite.
func lowerASCII(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

func upperASCII(b byte) byte {
	if 'a' <= b && b <= 'z' {
		b -= 'a' - 'A'
	}
	return b
}

func mapBytes(c *Context, v cell.Value, to func(byte) byte) cell.Value {
	if v.IsNull() {
		return v
	}
	text := c.textOf(v)
	for i, b := range text {
		if to(b) == b {
			continue
		}
		out := append(c.room(len(text)), text[:i]...)
		for _, b := range text[i:] {
			out = append(out, to(b))
		}
		return c.text(out)
	}
	return cell.FromText(text)
}

func length(c *Context, args []cell.Value) (cell.Value, error) {
	if args[0].IsNull() {
		return args[0], nil
	}
	return cell.FromInteger(int64(utf8.RuneCount(c.textOf(args[0])))), nil
}

func octetLength(c *Context, args []cell.Value) (cell.Value, error) {
	if args[0].IsNull() {
		return args[0], nil
	}
	return cell.FromInteger(int64(len(c.textOf(args[0])))), nil
}

// instr returns which character of the first text the second begins at, counted from 1, or 0.
func instr(c *Context, args []cell.Value) (cell.Value, error) {
	if anyNull(args) {
		return cell.Value{}, nil
	}
	text := c.textOf(args[0])
	at := bytes.Index(text, c.textOf(args[1]))
	if at < 0 {
		return cell.FromInteger(0), nil
	}
	return cell.FromInteger(int64(utf8.RuneCount(text[:at])) + 1), nil
}

// substr takes a text, where to start and perhaps how many characters to take. A start below 0 is counted from the end; one of 0 is
// a place before the first character. A number of characters below 0 means those before the start.
func substr(c *Context, args []cell.Value) (cell.Value, error) {
	if anyNull(args) {
		return cell.Value{}, nil
	}
	text := c.textOf(args[0])
	characters := int64(utf8.RuneCount(text))
	start, count := clamp(integer(args[1])), int64(maxOffset)
	if len(args) > 2 {
		count = clamp(integer(args[2]))
	}
	switch {
	case start < 0:
		start += characters
	case start > 0:
		start--
	case count > 0:
		count-- // of the place before the first
	}
	if count < 0 {
		start, count = start+count, -count
	}
	end := min(max(start+count, 0), characters)
	start = min(max(start, 0), end)
	text = text[offset(text, start):]
	return cell.FromText(text[:offset(text, end-start)]), nil
}

// maxOffset is more characters than a text has.
const maxOffset = 1 << 40

func clamp(n int64) int64 { return min(max(n, -maxOffset), maxOffset) }

// offset returns where character n of a text begins, n being at most their number.
func offset(text []byte, n int64) int {
	at := 0
	for ; n > 0; n-- {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}

func replace(c *Context, args []cell.Value) (cell.Value, error) {
	if args[0].IsNull() || args[1].IsNull() {
		return cell.Value{}, nil
	}
	text, old := c.textOf(args[0]), c.textOf(args[1])
	if len(old) == 0 {
		return args[0], nil
	}
	if args[2].IsNull() {
		return cell.Value{}, nil
	}
	with := c.textOf(args[2])
	n := bytes.Count(text, old)
	if n == 0 {
		return cell.FromText(text), nil
	}
	size := len(text) + n*(len(with)-len(old))
	if err := c.fits("replace", size); err != nil {
		return cell.Value{}, err
	}
	out := c.room(size)
	for range n {
		at := bytes.Index(text, old)
		out = append(append(out, text[:at]...), with...)
		text = text[at+len(old):]
	}
	return c.text(append(out, text...)), nil
}

// concat is a text of all arguments, NULL being nothing.
func concat(c *Context, args []cell.Value) (cell.Value, error) { return join(c, "concat", nil, args) }

func concatWith(c *Context, args []cell.Value) (cell.Value, error) {
	if args[0].IsNull() {
		return cell.Value{}, nil
	}
	return join(c, "concat_ws", c.textOf(args[0]), args[1:])
}

// join is a text of all arguments that are not NULL with a separator between them.
func join(c *Context, name string, separator []byte, args []cell.Value) (cell.Value, error) {
	out, first := c.room(64), true
	for _, v := range args {
		if v.IsNull() {
			continue
		}
		if !first {
			out = append(out, separator...)
		}
		first = false
		if err := c.fits(name, len(out)+len(v.Text())); err != nil {
			return cell.Value{}, err
		}
		out = v.AppendText(out)
	}
	return c.text(out), nil
}
