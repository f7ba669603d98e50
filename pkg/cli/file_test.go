package cli_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
)

func env() (*cli.Env, *strings.Builder) {
	var out strings.Builder
	return &cli.Env{Name: "tool", In: strings.NewReader("from stdin"), Out: bufio.NewWriter(&out), Err: io.Discard}, &out
}

func put(t *testing.T, name, text string, mode fs.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// alone checks that path is the only file in its folder.
func alone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func hello(w io.Writer) error {
	_, err := io.WriteString(w, "hello")
	return err
}

func TestReadInput(t *testing.T) {
	e, _ := env()
	path := put(t, "in", strings.Repeat("x", 1000), 0o644)
	for _, test := range []struct {
		name  string
		limit int64
		want  int
		kind  fault.Kind
	}{
		{path, 1000, 1000, fault.Other},
		{path, 999, -1, fault.Input},
		{"-", 100, 10, fault.Other},
		{path + ".not", 100, -1, fault.NotFound},
		{filepath.Dir(path), 1 << 20, -1, fault.Other},
		{"/proc/self/cmdline", 1, -1, fault.Input},
	} {
		text, err := cli.ReadInput(e, test.name, test.limit)
		got := len(text)
		if err != nil {
			got = -1
		}
		if got != test.want || fault.KindOf(err) != test.kind {
			t.Errorf("ReadInput(%q, %d): %d bytes, %v (%v); want %d, %v", test.name, test.limit, got, err, fault.KindOf(err), test.want, test.kind)
		}
	}
}

func TestReadInputRefusesEndlessInput(t *testing.T) {
	e, _ := env()
	e.In = endless{}
	if _, err := cli.ReadInput(e, "-", 100_000); fault.KindOf(err) != fault.Input {
		t.Errorf("got %v, want refused input", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestWriteOutputToStandardOutput(t *testing.T) {
	for _, name := range []string{"", "-", "/dev/stdout", "/proc/self/fd/1"} {
		e, out := env()
		if err := cli.WriteOutput(e, name, hello); err != nil {
			t.Fatal(err)
		}
		e.Out.Flush()
		if out.String() != "hello" {
			t.Errorf("WriteOutput(%q): %q", name, out.String())
		}
	}
}

func TestWriteOutputReplacesWholeFile(t *testing.T) {
	e, _ := env()
	path := put(t, "out", "a longer old text", 0o640)
	if err := cli.WriteOutput(e, path, hello); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"hello", "-rw-r-----"}, []string{read(t, path), info.Mode().String()}); diff != "" {
		t.Error(diff)
	}
	alone(t, path)
}

func TestWriteOutputKeepsOldFileOnError(t *testing.T) {
	e, _ := env()
	path := put(t, "out", "old", 0o644)
	want := errors.New("half way")
	err := cli.WriteOutput(e, path, func(w io.Writer) error {
		hello(w)
		return want
	})
	if !errors.Is(err, want) || read(t, path) != "old" {
		t.Errorf("error %v, file %q", err, read(t, path))
	}
	alone(t, path)
}

func TestWriteOutputStopsOnSignal(t *testing.T) {
	e, _ := env()
	path := put(t, "out", "old", 0o644)
	err := cli.WriteOutput(e, path, func(w io.Writer) error {
		syscall.Kill(os.Getpid(), syscall.SIGTERM)
		<-e.Context().Done()
		return hello(w)
	})
	if cli.ExitCode(err) != 130 || read(t, path) != "old" {
		t.Errorf("error %v, file %q", err, read(t, path))
	}
	alone(t, path)
}

func TestWriteOutputThroughLinksAndDevices(t *testing.T) {
	e, _ := env()
	path := put(t, "out", "old", 0o644)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := cli.WriteOutput(e, link, hello); err != nil || read(t, path) != "hello" {
		t.Errorf("link: error %v, file %q", err, read(t, path))
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if err := cli.WriteOutput(e, "/dev/null", hello); err != nil {
		t.Errorf("/dev/null: %v", err)
	}
	if err := cli.WriteOutput(e, "/dev/full", hello); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("/dev/full: %v", err)
	}
	if err := cli.WriteOutput(e, filepath.Dir(path), hello); fault.KindOf(err) != fault.Usage {
		t.Errorf("a folder: %v", err)
	}
	if err := cli.WriteOutput(e, filepath.Join(path, "under", "a file"), hello); err == nil {
		t.Error("a file under a file was written")
	}
}

func TestInterruptible(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r := cli.Interruptible(ctx, iotest.DataErrReader(strings.NewReader(strings.Repeat("some text ", 1000))))
	if b, err := io.ReadAll(r); len(b) != 10_000 || err != nil {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	in, out := io.Pipe()
	defer out.Close()
	r = cli.Interruptible(ctx, in)
	go out.Write([]byte("first"))
	buf := make([]byte, 3)
	for _, want := range []string{"fir", "st"} {
		if n, err := r.Read(buf); string(buf[:n]) != want || err != nil {
			t.Errorf("%q, %v", buf[:n], err)
		}
	}
	cancel()
	for range 2 {
		if n, err := r.Read(buf); n != 0 || fault.KindOf(err) != fault.Interrupted {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
}
