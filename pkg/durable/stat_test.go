package durable_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
)

func TestParseStat(t *testing.T) {
	for text, want := range map[string]durable.Stat{
		"0|0|0|0|0|0": {},
		"1|2|3|4|5|6": {Mount: 1, Device: 2, Inode: 3, Size: 4, Modified: 5, Changed: 6},
		"9223372036854775807|9223372036854775807|9223372036854775807|9223372036854775807|9223372036854775807|9223372036854775807": {
			Mount: 1<<63 - 1, Device: 1<<63 - 1, Inode: 1<<63 - 1, Size: 1<<63 - 1, Modified: 1<<63 - 1, Changed: 1<<63 - 1,
		},
	} {
		s, err := durable.ParseStat(text)
		if err != nil || s != want || s.String() != text {
			t.Errorf("%q: %v %v", text, s, err)
		}
	}
	for _, text := range []string{
		"", "1|2|3|4|5", "1|2|3|4|5|6|7", "1|2|3|4|5|", "1|2|3|4|5|-6", "1|2|3|4|5|+6", "1|2|3|4|5|06", "1|2|3|4|5|6\n", " 1|2|3|4|5|6",
		"1|2|3|4|5|0x6", "1|2|3|4|5|9223372036854775808", "1|2|3|4|5|99999999999999999999",
	} {
		if s, err := durable.ParseStat(text); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%q: %v %v", text, s, err)
		}
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add("1|2|3|4|5|6")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := durable.ParseStat(text); err == nil && s.String() != text {
			t.Errorf("%q comes back as %q", text, s)
		}
	})
}

// TestStatTells shows that each way of changing a file changes its stat.
func TestStatTells(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	write(t, path, "1234")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	stat := func() durable.Stat {
		t.Helper()
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		s, err := durable.StatOf(f)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	was := stat()
	if again := stat(); again != was || was.Racy(time.Now()) || was.Size != 4 {
		t.Errorf("untouched: %s, then %s", was, again)
	}
	for _, change := range []func(){
		func() { write(t, path, "4321") },
		func() { write(t, path, "12345") },
		func() { os.Chtimes(path, old, old) },
		func() { os.Remove(path); write(t, path, "12345") },
		func() {
			write(t, path+".new", "12345")
			os.Chtimes(path+".new", old, old)
			os.Rename(path+".new", path)
		},
	} {
		change()
		is := stat()
		if is == was {
			t.Errorf("a change does not show: %s", is)
		}
		if back, err := durable.ParseStat(is.String()); err != nil || back != is {
			t.Error(cmp.Diff(is, back), err)
		}
		was = is
	}
}

func TestRacy(t *testing.T) {
	now := time.Now()
	for age, want := range map[time.Duration]bool{0: true, durable.Tick - 1: true, durable.Tick: false, time.Hour: false, -time.Hour: true} {
		if got := (durable.Stat{Modified: now.Add(-age).UnixNano()}).Racy(now); got != want {
			t.Errorf("written %s ago: racy %v", age, got)
		}
	}
}

func TestSetModified(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	if err := durable.SetModified(f, at); err != nil {
		t.Fatal(err)
	}
	if s, err := durable.StatOf(f); err != nil || s.Modified != at.UnixNano() {
		t.Errorf("%v, not %d: %v", s, at.UnixNano(), err)
	}
}

func TestBootID(t *testing.T) {
	if a, b := durable.BootID(), durable.BootID(); a != b || len(a) != 36 && len(a) != 0 {
		t.Errorf("%q, then %q", a, b)
	}
}

func TestMap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, "12345")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size, want := range map[int64]string{0: "", 3: "123", 5: "12345"} {
		data, unmap, err := durable.Map(f, size)
		if err != nil || string(data) != want {
			t.Errorf("%d bytes: %q %v", size, data, err)
			continue
		}
		unmap()
	}
}
