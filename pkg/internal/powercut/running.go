package powercut

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A Call is one that a command begins and that is about something inside its root.
type Call struct {
	Name   string // as Linux names it: "openat", "fdatasync"
	Target string // what it is about, relative to the root
	Number int    // from one, among all such calls of the command

	Changes bool            // it changes files or folders, or makes changes durable
	Errors  []syscall.Errno // what it may plausibly fail with
}

func (c Call) String() string { return fmt.Sprintf("call %d, %s of %s", c.Number, c.Name, c.Target) }

// A Verdict is what becomes of a call. The zero value lets it happen.
type Verdict struct {
	Errno syscall.Errno // what it fails with, doing nothing
	Kill  bool          // the command is killed instead
}

// A Result is how a command ended and what it said.
type Result struct {
	Exit           int // -1 if it was killed
	Stdout, Stderr []byte
}

func (r Result) String() string {
	return fmt.Sprintf("exit %d, stdout %s, stderr %s", r.Exit, excerpt(r.Stdout), excerpt(r.Stderr))
}

// Running is a command that was started.
type Running struct {
	pid   int
	stdio [3]*os.File
	done  chan struct{} // closed when it has ended; then what follows is set
	exit  int
	err   error
}

// Start runs c on a root that Prepare made. With watch, the command and all it starts stop at each call about something
// inside the root, or only at calls of the given names, until watch has said what becomes of it; watch is called from one
// goroutine. What it does meanwhile happens, for the command, between two of its calls. A machine that cannot do that
// returns errors.ErrUnsupported or os.ErrPermission. A command that takes longer than a minute is killed, which Wait
// reports.
func Start(c Command, root string, watch func(Call) Verdict, only ...string) (*Running, error) {
	return start(c, root, watch, patience, only)
}

func start(c Command, root string, watch func(Call) Verdict, limit time.Duration, only []string) (*Running, error) {
	r := &Running{done: make(chan struct{})}
	err := r.open(filepath.Dir(root), c.Stdin)
	if err == nil && watch == nil {
		err = r.run(c, limit)
	} else if err == nil {
		err = r.trace(c, &tracer{root: root, watch: watch, only: only, seen: map[int]bool{}}, limit)
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// open makes the standard streams of a command as files without a name.
func (r *Running) open(dir string, stdin []byte) (err error) {
	for i := range r.stdio {
		if r.stdio[i], err = os.CreateTemp(dir, "stream-"); err != nil {
			return err
		}
		if err := os.Remove(r.stdio[i].Name()); err != nil {
			return err
		}
	}
	if _, err = r.stdio[0].Write(stdin); err == nil {
		_, err = r.stdio[0].Seek(0, 0)
	}
	return err
}

func (r *Running) close() {
	for _, f := range r.stdio {
		f.Close()
	}
}

// run starts the command without looking at its calls.
func (r *Running) run(c Command, limit time.Duration) error {
	process := exec.Command(c.Argv[0], c.Argv[1:]...)
	process.Dir, process.Env = c.Dir, c.Env
	process.Stdin, process.Stdout, process.Stderr = r.stdio[0], r.stdio[1], r.stdio[2]
	if err := process.Start(); err != nil {
		return err
	}
	r.pid = process.Process.Pid
	late := time.AfterFunc(limit, func() { process.Process.Kill() })
	go func() {
		err := process.Wait()
		if !late.Stop() {
			r.err = fmt.Errorf("still running after %v", limit)
		} else if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
			r.err = err
		}
		r.exit = process.ProcessState.ExitCode()
		close(r.done)
	}()
	return nil
}

// Settle waits until the command has ended, or waits for a lock that another has: then it returns true.
func (r *Running) Settle() (waits bool) {
	for pause := 200 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		select {
		case <-r.done:
			return false
		case <-time.After(pause):
		}
		if waitsForLock(r.pid) {
			return true
		}
	}
}

// Wait waits for the command's end. The error is of a command that took too long or could not be traced any more.
func (r *Running) Wait() (Result, error) {
	<-r.done
	defer r.close()
	result := Result{Exit: r.exit}
	var err1, err2 error
	result.Stdout, err1 = contents(r.stdio[1])
	result.Stderr, err2 = contents(r.stdio[2])
	return result, errors.Join(r.err, err1, err2)
}

func contents(f *os.File) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data := make([]byte, info.Size())
	_, err = f.ReadAt(data, 0)
	return data, err
}
