package powercut

import (
	"encoding/hex"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// A call is one system call as strace tells it.
type call struct {
	thread  int
	name    string
	args    []string // as printed: -y adds <path> to a descriptor, -xx writes every string and path as \x bytes
	result  int64    // negative if the call failed
	path    string   // of the descriptor that the call returned
	entered int      // how many operations of the trace had ended when it began
}

// splitLine takes the thread's id off a line of strace's output.
func splitLine(line string) (thread int, rest string, err error) {
	id, rest, _ := strings.Cut(line, " ")
	thread, err = strconv.Atoi(id)
	return thread, strings.TrimLeft(rest, " "), err
}

// parseCall reads "name(args) = result". The text holds no foreign bytes, since -xx escapes them all.
func parseCall(text string) (*call, error) {
	left, result, found := cutLast(text, " = ")
	left = strings.TrimRight(left, " ")
	name, args, opened := strings.Cut(left, "(")
	if !found || !opened || !strings.HasSuffix(args, ")") {
		return nil, fmt.Errorf("strace line not understood: %.200q", text)
	}
	c := &call{name: name, args: splitArgs(strings.TrimSuffix(args, ")")), result: -1}
	result, _, _ = strings.Cut(result, " ")
	number, _, _ := strings.Cut(result, "<")
	if n, err := strconv.ParseInt(number, 0, 64); err == nil {
		c.result, c.path = n, pathOf(result)
	}
	return c, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// splitArgs splits at the commas that stand in no bracket.
func splitArgs(s string) []string {
	var args []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '{', '[', '(':
			depth++
		case '}', ']', ')':
			depth--
		case ',':
			if depth == 0 {
				args = append(args, strings.TrimSpace(s[start:i]))
				start = i + 1
			}
		}
	}
	return append(args, strings.TrimSpace(s[start:]))
}

// arg returns argument i, or "" if there are fewer.
func (c *call) arg(i int) string {
	if i < len(c.args) {
		return c.args[i]
	}
	return ""
}

// number returns argument i as a number, in brackets or not, descriptor or not; -1 if it is none.
func (c *call) number(i int) int64 {
	s, _, _ := strings.Cut(c.arg(i), " => ") // what the call made of it
	s = strings.Trim(s, "[]")
	s, _, _ = strings.Cut(s, "<")
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return -1
	}
	return n
}

// pathOf returns the path that -y added to a descriptor, or "".
func pathOf(descriptor string) string {
	_, rest, _ := strings.Cut(descriptor, "<")
	escaped, _, ok := strings.Cut(rest, ">")
	if !ok {
		return ""
	}
	p, err := unescape(escaped)
	if err != nil {
		return ""
	}
	return string(p)
}

// quoted returns the bytes of argument i, which is a string.
func (c *call) quoted(i int) ([]byte, error) {
	s := c.arg(i)
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return nil, fmt.Errorf("%s: argument %d is no whole string: %.80q", c.name, i+1, s)
	}
	return unescape(s[1 : len(s)-1])
}

// gathered returns the bytes of argument i, a list of iov_base and iov_len pairs, one after the other.
func (c *call) gathered(i int) ([]byte, error) {
	var all []byte
	for _, part := range strings.Split(c.arg(i), "iov_base=")[1:] {
		end := strings.LastIndex(part, `"`)
		if end < 1 || strings.HasPrefix(part[end+1:], "...") {
			return nil, fmt.Errorf("%s: not all bytes are in the log", c.name)
		}
		b, err := unescape(part[1:end])
		if err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	return all, nil
}

// unescape turns \x41\x42 into AB.
func unescape(s string) ([]byte, error) {
	return hex.DecodeString(strings.ReplaceAll(s, `\x`, ""))
}

// join returns the absolute path that a name in a folder leads to, without following links.
func join(folder, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(folder, name)
}
