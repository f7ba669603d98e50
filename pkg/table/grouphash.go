package table

import (
	"sort"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// groupHasher hashes texts of which each is an edit of the one before: what lies before the edit is not hashed again.
type groupHasher struct {
	states []hashState // of the text hashed last
	of     int         // how many versions that text is away from the head
}

// hashStep is how far the states are apart, in bytes.
const hashStep = 256 << 10

// sum hashes a text, whose first keep bytes are those of the text hashed before.
func (g *groupHasher) sum(text *delta.Text, base []byte, keep int64) verlog.Hash {
	n := sort.Search(len(g.states), func(i int) bool { return g.states[i].at > keep })
	g.states = g.states[:n]
	from := hashState{hash: *xxh3.New()}
	if n > 0 {
		from = g.states[n-1]
	}
	h, at, pos := &from.hash, from.at, int64(0)
	for _, p := range text.Pieces() {
		b := p.Src
		if b == nil {
			b = base[p.Off : p.Off+p.N]
		}
		skip := min(max(at-pos, 0), p.N)
		pos += p.N
		for b = b[skip:]; len(b) > 0; {
			part := b[:min(int64(len(b)), hashStep-at%hashStep)]
			h.Write(part)
			b, at = b[len(part):], at+int64(len(part))
			if at%hashStep == 0 {
				g.states = append(g.states, hashState{*h, at})
			}
		}
	}
	return sumOf(h)
}

// groupHash returns the hash of what d makes of the staged head, in a session that holds the text.
func (s *Session) groupHash(d *delta.Delta) (verlog.Hash, error) {
	text, moves := delta.NewText(s.head.Size), s.moves()
	for _, p := range moves {
		if err := text.Apply(p.draft.Delta); err != nil {
			return verlog.Hash{}, err
		}
	}
	if err := text.Apply(d); err != nil {
		return verlog.Hash{}, err
	}
	keep := int64(0)
	if s.hasher.of == len(moves) && len(d.Ops) > 0 && d.Ops[0].Off == 0 {
		keep = d.Ops[0].N
	}
	s.hasher.of = len(moves) + 1
	return s.hasher.sum(text, s.head.bytes, keep), nil
}
