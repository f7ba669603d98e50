// Package delta owns BSDIFF40 patches as tables of pieces: it computes, encodes, parses, composes and inspects them and seals
// them in .xz files. It must never know tables, versions or files.
package delta

// MaxSize is the largest text that a delta may read or make, in bytes.
const MaxSize = 1 << 40

// AnySize stands for the size of a base that is not at hand.
const AnySize = -1

// Op makes the next N bytes of the new text: the bytes of the base from Off on or, when Off is negative, the next N of
// the extra bytes.
type Op struct{ Off, N int64 }

// Delta turns a base of BaseSize bytes into a text of Size bytes by running Ops in order. The values that this package
// returns never hold two operations that could be one, nor an empty one. A Delta is not changed after it has been made;
// its slices may alias what it was made from, as each function says.
type Delta struct {
	BaseSize, Size int64
	Ops            []Op
	Extra          []byte // the bytes that are not in the base, in the order of their operations
}

// Snapshot returns the delta that makes next from any base without reading it. It aliases next.
func Snapshot(next []byte) *Delta {
	d := &Delta{Size: int64(len(next)), Extra: next}
	if len(next) > 0 {
		d.Ops = []Op{{Off: -1, N: d.Size}}
	}
	return d
}

// IsSnapshot reports whether d reads nothing of its base.
func (d *Delta) IsSnapshot() bool {
	for _, op := range d.Ops {
		if op.Off >= 0 {
			return false
		}
	}
	return true
}

// copy appends n bytes of the base from off on.
func (d *Delta) copy(off, n int64) {
	if n == 0 {
		return
	}
	d.Size += n
	if last := len(d.Ops) - 1; last >= 0 && n > 0 && d.Ops[last].endsAt(off) {
		d.Ops[last].N += n
		return
	}
	d.Ops = append(d.Ops, Op{off, n})
}

// endsAt reports whether op copies bytes of the base up to off.
func (op Op) endsAt(off int64) bool { return op.Off >= 0 && op.N > 0 && op.Off+op.N == off }

// insert appends p.
func (d *Delta) insert(p []byte) {
	d.Extra = append(d.Extra, p...)
	d.reserve(int64(len(p)))
}

// reserve appends the next n extra bytes.
func (d *Delta) reserve(n int64) {
	if n == 0 {
		return
	}
	d.Size += n
	if last := len(d.Ops) - 1; last >= 0 && d.Ops[last].Off < 0 {
		d.Ops[last].N += n
		return
	}
	d.Ops = append(d.Ops, Op{-1, n})
}

// Splice replaces Del bytes of the base at Off by Ins.
type Splice struct {
	Off, Del int64
	Ins      []byte
}

// Edit returns the delta that makes the given splices in a base of baseSize bytes, in time and memory proportional to
// the splices and their inserted bytes, which it copies. The splices are sorted by Off, lie inside the base and do not
// overlap; others make a delta that Text.Apply and Parse refuse.
func Edit(baseSize int64, splices []Splice) *Delta {
	d := &Delta{BaseSize: baseSize}
	at := int64(0)
	for _, s := range splices {
		d.copy(at, s.Off-at)
		d.insert(s.Ins)
		at = s.Off + s.Del
	}
	d.copy(at, baseSize-at)
	return d
}
