package delta

import (
	"bytes"

	"github.com/zeebo/xxh3"
)

// pair returns the starts of the next two lines, of base and of the new text, that belong together; those at hand
// differ. At least one of the two starts is another than before, the end of a text when nothing belongs together any
// more.
func (a *aligner) pair() (baseLine, nextLine int) {
	i, j := a.baseLine, a.nextLine
	if a.stuck > 2 {
		return a.after(i, j)
	}
	if i < len(a.base) {
		if a.named(i, j) {
			return a.after(i, j)
		}
		if a.index == nil {
			if i, j, ok := a.nearby(i, j); ok {
				return i, j
			}
		}
	} else if !a.skipped {
		return i, len(a.whole) // all of base has been used in its order: the rest is new
	}
	return a.anywhere(i, j)
}

// after returns the lines after those at i and j.
func (a *aligner) after(i, j int) (int, int) {
	return lineEnd(a.base, i), lineEnd(a.whole, j)
}

// named reports whether the lines at i and j have one name, which the lines after them have not.
func (a *aligner) named(i, j int) bool {
	line, other := lineAt(a.base, i), lineAt(a.whole, j)
	name := nameOf(other, a.cells)
	if len(name) == len(other) || !bytes.HasPrefix(line, name) {
		return false
	}
	return !bytes.HasPrefix(a.base[i+len(line):], name) && !bytes.HasPrefix(a.whole[j+len(other):], name)
}

const (
	// nearLines is how many lines of each text are compared to find a pair nearby.
	nearLines = 8
	// shortLine is the length of lines too common to tell a place, such as empty ones.
	shortLine = 3
)

// nearLine is a line to be compared with others.
type nearLine struct {
	at         int
	line, name uint64 // hashes, 0 for what tells nothing
}

// nearby returns the nearest pair of lines from i and j on that are equal or have one name.
func (a *aligner) nearby(i, j int) (baseLine, nextLine int, ok bool) {
	var rows, others [nearLines]nearLine
	n, m := a.near(&rows, a.base, i), a.near(&others, a.whole, j)
	for sum := 1; sum < n+m-1; sum++ {
		for b := max(0, sum-n+1); b <= sum && b < m; b++ {
			row, other := rows[sum-b], others[b]
			if row.line != 0 && row.line == other.line || row.name != 0 && row.name == other.name {
				return row.at, other.at, true
			}
		}
	}
	return 0, 0, false
}

// near fills lines with those of text at the given offset and returns how many there are.
func (a *aligner) near(lines *[nearLines]nearLine, text []byte, at int) int {
	n := 0
	for ; n < nearLines && at < len(text); n++ {
		line := lineAt(text, at)
		lines[n] = nearLine{at: at}
		if len(line) > shortLine {
			lines[n].line = xxh3.Hash(line)
		}
		if name := nameOf(line, a.cells); len(name) < len(line) {
			lines[n].name = xxh3.Hash(name)
		}
		at += len(line)
	}
	dropTwins(lines[:n])
	return n
}

// dropTwins forgets names that several lines have.
func dropTwins(lines []nearLine) {
	for i := range lines {
		name, twins := lines[i].name, false
		for k := i + 1; k < len(lines); k++ {
			if lines[k].name == name {
				lines[k].name, twins = 0, true
			}
		}
		if twins {
			lines[i].name = 0
		}
	}
}

// anywhere returns the next line of the new text from j on whose name is somewhere in base, or the line after an
// unknown one that takes the place of the one at i.
func (a *aligner) anywhere(i, j int) (baseLine, nextLine int) {
	if a.index == nil {
		a.index = newNameIndex(a.base, a.cells)
		a.cells = a.index.cells
	}
	for at := j; at < len(a.next); {
		line := lineAt(a.whole, at)
		found, ok := a.index.find(line)
		switch {
		case ok && (found != i || at != j):
			return found, at
		case ok || at == j && i < len(a.base) && alike(lineAt(a.base, i), line):
			return a.after(i, j)
		}
		at += len(line)
	}
	return min(i, len(a.base)), len(a.whole)
}

// alike reports whether a line is an edited form of the other, by the share of it that both begin and end with.
func alike(base, next []byte) bool {
	start := CommonPrefix(base, next)
	return 2*(start+CommonSuffix(base[start:], next[start:])) > len(next)
}
