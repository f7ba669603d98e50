package merge

import (
	"bytes"
	"sort"

	"github.com/reedbase/reedbase/pkg/row"
)

// What a side copied of base is bytes. Where rows lie in them is found from line ends, without reading row by row; but a
// line end may be inside a record of several lines, and comments belong to the row below them.

// longRecords returns the records of several lines from offset at on, where a row begins.
func longRecords(text []byte, at int) (long []row.Row, err error) {
	for floor := at; ; {
		i := bytes.IndexByte(text[at:], '"')
		if i < 0 {
			return long, nil
		}
		quote := at + i
		at = quote + 1
		if quote > floor && text[quote-1] != '|' && text[quote-1] != '\n' {
			continue
		}
		line := floor + bytes.LastIndexByte(text[floor:quote], '\n') + 1
		if text[line] == '#' {
			at = lineEnd(text, quote)
			continue
		}
		r, err := row.Next(text, line)
		if err != nil {
			return nil, err
		}
		if lineEnd(text, line) < r.End {
			long = append(long, r)
		}
		at, floor = r.End, r.End
	}
}

// within returns the record of several lines that offset at is in or behind the end of.
func (t *text) within(at int) (r row.Row, ok bool) {
	i := sort.Search(len(t.long), func(i int) bool { return t.long[i].End >= at })
	if i == len(t.long) || t.long[i].Body >= at {
		return r, false
	}
	return t.long[i], true
}

// longLine is how far the beginning of a line is looked for, in bytes.
const longLine = 64 << 10

// begins reports whether a row, with its comments, begins at offset at. It may miss one behind a long line.
func (t *text) begins(at int) bool {
	if at <= t.header.End {
		return at == t.header.End
	}
	if r, ok := t.within(at); ok {
		return at == r.End
	}
	if t.bytes[at-1] != '\n' {
		return false
	}
	line := t.lastLine(max(t.header.End, at-longLine), at)
	return (line == t.header.End || t.bytes[line-1] == '\n') && !comment(t.bytes[line:at])
}

// lastEnd returns where the last row ends that begins at or behind from and ends at or before to; there is none when it
// is from, where a row begins. A line that to is within does not count, unless whole says that the text ends with it.
func (t *text) lastEnd(from, to int, whole bool) int {
	if !whole {
		to = from + bytes.LastIndexByte(t.bytes[from:to], '\n') + 1
	}
	for to > from {
		r, within := t.within(to)
		line := t.lastLine(from, to)
		switch {
		case within && to < r.End:
			to = r.Body
		case within || !comment(t.bytes[line:to]):
			return to
		default:
			to = line
		}
	}
	return from
}

// lastLine returns where the line that ends at to begins, or from where it begins before that.
func (t *text) lastLine(from, to int) int {
	return from + bytes.LastIndexByte(t.bytes[from:to-1], '\n') + 1
}

// lineEnd returns the offset behind the newline at or behind at, or len(text).
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// comment reports whether a line, which is not empty, is a comment or blank.
func comment(line []byte) bool {
	switch line[0] {
	case '#', '\n':
		return true
	case '\r':
		return len(line) == 1 || line[1] == '\n'
	}
	return false
}
