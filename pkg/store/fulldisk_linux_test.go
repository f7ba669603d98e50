package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
)

// TestFullDisk writes to a database on a small file system until it is full: what was stored is there, what was not is
// refused, and with room again it goes on.
func TestFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small file system")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	d := &db{t: t, dir: filepath.Join(dir, "d")}
	d.open(true)
	defer d.Close()
	text := "key|value\n" + strings.Repeat("# a comment that takes room on the disk, and then some\n", 2000)
	d.write("t", text)
	ballast := filepath.Join(dir, "ballast")
	x, err := d.Table("t")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	free := func() int64 {
		var s syscall.Statfs_t
		if err := syscall.Statfs(dir, &s); err != nil {
			t.Fatal(err)
		}
		return int64(s.Bfree) * s.Bsize
	}
	refused, late := 0, 0
	for room := int64(0); room <= 200<<10; room += 4 << 10 {
		os.Remove(ballast)
		if err := os.WriteFile(ballast, make([]byte, max(0, free()-room)), 0o666); err != nil {
			t.Fatal(err)
		}
		want := d.texts()["t"]
		before := len(d.warned)
		_, err := x.Set(1, []string{fmt.Sprint(room)}, nil)
		switch {
		case err == nil:
			want += fmt.Sprintf("%d|\n", room)
		case !errors.Is(err, syscall.ENOSPC) || fault.KindOf(err) == fault.Unknown:
			t.Errorf("with %d bytes: %v of kind %v", room, err, fault.KindOf(err))
		default:
			refused++
		}
		if got := d.texts()["t"]; got != want {
			t.Fatalf("with %d bytes: the table is not what it should be: %q, not %q", room, got[max(0, len(got)-100):], want[len(want)-100:])
		}
		if len(d.warned) > before {
			late++
		}
		d.sound()
	}
	if refused == 0 || late == 0 {
		t.Errorf("%d writes were refused, of %d current.csv came late", refused, late)
	}
	for _, do := range []func() error{
		func() error { _, err := d.Backup(); return err },
		func() error { _, err := d.RestoreTo(time.Now().Add(-time.Hour), 1, false); return err },
	} {
		os.Remove(ballast)
		os.WriteFile(ballast, make([]byte, max(0, free()-(8<<10))), 0o666)
		before := d.texts()
		if err := do(); err == nil {
			t.Error("there was no room, and no error")
		}
		if after := d.texts(); after["t"] != before["t"] {
			t.Error("the table changed")
		}
		d.sound()
	}
	os.Remove(ballast)
	if _, err := x.Set(1, []string{"room again"}, nil); err != nil {
		t.Error(err)
	}
	d.sound()
	if found, _, err := d.Check(nil); err != nil || len(found) > 0 {
		t.Errorf("check: %v %v", found, err)
	}
}
