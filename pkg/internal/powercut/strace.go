package powercut

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// watched is every call that changes files or folders, moves a file's offset, or makes, copies or ends a file
// descriptor, under all the names the call has had. A question mark says that some machines lack it.
const watched = "?open,openat,openat2,?creat,write,pwrite64,writev,pwritev,pwritev2,read,readv,lseek,?truncate,ftruncate,fallocate," +
	"copy_file_range,sendfile,splice,?rename,?renameat,renameat2,?link,linkat,?unlink,unlinkat,?mkdir,mkdirat,?rmdir," +
	"?symlink,symlinkat,?mknod,mknodat,fsync,fdatasync,sync,syncfs,close,dup,?dup2,dup3,fcntl,ioctl,mmap," +
	"?chmod,fchmod,fchmodat,?fchmodat2,chdir,fchdir,clone,clone3,?fork,?vfork,execve,execveat,io_uring_setup"

// longest is the most bytes of one write that a recording can hold.
const longest = 16 << 20

// Record runs c once under strace and returns what it did inside its root. The command may fail; Trace.Exit tells.
// A machine that cannot run strace skips the test, or fails it for root. An error is a command that could not be run or
// that did what no model here covers, as writing through a shared map does.
func Record(t testing.TB, c Command) (*Trace, error) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		missing(t, "no power cuts tested: strace is not installed")
	}
	dir := Scratch(t)
	if out, err := exec.Command(strace, "-f", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		missing(t, "no power cuts tested: strace cannot trace here: %s", excerpt(out))
	}
	root, log := filepath.Join(dir, "root"), filepath.Join(dir, "log")
	c, err = c.Prepare(root)
	if err != nil {
		return nil, err
	}
	start, err := load(root)
	if err != nil {
		return nil, err
	}
	argv := []string{"-f", "--seccomp-bpf", "-y", "-xx", "-s", fmt.Sprint(longest), "-o", log,
		"-e", "signal=none", "-e", "raw=read,readv", "-e", "trace=" + watched, "--"}
	run := exec.Command(strace, append(argv, c.Argv...)...)
	var stdout, stderr bytes.Buffer
	run.Dir, run.Env, run.Stdin, run.Stdout, run.Stderr = c.Dir, c.Env, bytes.NewReader(c.Stdin), &stdout, &stderr
	var exit *exec.ExitError
	if err := run.Run(); err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("strace %s: %w", c, err)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		return nil, err
	}
	tr, err := c.replay(start, root, strings.TrimRight(string(text), "\n"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c, err)
	}
	tr.Exit, tr.Stdout, tr.Stderr = run.ProcessState.ExitCode(), stdout.Bytes(), stderr.Bytes()
	return tr, nil
}
