package row

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Problem is one reason why a text is no table.
type Problem struct {
	Line   int // counted from 1
	Offset int // of the byte or row it is about
	Text   string
}

// String returns the problem as "line N: TEXT".
func (p Problem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.Text) }

// maxProblems is how many problems of one text are kept: a text of a hundred million bad rows must not fill the memory.
const maxProblems = 1000

// Problems is the error of Check. Its kind is fault.Input.
type Problems struct {
	List  []Problem // the first thousand found, in the order of the text as far as one pass finds them so
	Total int
}

// Error returns the problems joined by newlines, and how many more there are.
func (p *Problems) Error() string {
	var b strings.Builder
	for i, q := range p.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(q.String())
	}
	if more := p.Total - len(p.List); more > 0 {
		fmt.Fprintf(&b, "\nand %d more", more)
	}
	return b.String()
}

// Check returns nil when text is a table with these key columns (none: column 0), or else all that is wrong with it as
// *Problems: bytes that are not UTF-8 or NUL, no header, a column named twice, a quoted cell that is malformed, a row
// with another number of cells than the header, a key that an earlier row has.
func Check(text []byte, keyColumns []int) error {
	var found Problems
	encoding := checker{text: text, line: 1, problems: &found}
	encoding.encoding()
	table := checker{text: text, line: 1, problems: &found, columns: keyColumns, keys: newKeySet(text, keyColumns)}
	table.rows()
	if found.Total == 0 {
		return nil
	}
	slices.SortStableFunc(found.List, func(a, b Problem) int { return a.Offset - b.Offset })
	return fault.As(fault.Input, &found)
}

// checker goes through a text once.
type checker struct {
	text     []byte
	line, at int // the line that offset at is in
	problems *Problems
	columns  []int
	keys     keySet
	cells    int // in the header; 0 before it
}

// report adds a problem at an offset not smaller than the ones before.
func (c *checker) report(offset int, format string, args ...any) {
	c.problems.Total++
	if len(c.problems.List) < maxProblems {
		c.advance(offset)
		c.problems.List = append(c.problems.List, Problem{c.line, offset, fmt.Sprintf(format, args...)})
	}
}

func (c *checker) advance(offset int) {
	c.line += bytes.Count(c.text[c.at:offset], []byte("\n"))
	c.at = offset
}

// encoding reports the first bad byte of each line.
func (c *checker) encoding() {
	if utf8.Valid(c.text) && bytes.IndexByte(c.text, 0) < 0 {
		return
	}
	for at := 0; at < len(c.text); {
		r, size := utf8.DecodeRune(c.text[at:])
		switch {
		case r == 0:
			c.report(at, "a NUL byte")
		case r == utf8.RuneError && size == 1:
			c.report(at, "byte %#02x is not UTF-8", c.text[at])
		default:
			at += size
			continue
		}
		at = lineEnd(c.text, at)
	}
}

func (c *checker) rows() {
	for at := 0; ; {
		body := skipComments(c.text, at)
		if body == len(c.text) {
			break
		}
		end, err := recordEnd(c.text, body, separator)
		if err != nil {
			c.report(err.at, "%s", err.text)
			return // where the next row begins is anybody's guess
		}
		c.advance(body)
		c.row(body, end)
		at = end
	}
	if c.cells == 0 {
		c.report(len(c.text), "there is no header line")
	}
}

func (c *checker) row(body, end int) {
	record := c.text[body:end]
	n := countCells(record)
	if c.cells == 0 {
		c.cells = n
		c.header(record, body)
		return
	}
	if n != c.cells {
		c.report(body, "%d cells where the header has %d", n, c.cells)
	}
	if key := Key(record, c.columns); key != nil {
		if first := c.keys.add(key, body, c.line); first > 0 {
			c.report(body, "key %q is that of line %d too", key, first)
		}
	}
}

func (c *checker) header(record []byte, body int) {
	names := map[string]bool{}
	cells, _ := Cells(nil, record)
	for _, name := range cells {
		if names[string(name)] {
			c.report(body, "column %q is named twice", name)
		}
		names[string(name)] = true
	}
	for _, k := range c.columns {
		if k < 0 || k >= c.cells {
			c.report(body, "there is no key column %d in a header of %d", k+1, c.cells)
		}
	}
}

// countCells returns the number of cells in a well-formed record.
func countCells(record []byte) int {
	if bytes.IndexByte(record, '"') < 0 {
		return bytes.Count(record, []byte{separator}) + 1
	}
	for n, at := 1, 0; ; n++ {
		_, next, err := cellAt(record, at, separator)
		if err != nil || next == len(record) || record[next] != separator {
			return n
		}
		at = next + 1
	}
}
