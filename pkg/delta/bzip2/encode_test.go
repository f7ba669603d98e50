package bzip2_test

import (
	"bytes"
	stdlib "compress/bzip2"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/delta/bzip2"
	"pgregory.net/rapid"
)

// same fails the test unless all readers take the one stream z for p.
func same(t interface {
	Helper()
	Fatalf(string, ...any)
}, z, p []byte) {
	t.Helper()
	got, used, err := bzip2.Decode(nil, z, int64(len(p)))
	if err != nil || used != len(z) || !bytes.Equal(got, p) {
		t.Fatalf("Decode: %d bytes of %d from %d of %d, %v", len(got), len(p), used, len(z), err)
	}
	if got, err := io.ReadAll(bzip2.NewReader(z)); err != nil || !bytes.Equal(got, p) {
		t.Fatalf("Reader: %d bytes of %d, %v", len(got), len(p), err)
	}
	if got, err := io.ReadAll(stdlib.NewReader(bytes.NewReader(z))); err != nil || !bytes.Equal(got, p) {
		t.Fatalf("compress/bzip2: %d bytes of %d, %v", len(got), len(p), err)
	}
}

func TestAppend(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			before := bytes.Clone(p)
			z := bzip2.Append([]byte("prefix"), p)
			if !bytes.HasPrefix(z, []byte("prefix")) || !bytes.Equal(p, before) {
				t.Fatal("changed what was there")
			}
			same(t, z[6:], p)
		})
	}
}

func TestAppendLarge(t *testing.T) {
	for name, p := range large() {
		t.Run(name, func(t *testing.T) { same(t, bzip2.Append(nil, p), p) })
	}
}

func TestAppendIsNoLargerThanTheProgram(t *testing.T) {
	compare := func(name string, p []byte) {
		if got, want := len(bzip2.Append(nil, p)), len(stock(t, p, "-9")); got > want {
			t.Errorf("%s: %d bytes, the program makes %d", name, got, want)
		}
	}
	for name, p := range samples() {
		compare(name, p)
	}
	compare("full block", table(899_000))
	all := table(100_000)
	for n := 20; n < 60_000; n += n / 4 {
		compare("table", all[:n])
		compare("letters", random(n, 3+n%40))
		compare("mixed", append(random(n/3, 256), all[n/2:n]...))
	}
}

func TestTheProgramReadsAppend(t *testing.T) {
	var z, all []byte // the program reads streams behind each other
	for _, p := range samples() {
		z, all = bzip2.Append(z, p), append(all, p...)
	}
	p := table(1_000_000)
	z, all = bzip2.Append(z, p), append(all, p...)
	if got := stock(t, z, "-dc"); !bytes.Equal(got, all) {
		t.Errorf("the program reads %d other bytes of %d", len(got), len(all))
	}
}

func TestAppendTakesTheLeastDigitThatFits(t *testing.T) {
	for _, tc := range []struct {
		n     int
		digit byte
	}{{0, '1'}, {100_000, '1'}, {100_001, '2'}, {700_000, '7'}, {899_981, '9'}, {1_000_000, '9'}} {
		p := make([]byte, tc.n) // no runs: as long behind the run-length code
		for i := range p {
			p[i] = byte(i)
		}
		if diff := cmp.Diff(string(tc.digit), string(bzip2.Append(nil, p)[3])); diff != "" {
			t.Errorf("%d bytes: %s", tc.n, diff)
		}
	}
}

func TestAppendRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letter := rapid.ByteRange(0, rapid.SampledFrom([]byte{0, 1, 3, 255}).Draw(t, "greatest letter"))
		p := rapid.SliceOfN(letter, 0, 3000).Draw(t, "payload")
		same(t, bzip2.Append(nil, p), p)
	})
}
