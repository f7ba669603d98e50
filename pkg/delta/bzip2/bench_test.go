package bzip2_test

import (
	"fmt"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta/bzip2"
)

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{30, 100, 1000, 100_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := table(n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			var z []byte
			for b.Loop() {
				z = bzip2.Append(z[:0], p)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{30, 100, 1000, 100_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			z := bzip2.Append(nil, table(n))
			b.SetBytes(int64(n))
			b.ReportAllocs()
			var p []byte
			for b.Loop() {
				p, _, _ = bzip2.Decode(p[:0], z, int64(n))
			}
		})
	}
}

func BenchmarkAppendZeros(b *testing.B) {
	b.ReportAllocs()
	var z []byte
	for b.Loop() {
		z = bzip2.AppendZeros(z[:0], 10_000_000)
	}
}
