package store

import (
	"errors"
	"os"
	"testing"
	"time"
)

// TestCollectLeavesWhatIsWritten takes files with temporary names away once they are old: a young one may be somebody's.
func TestCollectLeavesWhatIsWritten(t *testing.T) {
	d := newDB(t)
	d.write("a", small)
	for _, folder := range []string{".", registryFolder, pendingFolder} {
		os.MkdirAll(d.path(folder), 0o777)
		for name, age := range map[string]time.Duration{"young.tmp": 0, "old.tmp": 2 * tempAge} {
			path, written := d.path(folder, name), time.Now().Add(-age)
			if err := errors.Join(os.WriteFile(path, []byte("x"), 0o666), os.Chtimes(path, written, written)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := d.Collect(false); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{".", registryFolder, pendingFolder} {
		_, young := os.Stat(d.path(folder, "young.tmp"))
		_, old := os.Stat(d.path(folder, "old.tmp"))
		if young != nil || !os.IsNotExist(old) {
			t.Errorf("%s: %v, %v", folder, young, old)
		}
	}
}
