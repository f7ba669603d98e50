package cli_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
)

func TestOpenSection(t *testing.T) {
	e, _ := env()
	file := put(t, "in", "from a file", 0o644)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	go os.WriteFile(pipe, []byte("from a pipe"), 0) // it is opened once: a second opening would wait for another writer
	for _, test := range []struct {
		name, want string
		isFile     bool
	}{
		{file, "from a file", true},
		{"-", "from stdin", false},
		{pipe, "from a pipe", false},
	} {
		section, err := cli.OpenSection(e, test.name, 11)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(section, 5, section.Size()))
		if err != nil || string(got) != test.want[5:] || (section.File != nil) != test.isFile {
			t.Errorf("%s: %q, %v, file %v", test.name, got, err, section.File)
		}
		if err := section.Close(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := cli.OpenSection(e, file, 10); fault.KindOf(err) != fault.Input {
		t.Errorf("a file over the limit: %v", err)
	}
	if _, err := cli.OpenSection(e, file+".not", 10); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a file that is not there: %v", err)
	}
}
