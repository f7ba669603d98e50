package store

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/table"
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

// TestCollectBesideFrames collects while frames make tables, and while others that were to make some come to nothing: no write suffers
// more than that it has to try again, and at the end no folder is left of those that failed.
func TestCollectBesideFrames(t *testing.T) {
	d := newDB(t)
	beside, err := Open(d.dir, Options{Wait: time.Minute, Trust: true})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	done, ended := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-done:
				ended <- nil
				return
			default:
			}
			if _, err := beside.Collect(false); err != nil && fault.KindOf(err) != fault.Busy {
				ended <- err
				return
			}
		}
	}()
	stop := errors.New("stop")
	aged := time.Now().Add(-2 * tempAge)
	made := table.Replacement{Content: []byte("key|value\n"), Key: []string{"key"}}
	for n := range 40 {
		name := fmt.Sprintf("t%d", n/2)
		change := Change{Tables: []string{name, "never"}, Make: []string{name, "never"}, User: 1001, Frame: true}
		for fails := n%2 == 0; ; {
			_, err := d.Change(change, func(work map[string]*table.Work) error {
				if err := work[name].Make(made); err != nil || !fails {
					return err
				}
				return stop
			})
			os.Chtimes(d.path("tables", name), aged, aged)
			os.Chtimes(d.path("tables", "never"), aged, aged)
			if fault.KindOf(err) == fault.Busy {
				continue
			}
			if fails != errors.Is(err, stop) || !fails && err != nil {
				t.Fatal(n, err)
			}
			break
		}
	}
	close(done)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := d.Collect(false); err != nil {
		t.Fatal(err)
	}
	if names, err := d.Names(); err != nil || len(names) != 20 {
		t.Errorf("%v %v", names, err)
	}
	d.sound()
}
