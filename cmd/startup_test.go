package cmd_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Start-up is most of a lookup, so nothing is computed before main. What is allocated then is counted, which no busy machine
// changes: of our own packages nothing but error values and a sync.OnceValue or two, of libraries little.
const (
	ownBytes     = 256
	libraryBytes = 2 << 10
	allBytes     = 24 << 10 // half of it the tables of Unicode, which regular expressions bring along
)

// TestStartup counts what each command allocates before main, package by package, by the runtime's own account.
func TestStartup(t *testing.T) {
	for _, name := range commands(t) {
		t.Run(name, func(t *testing.T) {
			var account bytes.Buffer
			command := exec.Command(filepath.Join(bin, name), "-h")
			command.Env = append(environment(t.TempDir()), "GODEBUG=inittrace=1")
			command.Stderr = &account
			if err := command.Run(); err != nil {
				t.Fatal(err)
			}
			all := 0
			for line := range strings.Lines(account.String()) {
				path, allocated, err := initialised(line)
				if err != nil {
					t.Fatal(err)
				}
				all += allocated
				if limit := startupLimit(path); allocated > limit {
					t.Errorf("%s allocates %d bytes before main, more than %d", path, allocated, limit)
				}
			}
			if all == 0 || all > allBytes {
				t.Errorf("%d bytes in all are allocated before main, want at most %d", all, allBytes)
			}
		})
	}
}

// initialised reads a line such as "init os @0.3 ms, 0.05 ms clock, 432 bytes, 9 allocs".
func initialised(line string) (path string, allocated int, err error) {
	var at, clock float64
	var allocs int
	_, err = fmt.Sscanf(line, "init %s @%f ms, %f ms clock, %d bytes, %d allocs", &path, &at, &clock, &allocated, &allocs)
	if err != nil {
		return "", 0, fmt.Errorf("%q: %w", line, err)
	}
	return path, allocated, nil
}

func startupLimit(path string) int {
	first, _, _ := strings.Cut(path, "/")
	switch {
	case path == "main" || strings.HasPrefix(path, "github.com/reedbase/"):
		return ownBytes
	case strings.Contains(first, "."):
		return libraryBytes
	}
	return allBytes
}
