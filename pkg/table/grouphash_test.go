package table

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestGroupHasher edits a text at random places, near the states too, and hashes each text as if it were the first.
func TestGroupHasher(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	base := bytes.Repeat([]byte("key|value\n"), 3*hashStep/10+77)
	g, text, plain := groupHasher{}, delta.NewText(int64(len(base))), base
	for n := range 60 {
		at := random.IntN(len(plain) - 20)
		if n%3 == 0 {
			at = max(0, min(len(plain)-20, (random.IntN(3)+1)*hashStep+random.IntN(5)-2))
		}
		fresh := make([]byte, random.IntN(20))
		d := delta.Edit(int64(len(plain)), []delta.Splice{{Off: int64(at), Del: int64(random.IntN(20)), Ins: fresh}})
		if err := text.Apply(d); err != nil {
			t.Fatal(err)
		}
		plain = text.Render(nil, base)
		keep := int64(0)
		if len(d.Ops) > 0 && d.Ops[0].Off == 0 && n > 0 {
			keep = d.Ops[0].N
		}
		if got := g.sum(text, base, keep); got != verlog.Sum(plain) {
			t.Fatalf("edit %d at %d: %s", n, at, got)
		}
	}
}
