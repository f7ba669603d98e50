package delta

import "bytes"

const (
	// shortestCopy is the least number of bytes that are worth a copy of their own: a control triple takes some bytes, too.
	shortestCopy = 16
	// snapshotShare says when a delta is a snapshot: when more than one in this many bytes of the new text are not in
	// the base.
	snapshotShare = 4
)

// Diff returns a delta that makes next of base. It aligns the two line by line, for tables whose lines are rows named
// by their first cells, in linear time: the common start and end are trimmed; after a line that changed, the nearest
// pair of lines that belong together is looked for; only where there is none nearby are all lines of base indexed by
// their names, to find those that moved. Any bytes give a right delta, tables give a small one. When the extra bytes
// pass a quarter of next, the delta is a snapshot, which aliases next.
func Diff(base, next []byte) *Delta {
	d := diff(base, next, len(next)/snapshotShare, false)
	if d == nil {
		d = Snapshot(next)
		d.BaseSize = int64(len(base))
	}
	return d
}

// diff is Diff without snapshots: it returns nil when the extra bytes pass limit. Texts that are inner ones are the
// different parts of texts that are copied before and after them.
func diff(base, next []byte, limit int, inner bool) *Delta {
	start := CommonPrefix(base, next)
	end := CommonSuffix(base[start:], next[start:])
	a := aligner{base: base, next: next[:len(next)-end], whole: next, inner: inner, cells: 1}
	a.made.BaseSize = int64(len(base))
	a.copy(0, start)
	a.onLine(start, start)
	for at := start; a.pos < len(a.next); {
		at = a.resync(at)
		n := CommonPrefix(base[at:], a.next[a.pos:])
		a.copy(at, n)
		at += n
		a.onLine(at, n)
	}
	a.copy(len(base)-end, end)
	d := refine(base, &a.made)
	if len(d.Extra) > limit {
		return nil
	}
	return d
}

// aligner walks through the new text and writes a delta. Positions in the base move freely, those in the new text only
// forward.
type aligner struct {
	base, next, whole []byte // next without the end it shares with base, and whole
	inner             bool   // they lie between others that are copied
	made              Delta
	pos               int // bytes of next that made makes

	baseLine, nextLine int // starts of the lines that belong together at pos
	stuck              int // times in a row that baseLine changed and nextLine did not

	cells   int        // how many cells name a line
	index   *nameIndex // of base, once a line was not found nearby
	skipped bool       // lines of base have been passed over
}

// copy makes n bytes of the new text from those of base at off.
func (a *aligner) copy(off, n int) {
	if n < shortestCopy && !a.joins(off, n) {
		a.insert(n)
		return
	}
	a.made.copy(int64(off), int64(n))
	a.pos += n
}

// joins reports whether a copy of n bytes from off continues the one before it or after it, and so costs nothing.
func (a *aligner) joins(off, n int) bool {
	if last := len(a.made.Ops) - 1; last >= 0 {
		return a.made.Ops[last].endsAt(int64(off)) || a.inner && a.pos+n == len(a.whole) && off+n == len(a.base)
	}
	return a.inner && off == 0
}

// insert makes the next n bytes of the new text as they are.
func (a *aligner) insert(n int) {
	a.made.insert(a.whole[a.pos : a.pos+n])
	a.pos += n
}

// onLine notes the start of the line in which a match of n bytes ended, at the offset at in base.
func (a *aligner) onLine(at, n int) {
	newline := bytes.LastIndexByte(a.whole[a.pos-n:a.pos], '\n')
	if newline < 0 && n < a.pos {
		return // still in the line that the match began in
	}
	back := n - 1 - newline
	a.baseLine, a.nextLine = at-back, a.pos-back
	a.stuck = 0
}

// resync finds where to go on after a mismatch in two lines that seemed to belong together. It returns the offset in
// base that the new text continues with, having made the bytes before it.
func (a *aligner) resync(at int) int {
	baseLine, nextLine := a.pair()
	if nextLine == a.nextLine { // another line of base, of which a part has been made
		a.stuck++
		a.skipped = true
		a.baseLine = baseLine
		return min(baseLine+a.pos-nextLine, len(a.base))
	}
	a.stuck = 0
	a.skipped = a.skipped || baseLine > lineEnd(a.base, at)
	a.baseLine, a.nextLine = baseLine, nextLine
	if nextLine >= len(a.next) {
		a.insert(len(a.next) - a.pos)
		return baseLine
	}
	same := CommonSuffix(a.base[:baseLine], a.next[a.pos:nextLine])
	a.insert(nextLine - same - a.pos)
	return baseLine - same
}
