package bzip2_test

import (
	"bytes"
	stdlib "compress/bzip2"
	"io"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
	"github.com/reedbase/reedbase/pkg/fault"
)

// FuzzDecode holds Decode to three things: it refuses with the right kind, it agrees with Reader and with compress/bzip2,
// and what it gives out makes a stream that reads the same.
func FuzzDecode(f *testing.F) {
	for name, p := range samples() {
		if len(p) < 6000 {
			f.Add(bzip2.Append(nil, p))
		}
		_ = name
	}
	f.Add(bzip2.AppendZeros(nil, 1000))
	const max = 1 << 14
	f.Fuzz(func(t *testing.T, z []byte) {
		p, used, err := bzip2.Decode(nil, z, max)
		read, readErr := io.ReadAll(io.LimitReader(bzip2.NewReader(z), max+1))
		if err != nil {
			if fault.KindOf(err) != fault.Corrupt || readErr == nil && len(read) <= max {
				t.Fatalf("Decode: %v, Reader: %v", err, readErr)
			}
			return
		}
		if readErr != nil || !bytes.Equal(read, p) {
			t.Fatalf("Decode gives %d bytes, Reader %d, %v", len(p), len(read), readErr)
		}
		if other, err := io.ReadAll(stdlib.NewReader(bytes.NewReader(z[:used]))); err == nil && !bytes.Equal(other, p) {
			t.Fatalf("Decode gives %d bytes, compress/bzip2 %d", len(p), len(other))
		}
		survives(t, p)
	})
}

// survives fails the test unless p comes back from its stream. The standard library's reader, which takes 400 KB for each,
// is asked about every eighth length.
func survives(t *testing.T, p []byte) {
	z := bzip2.Append(nil, p)
	if len(p)%8 == 0 {
		same(t, z, p)
		return
	}
	got, used, err := bzip2.Decode(nil, z, int64(len(p)))
	if err != nil || used != len(z) || !bytes.Equal(got, p) {
		t.Fatalf("%d bytes of %d from %d of %d, %v", len(got), len(p), used, len(z), err)
	}
}

// FuzzAppend makes a payload of runs, so that long ones are common, and holds all readers to it.
func FuzzAppend(f *testing.F) {
	f.Add([]byte("a\x05b\x01c\xff"), []byte("tail"))
	f.Add([]byte("\x00\xff\x00\xff\x00\x01"), []byte{})
	f.Fuzz(func(t *testing.T, runs, tail []byte) {
		var p []byte
		for i := 0; i+1 < len(runs) && len(p) < 1<<12; i += 2 {
			p = append(p, bytes.Repeat(runs[i:i+1], int(runs[i+1]))...)
		}
		survives(t, append(p, tail...))
	})
}

func FuzzZeros(f *testing.F) {
	f.Add(uint32(0))
	f.Add(uint32(fullZeros + 3))
	f.Fuzz(func(t *testing.T, n uint32) {
		size := int64(n % (1 << 17))
		z := bzip2.AppendZeros(nil, size)
		if used, ok := bzip2.IsZeros(z, size); !ok || used != len(z) {
			t.Fatalf("%d zeros are not known again", size)
		}
		p, _, err := bzip2.Decode(nil, z, size)
		if err != nil || !bytes.Equal(p, make([]byte, size)) {
			t.Fatalf("%d zeros: %d bytes, %v", size, len(p), err)
		}
	})
}
