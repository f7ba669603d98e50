package verlog

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Problem is one thing that is wrong with a log, and where.
type Problem struct {
	Number int      // line, counted from 1
	Offset int64    // of the line's first byte
	ID     stamp.ID // the version the line records, or 0 when it cannot be read
	Text   string
}

// String returns the problem as "line N, offset O: TEXT", with the version where it is known.
func (p Problem) String() string {
	if p.ID == 0 {
		return fmt.Sprintf("line %d, offset %d: %s", p.Number, p.Offset, p.Text)
	}
	return fmt.Sprintf("line %d, offset %d, version %d: %s", p.Number, p.Offset, p.ID, p.Text)
}

// Damage lists the complete lines of a log that cannot be read, in their order. Its kind is fault.Corrupt.
type Damage struct{ Problems []Problem }

// Error returns the problems, joined by newlines.
func (d *Damage) Error() string {
	texts := make([]string, len(d.Problems))
	for i, p := range d.Problems {
		texts[i] = p.String()
	}
	return strings.Join(texts, "\n")
}

// Scan reads a whole log. It returns every line that can be read, in order; the offset of a torn tail, or -1; and a
// *Damage (through errors.As) that lists every complete line that cannot be read, those before a torn tail only.
//
// The torn tail is what an append that never finished has left: a last line without its newline or with NULs, and the
// side version before it whose merge belongs to the same append. Nothing in it was ever acknowledged; it is not among
// the lines returned.
func Scan(log []byte) (lines []Line, torn int64, err error) {
	torn = tornAt(log)
	if torn >= 0 {
		log = log[:torn]
	}
	lines = make([]Line, 0, min(bytes.Count(log, []byte("\n")), len(log)/minLine))
	var damage *Damage
	number, last := 0, 0
	for at := 0; at < len(log); number++ {
		end := at + bytes.IndexByte(log[at:], '\n')
		l, err := parse(log[at:end])
		if err == nil {
			lines = append(lines, l)
		} else {
			if damage == nil {
				damage = new(Damage)
			}
			damage.Problems = append(damage.Problems, Problem{Number: number + 1, Offset: int64(at), Text: err.Error()})
		}
		last, at = at, end+1
	}
	if damage != nil {
		return lines, torn, fault.As(fault.Corrupt, damage)
	}
	if n := len(lines); n > 1 && halfAppend(lines[n-1], lines[:n-1]) {
		lines, torn = lines[:n-1], int64(last)
	}
	return lines, torn, nil
}

// tornAt returns the offset of what an append cut short has left of its last line, or -1. NULs stand where a page was
// lost; when the page after it was not, the line with NULs may be the side version of the whole merge behind it.
func tornAt(log []byte) int64 {
	last := lastLine(log)
	switch {
	case last < 0:
		return -1
	case log[len(log)-1] != '\n', bytes.IndexByte(log[last:], 0) >= 0:
		return int64(last)
	}
	side := lastLine(log[:last])
	if side < 0 || bytes.IndexByte(log[side:last], 0) < 0 {
		return -1
	}
	if l, err := parse(log[last : len(log)-1]); err != nil || l.Parent == 0 || knows(log[:side], l.Parent) {
		return -1
	}
	return int64(side)
}

// lastLine returns where the last line of log begins, or -1 for an empty log.
func lastLine(log []byte) int {
	if len(log) == 0 {
		return -1
	}
	return bytes.LastIndexByte(log[:len(log)-1], '\n') + 1
}

// knows reports whether a line of log records the version id.
func knows(log []byte, id stamp.ID) bool {
	start := []byte(id.String() + "|")
	return bytes.HasPrefix(log, start) || bytes.Contains(log, append([]byte("\n"), start...))
}

// halfAppend reports whether l, standing behind lines, is a side version whose merge the same append would have brought:
// its base is an older version than the head of lines. A fold of older deltas changes no content and needs no merge; and
// where lines are not sound themselves, nobody knows what l is.
func halfAppend(l Line, lines []Line) bool {
	head, _ := Head(lines)
	if l.Base == head.ID || l.Action == Compact || l.ID <= head.ID {
		return false
	}
	known := l.Base == 0 || slices.ContainsFunc(lines, func(m Line) bool { return m.ID == l.Base })
	return known && len(Verify(lines)) == 0
}

// Head returns the head of a log: its first line, followed by each line whose base was the head so far. ok is false for
// an empty log.
func Head(lines []Line) (head Line, ok bool) {
	for i := range lines {
		if i == 0 || lines[i].Base == head.ID {
			head = lines[i]
		}
	}
	return head, len(lines) > 0
}
