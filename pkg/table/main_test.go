package table

import (
	"os"
	"testing"
)

// TestMain has the tests work in memory where there is a place for that: they flush files thousands of times, and what a
// flush is good for is tested elsewhere.
func TestMain(m *testing.M) {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() && os.Getenv("TMPDIR") == "" {
		os.Setenv("TMPDIR", memory)
	}
	os.Exit(m.Run())
}
