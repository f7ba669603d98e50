//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/delta"
)

func open(t *testing.T, text string) cli.Section {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := cli.OpenSection(&cli.Env{}, path, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Mapped windows say what reading says, wherever they begin and end.
func TestCompareIsLikeReading(t *testing.T) {
	lines := strings.Repeat("a row of a table\n", 1000)
	old, next := open(t, lines), open(t, lines[:9000]+"x"+lines[9001:])
	mapped, read := compare(old, next, nil)(), delta.ReadAlike(old, next)
	for _, at := range [][3]int64{{0, 0, 17000}, {1, 1, 8999}, {4096, 4096, 8000}, {5000, 5017, 7000}, {9001, 9001, 7999}, {16999, 16999, 1}} {
		for _, atEnd := range []bool{false, true} {
			want, _ := read(at[0], at[1], int(at[2]), atEnd)
			if got, err := mapped(at[0], at[1], int(at[2]), atEnd); got != want || err != nil {
				t.Errorf("%d, at the end %t: %d instead of %d, %v", at, atEnd, got, want, err)
			}
		}
	}
	if compare(old, cli.Section{}, nil) != nil {
		t.Error("what is no file is mapped")
	}
}

// A file that is cut short under the map is an error, not the end of the process.
func TestCompareOfAFileCutShort(t *testing.T) {
	size := 64 * os.Getpagesize()
	s := open(t, strings.Repeat("x", size))
	w, err := mapWindow(s.File, 0, size)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(w.pages)
	if err := os.Truncate(s.File.Name(), int64(os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	for _, atEnd := range []bool{false, true} {
		if _, err := alike(w.bytes, bytes.Repeat([]byte("x"), size), atEnd); err == nil || !strings.Contains(err.Error(), "shorter") {
			t.Errorf("at the end %t: %v", atEnd, err)
		}
	}
}
