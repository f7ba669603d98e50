package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindExtension(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	write := func(dir, name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := write(dir, "rdb-hello", 0o755)
	write(other, "rdb-hello", 0o755)
	second := write(other, "rdb-two-words", 0o755)
	write(dir, "rdb-text", 0o644)
	if err := os.Mkdir(filepath.Join(dir, "rdb-folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, test := range []struct{ name, path, want string }{
		{"hello", dir + ":" + other, first},
		{"two-words", dir + ":" + other, second},
		{"hello", ".:", ""},
		{"hello", "", ""},
		{"text", dir, ""},
		{"folder", dir, ""},
		{"../rdb-hello", dir, ""},
		{"-hello", dir, ""},
		{"", dir, ""},
	} {
		if got := findExtension(test.name, test.path); got != test.want {
			t.Errorf("%q in %q: %q, want %q", test.name, test.path, got, test.want)
		}
	}
}

func TestCleanEnvironment(t *testing.T) {
	t.Setenv("REED_DIR", "/elsewhere")
	t.Setenv("LC_ALL", "C")
	t.Setenv("LD_PRELOAD", "/tmp/evil.so")
	t.Setenv("REED_USER", "alice")
	got := "\n" + strings.Join((&call{dir: "/data"}).cleanEnvironment(), "\n") + "\n"
	for _, want := range []string{"\nREED_DIR=/data\n", "\nREED_USER=alice\n", "\nLC_ALL=C\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:%s", want, got)
		}
	}
	for _, not := range []string{"LD_PRELOAD", "/elsewhere"} {
		if strings.Contains(got, not) {
			t.Errorf("holds %q", not)
		}
	}
}
