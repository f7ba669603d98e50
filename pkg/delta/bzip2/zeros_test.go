package bzip2_test

import (
	"bytes"
	stdlib "compress/bzip2"
	"io"
	"math"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
)

const fullZeros = 45_899_235 // zeros in a full block

// The closed form is what the sort finds.
func TestZerosAreWhatAppendMakes(t *testing.T) {
	zeros := make([]byte, fullZeros)
	lengths := []int{1_000_000, fullZeros - 1}
	for n := range 2001 {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		if got, want := bzip2.AppendZeros(nil, int64(n)), bzip2.Append(nil, zeros[:n]); !bytes.Equal(got, want) {
			t.Fatalf("%d zeros:\n got %x\nwant %x", n, got, want)
		}
	}
}

// count reads r to its end and returns its length, or -1 when it holds anything but zeros.
func count(t *testing.T, r io.Reader) (n int64) {
	t.Helper()
	zeros, room := make([]byte, 1<<16), make([]byte, 1<<16)
	for {
		k, err := r.Read(room)
		if !bytes.Equal(room[:k], zeros[:k]) {
			return -1
		}
		n += int64(k)
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadersCountZeros(t *testing.T) {
	for n := range int64(6001) {
		z := bzip2.AppendZeros(nil, n)
		if got := count(t, stdlib.NewReader(bytes.NewReader(z))); got != n {
			t.Fatalf("compress/bzip2 counts %d of %d", got, n)
		}
		if got := count(t, bzip2.NewReader(z)); got != n {
			t.Fatalf("Reader counts %d of %d", got, n)
		}
	}
	for _, n := range []int64{10_000_000, 10_000_001, 2*fullZeros + 77} {
		if got := count(t, bzip2.NewReader(bzip2.AppendZeros(nil, n))); got != n {
			t.Errorf("Reader counts %d of %d", got, n)
		}
	}
}

func TestTheProgramReadsZeros(t *testing.T) {
	for _, n := range []int64{0, 1, 3, 4, 5, 255, 256, 258, 259, 1019, 1020, 5999, 1_000_000, fullZeros + 258} {
		z := bzip2.AppendZeros(nil, n)
		if got := count(t, bytes.NewReader(stock(t, z, "-dc"))); got != n {
			t.Errorf("the program counts %d of %d", got, n)
		}
	}
}

func TestZerosAreSmall(t *testing.T) {
	for _, tc := range []struct {
		n    int64
		size int
	}{{0, 14}, {10_000_000, 49}, {100_000_000, 115}, {10 * fullZeros, 14 + 10*33}} {
		if got := len(bzip2.AppendZeros(nil, tc.n)); got > tc.size {
			t.Errorf("%d zeros take %d bytes, want at most %d", tc.n, got, tc.size)
		}
	}
	for n, z := int64(5), bzip2.AppendZeros(nil, 5*fullZeros); n > 1; n-- {
		if block := z[4:37]; !bytes.Equal(block, z[4+33*(n-1):4+33*n]) {
			t.Errorf("block %d of 5 is not like the first", n)
		}
	}
	if got := bzip2.AppendZeros(nil, -1); !bytes.Equal(got, bzip2.AppendZeros(nil, 0)) {
		t.Errorf("-1 zeros: %x", got)
	}
}

func TestIsZeros(t *testing.T) {
	for _, n := range []int64{0, 1, 300, 10_000_000, fullZeros, 1 << 40} {
		z := bzip2.AppendZeros(nil, n)
		if used, ok := bzip2.IsZeros(append(bytes.Clone(z), "more"...), n); !ok || used != len(z) {
			t.Errorf("%d: %d, %t", n, used, ok)
		}
		if _, ok := bzip2.IsZeros(z, n+1); ok {
			t.Errorf("%d: taken for one more", n)
		}
		if _, ok := bzip2.IsZeros(z, math.MaxInt64); ok {
			t.Errorf("%d: taken for as many as there are numbers", n)
		}
		if _, ok := bzip2.IsZeros(z[:len(z)-1], n); ok {
			t.Errorf("%d: cut, and accepted", n)
		}
	}
}
