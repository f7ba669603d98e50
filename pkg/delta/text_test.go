package delta_test

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
)

// Composing a chain and rendering it once gives what applying the deltas one after another gives.
func TestChainsCompose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := []byte(rapid.StringMatching(`([a-c]\|[a-z]{0,9}\n){0,12}`).Draw(t, "base"))
		text, now := delta.NewText(int64(len(base))), base
		for range rapid.IntRange(0, 8).Draw(t, "deltas") {
			d := drawDelta(t, now)
			if err := text.Apply(parse(t, d.Encode(), now)); err != nil {
				t.Fatal(err)
			}
			now = apply(t, d, now)
		}
		if diff := cmp.Diff(string(now), string(text.Render(nil, base))); diff != "" {
			t.Fatal(diff)
		}
		checkReader(t, text.Reader(bytes.NewReader(base)), now)
	})
}

// drawDelta draws splices of a text, or a snapshot.
func drawDelta(t *rapid.T, base []byte) *delta.Delta {
	word := rapid.SliceOfN(rapid.ByteRange('A', 'Z'), 0, 5)
	if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
		return delta.Snapshot(word.Draw(t, "snapshot"))
	}
	var splices []delta.Splice
	for at := 0; at < len(base) && len(splices) < 4; {
		off := rapid.IntRange(at, len(base)).Draw(t, "off")
		del := rapid.IntRange(0, min(9, len(base)-off)).Draw(t, "del")
		splices = append(splices, delta.Splice{Off: int64(off), Del: int64(del), Ins: word.Draw(t, "ins")})
		at = off + del + 1
	}
	return delta.Edit(int64(len(base)), splices)
}

func checkReader(t *rapid.T, r *delta.Reader, want []byte) {
	t.Helper()
	if r.Size() != int64(len(want)) {
		t.Fatal("size", r.Size())
	}
	if len(want) > 0 {
		if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), want); err != nil {
			t.Fatal(err)
		}
	}
	var all bytes.Buffer
	if n, err := r.WriteTo(&all); n != r.Size() || err != nil || !bytes.Equal(all.Bytes(), want) {
		t.Fatal("WriteTo:", n, err)
	}
}

func TestEditIsWhatItSays(t *testing.T) {
	base := "0123456789"
	tests := []struct {
		splices []delta.Splice
		want    string
		ops     []delta.Op
	}{
		{nil, base, []delta.Op{{Off: 0, N: 10}}},
		{[]delta.Splice{{Off: 0, Ins: []byte("a")}}, "a" + base, []delta.Op{{Off: -1, N: 1}, {Off: 0, N: 10}}},
		{[]delta.Splice{{Off: 2, Del: 3}, {Off: 5, Del: 1}}, "016789", []delta.Op{{Off: 0, N: 2}, {Off: 6, N: 4}}},
		{[]delta.Splice{{Off: 3}}, base, []delta.Op{{Off: 0, N: 10}}},
		{[]delta.Splice{{Off: 10, Ins: []byte("z")}}, base + "z", []delta.Op{{Off: 0, N: 10}, {Off: -1, N: 1}}},
		{[]delta.Splice{{Off: 0, Del: 10}}, "", nil},
	}
	for _, test := range tests {
		d := delta.Edit(10, test.splices)
		if diff := cmp.Diff(test.ops, d.Ops); diff != "" {
			t.Error(diff)
		}
		if got := string(apply(t, d, []byte(base))); got != test.want {
			t.Errorf("%q instead of %q", got, test.want)
		}
	}
}

// The extra bytes of an edit are its own: whoever gave them may change them.
func TestEditCopies(t *testing.T) {
	inserted := []byte("abc")
	d := delta.Edit(0, []delta.Splice{{Ins: inserted}})
	inserted[0] = 'x'
	if got := string(apply(t, d, nil)); got != "abc" {
		t.Errorf("%q", got)
	}
}

func TestApplyRefusesWhatIsNotSound(t *testing.T) {
	tests := []struct {
		name string
		d    *delta.Delta
	}{
		{"another base", &delta.Delta{BaseSize: 9, Size: 9, Ops: []delta.Op{{Off: 0, N: 9}}}},
		{"past the base", &delta.Delta{BaseSize: 10, Size: 11, Ops: []delta.Op{{Off: 0, N: 11}}}},
		{"far past the base", &delta.Delta{BaseSize: 10, Size: 1, Ops: []delta.Op{{Off: math.MaxInt64, N: 1}}}},
		{"empty", &delta.Delta{BaseSize: 10, Ops: []delta.Op{{Off: 0, N: 0}}}},
		{"negative", &delta.Delta{BaseSize: 10, Ops: []delta.Op{{Off: 0, N: -1}}}},
		{"too little extra", &delta.Delta{BaseSize: 10, Size: 2, Ops: []delta.Op{{Off: -1, N: 2}}, Extra: []byte("a")}},
		{"too much extra", &delta.Delta{BaseSize: 10, Size: 1, Ops: []delta.Op{{Off: -1, N: 1}}, Extra: []byte("ab")}},
		{"another size", &delta.Delta{BaseSize: 10, Size: 3, Ops: []delta.Op{{Off: 0, N: 2}}}},
		{"splices out of order", delta.Edit(10, []delta.Splice{{Off: 5, Del: 1}, {Off: 2, Del: 1}})},
		{"splices that overlap", delta.Edit(10, []delta.Splice{{Off: 2, Del: 4}, {Off: 3, Del: 1}})},
		{"splice past the base", delta.Edit(10, []delta.Splice{{Off: 9, Del: 2}})},
		{"splice before the base", delta.Edit(10, []delta.Splice{{Off: -2, Del: 1}})},
	}
	for _, test := range tests {
		text := delta.NewText(10)
		if err := text.Apply(test.d); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v", test.name, err)
		}
		if got := string(text.Render(nil, []byte("0123456789"))); got != "0123456789" {
			t.Errorf("%s: the text has become %q", test.name, got)
		}
	}
}

func TestReaderOfAShortBase(t *testing.T) {
	text := delta.NewText(10)
	_, err := text.Reader(strings.NewReader("01234")).WriteTo(io.Discard)
	if err == nil || !strings.Contains(err.Error(), "base at offset 5") {
		t.Error(err)
	}
}

func TestReaderKeepsItsText(t *testing.T) {
	text := delta.NewText(3)
	r := text.Reader(strings.NewReader("abc"))
	for _, word := range []string{"x", "yy"} {
		if err := text.Apply(delta.Snapshot([]byte(word))); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := io.ReadAll(io.NewSectionReader(r, 0, 99)); string(got) != "abc" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
