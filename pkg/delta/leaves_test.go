package delta

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// A thousand changes here and there leave few leaves that are much smaller than they may be, and the text is right all along.
func TestLeavesStayFull(t *testing.T) {
	seed := rand.Uint64()
	source := rand.New(rand.NewPCG(seed, 0))
	base := bytes.Repeat([]byte("0123456789"), 1_000)
	text, now := NewText(int64(len(base))), base
	for step := range 1000 {
		at, del := source.IntN(len(now)), source.IntN(20)
		if step%3 == 0 {
			at = source.IntN(len(now) / 50) // again and again in the same leaves
		}
		s := Splice{Off: int64(at), Del: int64(min(del, len(now)-at)), Ins: bytes.Repeat([]byte{byte('a' + step%26)}, source.IntN(20))}
		if err := text.Apply(Edit(int64(len(now)), []Splice{s})); err != nil {
			t.Fatal(err)
		}
		now = append(append(bytes.Clone(now[:at]), s.Ins...), now[at+int(s.Del):]...)
		if got := text.Render(nil, base); !bytes.Equal(got, now) {
			t.Fatalf("seed %d, step %d: another text", seed, step)
		}
		if pieces, most := len(text.Pieces()), 4*len(text.Pieces())/leafSize+2; len(text.leaves) > most {
			t.Fatalf("seed %d, step %d: %d pieces in %d leaves, more than %d", seed, step, pieces, len(text.leaves), most)
		}
	}
}
