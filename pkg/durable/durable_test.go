package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
)

// open opens a folder that the test owns.
func open(t *testing.T, path string) *durable.Dir {
	t.Helper()
	d, err := durable.OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// tree returns the files below path with their contents; folders end in "/".
func tree(t *testing.T, path string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(path, func(p string, e fs.DirEntry, err error) error {
		if err != nil || p == path {
			return err
		}
		name, _ := filepath.Rel(path, p)
		if e.IsDir() {
			files[name+"/"] = ""
			return nil
		}
		b, err := os.ReadFile(p)
		files[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestWrites runs each way of changing a folder on a folder that holds the files before, and compares what is left.
func TestWrites(t *testing.T) {
	type files = map[string]string
	for _, c := range []struct {
		name   string
		before files
		do     func(d *durable.Dir) error
		after  files
		exists bool // the error says that a name was there already
		kind   fault.Kind
		fails  bool
	}{
		{name: "create", do: func(d *durable.Dir) error { return d.Create("a", "t", []byte("new")) }, after: files{"a": "new"}},
		{name: "create nothing", do: func(d *durable.Dir) error { return d.Create("a", "t", nil) }, after: files{"a": ""}},
		{
			name: "create over a file", before: files{"a": "old"}, after: files{"a": "old"}, exists: true, fails: true,
			do: func(d *durable.Dir) error { return d.Create("a", "t", []byte("new")) },
		},
		{
			name: "create over a folder", before: files{"a/": ""}, after: files{"a/": ""}, exists: true, fails: true,
			do: func(d *durable.Dir) error { return d.Create("a", "t", []byte("new")) },
		},
		{
			name: "create with a leftover", before: files{"t": "a longer leftover"}, after: files{"a": "new"},
			do: func(d *durable.Dir) error { return d.Create("a", "t", []byte("new")) },
		},
		{
			name: "create where the leftover is a folder", before: files{"t/": ""}, after: files{"t/": ""}, fails: true, kind: fault.Corrupt,
			do: func(d *durable.Dir) error { return d.Create("a", "t", []byte("new")) },
		},
		{
			name: "replace", before: files{"a": "old, and longer"}, after: files{"a": "new"},
			do: func(d *durable.Dir) error { return d.Replace("a", "t", []byte("new")) },
		},
		{name: "replace nothing", do: func(d *durable.Dir) error { return d.Replace("a", "t", []byte("new")) }, after: files{"a": "new"}},
		{
			name: "replace a folder", before: files{"a/": ""}, after: files{"a/": ""}, exists: true, fails: true, kind: fault.Corrupt,
			do: func(d *durable.Dir) error { return d.Replace("a", "t", []byte("new")) },
		},
		{
			name: "rename to a new name", before: files{"a": "1"}, after: files{"b": "1"},
			do: func(d *durable.Dir) error { return d.RenameNew("a", "b") },
		},
		{
			name: "rename to a name that is taken", before: files{"a": "1", "b": "2"}, after: files{"a": "1", "b": "2"}, exists: true, fails: true,
			do: func(d *durable.Dir) error { return d.RenameNew("a", "b") },
		},
		{
			name: "rename what is not there", before: files{"b": "2"}, after: files{"b": "2"}, fails: true, kind: fault.NotFound,
			do: func(d *durable.Dir) error { return d.RenameNew("a", "c") },
		},
		{
			name: "rename over", before: files{"a": "1", "b": "2"}, after: files{"b": "1"},
			do: func(d *durable.Dir) error { return d.Rename("a", "b") },
		},
		{
			name: "exchange", before: files{"a": "1", "b": "2"}, after: files{"a": "2", "b": "1"},
			do: func(d *durable.Dir) error { return d.Exchange("a", "b") },
		},
		{
			name: "exchange with nothing", before: files{"a": "1"}, after: files{"a": "1"}, fails: true, kind: fault.NotFound,
			do: func(d *durable.Dir) error { return d.Exchange("a", "b") },
		},
		{name: "remove", before: files{"a": "1"}, after: files{}, do: func(d *durable.Dir) error { return d.Remove("a") }},
		{name: "remove what is not there", after: files{}, do: func(d *durable.Dir) error { return d.Remove("a") }},
		{
			name: "fresh over a leftover", before: files{"a": "a leftover"}, after: files{"a": "x"},
			do: func(d *durable.Dir) error {
				f, err := d.Fresh("a")
				if err != nil {
					return err
				}
				_, err = f.WriteString("x")
				return errors.Join(err, f.Close())
			},
		},
		{
			name: "make a folder", before: files{"a/": "", "a/x": "1"}, after: files{"a/": "", "a/x": "1", "b/": ""},
			do: func(d *durable.Dir) error {
				for _, name := range []string{"a", "b"} {
					sub, err := d.MakeSub(name)
					if err != nil {
						return err
					}
					sub.Close()
				}
				return nil
			},
		},
		{
			name: "make a folder where a file is", before: files{"a": "1"}, after: files{"a": "1"}, fails: true, kind: fault.Corrupt,
			do: func(d *durable.Dir) error { _, err := d.MakeSub("a"); return err },
		},
		{
			name: "make a folder at the end of a link", before: files{"b/": ""}, after: files{"b/": ""}, fails: true, kind: fault.Corrupt,
			do: func(d *durable.Dir) error {
				if err := d.Root().Symlink("b", "a"); err != nil {
					return err
				}
				_, err := d.MakeSub("a")
				return errors.Join(err, d.Remove("a"))
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := t.TempDir()
			for name := range c.before {
				if name[len(name)-1] == '/' {
					if err := os.Mkdir(filepath.Join(path, name), 0o777); err != nil {
						t.Fatal(err)
					}
				}
			}
			for name, data := range c.before {
				if name[len(name)-1] != '/' {
					write(t, filepath.Join(path, name), data)
				}
			}
			err := c.do(open(t, path))
			if (err != nil) != c.fails || durable.IsExist(err) != c.exists || fault.KindOf(err) != c.kind {
				t.Errorf("error %v of kind %v", err, fault.KindOf(err))
			}
			if diff := cmp.Diff(c.after, tree(t, path)); diff != "" {
				t.Errorf("the folder is not what it should be (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFreshKeepsReaders shows that a leftover is not emptied under those who have it open.
func TestFreshKeepsReaders(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	write(t, filepath.Join(path, "a"), "what a reader reads")
	reader, err := d.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	f, err := d.Fresh("a")
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("new")
	f.Close()
	buf := make([]byte, 100)
	n, _ := reader.ReadAt(buf, 0)
	if string(buf[:n]) != "what a reader reads" {
		t.Errorf("the reader finds %q", buf[:n])
	}
}

// TestContainment opens names that lead somewhere else, or nowhere a file is.
func TestContainment(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "secret"), "secret")
	path := filepath.Join(top, "d")
	if err := os.MkdirAll(filepath.Join(path, "folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(path, "plain"), "plain")
	for link, to := range map[string]string{"out": "../secret", "absolute": filepath.Join(top, "secret"), "in": "plain", "dangling": "none", "loop": "loop", "up": ".."} {
		if err := os.Symlink(to, filepath.Join(path, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(path, "fifo"), 0o666); err != nil {
		t.Fatal(err)
	}
	d := open(t, path)
	before := tree(t, filepath.Join(path, "folder"))
	for name, kind := range map[string]fault.Kind{
		"out": fault.Corrupt, "absolute": fault.Corrupt, "in": fault.Corrupt, "dangling": fault.Corrupt, "loop": fault.Corrupt,
		"fifo": fault.Corrupt, "folder": fault.Corrupt, "none": fault.NotFound, "../secret": fault.Other, "up/secret": fault.Other,
		filepath.Join(top, "secret"): fault.Other, "plain/x": fault.Corrupt,
	} {
		if f, err := d.Open(name); err == nil || fault.KindOf(err) != kind {
			t.Errorf("open %q: %v, %v of kind %v, not %v", name, f, err, fault.KindOf(err), kind)
		}
		if _, err := d.ReadFile(name, 10); err == nil {
			t.Errorf("read %q: no error", name)
		}
		if name == "none" {
			continue
		}
		if f, err := d.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC); err == nil {
			t.Errorf("create %q: %v", name, f)
		}
		if _, err := d.Lock(name, 0); err == nil {
			t.Errorf("lock %q: no error", name)
		}
	}
	if _, err := d.Sub("up"); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("a folder through a link: %v", err)
	}
	if _, err := d.Sub(".."); err == nil {
		t.Error("the folder above was opened")
	}
	if diff := cmp.Diff(before, tree(t, filepath.Join(path, "folder"))); diff != "" {
		t.Error(diff)
	}
	if b, _ := os.ReadFile(filepath.Join(top, "secret")); string(b) != "secret" {
		t.Errorf("the file outside holds %q", b)
	}
	if d.Exists("none") || !d.Exists("dangling") {
		t.Error("something was made at the end of a link")
	}
}

// TestReadFile bounds what is read.
func TestReadFile(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	write(t, filepath.Join(path, "a"), "12345")
	for limit, kind := range map[int64]fault.Kind{4: fault.Corrupt, 5: fault.Other, 6: fault.Other} {
		b, err := d.ReadFile("a", limit)
		if fault.KindOf(err) != kind || err == nil && string(b) != "12345" {
			t.Errorf("limit %d: %q %v", limit, b, err)
		}
	}
	if err := os.Truncate(filepath.Join(path, "a"), 1<<40); err != nil {
		t.Skipf("the file system has no files with holes: %v", err)
	}
	if _, err := d.ReadFile("a", 1<<20); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("a terabyte: %v", err)
	}
}

// TestErrorsNamePaths looks for what is not there: the errors name it as somebody else would find it.
func TestErrorsNamePaths(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	_, opened := d.Open("gone")
	_, below := d.Sub("gone")
	_, within := d.MakeSub("gone/below")
	for what, err := range map[string]error{"stat": opened, "lstat": below, "mkdir": within} {
		if err == nil || fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), " "+path+"/gone") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestAppend appends where the file can grow, where it cannot, and where even cutting it back is refused.
func TestAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	write(t, path, "one\n")
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := durable.Append(f, 4, []byte("two\n")); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "one\ntwo\n" {
		t.Errorf("after an append: %q", b)
	}
	if err := durable.Cut(f, 4); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "one\n" {
		t.Errorf("after a cut: %q", b)
	}
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := durable.Append(reader, 4, []byte("two\n")); fault.KindOf(err) != fault.Unknown {
		t.Errorf("neither written nor cut back: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "one\n" {
		t.Errorf("after an append that failed: %q", b)
	}
}

// TestCopyRange copies parts of a file, up to and past what it holds.
func TestCopyRange(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a"), "0123456789")
	src, err := os.Open(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	dst, err := os.Create(filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	for _, r := range [][2]int64{{7, 3}, {0, 2}, {4, 0}, {3, 1}} {
		if err := durable.CopyRange(dst, src, r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "b")); string(b) != "789013" {
		t.Errorf("copied %q", b)
	}
}

// TestMakeAll makes folders over folders, files and links.
func TestMakeAll(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for path, fails := range map[string]bool{"a/b/c": false, "a/b": false, "a/../d": false, "link/e": false, "file/e": true, "file": true} {
		err := durable.MakeAll(filepath.Join(dir, path))
		if info, err2 := os.Stat(filepath.Join(dir, path)); (err != nil) != fails || !fails && (err2 != nil || !info.IsDir()) {
			t.Errorf("%s: %v, %v", path, err, err2)
		}
	}
}
