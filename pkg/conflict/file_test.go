package conflict

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// The versions of the examples of reed-conflicts(5).
const exampleMerge, exampleResolve = stamp.ID(1767323045678902001), stamp.ID(1767323050000000001)

// manConflicts returns the three files that reed-conflicts(5) shows.
func manConflicts(t testing.TB) (list []string) {
	page, err := os.ReadFile("../../man/reed-conflicts.5")
	if err != nil {
		t.Fatal(err)
	}
	_, examples, _ := strings.Cut(string(page), "\n.Sh EXAMPLES\n")
	for _, m := range regexp.MustCompile(`(?s)\.Bd -literal\n(.*?)\.Ed\n`).FindAllStringSubmatch(examples, -1) {
		list = append(list, m[1])
	}
	return list
}

// TestManExample decodes what reed-conflicts(5) shows: the last file follows from the two before it.
func TestManExample(t *testing.T) {
	files := manConflicts(t)
	opened, err := Parse([]byte(files[0]), exampleMerge)
	if err != nil || len(opened.Opened) != 2 || opened.Opened[0].Kind != Update || string(opened.Opened[0].Theirs.Record) != `apple|8|"a|b"` {
		t.Fatalf("%+v %v", opened, err)
	}
	settled, err := Parse([]byte(files[1]), exampleResolve)
	if err != nil || len(settled.Settled) != 1 || settled.Settled[0].By != "theirs" {
		t.Fatalf("%+v %v", settled, err)
	}
	set := NewSet(nil)
	set.Apply(opened)
	set.Apply(settled)
	if diff := cmp.Diff(files[2], string(EncodeOpen(set.All(), exampleResolve))); diff != "" {
		t.Error(diff)
	}
	if _, _, err := ParseOpen([]byte(files[2])); err != nil {
		t.Error(err)
	}
}

// TestVectors holds the files of testdata/conflicts, whose first line says what is to become of them.
func TestVectors(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/conflicts/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		head, text, _ := bytes.Cut(b, []byte("---\n"))
		_, err = Parse(text, exampleMerge)
		want, _ := strings.CutPrefix(strings.TrimSpace(string(head)), "expect: ")
		if got := map[bool]string{true: "accepted"}[err == nil]; got != want && (err == nil || fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", filepath.Base(path), err, want)
		}
	}
}

// TestEveryByte changes every byte of the files: it is always noticed.
func TestEveryByte(t *testing.T) {
	files := manConflicts(t)
	for i := range files[0] {
		for _, change := range []byte{1, 0x20, 0x80} {
			b := []byte(files[0])
			b[i] ^= change
			if d, err := Parse(b, exampleMerge); err == nil {
				t.Errorf("byte %d: %+v", i, d)
			}
		}
		if d, err := Parse([]byte(files[0][:i]), exampleMerge); err == nil {
			t.Errorf("cut at %d: %+v", i, d)
		}
	}
	if _, err := Parse([]byte(files[0]), exampleResolve); err == nil {
		t.Error("the file of another version was accepted")
	}
}

// FuzzParse reads any bytes as both kinds of files, with a trailer that fits: what is accepted is written again as it was.
func FuzzParse(f *testing.F) {
	for _, text := range manConflicts(f) {
		f.Add([]byte(text[:strings.LastIndex(text, "# ")]))
	}
	f.Add([]byte(disputesHeader + "\nopened|0123456789abcdef|k|\"a|b\"|insert|||||||\"x\"\"\ny\"|||\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = appendTrailer(bytes.Clone(b), exampleMerge)
		if d, err := Parse(b, exampleMerge); err == nil {
			if again := d.Encode(exampleMerge); !bytes.Equal(again, b) {
				t.Errorf("%q became %q", b, again)
			}
			set := NewSet(nil)
			set.Apply(d)
			list, at, err := ParseOpen(EncodeOpen(set.All(), exampleMerge))
			if diff := cmp.Diff(set.All(), list); diff != "" || at != exampleMerge || err != nil {
				t.Error(at, err, diff)
			}
		}
		if list, at, err := ParseOpen(b); err == nil {
			if again := EncodeOpen(list, at); !bytes.Equal(again, b) {
				t.Errorf("%q became %q", b, again)
			}
		}
	})
}
