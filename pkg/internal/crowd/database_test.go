package crowd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// name is that of the table in every database here.
const name = "text"

// A database is a folder that processes of rdb write to.
type database struct {
	t    *testing.T
	root string
	mu   sync.Mutex
	runs map[int]*exec.Cmd // what runs now, by its process id
}

// newDatabase makes a database with one table.
func newDatabase(t *testing.T, content []byte) *database {
	t.Helper()
	d := &database{t: t, root: t.TempDir(), runs: map[int]*exec.Cmd{}}
	d.must("init", "-q")
	d.must("import", name, d.write("import.csv", content), "-q", "--user", "importer")
	return d
}

// write writes a file beside the database and returns its path.
func (d *database) write(file string, content []byte) string {
	d.t.Helper()
	path := filepath.Join(d.root, file)
	if err := os.WriteFile(path, content, 0o666); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// path names a file of the table's folder.
func (d *database) path(file string) string {
	return filepath.Join(d.root, ".reed", "tables", name, file)
}

// An answer is how a command has ended.
type answer struct {
	code     int // -1: killed
	out, err string
}

func (a answer) String() string { return fmt.Sprintf("exit %d: %s", a.code, strings.TrimSpace(a.err)) }

// forever is longer than any command here may take: whoever waits for so long is blocked.
const forever = 2 * time.Minute

// rdb runs a command to its end.
func (d *database) rdb(args ...string) answer { return d.doomed(nil, args...) }

// doomed runs a command; once it has begun, the hunter may kill it or others.
func (d *database) doomed(hunter func(*exec.Cmd), args ...string) answer {
	ctx, cancel := context.WithTimeout(context.Background(), forever)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = d.root, []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "REED_USER=nobody", "TZ=UTC"}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Start()
	if err == nil {
		d.note(cmd, true)
		if hunter != nil {
			hunter(cmd)
		}
		err = cmd.Wait()
		d.note(cmd, false)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		d.t.Errorf("rdb %s: %v, %v", strings.Join(args, " "), err, ctx.Err())
	}
	return answer{cmd.ProcessState.ExitCode(), out.String(), said.String()}
}

func (d *database) note(cmd *exec.Cmd, runs bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if runs {
		d.runs[cmd.Process.Pid] = cmd
	} else {
		delete(d.runs, cmd.Process.Pid)
	}
}

// must runs a command that is to succeed, and returns what it printed.
func (d *database) must(args ...string) string {
	d.t.Helper()
	a := d.rdb(args...)
	if a.code != 0 {
		d.t.Fatalf("rdb %s: %v", strings.Join(args, " "), a)
	}
	return a.out
}

// stored returns the version that a write was told it stored, 0 for none. A write that was killed after it had said so
// counts.
func stored(a answer) stamp.ID {
	var told struct {
		Version string
		Stored  bool
	}
	if json.Unmarshal([]byte(a.out), &told) != nil || !told.Stored {
		return 0
	}
	id, err := strconv.ParseUint(told.Version, 10, 64)
	if err != nil {
		return 0
	}
	return stamp.ID(id)
}

// log returns the lines of version.log, to which nobody writes any more.
func (d *database) log() []verlog.Line {
	d.t.Helper()
	lines, torn, err := d.logNow()
	if err != nil || torn >= 0 {
		d.t.Fatalf("version.log: torn at %d, %v", torn, err)
	}
	return lines
}

// logNow returns the lines of version.log, whoever is writing to it.
func (d *database) logNow() (lines []verlog.Line, torn int64, err error) {
	b, err := os.ReadFile(d.path("version.log"))
	if err != nil {
		return nil, 0, err
	}
	return verlog.Scan(b)
}

// users returns the names of the users by their codes.
func (d *database) users() map[uint64]string {
	d.t.Helper()
	names := map[uint64]string{}
	for line := range strings.Lines(d.must("dict:users", "--porcelain")) {
		fields := strings.Split(line, "\t")
		code, err := strconv.ParseUint(fields[0], 10, 64)
		if err != nil {
			d.t.Fatalf("dict:users: %q", line)
		}
		names[code] = fields[1]
	}
	return names
}

// current returns the bytes of current.csv.
func (d *database) current() []byte {
	d.t.Helper()
	b, err := os.ReadFile(d.path("current.csv"))
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

// sound checks that current.csv is the head's text, that nothing was put aside, and that fsck finds nothing.
func (d *database) sound(head []byte) {
	d.t.Helper()
	if got := d.current(); !bytes.Equal(got, head) {
		d.t.Errorf("current.csv has %d bytes, the head %d, and they differ", len(got), len(head))
	}
	if left, _ := filepath.Glob(d.path("aside/*")); len(left) > 0 {
		d.t.Errorf("put aside: %q", left)
	}
	if a := d.rdb("fsck"); a.code != 0 {
		d.t.Errorf("fsck: %v%s", a, a.out)
	}
}
