package xz_test

import (
	"testing"

	"github.com/reedbase/reedbase/pkg/delta/xz"
)

func BenchmarkPatch(b *testing.B) {
	p := append([]byte("BSDIFF40"), random(200)...)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		var z []byte
		for b.Loop() {
			z = xz.Append(z[:0], p)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		z := xz.Append(nil, p)
		for b.Loop() {
			xz.Decode(z, 1<<20)
		}
	})
}

func BenchmarkTable(b *testing.B) {
	p := table(10_000_000)
	z := xz.Compress(p)
	b.Run("compress", func(b *testing.B) {
		b.SetBytes(int64(len(p)))
		for b.Loop() {
			xz.Compress(p)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(p)))
		for b.Loop() {
			xz.Decode(z, 1<<40)
		}
	})
}
