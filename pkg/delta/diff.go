package delta

// Diff returns a delta from base to next.
func Diff(base, next []byte) *Delta {
	d := &Delta{BaseSize: int64(len(base))}
	n := min(len(base), len(next))
	pre := 0
	for pre < n && base[pre] == next[pre] {
		pre++
	}
	suf := 0
	for suf < n-pre && base[len(base)-1-suf] == next[len(next)-1-suf] {
		suf++
	}
	d.copy(0, int64(pre))
	d.insert(next[pre : len(next)-suf])
	d.copy(int64(len(base)-suf), int64(suf))
	if len(d.Extra) > len(next)/4 {
		return Snapshot(next)
	}
	return d
}
