package powercut

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// The test binary is also the programs that the tests record: with this in its environment it runs one and ends.
const role = "POWERCUT_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if name := os.Getenv(role); name != "" {
		program(name)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// played returns the command that runs program name on a copy of tree.
func played(t *testing.T, tree, name string) Command {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Command{Tree: tree, Argv: []string{binary}, Env: append(os.Environ(), role+"="+name, "GORACE=atexit_sleep_ms=0")}
}

// folder returns a new folder with the given files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// try ends the program if err is an error.
func try(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func put(name, text string, flush bool) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	try(err)
	_, err = f.WriteString(text)
	try(err)
	if flush {
		try(f.Sync())
	}
	try(f.Close())
}

func add(name, text string, flush bool) {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	try(err)
	_, err = f.WriteString(text)
	try(err)
	if flush {
		try(unix.Fdatasync(int(f.Fd())))
	}
	try(f.Close())
}

func flushFolder(name string) {
	f, err := os.Open(name)
	try(err)
	try(f.Sync())
	try(f.Close())
}

const (
	before = "before\n"
	after  = "the text that takes its place\n"
	object = "what the log speaks of\n"
	line   = "the log has object 1\n"
)

// program plays one of the programs under test. replace puts a new text in place of file "text", commit adds an object
// and a line about it to a log; the other names say what is wrong with them.
func program(name string) {
	switch name {
	case "replace", "replace without file flush", "replace without folder flush":
		put("temp", after, name != "replace without file flush")
		try(os.Rename("temp", "text"))
		if name != "replace without folder flush" {
			flushFolder(".")
		}
	case "replace in place":
		try(os.WriteFile("text", []byte(after), 0o644))
		f, err := os.OpenFile("text", os.O_WRONLY, 0)
		try(err)
		try(f.Sync())
	case "replace, deaf":
		put("temp", after, false)
		f, err := os.OpenFile("temp", os.O_WRONLY, 0)
		try(err)
		f.Sync()
		try(os.Rename("temp", "text"))
	case "replace, stubborn":
		put("temp", after, false)
		f, err := os.OpenFile("temp", os.O_WRONLY, 0)
		try(err)
		for f.Sync() != nil {
		}
		try(os.Rename("temp", "text"))
	case "commit":
		put("objects/temp", object, true)
		try(os.Rename("objects/temp", "objects/1"))
		flushFolder("objects")
		add("log", line, true)
	case "commit without folder flush":
		put("objects/1", object, true)
		add("log", line, true)
	case "commit, log first":
		add("log", line, true)
		put("objects/1", object, true)
		flushFolder("objects")
	case "commit without log flush":
		put("objects/1", object, true)
		flushFolder("objects")
		add("log", line, false)
	case "map":
		f, err := os.OpenFile("text", os.O_RDWR, 0)
		try(err)
		_, err = unix.Mmap(int(f.Fd()), 0, 4, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		try(err)
	case "lock":
		f, err := os.OpenFile("lock", os.O_RDWR, 0)
		try(err)
		try(unix.Flock(int(f.Fd()), unix.LOCK_EX))
		try(f.Close())
	case "child":
		child := exec.Command("sh", "-c", "echo from a child > new; mv new text; sync .")
		try(child.Run())
	case "gather":
		gather()
	case "every call":
		everyCall()
	default:
		try(fmt.Errorf("no program %q", name))
	}
	fmt.Println("done")
}

// everyCall changes the root in all the ways that are modelled.
func everyCall() {
	root, err := os.OpenRoot(".")
	try(err)
	try(root.MkdirAll("a/b", 0o755))
	try(root.WriteFile("a/b/c", []byte("0123456789"), 0o600))
	f, err := root.OpenFile("a/b/c", os.O_RDWR, 0)
	try(err)
	_, err = io.ReadFull(f, make([]byte, 4))
	try(err)
	_, err = f.WriteString("wxyz") // at the offset that reading left
	try(err)
	_, err = f.WriteAt([]byte("!"), 12) // leaves a gap
	try(err)
	try(f.Truncate(14))
	_, err = f.Seek(2, io.SeekStart)
	try(err)
	g, err := root.OpenFile("copy", os.O_CREATE|os.O_RDWR, 0o644)
	try(err)
	_, err = unix.CopyFileRange(int(f.Fd()), nil, int(g.Fd()), nil, 6, 0)
	try(err)
	from, to := int64(0), int64(8)
	_, err = unix.CopyFileRange(int(f.Fd()), &from, int(g.Fd()), &to, 3, 0)
	try(err)
	_, err = unix.Writev(int(g.Fd()), [][]byte{[]byte("v1"), []byte("v2")})
	try(err)
	at := int64(0)
	_, err = unix.Sendfile(int(g.Fd()), int(f.Fd()), &at, 2)
	try(err)
	try(unix.Fallocate(int(g.Fd()), 0, 0, 20))
	twin, err := unix.Dup(int(g.Fd()))
	try(err)
	_, err = unix.Write(twin, []byte("~"))
	try(err)
	try(root.Link("copy", "a/link"))
	try(root.Symlink("copy", "a/symlink"))
	try(root.Rename("a/b", "moved"))
	put("x", "x", false)
	put("y", "y", false)
	try(unix.Renameat2(unix.AT_FDCWD, "x", unix.AT_FDCWD, "y", unix.RENAME_EXCHANGE))
	add("x", "appended", false)
	try(root.Remove("y"))
	nameless, err := unix.Open(".", unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o644)
	try(err)
	_, err = unix.Write(nameless, []byte("nameless"))
	try(err)
	try(unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", nameless), unix.AT_FDCWD, "named", unix.AT_SYMLINK_FOLLOW))
	try(root.Mkdir("gone", 0o755))
	try(root.Remove("gone"))
	try(os.Chmod("copy", 0o600))
	try(os.WriteFile("old", []byte("shorter"), 0o644))
	gather()
}

const threads, rounds = 8, 5

// gather writes from threads at once, so that calls are interrupted by one another in the log.
func gather() {
	done := make(chan error)
	for i := range threads {
		go func() {
			name := fmt.Sprintf("thread%d", i)
			var err error
			for range rounds {
				err = errors.Join(err, os.WriteFile(name, []byte(name), 0o644))
			}
			done <- err
		}()
	}
	var err error
	for range threads {
		err = errors.Join(err, <-done)
	}
	try(err)
}
