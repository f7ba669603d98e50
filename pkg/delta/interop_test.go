package delta_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kr/binarydist"

	"github.com/reedbase/reedbase/pkg/delta"
)

// stock returns a function that runs a program over files in a folder of its own, or skips the test.
func stock(t *testing.T, programs ...string) func(input map[string][]byte, output string, argv ...string) []byte {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	dir := t.TempDir()
	return func(input map[string][]byte, output string, argv ...string) []byte {
		t.Helper()
		for name, data := range input {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		os.Remove(filepath.Join(dir, output))
		command := exec.Command(argv[0], argv[1:]...)
		command.Dir = dir
		if printed, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%q: %v: %s", argv, err, printed)
		}
		data, err := os.ReadFile(filepath.Join(dir, output))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
}

func section(p []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(p), 0, int64(len(p)))
}

func patchOf(t *testing.T, c change) []byte {
	t.Helper()
	patch, err := delta.Patch(section(c.base), section(c.next), nil)
	if err != nil {
		t.Fatal(err)
	}
	return patch
}

// Stock xz and bspatch rebuild the text from a stored delta, whatever rides behind the patch.
func TestStockProgramsReadOurs(t *testing.T) {
	run := stock(t, "xz", "bspatch")
	for _, c := range changes(400) {
		for _, record := range []func(int64) []byte{nil, recordOf} {
			file := delta.Seal(patchOf(t, c), record)
			got := run(map[string][]byte{"base": c.base, "delta.xz": file}, "next", "sh", "-c", "xz -dc <delta.xz >patch && bspatch base next patch")
			if !bytes.Equal(got, c.next) {
				t.Errorf("%s: bspatch makes another text", c.name)
			}
		}
	}
}

func TestBinarydistReadsOurs(t *testing.T) {
	for _, c := range changes(400) {
		var got bytes.Buffer
		if err := binarydist.Patch(bytes.NewReader(c.base), &got, bytes.NewReader(patchOf(t, c))); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if !bytes.Equal(got.Bytes(), c.next) {
			t.Errorf("%s: another text", c.name)
		}
	}
}

// checkForeign reads a patch of another encoder in every way there is.
func checkForeign(t *testing.T, c change, patch []byte) {
	t.Helper()
	if got := apply(t, parse(t, patch, c.base), c.base); !bytes.Equal(got, c.next) {
		t.Errorf("%s: Parse makes another text", c.name)
	}
	var got bytes.Buffer
	n, err := delta.Stream(&got, patch, bytes.NewReader(c.base), int64(len(c.base)), int64(len(c.next)))
	if err != nil || n != int64(len(c.next)) || !bytes.Equal(got.Bytes(), c.next) {
		t.Errorf("%s: Stream makes %d bytes: %v", c.name, n, err)
	}
	s, err := delta.Inspect(patch)
	if err != nil || s.Size != n || s.Copied+s.Changed+s.Extra != n {
		t.Errorf("%s: Inspect: %+v, %v", c.name, s, err)
	}
}

func TestWeReadBsdiff(t *testing.T) {
	run := stock(t, "bsdiff")
	for _, c := range changes(400) {
		if len(c.base) == 0 || len(c.next) == 0 {
			continue // bsdiff maps its files, and no empty one can be mapped
		}
		checkForeign(t, c, run(map[string][]byte{"base": c.base, "next": c.next}, "patch", "bsdiff", "base", "next", "patch"))
	}
}

func TestWeReadBinarydist(t *testing.T) {
	stock(t, "bzip2")
	for _, c := range changes(100) {
		var patch bytes.Buffer
		if err := binarydist.Diff(bytes.NewReader(c.base), bytes.NewReader(c.next), &patch); err != nil {
			t.Fatal(err)
		}
		checkForeign(t, c, patch.Bytes())
	}
}

// No stored delta is more than 300 bytes larger than the new text in bzip2.
func TestSizesBesideBzip2(t *testing.T) {
	run := stock(t, "bzip2")
	for _, rows := range []int{3, 30, 400, 3000} {
		for _, c := range changes(rows) {
			file := delta.Seal(patchOf(t, c), recordOf)
			whole := run(map[string][]byte{"next": c.next}, "next.bz2", "bzip2", "-9k", "next")
			if len(file) > len(whole)+300 {
				t.Errorf("%s, %d rows: %d bytes, bzip2 takes %d", c.name, rows, len(file), len(whole))
			}
		}
	}
}

func TestSizesBesideBsdiff(t *testing.T) {
	run := stock(t, "bsdiff")
	for _, c := range changes(10_000) {
		if c.name != "1 % of rows" {
			continue
		}
		ours := delta.Seal(patchOf(t, c), nil)
		if rival := run(map[string][]byte{"base": c.base, "next": c.next}, "patch", "bsdiff", "base", "next", "patch"); len(ours) > len(rival)*105/100 {
			t.Errorf("%s: %d bytes, bsdiff takes %d", c.name, len(ours), len(rival))
		}
	}
}
