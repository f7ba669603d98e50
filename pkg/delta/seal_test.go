package delta_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/delta/xz"
	"github.com/reedbase/reedbase/pkg/fault"
)

// recordOf is a record as long as a version's log line.
func recordOf(size int64) []byte {
	return fmt.Appendf(nil, "1767323045678901001|2|1001|1767323000000000001|%d|1|195e6e228e0adff13dc0c917ea450f63|0|126143248\n", size)
}

func TestSealSaysItsOwnSize(t *testing.T) {
	base := strings.Repeat("a row of a table|with a value\n", 100)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "text")
		patch := delta.Diff([]byte(base), append([]byte(base), text...)).Encode()
		head := rapid.StringMatching(`[0-9|]{0,120}`).Draw(t, "head")
		record := func(size int64) []byte { return fmt.Appendf(nil, "%s%d\n", head, size) }
		file := delta.Seal(patch, record)
		gotPatch, gotRecord, err := delta.Unseal(file, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(record(int64(len(file)))), string(gotRecord)); diff != "" {
			t.Fatal(diff)
		}
		if !bytes.Equal(gotPatch, patch) {
			t.Fatal("the patch is not what it was")
		}
	})
}

func TestUnsealTakesAnything(t *testing.T) {
	patch := delta.Snapshot([]byte("some text\n")).Encode()
	tests := []struct {
		name         string
		file         []byte
		patch, after string
	}{
		{"sealed alone", delta.Seal(patch, nil), string(patch), ""},
		{"bare", patch, string(patch), ""},
		{"bare with a record", append(bytes.Clone(patch), "\n\nrecord\n"...), string(patch), "record\n"},
		{"only newlines behind it", xz.Compress(append(bytes.Clone(patch), "\n\n"...)), string(patch), ""},
		{"no patch at all", xz.Compress([]byte("text\n")), "text\n", ""},
		{"nothing", xz.Compress(nil), "", ""},
	}
	for _, test := range tests {
		gotPatch, record, err := delta.Unseal(test.file, 1000)
		if err != nil || string(gotPatch) != test.patch || string(record) != test.after {
			t.Errorf("%s: %q, %q, %v", test.name, gotPatch, record, err)
		}
		if (record == nil) != (test.after == "") {
			t.Errorf("%s: an empty record is not nil", test.name)
		}
	}
	for _, file := range [][]byte{nil, []byte("text\n"), delta.Seal(patch, nil)[:23]} {
		if _, _, err := delta.Unseal(file, 1000); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%q: %v", file, err)
		}
	}
	for _, file := range [][]byte{patch, delta.Seal(patch, nil)} {
		if _, _, err := delta.Unseal(file, 10); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("over the limit: %v", err)
		}
	}
}

// A one-row change of a large table costs what the row costs.
func TestSealedSizes(t *testing.T) {
	row := []byte("newsletter is not direct, receive")
	for _, test := range []struct {
		baseSize       int64
		pure, recorded int
	}{{10_000_000, 320, 420}, {100_000_000, 320, 420}, {1_000_000_000, 320, 440}} {
		patch := delta.Edit(test.baseSize, []delta.Splice{{Off: test.baseSize * 6 / 10, Del: 20, Ins: row}}).Encode()
		if pure := len(delta.Seal(patch, nil)); pure > test.pure {
			t.Errorf("base of %d bytes: %d bytes", test.baseSize, pure)
		}
		if stored := len(delta.Seal(patch, recordOf)); stored > test.recorded {
			t.Errorf("base of %d bytes: %d bytes with the record", test.baseSize, stored)
		}
	}
}
