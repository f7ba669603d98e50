// Package cpuid stands in for github.com/klauspost/cpuid/v2, of which github.com/zeebo/xxh3 asks three questions. That package
// finds out all about the processor when a program starts, with instructions that are slow on virtual machines: half a
// millisecond, as much as the rest of a lookup. It must never grow beyond what xxh3 asks.
package cpuid

import "golang.org/x/sys/cpu"

// Feature is something a processor may be able to do.
type Feature int

// The features that are known here.
const (
	SSE2 Feature = iota
	AVX2
	AVX512F
)

// Processor is the one this program runs on.
type Processor struct{}

// CPU is the one there is.
var CPU Processor

// Has reports whether the processor has the feature.
func (Processor) Has(f Feature) bool {
	switch f {
	case SSE2:
		return cpu.X86.HasSSE2
	case AVX2:
		return cpu.X86.HasAVX2
	case AVX512F:
		return cpu.X86.HasAVX512F
	}
	return false
}
