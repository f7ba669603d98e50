package delta

import (
	"bytes"

	"github.com/zeebo/xxh3"
)

// A line's name is what it is known by when it moves: its first cells, or all of it where there are no cells. Names
// decide how well texts are aligned, never whether a delta is right, so quoting is not looked at.

// allCells is a number of cells that makes the whole line its name.
const allCells = 3

// lineEnd returns where the line of text at the given offset ends, after its newline.
func lineEnd(text []byte, at int) int {
	if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(text)
}

// lineAt returns the line of text at the given offset.
func lineAt(text []byte, at int) []byte { return text[at:lineEnd(text, at)] }

// nameOf returns the first cells of a line with their separators, or the whole line.
func nameOf(line []byte, cells int) []byte {
	if cells >= allCells {
		return line
	}
	at := 0
	for range cells {
		n := bytes.IndexByte(line[at:], '|')
		if n < 0 {
			return line
		}
		at += n + 1
	}
	return line[:at]
}

// nameIndex finds lines of a text by their names. Of lines with one name it knows the first.
type nameIndex struct {
	text  []byte
	cells int // that make a name
	slots slots
}

// newNameIndex indexes text by the fewest cells that tell most of its lines apart.
func newNameIndex(text []byte, cells int) *nameIndex {
	text = text[:min(len(text), indexable)]
	x := &nameIndex{text: text, cells: cells, slots: newSlots(bytes.Count(text, []byte{'\n'}) + 1)}
	for !x.fill() {
		x.cells++
		clear(x.slots)
	}
	return x
}

// fill enters all lines. It gives up when too many share the cells of their names.
func (x *nameIndex) fill() bool {
	twins, lines := 0, 0
	for at := 0; at < len(x.text); lines++ {
		line := lineAt(x.text, at)
		name := nameOf(line, x.cells)
		if !x.slots.enter(xxh3.Hash(name), at) && len(name) < len(line) {
			if twins++; twins > 64+lines/8 {
				return false
			}
		}
		at += len(line)
	}
	return true
}

// find returns the offset of the first line that has the name of the given one.
func (x *nameIndex) find(line []byte) (at int, ok bool) {
	name := nameOf(line, x.cells)
	return x.slots.find(xxh3.Hash(name), func(at int) bool { return bytes.HasPrefix(x.text[at:], name) })
}
