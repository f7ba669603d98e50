package row

import (
	"bytes"
	"slices"
)

// Find returns the first row whose Key over columns is key; ok is false when there is none. The header is no row. Text
// without quoted cells is searched at the speed of memory. A key that has not as many cells as there are columns, and a
// quoted cell that is malformed before the row is found, are refused with fault.Input.
func Find(text, key []byte, columns []int) (r Row, ok bool, err error) {
	f, err := newFinder(key, columns)
	if err != nil {
		return Row{}, false, err
	}
	r, ok, _, bad := f.find(text)
	return r, ok, bad.in(text)
}

// finder looks for one key.
type finder struct {
	key     []byte
	columns []int
	needle  []byte // what every line holds that stores the key without quotes; nil when none can
	stride  int    // how much text is looked through for quotes, and then for the key
	begun   bool   // the header is passed
}

// cached is the stride at which text read for quotes is still in the processor's cache when it is read for the key.
const cached = 128 << 10

func newFinder(key []byte, columns []int) (*finder, error) {
	if len(columns) == 0 {
		columns = []int{0}
	}
	cells, err := SplitKey(key, len(columns))
	if err != nil {
		return nil, err
	}
	f := &finder{key: key, columns: columns, stride: cached}
	lead, anchor := byte(separator), 0
	if i := slices.Index(columns, 0); i >= 0 {
		lead, anchor = '\n', i
	}
	if cell := cells[anchor]; bareable(cell, lead == '\n') {
		f.needle = append([]byte{lead}, cell...)
	}
	return f, nil
}

// bareable reports whether cell can be stored without quotes, as the first of its record or elsewhere.
func bareable(cell []byte, first bool) bool {
	if len(cell) == 0 {
		return true
	}
	return cell[0] != '"' && !(first && cell[0] == '#') && !bytes.ContainsAny(cell, "|\n")
}

// find looks for the key in text, from its beginning, or once the header is passed from a row's. When it is not there,
// rest.End is where reading stopped, the end of text or the beginning of a record that is malformed or goes on behind
// text, and rest.Start is where the comments before rest.End begin.
func (f *finder) find(text []byte) (r Row, ok bool, rest Row, err *syntaxError) {
	at, err := f.begin(text)
	if !f.begun {
		return r, false, rest, err
	}
	floor := at // a row's beginning; all lines from there to at are plain
	for at < len(text) {
		end := lineEnd(text, min(at+f.stride, len(text)))
		quoted := quotedLine(text, at, end)
		if quoted >= 0 {
			end = quoted
		}
		if body := f.plain(text, at, end); body >= 0 {
			return Row{comments(text, floor, body), body, lineEnd(text, body)}, true, rest, nil
		}
		at = end
		if quoted < 0 {
			continue
		}
		if at, err = recordEnd(text, quoted, separator); err != nil {
			return r, false, Row{Start: comments(text, floor, quoted), End: quoted}, err
		}
		if f.matches(text[quoted:at]) {
			return Row{comments(text, floor, quoted), quoted, at}, true, rest, nil
		}
		floor = at
	}
	return r, false, Row{Start: comments(text, floor, at), End: at}, nil
}

// begin returns where the first row of text begins, behind the header if that is to be passed yet and is whole.
func (f *finder) begin(text []byte) (at int, err *syntaxError) {
	if f.begun {
		return 0, nil
	}
	if at = skipComments(text, 0); at < len(text) {
		at, err = recordEnd(text, at, separator)
		f.begun = err == nil
	}
	return at, err
}

// quotedLine returns the offset of the first line between at and end that is no comment and has a quoted cell, or -1. A
// line begins at offset at.
func quotedLine(text []byte, at, end int) int {
	for from := at; from < end; {
		i := bytes.IndexByte(text[from:end], '"')
		if i < 0 {
			return -1
		}
		quote := from + i
		if quote == at || text[quote-1] == '\n' {
			return quote
		}
		from = quote + 1
		if text[quote-1] == separator {
			line := at + bytes.LastIndexByte(text[at:quote], '\n') + 1
			if text[line] != '#' {
				return line
			}
			from = lineEnd(text, quote)
		}
	}
	return -1
}

// plain returns the offset of the line between at and end that holds the key, or -1. Lines begin at both, and no cell
// between them is quoted.
func (f *finder) plain(text []byte, at, end int) int {
	if f.needle == nil || at == end {
		return -1
	}
	if f.matches(text[at:lineEnd(text, at)]) {
		return at
	}
	for from := at; from < end; {
		i := bytes.Index(text[from:end], f.needle)
		if i < 0 {
			return -1
		}
		line := from + i + 1
		if f.needle[0] != '\n' {
			line = at + bytes.LastIndexByte(text[at:line], '\n') + 1
		}
		next := lineEnd(text[:end], line)
		if f.matches(text[line:next]) {
			return line
		}
		from = max(next-1, line) // the newline may begin the next hit
	}
	return -1
}

// matches reports whether line is a record with the key.
func (f *finder) matches(line []byte) bool {
	return !comment(line) && bytes.Equal(Key(line, f.columns), f.key)
}

// comment reports whether line, which ends with its line end, is a comment or blank.
func comment(line []byte) bool {
	return endsLine(line) || line[0] == '#'
}

// comments returns where the comments before offset body begin; no row begins between floor and them.
func comments(text []byte, floor, body int) int {
	for body > floor {
		line := floor + bytes.LastIndexByte(text[floor:body-1], '\n') + 1
		if !comment(text[line:body]) {
			break
		}
		body = line
	}
	return body
}
