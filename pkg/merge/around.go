package merge

import (
	"bytes"
	"slices"
)

// The rules for what is around the cells of a row:
//
//   - a line end comes from the side that changed it, from ours where both did;
//   - so do comments, but where both sides changed them all lines are kept, ours before theirs;
//   - the text's last line end is there when the side that changed that has it;
//   - a byte order mark likewise.

// around returns the comments and the line end of the merged row or header.
func (m *merger) around(it *item) (out outcome) {
	var comments [3][]byte
	var eols [3]string
	for _, side := range []Side{Base, Ours, Theirs} {
		from := it.source(side)
		comments[side] = m.comments(it, from)
		if _, eols[side] = splitEOL(m.row(it, from)); eols[side] == "" {
			eols[side] = eols[Base]
		}
	}
	out.comments = mergeComments(comments)
	out.eol = changed(eols)
	return out
}

// source returns whose comments and line end stand for those of side: where side has not got the item, it has left it as
// base has it or, if that has not either, as the other side.
func (it *item) source(side Side) Side {
	switch {
	case it.in(side) || side == Base:
		return side
	case it.in(Base):
		return Base
	}
	return side.other()
}

// comments returns the comments and blank lines before an item's record in one text, without a byte order mark.
func (m *merger) comments(it *item, side Side) []byte {
	t := m.texts[side]
	block := t.bytes[it.at[side].Start:it.at[side].Body]
	if it.at[side].Start == 0 {
		block = bytes.TrimPrefix(block, []byte(mark))
	}
	return block
}

const mark = "\ufeff" // a byte order mark

var newline = []byte("\n")

// marked reports whether the merged text begins with a byte order mark.
func (m *merger) marked() bool {
	var has [3]bool
	for side, t := range m.texts {
		has[side] = bytes.HasPrefix(t.bytes, []byte(mark))
	}
	return changed(has)
}

// changed returns what the side that changed it has, ours where both did.
func changed[T comparable](of [3]T) T {
	if of[Ours] == of[Base] {
		return of[Theirs]
	}
	return of[Ours]
}

// mergeComments merges three blocks of whole lines.
func mergeComments(of [3][]byte) []byte {
	base, ours, theirs := of[Base], of[Ours], of[Theirs]
	switch {
	case bytes.Equal(ours, base):
		return theirs
	case bytes.Equal(theirs, base) || bytes.Equal(theirs, ours):
		return ours
	}
	a, b := bytes.SplitAfter(ours, newline), bytes.SplitAfter(theirs, newline)
	start := 0
	for start < min(len(a), len(b)) && bytes.Equal(a[start], b[start]) {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && bytes.Equal(a[len(a)-1-end], b[len(b)-1-end]) {
		end++
	}
	return bytes.Join(slices.Concat(a[:len(a)-end], b[start:]), nil)
}

// completed returns a block of lines with the end of the last one.
func completed(block []byte) []byte {
	if len(block) == 0 || bytes.HasSuffix(block, newline) {
		return block
	}
	return append(block[:len(block):len(block)], '\n')
}

// splitEOL returns a record without its line end, and that: "\r\n", also for the half of one that may end a text, "\n",
// or "" at the end of a text.
func splitEOL(record []byte) (body []byte, eol string) {
	body, lf := bytes.CutSuffix(record, newline)
	body, cr := bytes.CutSuffix(body, []byte("\r"))
	switch {
	case cr:
		return body, "\r\n"
	case lf:
		return body, "\n"
	}
	return body, ""
}

// ending is how a text ends.
type ending int

const (
	whole ending = iota // with a line end
	half                // with the CR of a CRLF
	cut                 // without
)

func (t *text) ending() ending {
	switch {
	case len(t.bytes) == 0 || bytes.HasSuffix(t.bytes, newline):
		return whole
	case bytes.HasSuffix(t.bytes, []byte("\r")):
		return half
	}
	return cut
}
