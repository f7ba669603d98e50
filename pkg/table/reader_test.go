package table

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// generation returns the number that all rows of a text hold; ok is false when they do not agree, or it is cut.
func generation(text string) (n int, ok bool) {
	body, whole := strings.CutPrefix(text, "key|value\n")
	if !whole || !strings.HasSuffix(body, "\nlast|.\n") {
		return 0, false
	}
	seen := 0
	for line := range strings.Lines(body) {
		var row, value int
		if k, err := fmt.Sscanf(line, "r%d|%d", &row, &value); k == 2 && err == nil {
			if seen++; seen > 1 && value != n {
				return 0, false
			}
			n = value
		}
	}
	return n, seen == 40
}

func generationText(n int) []byte {
	var b strings.Builder
	b.WriteString("key|value\n")
	for i := range 40 {
		fmt.Fprintf(&b, "r%d|%d\n", i, n)
	}
	b.WriteString("last|.\n")
	return []byte(b.String())
}

// TestReadersDuringWrites has one loop over current.csv, as any program reads it, one over Read and one over an old
// version, during ten thousand writes, folds among them: none ever sees part of a write, or goes back in time.
func TestReadersDuringWrites(t *testing.T) {
	const writes = 10_000
	f := newFixture(t, string(generationText(0)))
	first, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Tag("first", first.ID); err != nil {
		t.Fatal(err)
	}
	var starts []chan struct{} // a write begins
	var wg sync.WaitGroup
	loop := func(name string, read func() (string, error), grows bool) {
		start := make(chan struct{}, 1)
		starts = append(starts, start)
		wg.Go(func() {
			last := 0
			for range start {
				text, err := read()
				n, ok := generation(text)
				if err != nil || !ok || grows && n < last || !grows && n != 0 {
					t.Errorf("%s: %v, generation %d after %d, whole %v", name, err, n, last, ok)
					return
				}
				last = n
			}
		})
	}
	loop("current.csv", func() (string, error) {
		b, err := os.ReadFile(filepath.Join(f.dir, currentFile))
		return string(b), err
	}, true)
	loop("Read", func() (string, error) {
		c, err := f.Read()
		if err != nil {
			return "", err
		}
		defer c.Close()
		b, err := c.Bytes()
		return string(b), err
	}, true)
	loop("At", func() (string, error) { return f.tryAt(first.ID) }, false)
	for i := range writes {
		for _, start := range starts[:2+(i%16)/15] {
			select {
			case start <- struct{}{}:
			default: // it is at it
			}
		}
		f.must(t)(f.Replace(Replacement{Content: generationText(i + 1), Action: verlog.Update, User: 1}))
		if i%100 == 99 {
			if _, err := f.Prune(1, 3); err != nil {
				t.Fatal(err)
			}
		}
		if t.Failed() {
			break
		}
	}
	for _, start := range starts {
		close(start)
	}
	wg.Wait()
	f.sound(t, true)
	if n, ok := generation(f.current(t)); n != writes || !ok {
		t.Errorf("the last generation is %d", n)
	}
}

// TestReadersOfKeptVersions folds a table again and again while the versions it keeps are read: none is ever damaged or
// gone to a reader.
func TestReadersOfKeptVersions(t *testing.T) {
	f := newFixture(t, rows(30))
	var mu sync.Mutex
	var ids []stamp.ID // the newest, which no fold takes away
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			mu.Lock()
			var id stamp.ID
			if len(ids) > 3 {
				id = ids[len(ids)-3]
			}
			mu.Unlock()
			if id == 0 {
				continue
			}
			if _, err := f.tryAt(id); err != nil && fault.KindOf(err) != fault.NotFound {
				t.Errorf("reading: %v", err)
				return
			}
			if _, err := f.History([]string{"page.title.n7@en"}); err != nil {
				t.Errorf("history: %v", err)
				return
			}
			if _, _, err := f.Blame(); err != nil {
				t.Errorf("blame: %v", err)
				return
			}
		}
	})
	for i := range 400 {
		r := f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: fmt.Sprint(i)}}))
		mu.Lock()
		ids = append(ids, r.ID)
		mu.Unlock()
		if i%7 == 0 {
			if _, err := f.Prune(1, 10); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(stop)
	wg.Wait()
	f.sound(t, true)
}

// TestReadOnly reads a table in a folder that may not be written: nothing is refused, and nothing changed.
func TestReadOnly(t *testing.T) {
	f, ids := withHistory(t)
	want := f.current(t)
	for _, lose := range []string{"", stateFile, currentFile} {
		if lose != "" {
			os.Remove(filepath.Join(f.dir, lose))
		}
		before := f.files(t)
		quiet := *f.Table
		quiet.opt.Wait = 0
		held, err := f.Hold() // as good as a folder that may not be written, for root too
		if err != nil {
			t.Fatal(err)
		}
		c, err := quiet.Read()
		if err != nil {
			t.Fatalf("without %q: %v", lose, err)
		}
		b, err := c.Bytes()
		if err != nil || string(b) != want {
			t.Errorf("without %q: %q %v", lose, b, err)
		}
		c.Close()
		if f.at(t, ids[1]) == "" {
			t.Error("an old version is empty")
		}
		if _, err := os.Stat(filepath.Join(f.dir, lose)); lose != "" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a reader made %s: %v", lose, err)
		}
		for name, text := range f.files(t) {
			if before[name] != text {
				t.Errorf("a reader changed %s", name)
			}
		}
		held.Release()
	}
}
