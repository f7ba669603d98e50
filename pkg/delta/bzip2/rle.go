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

// runReader gives out what a text in the first run-length code stands for. A run of four at the end may lack its count.
type runReader struct {
	text []byte // what is left
	last byte
	run  int // how often last stood in the text
	more int // of last, to be given out
	sum  checksum
}

// start begins a text.
func (r *runReader) start(text []byte) {
	r.text, r.run, r.more, r.sum.crc = text, 0, 0, 0
}

// read fills p, and returns fewer than len(p) bytes only at the end.
func (r *runReader) read(p []byte) (n int) {
	for n < len(p) {
		if r.more == 0 {
			k := r.step(p[n:])
			if n += k; k == 0 && r.more == 0 && len(r.text) == 0 {
				break
			}
			continue
		}
		k := min(r.more, len(p)-n)
		for i, fill := 0, p[n:n+k]; i < len(fill); i++ {
			fill[i] = r.last
		}
		r.more -= k
		n += k
	}
	r.sum.write(p[:n])
	return n
}

// step copies up to the count behind the next run of four.
func (r *runReader) step(p []byte) (n int) {
	last, run := r.last, r.run
	text := r.text
	for i, c := range text {
		if run == 4 {
			r.more, r.run, r.text, r.last = int(c), 0, text[i+1:], last
			return n
		}
		if n == len(p) {
			r.text, r.last, r.run = text[i:], last, run
			return n
		}
		if c != last {
			last, run = c, 0
		}
		run++
		p[n] = c
		n++
	}
	r.text, r.last, r.run = nil, last, run
	return n
}
