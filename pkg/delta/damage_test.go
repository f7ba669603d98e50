package delta_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/delta/bzip2"
	"github.com/reedbase/reedbase/pkg/fault"
)

// oneRow is a small change whose stored form has a record behind it.
func oneRow() (base, next, file []byte) {
	lines := table(60)
	base, next = text(lines), with(lines, func(l []string) []string {
		l[40] = setValue(l[40], "another value")
		return l
	})
	return base, next, delta.Seal(delta.Diff(base, next).Encode(), recordOf)
}

// harmless reports whether a damaged file is refused, or still makes next, in all the ways to read it.
func harmless(t *testing.T, file, base, next []byte) {
	t.Helper()
	patch, _, err := delta.Unseal(file, 1<<20)
	if err == nil {
		_, err = delta.Inspect(patch)
		checkKind(t, err)
		var d *delta.Delta
		if d, _, err = delta.Parse(patch, bytes.NewReader(base), int64(len(base)), 1<<20); err == nil && !bytes.Equal(apply(t, d, base), next) {
			t.Error("Parse makes a wrong text")
		}
		checkKind(t, err)
		var got bytes.Buffer
		if _, err = delta.Stream(&got, patch, bytes.NewReader(base), int64(len(base)), 1<<20); err == nil && !bytes.Equal(got.Bytes(), next) {
			t.Error("Stream makes a wrong text")
		}
	}
	checkKind(t, err)
}

func checkKind(t *testing.T, err error) {
	t.Helper()
	if err != nil && fault.KindOf(err) != fault.Corrupt {
		t.Errorf("%v is not of kind corrupt", err)
	}
}

func TestEveryBitFlipIsHarmless(t *testing.T) {
	base, next, file := oneRow()
	patch, _, err := delta.Unseal(file, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, whole := range [][]byte{file, patch} {
		for bit := range 8 * len(whole) {
			damaged := bytes.Clone(whole)
			damaged[bit/8] ^= 1 << (bit % 8)
			if harmless(t, damaged, base, next); t.Failed() {
				t.Fatalf("bit %d of %d bytes", bit, len(whole))
			}
		}
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	base, _, file := oneRow()
	patch, _, err := delta.Unseal(file, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for n := range file {
		if _, _, err := delta.Unseal(file[:n], 1<<20); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("file cut at byte %d: %v", n, err)
		}
	}
	for n := range patch {
		if _, _, err := delta.Parse(patch[:n], bytes.NewReader(base), int64(len(base)), 1<<20); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("patch cut at byte %d: %v", n, err)
		}
		if _, err := delta.Stream(&bytes.Buffer{}, patch[:n], bytes.NewReader(base), int64(len(base)), 1<<20); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("patch cut at byte %d: Stream: %v", n, err)
		}
	}
}

// craft returns a patch of the given controls and blocks, as no encoder would write it.
func craft(size int64, diff, extra string, controls ...int64) []byte {
	var control []byte
	for _, n := range controls {
		control = appendInt(control, n)
	}
	z := bzip2.Append(nil, control)
	d := bzip2.Append(nil, []byte(diff))
	p := appendInt(appendInt(appendInt([]byte("BSDIFF40"), int64(len(z))), int64(len(d))), size)
	return bzip2.Append(append(append(p, z...), d...), []byte(extra))
}

func appendInt(dst []byte, n int64) []byte {
	if n < 0 {
		return binary.LittleEndian.AppendUint64(dst, uint64(-n)|1<<63)
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(n))
}

func TestCraftedPatchesAreRefused(t *testing.T) {
	const base = "0123456789"
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	idle := make([]int64, 0, 3_000_000)
	for range 1_000_000 {
		idle = append(idle, 0, 0, 1)
	}
	header := func(at int, n int64) []byte {
		p := craft(10, zeros(10), "", 10, 0, 0)
		appendInt(p[at:at], n)
		return p
	}
	tests := []struct {
		name  string
		patch []byte
		want  string
	}{
		{"negative add", craft(10, zeros(10), "", -5, 0, 0), "control 1: negative length"},
		{"negative extra", craft(10, zeros(10), "", 10, -3, 0), "control 1: negative length"},
		{"sum overflows", craft(10, zeros(10), "", 5, 5, 0, math.MaxInt64, math.MaxInt64, 0), "control 2: makes more than the 10 bytes"},
		{"add past the text", craft(10, zeros(11), "", 11, 0, 0), "control 1: makes more than the 10 bytes"},
		{"extra past the text", craft(10, "", "01234567890", 0, 11, 0), "control 1: makes more than the 10 bytes"},
		{"reads past the base", craft(20, zeros(20), "", 20, 0, 0), "control 1: reads 20 bytes at offset 0 of a base of 10"},
		{"reads before the base", craft(10, zeros(5), "01234", 0, 5, -5, 5, 0, 0), "control 2: reads 5 bytes at offset -5"},
		{"seek overflows", craft(10, zeros(10), "", 5, 0, math.MaxInt64, 5, 0, 0), "control 1: moves by"},
		{"seeks add up", craft(10, zeros(10), "", 1, 0, 1<<40, 0, 0, 1<<40, 9, 0, 0), "moves by"},
		{"no progress", craft(10, zeros(10), "", 0, 0, 0, 10, 0, 0), "control 1: makes no progress"},
		{"a million moves", craft(10, zeros(10), "", idle...), "control 9: makes no progress"},
		{"text of 2^61 bytes", header(24, 1<<61), "the limit is"},
		{"negative text", header(24, -1), "makes -1 bytes"},
		{"control block of 2^61 bytes", header(8, 1<<61), "cannot hold blocks"},
		{"negative control block", header(8, -1), "cannot hold blocks"},
		{"diff block of 2^61 bytes", header(16, 1<<61), "cannot hold blocks"},
		{"controls end early", craft(10, zeros(5), "", 5, 0, 0), "the controls end at byte 5 of 10"},
		{"controls go on", craft(10, zeros(10), "", 10, 0, 0, 1, 0, 0), "control 2: makes more"},
		{"half a control", craft(10, zeros(10), "", 10, 0, 0, 1), "control 2 is cut off"},
		{"no controls", craft(10, "", ""), "the controls end at byte 0 of 10"},
		{"diff block too short", craft(10, "\x01", "", 10, 0, 0), "diff block"},
		{"diff block too long", craft(10, zeros(12), "", 10, 0, 0), "diff block holds more"},
		{"extra block too short", craft(10, "", "0123", 0, 10, 0), "extra block"},
		{"extra block too long", craft(10, "", "0123456789abc", 0, 10, 0), "extra block"},
	}
	for _, test := range tests {
		_, _, err := delta.Parse(test.patch, strings.NewReader(base), int64(len(base)), 1<<30)
		if fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Parse: %v", test.name, err)
		}
		if _, err = delta.Stream(&bytes.Buffer{}, test.patch, strings.NewReader(base), int64(len(base)), 1<<30); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: Stream: %v", test.name, err)
		}
		if _, err = delta.Weight(test.patch, int64(len(base)), 1<<30); err != nil && fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: Weight: %v", test.name, err)
		}
	}
}

// A patch may ask for a move before its first byte, as bsdiff's do, and for seeks that end anywhere.
func TestOddPatchesAreRead(t *testing.T) {
	for _, test := range []struct {
		want  string
		patch []byte
	}{
		{"56789", craft(5, "\x00\x00\x00\x00\x00", "", 0, 0, 5, 5, 0, 77)},
		{"1234x", craft(5, "\x01\x01\x01\x01", "x", 4, 1, -100)},
		{"", craft(0, "", "")},
	} {
		test.patch[32+3] = '9' // the level that other encoders write
		checkForeign(t, change{test.want, []byte("0123456789"), []byte(test.want)}, test.patch)
	}
}

// One-byte controls that jump about would outweigh the text as operations: it comes out as a snapshot.
func TestPatchOfTinyControls(t *testing.T) {
	base := strings.Repeat("abcdefgh", 5000)
	var controls []int64
	next := make([]byte, len(base)/2)
	for i := range next {
		controls = append(controls, 1, 0, -2)
		if i%2 == 0 {
			controls[len(controls)-1] = 2
		}
	}
	at := 0
	for i := range next {
		next[i] = base[at]
		at += 1 + int(controls[3*i+2])
	}
	patch := craft(int64(len(next)), strings.Repeat("\x00", len(next)), "", controls...)
	patch[32+3] = '9'
	checkForeign(t, change{"tiny controls", []byte(base), next}, patch)
	if d := parse(t, patch, []byte(base)); !d.IsSnapshot() {
		t.Errorf("%d operations", len(d.Ops))
	}
}

func TestWrongBaseIsNoticed(t *testing.T) {
	base, _, file := oneRow()
	patch, _, err := delta.Unseal(file, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{0, int64(len(base)) - 1, int64(len(base)) + 1, delta.MaxSize} {
		if _, _, err := delta.Parse(patch, nil, size, 1<<20); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("Parse for a base of %d bytes: %v", size, err)
		}
		if _, err := delta.Stream(&bytes.Buffer{}, patch, bytes.NewReader(base), size, 1<<20); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("Stream for a base of %d bytes: %v", size, err)
		}
		if err := delta.NewText(size).Apply(delta.Diff(base, base)); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("Apply to a base of %d bytes: %v", size, err)
		}
	}
}

type brokenFile struct{}

func (brokenFile) ReadAt([]byte, int64) (int, error) { return 0, iotest.ErrTimeout }

func TestBaseThatCannotBeRead(t *testing.T) {
	patch := craft(5, "\x01\x01\x01\x01", "x", 4, 1, 0)
	if _, _, err := delta.Parse(patch, brokenFile{}, 10, 10); err == nil || fault.KindOf(err) == fault.Corrupt {
		t.Error(err)
	}
	if _, _, err := delta.Parse(patch, nil, 10, 10); err == nil {
		t.Error("a base that is not there is not missed")
	}
	if _, _, err := delta.Parse(patch, strings.NewReader("01"), 10, 10); err == nil {
		t.Error("a base that is shorter than said is not noticed")
	}
}

// zeroFile is a file of zeros that takes no memory.
type zeroFile struct{}

func (zeroFile) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	return len(p), nil
}

// What is added to the base does not pass through memory whole, however large it is.
func TestStreamInBoundedMemory(t *testing.T) {
	const size = 32 << 20
	patch := delta.Edit(size, nil).Encode()
	diff := patch[32+getInt(patch[8:]):]
	diff[3] = '9' // no stream that Encode writes, so it may change anything
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if n, err := delta.Stream(io.Discard, patch, zeroFile{}, size, size); n != size || err != nil {
		t.Fatal(n, err)
	}
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > size/2 {
		t.Errorf("%d bytes are allocated to make %d", allocated, size)
	}
	if weight, err := delta.Weight(patch, size, size); err != nil || weight < size {
		t.Errorf("weight %d, %v", weight, err)
	}
}

// Encoding and parsing a change of one row costs the same for every table.
func TestCostOfOneRow(t *testing.T) {
	cost := func(size int64) float64 {
		return testing.AllocsPerRun(10, func() {
			patch := delta.Edit(size, []delta.Splice{{Off: size / 2, Del: 5, Ins: []byte("value")}}).Encode()
			if d, _, err := delta.Parse(patch, nil, size, delta.MaxSize); err != nil || d.Size != size {
				t.Fatal(err)
			}
		})
	}
	small, large := cost(10_000), cost(40_000_000)
	if large > small+2 {
		t.Errorf("%v allocations instead of %v", large, small)
	}
}

// Without its base a patch is read wherever its diff block changes nothing, whoever compressed it.
func TestParseWithoutBase(t *testing.T) {
	same := craft(5, "\x00\x00\x00\x00", "x", 4, 1, 6)
	same[32+getInt(same[8:])+3] = '7' // the level that the diff block says
	d, used, err := delta.Parse(same, nil, delta.AnySize, 10)
	if err != nil || used != len(same) || d.BaseSize != 10 || string(apply(t, d, []byte("0123456789"))) != "0123x" {
		t.Error(d, used, err)
	}
	changed := craft(5, "\x00\x00\x01\x00", "x", 4, 1, 6)
	if _, _, err := delta.Parse(changed, nil, delta.AnySize, 10); fault.KindOf(err) != fault.Corrupt {
		t.Error(err)
	}
}

func getInt(p []byte) int64 { return int64(binary.LittleEndian.Uint64(p)) }
