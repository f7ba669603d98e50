package bzip2

// maxRun is the longest run one unit of the first run-length code holds: four bytes and a count of up to 251.
const maxRun = 255

// appendRuns appends p in the first run-length code to dst, until dst is a full block or p ends, and returns what is
// left of p. Blocks end where those of bzip2 -9 end.
func appendRuns(dst, p []byte) (block, rest []byte) {
	for len(p) > 0 && len(dst) < blockRoom {
		c := p[0]
		n := 1
		for n < len(p) && n < maxRun && p[n] == c {
			n++
		}
		p = p[n:]
		dst = appendRun(dst, c, n)
	}
	return dst, p
}

// appendRun appends one unit: n times c, 1 <= n <= maxRun.
func appendRun(dst []byte, c byte, n int) []byte {
	switch n {
	case 1:
		return append(dst, c)
	case 2:
		return append(dst, c, c)
	case 3:
		return append(dst, c, c, c)
	}
	return append(dst, c, c, c, c, byte(n-4))
}
