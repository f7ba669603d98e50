package exec

import "bytes"

// cutting is what cut finds out about a text.
type cutting struct {
	end      int      // behind the last record that is whole
	openings []uint32 // the offsets of the quotes that open a cell
	bad      int      // the offset of a quoted cell that is malformed, or -1
	open     bool     // the cell at bad is never closed
}

// cut finds the last whole record of a text that begins where a record, a comment or a blank line does. Final says that nothing
// follows the text. Without quotes it takes two looks at memory's speed. The openings are appended to a list.
func cut(text []byte, final bool, openings []uint32) cutting {
	c := cutting{bad: -1, openings: openings}
	at := bytes.IndexByte(text, '"')
	if at < 0 {
		c.end = bytes.LastIndexByte(text, '\n') + 1
		if final {
			c.end = len(text)
		}
		return c
	}
	record, closed := 0, 0 // where the record begins that the last quoted cell is in, and the end of that cell
	for {
		opens, next := opening(text, at, closed, &record)
		if opens {
			end, ok := closing(text, at, final, &c)
			if !ok {
				return c.unfinished(record, at, final)
			}
			c.openings = append(c.openings, uint32(at))
			closed, next = end, end
		}
		i := bytes.IndexByte(text[next:], '"')
		if i < 0 {
			break
		}
		at = next + i
	}
	switch last := bytes.LastIndexByte(text[closed:], '\n'); {
	case final:
		c.end = len(text)
	case last >= 0:
		c.end = closed + last + 1
	default:
		c.end = record
	}
	return c
}

// unfinished is for a quoted cell that the text ends in, or that is malformed.
func (c cutting) unfinished(record, at int, final bool) cutting {
	c.end = record
	if final || c.bad >= 0 {
		c.open = c.bad < 0
		if c.open {
			c.bad = at
		}
	}
	return c
}

// opening reports whether the quote at offset at opens a cell, and else where to look for the next one. Closed is the end of the
// quoted cell before it. Record becomes the beginning of the quote's record.
func opening(text []byte, at, closed int, record *int) (opens bool, next int) {
	if at > 0 && text[at-1] != '|' && text[at-1] != '\n' {
		return false, at + 1
	}
	line := bytes.LastIndexByte(text[closed:at], '\n')
	if line < 0 && closed > 0 {
		return true, 0 // the same record as the cell before
	}
	line += closed + 1
	if line == 0 || closed == 0 && line < 0 {
		line = 0
	}
	if line < at && text[line] == '#' {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			return false, len(text)
		}
		return false, at + end
	}
	*record = line
	return true, 0
}

// closing returns the offset behind the cell whose quote opens at offset at. It is not ok when the text ends before that can be
// said, or, with c.bad set, when what follows the closing quote is wrong.
func closing(text []byte, at int, final bool, c *cutting) (end int, ok bool) {
	for from := at + 1; ; {
		i := bytes.IndexByte(text[from:], '"')
		if i < 0 {
			return 0, false
		}
		end = from + i + 1
		if end == len(text) {
			break
		}
		if text[end] != '"' {
			break
		}
		from = end + 1
	}
	rest := text[end:]
	if !final && (len(rest) == 0 || len(rest) == 1 && rest[0] == '\r') {
		return 0, false
	}
	if len(rest) > 0 && rest[0] != '|' && rest[0] != '\n' && !(rest[0] == '\r' && (len(rest) == 1 || rest[1] == '\n')) {
		c.bad = end - 1
		return 0, false
	}
	return end, true
}
