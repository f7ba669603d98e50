package powercut

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// strace can let calls fail too, but counts them in each thread apart, and a Go program's work moves between threads. Nor
// can it do anything between two calls. So what is watched is traced here.

// A tracer follows one command and all it starts.
type tracer struct {
	root    string
	watch   func(Call) Verdict
	only    []string // names of calls; none: all
	pid     int
	calls   int
	seen    map[int]bool // threads
	status  syscall.WaitStatus
	timeout atomic.Bool
}

// trace starts the command under a tracer.
func (r *Running) trace(c Command, t *tracer, limit time.Duration) error {
	started := make(chan error)
	go func() {
		defer close(r.done)
		// The thread that starts a program is the one that may trace it. It is left locked, and ends with the goroutine.
		runtime.LockOSThread()
		err := t.start(c, r.stdio)
		r.pid = t.pid
		started <- err
		if err == nil {
			r.err = t.follow(limit)
			r.exit = t.status.ExitStatus()
		}
	}()
	return <-started
}

// start runs the command up to its first instruction.
func (t *tracer) start(c Command, stdio [3]*os.File) error {
	program, err := exec.LookPath(c.Argv[0])
	if err != nil {
		return err
	}
	// In a process group of its own it can be waited for, and killed, with all it started.
	t.pid, err = syscall.ForkExec(program, c.Argv, &syscall.ProcAttr{Dir: c.Dir, Env: c.Env,
		Files: []uintptr{stdio[0].Fd(), stdio[1].Fd(), stdio[2].Fd()}, Sys: &syscall.SysProcAttr{Ptrace: true, Setpgid: true}})
	if err != nil {
		return err
	}
	if err := t.prepare(); err != nil {
		unix.Kill(t.pid, unix.SIGKILL)
		syscall.Wait4(t.pid, nil, unix.WALL, nil)
		return fmt.Errorf("ptrace: %w", err)
	}
	return nil
}

// prepare has the command stop at the calls that are known, and at births.
func (t *tracer) prepare() error {
	if _, err := syscall.Wait4(t.pid, nil, unix.WALL, nil); err != nil {
		return err
	}
	t.seen[t.pid] = true
	const options = unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK |
		unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(t.pid, options); err != nil {
		return err
	}
	return filter(t.pid, t.only)
}

// follow lets the command run, and stop at calls, until it and all it started have ended.
func (t *tracer) follow(limit time.Duration) error {
	timer := time.AfterFunc(limit, func() {
		t.timeout.Store(true)
		unix.Kill(-t.pid, unix.SIGKILL)
	})
	defer timer.Stop()
	err := unix.PtraceCont(t.pid, 0)
	for err == nil || err == unix.EINTR || err == unix.ESRCH { // a thread may be killed at any time
		var status syscall.WaitStatus
		var thread int
		if thread, err = syscall.Wait4(-t.pid, &status, unix.WALL, nil); err == nil {
			err = t.step(thread, status)
		}
	}
	unix.Kill(-t.pid, unix.SIGKILL)
	if t.timeout.Load() {
		return fmt.Errorf("still running after %v", limit)
	}
	if err == unix.ECHILD {
		return nil
	}
	return err
}

// step handles one stop of a thread and lets it go on.
func (t *tracer) step(thread int, status syscall.WaitStatus) error {
	if !status.Stopped() {
		if thread == t.pid {
			t.status = status
		}
		return nil
	}
	first, signal := !t.seen[thread], status.StopSignal()
	t.seen[thread] = true
	switch {
	case status.TrapCause() == unix.PTRACE_EVENT_SECCOMP:
		if err := t.call(thread); err != nil {
			return err
		}
		signal = 0
	case first && signal == unix.SIGSTOP: // a thread or process is born
		signal = 0
	case signal == unix.SIGTRAP: // one of the events asked for
		signal = 0
	}
	return unix.PtraceCont(thread, int(signal))
}

// syscallInfo is what PTRACE_GET_SYSCALL_INFO tells; see ptrace(2).
type syscallInfo struct {
	Op       uint8
	_        [3]uint8
	_        uint32
	_, _     uint64
	Number   uint64
	Argument [6]uint64
}

// call handles the beginning of a system call.
func (t *tracer) call(thread int) error {
	var info syscallInfo
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(thread),
		unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0); errno != 0 {
		return errno
	}
	sig, known := numbers()[info.Number]
	if !known {
		return nil
	}
	about, inside := t.about(thread, sig, info.Argument)
	if !inside {
		return nil
	}
	t.calls++
	verdict := t.watch(Call{sig.call, about, t.calls, sig.changes, sig.errors})
	switch {
	case verdict.Kill:
		return unix.Kill(-t.pid, unix.SIGKILL)
	case verdict.Errno != 0:
		return fail(thread, verdict.Errno)
	}
	return nil
}

// fail lets the call that a thread is about to make fail: there is no call of this number, so nothing is done.
func fail(thread int, errno syscall.Errno) error {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(thread, &regs); err != nil {
		return err
	}
	regs.Orig_rax, regs.Rax = ^uint64(0), uint64(-int64(errno))
	return unix.PtraceSetRegs(thread, &regs)
}

// waitsForLock reports whether a process waits for a lock that another has; see proc_locks(5).
func waitsForLock(pid int) bool {
	list, _ := os.ReadFile("/proc/locks")
	for text := range bytes.Lines(list) {
		fields := bytes.Fields(text) // "1: -> FLOCK ADVISORY WRITE 1234 fd:01:5678 0 EOF"
		if len(fields) > 5 && string(fields[1]) == "->" && string(fields[5]) == fmt.Sprint(pid) {
			return true
		}
	}
	return false
}
