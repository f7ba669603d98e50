package xz_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"runtime"
	"testing"

	"github.com/reedbase/reedbase/pkg/delta/xz"
	"github.com/reedbase/reedbase/pkg/fault"
)

func TestDecodeWhatTheProgramMakes(t *testing.T) {
	p := append(table(20_000), random(90_000)...)
	for _, args := range [][]string{
		{"-0"}, {"-6"}, {"-9e"}, {"-Cnone"}, {"-Ccrc32"}, {"-Ccrc64"}, {"-Csha256"}, {"--block-size=30000"},
		{"-T2", "--block-size=40000"}, {"--lzma2=lc=4,pb=0,dict=4KiB"}, {"--lzma2=lc=0,lp=4,pb=4"},
	} {
		holds(t, stock(t, p, append(args, "-c")...), p)
	}
	for _, p := range samples() {
		holds(t, stock(t, p, "-c", "-1"), p)
	}
}

func TestDecodeStreamsAndPadding(t *testing.T) {
	a, b := []byte("first"), table(500)
	both := append(bytes.Clone(a), b...)
	z := append(xz.Append(nil, a), 0, 0, 0, 0, 0, 0, 0, 0)
	holds(t, z, a)
	z = append(z, xz.Compress(b)...)
	holds(t, z, both)
	holds(t, append(z, xz.Append(nil)...), both)
	for _, more := range []string{"\x00", "\x00\x00\x00\x00\x00", "x", "\x00\x00\x00\x00x", "\xfd7zX"} {
		refused(t, "followed by "+more, append(bytes.Clone(z), more...), 1<<20)
	}
	refused(t, "padding first", append([]byte{0, 0, 0, 0}, z...), 1<<20)
}

func refused(t *testing.T, what string, z []byte, max int64) {
	t.Helper()
	if p, err := xz.Decode(z, max); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("%s: %d bytes, error %v", what, len(p), err)
	}
}

// files are small ones of every kind, by name.
func files(t *testing.T) map[string][]byte {
	p := table(400)
	return map[string][]byte{
		"empty":           xz.Append(nil),
		"stored":          xz.Append(nil, p[:100], p[:50]),
		"compressed":      xz.Compress(p),
		"two streams":     append(xz.Append(nil, p[:20]), xz.Compress(p)...),
		"crc64":           stock(t, p, "-c", "-Ccrc64"),
		"sha256":          stock(t, p, "-c", "-Csha256"),
		"blocks":          stock(t, p, "-c", "--block-size=150"),
		"sizes in header": stock(t, p, "-c", "-T2", "--block-size=200"),
	}
}

func TestDecodeRefusesTruncation(t *testing.T) {
	for name, z := range files(t) {
		first := len(xz.Append(nil, make([]byte, 20)))
		for n := range z {
			if name == "two streams" && n == first {
				continue // whole again
			}
			refused(t, name, z[:n], math.MaxInt64)
		}
	}
}

// The properties of a chunk say how many bits of the byte before a literal choose its model: in a text of ASCII the
// highest is always the same, so none and one read alike. No other flip passes.
func TestDecodeRefusesEveryFlip(t *testing.T) {
	for name, z := range files(t) {
		whole, _ := xz.Decode(bytes.Clone(z), 1<<20)
		alike := 0
		for i := range len(z) * 8 {
			z[i/8] ^= 1 << (i % 8)
			p, err := xz.Decode(z, 1<<20)
			if err == nil && bytes.Equal(p, whole) {
				alike++
			} else if fault.KindOf(err) != fault.Corrupt {
				t.Errorf("%s of %d bytes, bit %d: %d bytes, %v", name, len(z), i, len(p), err)
			}
			z[i/8] ^= 1 << (i % 8)
		}
		if alike > 1 {
			t.Errorf("%s: %d flips pass", name, alike)
		}
	}
}

func TestDecodeRefusesMoreThanAllowed(t *testing.T) {
	for name, p := range samples() {
		if len(p) > 0 {
			refused(t, name, xz.Compress(p), int64(len(p)-1))
			refused(t, name, xz.Append(nil, p), 0)
		}
	}
	refused(t, "two streams", append(xz.Append(nil, []byte("abc")), xz.Append(nil, []byte("def"))...), 5)
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// dictionary makes the first block of z ask for another dictionary.
func dictionary(z []byte, code byte) []byte {
	z = bytes.Clone(z)
	z[16] = code
	binary.LittleEndian.PutUint32(z[20:], crc32.ChecksumIEEE(z[12:20]))
	return z
}

func TestDecodeAllocatesByWhatAFileHolds(t *testing.T) {
	p := bytes.Repeat([]byte("abc"), 100)
	z := dictionary(xz.Compress(p), 36) // 1 GiB
	holds(t, z, p)
	if n := allocated(func() { holds(t, z, p) }); n > 1<<17 {
		t.Errorf("a dictionary of 1 GiB for 300 bytes: %d bytes allocated", n)
	}
	refused(t, "a dictionary the format does not define", dictionary(z, 41), 1<<20)

	bomb := xz.Compress(make([]byte, 8<<20))
	if n := allocated(func() { refused(t, "bomb", bomb, 1<<20) }); n > 1<<17 {
		t.Errorf("a bomb: %d bytes allocated", n)
	}

	liar := append(bytes.Clone(z[:24]), bytes.Repeat([]byte("\xff\xff\xff\x00\x00\x5d\x00"), 1000)...)
	if n := allocated(func() { refused(t, "liar", liar, math.MaxInt64) }); n > 1<<17 {
		t.Errorf("chunks that claim 2 MiB a byte: %d bytes allocated", n)
	}
}
