package rbks

import (
	"strconv"
	"strings"
)

// piece is a word of a path.
type piece struct {
	text string
	at   int
	soft bool // a joiner stands before it, not a dot
}

// readPath reads what stands before the modifiers, at offset at.
func (d *draft) readPath(path string, at int) {
	if path == "" {
		d.complain(at, false, NoPath, "no path before the modifiers")
		return
	}
	pieces := d.pieces(path, at)
	if len(pieces) == 0 {
		d.complain(at, false, NoPath, "a path without a letter")
		return
	}
	d.segments = assemble(pieces, true)
	if len(d.segments) > MaxDepth {
		d.segments = assemble(pieces, false)
	}
	d.checkDepth(pieces)
}

const joiners = "-_ \t"

// pieces takes the path apart at dots and joiners.
func (d *draft) pieces(path string, at int) (found []piece) {
	before, after := ".", "."
	for from := 0; from <= len(path); before = after {
		end := from + strings.IndexAny(path[from:]+".", "."+joiners)
		word := path[from:end]
		after = separator(path[end:])
		if word == "" && before == "." && after == "." {
			d.complain(at+from, true, EmptySegment, "an empty segment")
		}
		if word != "" {
			if isDigit(word[0]) && (before == "." || len(found) == 0) {
				d.complain(at+from, len(found) > 0, FirstDigit, strconv.Quote(word)+" begins with a digit")
			}
			found = append(found, piece{d.lower(word, at+from), at + from, before != "."})
		}
		if after != "." {
			d.complain(at+end, true, Joiner, strconv.Quote(after)+" is no part of a segment")
		}
		from = end + len(after)
	}
	return found
}

// separator returns the run of joiners that text begins with, or the one dot; behind the path's end there is one too.
func separator(text string) string {
	if n := len(text) - len(strings.TrimLeft(text, joiners)); n > 0 {
		return text[:n]
	}
	return "."
}

// assemble makes segments of the pieces. A joiner ends one if it splits; what begins with a digit never begins one.
func assemble(pieces []piece, split bool) (segments []string) {
	for _, p := range pieces {
		last := len(segments) - 1
		if last >= 0 && (isDigit(p.text[0]) || p.soft && !split) {
			segments[last] += p.text
			continue
		}
		segments = append(segments, p.text)
	}
	return segments
}

// checkDepth counts the segments, those of the text and those that are left.
func (d *draft) checkDepth(pieces []piece) {
	depth, tooDeep := 0, 0
	for i, p := range pieces {
		if i > 0 && p.soft {
			continue
		}
		if depth++; depth == MaxDepth+1 {
			tooDeep = p.at
		}
	}
	switch left := len(d.segments); {
	case depth > MaxDepth:
		d.complain(tooDeep, left <= MaxDepth, Deep, depthText(depth))
	case left < MinDepth && depth < MinDepth:
		d.complain(pieces[0].at, false, Shallow, depthText(depth))
	case left < MinDepth: // joining digits would leave too little
		for i := range d.problems {
			d.problems[i].Fixed = d.problems[i].Fixed && d.problems[i].Rule != FirstDigit
		}
	}
}
