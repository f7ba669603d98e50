package xz_test

import (
	"bytes"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta/xz"
	"pgregory.net/rapid"
)

// holds fails the test unless z is a file that holds p, and no byte more is allowed for than needed.
func holds(t interface {
	Helper()
	Fatalf(string, ...any)
}, z, p []byte) {
	t.Helper()
	got, err := xz.Decode(z, int64(len(p)))
	if err != nil || !bytes.Equal(got, p) {
		t.Fatalf("%d bytes of %d, %v", len(got), len(p), err)
	}
}

func TestAppend(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			for _, cut := range []int{0, len(p) / 3, len(p)} {
				z := xz.Append([]byte("prefix"), p[:cut], nil, p[cut:])
				if string(z[:6]) != "prefix" {
					t.Fatal("changed what was there")
				}
				holds(t, z[6:], p)
				if got, want := xz.StoredSize(cut, 0, len(p)-cut), int64(len(z)-6); got != want {
					t.Errorf("StoredSize is %d, the size %d", got, want)
				}
			}
		})
	}
	if got := len(xz.Append(nil)); got != 32 {
		t.Errorf("an empty file takes %d bytes, want 32", got)
	}
	if got := len(xz.Append(nil, random(100))); got != 152 {
		t.Errorf("100 bytes take %d, want 152", got)
	}
}

func TestAppendRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts [][]byte
		var lengths []int
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 140_000), 0, 4).Draw(t, "lengths") {
			parts, lengths = append(parts, random(n)), append(lengths, n)
		}
		z := xz.Append(nil, parts...)
		if got := xz.StoredSize(lengths...); got != int64(len(z)) {
			t.Fatalf("StoredSize is %d, the size %d", got, len(z))
		}
		holds(t, z, bytes.Join(parts, nil))
	})
}

func TestCompress(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			z := xz.Compress(p)
			holds(t, z, p)
			if stored := len(xz.Append(nil, p)); len(z) > stored {
				t.Errorf("%d bytes, %d when stored", len(z), stored)
			}
		})
	}
}

func TestCompressInBlocks(t *testing.T) {
	p := append(table(1_500_000), make([]byte, 3_000_000)...)
	z := xz.Compress(p)
	holds(t, z, p)
	if got := stock(t, z, "-dc"); !bytes.Equal(got, p) {
		t.Errorf("the program reads %d bytes of %d", len(got), len(p))
	}
}

func TestTheProgramReads(t *testing.T) {
	var z, all []byte // the program reads streams behind each other
	for _, p := range samples() {
		z = append(xz.Append(z, p), xz.Compress(p)...)
		all = append(append(all, p...), p...)
	}
	stock(t, z, "-t")
	if got := stock(t, z, "-dc"); !bytes.Equal(got, all) {
		t.Errorf("the program reads %d other bytes of %d", len(got), len(all))
	}
}
