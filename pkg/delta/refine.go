package delta

const (
	// nearRun and farRun are the least lengths of a run found in the lines that a changed one replaces, and of one found
	// elsewhere: bytes of a table are cheap, and runs that are everywhere cheaper.
	nearRun = 24
	farRun  = 32
	// nearGap is how much of the base is searched for what belongs there, in bytes.
	nearGap = 64 << 10
	// sparseShare says when runs are looked for in all of the base: when more than one in this many bytes of the new
	// text are extra bytes.
	sparseShare = 64
)

// refine returns d with extra bytes that are in its base after all copied from there: lines that changed in several
// places, and lines that both moved and lost their names. It may return d itself.
func refine(base []byte, d *Delta) *Delta {
	if len(d.Extra) < nearRun {
		return d
	}
	r := refiner{base: base, out: Delta{BaseSize: d.BaseSize, Ops: make([]Op, 0, len(d.Ops))}}
	if len(d.Extra) >= farRun && int64(len(d.Extra)) > d.Size/sparseShare {
		r.far = newFragments(base, farRun)
	}
	extra := d.Extra
	at := int64(0)
	for i, op := range d.Ops {
		if op.Off >= 0 {
			r.out.copy(op.Off, op.N)
			at = op.Off + op.N
			continue
		}
		end := d.BaseSize
		if i+1 < len(d.Ops) {
			end = d.Ops[i+1].Off
		}
		r.replace(at, end, extra[:op.N])
		extra = extra[op.N:]
	}
	return &r.out
}

// refiner writes a delta anew.
type refiner struct {
	base []byte
	far  *fragments // of all of base, or nil
	out  Delta
}

// replace makes text, which stands where base has the bytes from at to end.
func (r *refiner) replace(at, end int64, text []byte) {
	if gap := end - at; gap < nearRun || gap > nearGap || len(text) < nearRun {
		r.insert(text)
		return
	}
	r.split(newFragments(r.base[at:end], nearRun), at, text, r.insert)
}

// insert makes text from anywhere.
func (r *refiner) insert(text []byte) {
	if r.far == nil || len(text) < farRun {
		r.out.insert(text)
		return
	}
	r.split(r.far, 0, text, r.out.insert)
}

// split makes text of the runs that are in the part of base indexed by in, which begins at offset at, and leaves what
// lies between them to rest.
func (r *refiner) split(in *fragments, at int64, text []byte, rest func([]byte)) {
	for {
		start, off, n, ok := in.first(text)
		if !ok {
			rest(text)
			return
		}
		rest(text[:start])
		r.out.copy(at+int64(off), int64(n))
		text = text[start+n:]
	}
}
