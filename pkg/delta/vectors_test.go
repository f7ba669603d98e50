package delta_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/delta"
)

// unhex reads lines of hexadecimal bytes.
func unhex(t *testing.T, text string) []byte {
	t.Helper()
	p, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestVectors reads testdata/delta: a line "base:" with the base as Go writes a string, a line "expect:" with the new
// text written likewise, the record behind the patch if there is one, or the error; a line "---"; then the file in
// hexadecimal.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("../../testdata/delta/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			vector, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, dump, _ := strings.Cut(string(vector), "---\n")
			first, want, _ := strings.Cut(head, "\n")
			base, err := strconv.Unquote(strings.TrimPrefix(first, "base: "))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, outcome(t, unhex(t, dump), []byte(base))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// outcome returns what a file makes of base, as vectors say it.
func outcome(t *testing.T, file, base []byte) string {
	patch, record, err := delta.Unseal(file, 1<<20)
	if err != nil {
		return "expect: " + err.Error() + "\n"
	}
	d, _, err := delta.Parse(patch, bytes.NewReader(base), int64(len(base)), 1<<20)
	if err != nil {
		return "expect: " + err.Error() + "\n"
	}
	said := "expect: " + strconv.Quote(string(apply(t, d, base))) + "\n"
	if record != nil {
		said += "record: " + strconv.Quote(string(record)) + "\n"
	}
	return said
}

// The example of reed-delta(5) is what Encode writes, and does what the page says.
func TestManExample(t *testing.T) {
	page, err := os.ReadFile("../../man/reed-delta.5")
	if err != nil {
		t.Fatal(err)
	}
	patch := unhex(t, strings.Join(regexp.MustCompile(`(?m)^(?:[0-9a-f]{2} ?)+$`).FindAllString(string(page), -1), " "))
	base, next := []byte("key|value\na|1\nb|2\n"), []byte("key|value\na|1\nb|3\n")
	if diff := cmp.Diff(patch, patchOf(t, change{"man", base, next})); diff != "" {
		t.Error(diff)
	}
	if got := apply(t, parse(t, patch, base), base); !bytes.Equal(got, next) {
		t.Errorf("%q", got)
	}
}

// Files in the form of today must be read, and as fast, by every version to come: a diff block of zeros that is not
// recognised would be decoded byte by byte.
func TestDiffBlocksStayRecognised(t *testing.T) {
	for size, want := range map[int64]string{
		1:             "37 bytes, a3135dd1",
		10_000_000:    "49 bytes, c785ad62",
		45_899_235:    "47 bytes, 287f5f24",
		1_000_000_000: "743 bytes, 566789f1",
	} {
		patch := delta.Edit(size, nil).Encode()
		control := getInt(patch[8:])
		diff := patch[32+control : 32+control+getInt(patch[16:])]
		if got := verdict(diff); got != want {
			t.Errorf("the diff block of %d zeros is another one: %s", size, got)
		}
	}
}

// verdict is a short form of a block: its length and checksum.
func verdict(p []byte) string { return fmt.Sprintf("%d bytes, %08x", len(p), crc32.ChecksumIEEE(p)) }
