package bzip2_test

import (
	"bytes"
	"io"
	"math"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
	"github.com/reedbase/reedbase/pkg/fault"
)

func TestDecodeTakesOneStreamAndAppends(t *testing.T) {
	p := table(300_000)
	for _, n := range []int{0, 5, 2000, len(p)} {
		z := bzip2.Append(nil, p[:n])
		got, used, err := bzip2.Decode([]byte("before"), append(z, "BZh9 and more"...), math.MaxInt64)
		if err != nil || used != len(z) || !bytes.Equal(got, append([]byte("before"), p[:n]...)) {
			t.Errorf("%d bytes: %d used of %d, %v", n, used, len(z), err)
		}
	}
}

func TestDecodeWhatTheProgramMakes(t *testing.T) {
	for _, p := range samples() {
		same(t, stock(t, p, "-1"), p)
	}
	p := table(500_000)
	same(t, stock(t, p, "-1"), p)
}

// refused fails the test unless z is refused as damaged by Decode and Reader, and Decode gives dst back.
func refused(t *testing.T, what string, z []byte, max int64) {
	t.Helper()
	got, used, err := bzip2.Decode([]byte("before"), z, max)
	if fault.KindOf(err) != fault.Corrupt || used != 0 || string(got) != "before" {
		t.Errorf("%s: Decode used %d and gave %d bytes, error %v", what, used, len(got), err)
	}
}

func TestDecodeRefusesMoreThanAllowed(t *testing.T) {
	for name, p := range samples() {
		if len(p) > 0 {
			refused(t, name, bzip2.Append(nil, p), int64(len(p)-1))
			refused(t, name, bzip2.Append(nil, p), 0)
		}
	}
	p := table(1_000_000)
	refused(t, "large", bzip2.Append(nil, p), int64(len(p)-1))
	refused(t, "zeros", bzip2.AppendZeros(nil, 1<<40), 1<<20)
	refused(t, "negative", bzip2.Append(nil, p[:10]), -1)
}

func TestDecodeRefusesTruncation(t *testing.T) {
	for name, p := range samples() {
		z := bzip2.Append(nil, p)
		refused(t, name, z[:len(z)-1], math.MaxInt64)
		for n := range min(len(z), 150) {
			refused(t, name, z[:n], math.MaxInt64)
			if _, err := io.ReadAll(bzip2.NewReader(z[:n])); fault.KindOf(err) != fault.Corrupt {
				t.Errorf("%s: Reader of %d bytes: %v", name, n, err)
			}
		}
	}
	z := bzip2.Append(nil, table(1_000_000))
	for n := 1; n < len(z); n += len(z) / 5 {
		refused(t, "large", z[:n], math.MaxInt64)
	}
}

// A flip may fall on bits that nothing reads: a code that serves no group, the digit, the padding. Then the payload stays.
func TestDecodeSurvivesFlips(t *testing.T) {
	for name, p := range samples() {
		z := bzip2.Append(nil, p)
		step := 1 + len(z)*8/500
		for i := 0; i < len(z)*8; i += step {
			z[i/8] ^= 1 << (i % 8)
			got, _, err := bzip2.Decode(nil, z, 1<<20)
			if err == nil && !bytes.Equal(got, p) || err != nil && fault.KindOf(err) != fault.Corrupt {
				t.Errorf("%s, bit %d: %d bytes, %v", name, i, len(got), err)
			}
			z[i/8] ^= 1 << (i % 8)
		}
	}
	z := bzip2.Append(nil, table(1_000_000))
	for i := len(z) / 7; i < len(z)-2; i += len(z) / 7 {
		z[i] ^= 4
		refused(t, "large", z, math.MaxInt64)
		z[i] ^= 4
	}
}

func TestReaderInPieces(t *testing.T) {
	p := append(table(250_000), make([]byte, 1_000_000)...)
	z := stock(t, p, "-1")
	for _, piece := range []int{1, 7, 255, 4096} {
		r := bzip2.NewReader(z)
		var got []byte
		room := make([]byte, piece)
		var err error
		for err == nil {
			var n int
			n, err = r.Read(room)
			got = append(got, room[:n]...)
		}
		if err != io.EOF || !bytes.Equal(got, p) {
			t.Errorf("pieces of %d: %d bytes of %d, %v", piece, len(got), len(p), err)
		}
		if n, err := r.Read(room); n != 0 || err != io.EOF {
			t.Errorf("pieces of %d, behind the end: %d, %v", piece, n, err)
		}
	}
}

func TestNotAStream(t *testing.T) {
	for _, z := range []string{"", "BZh", "BZh0\x17\x72", "BZ01", "PK\x03\x04 and more of it", "BZh9", "BZh9\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
		refused(t, z, []byte(z), math.MaxInt64)
		if _, err := bzip2.NewReader([]byte(z)).Read(make([]byte, 9)); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("Reader of %q: %v", z, err)
		}
	}
}
