package powercut

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// strace can let calls fail too, but counts them in each thread apart, and a Go program's work moves between threads.
// So the sweep traces by itself.

// A run is one traced run of a command.
type run struct {
	root    string
	target  target
	counts  map[string]int // calls about something inside the root
	struck  string         // what the failed call was about, relative to the root; "" if none failed
	seen    map[int]bool   // threads
	failing map[int]bool   // threads in a call that is to fail
	pid     int
	status  syscall.WaitStatus
	timeout atomic.Bool
}

// trace runs c, whose root is prepared, letting the target fail, and returns what it did. The command is killed, with
// all it started, when it takes longer than limit.
func trace(c Command, root string, at target, limit time.Duration) (*run, Outcome, error) {
	r := &run{root: root, target: at, counts: map[string]int{}, seen: map[int]bool{}, failing: map[int]bool{}}
	stdio, err := files(filepath.Dir(root), c.Stdin)
	if err != nil {
		return nil, Outcome{}, err
	}
	done := make(chan error)
	go func() {
		// The thread that starts a program is the one that may trace it. It is left locked, and ends with the goroutine.
		runtime.LockOSThread()
		done <- r.follow(c, stdio, limit)
	}()
	err = <-done
	out := Outcome{Fault: at.Fault, Number: at.number, Target: r.struck, Dir: root, Exit: r.status.ExitStatus()}
	out.Stdout, out.Stderr = contents(stdio[1]), contents(stdio[2])
	stdio[0].Close()
	if r.timeout.Load() {
		err = fmt.Errorf("still running after %v", limit)
	}
	return r, out, err
}

// files makes the standard streams of a command as files in dir.
func files(dir string, stdin []byte) (list [3]*os.File, err error) {
	for i, name := range []string{"stdin", "stdout", "stderr"} {
		if list[i], err = os.Create(filepath.Join(dir, name)); err != nil {
			return list, err
		}
	}
	if _, err = list[0].Write(stdin); err == nil {
		_, err = list[0].Seek(0, 0)
	}
	return list, err
}

func contents(f *os.File) []byte {
	data, _ := os.ReadFile(f.Name())
	f.Close()
	return data
}

// follow starts the command and stops it at each system call until it and all it started have ended.
func (r *run) follow(c Command, stdio [3]*os.File, limit time.Duration) error {
	program, err := exec.LookPath(c.Argv[0])
	if err != nil {
		return err
	}
	// A process group of its own lets Wait4 hear of this command's threads only.
	r.pid, err = syscall.ForkExec(program, c.Argv, &syscall.ProcAttr{Dir: c.Dir, Env: c.Env,
		Files: []uintptr{stdio[0].Fd(), stdio[1].Fd(), stdio[2].Fd()}, Sys: &syscall.SysProcAttr{Ptrace: true, Setpgid: true}})
	if err != nil {
		return err
	}
	timer := time.AfterFunc(limit, func() {
		r.timeout.Store(true)
		unix.Kill(-r.pid, unix.SIGKILL)
	})
	defer timer.Stop()
	for {
		var status syscall.WaitStatus
		thread, err := syscall.Wait4(-r.pid, &status, unix.WALL, nil)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.ECHILD:
			return nil
		case err != nil:
			return err
		}
		if err := r.step(thread, status); err != nil && err != unix.ESRCH {
			unix.Kill(-r.pid, unix.SIGKILL)
			return err
		}
	}
}

// step handles one stop of a thread and lets it go on. A thread may be killed at any time: ESRCH says so.
func (r *run) step(thread int, status syscall.WaitStatus) error {
	if !status.Stopped() {
		if thread == r.pid {
			r.status = status
		}
		return nil
	}
	first, signal := !r.seen[thread], status.StopSignal()
	r.seen[thread] = true
	switch {
	case first && thread == r.pid:
		const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK |
			unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_EXITKILL
		if err := unix.PtraceSetOptions(thread, options); err != nil {
			return fmt.Errorf("ptrace: %w", err)
		}
		signal = 0
	case first && signal == unix.SIGSTOP: // a thread or process is born
		signal = 0
	case signal == unix.SIGTRAP|0x80:
		if err := r.call(thread); err != nil {
			return err
		}
		signal = 0
	case signal == unix.SIGTRAP: // one of the events asked for
		signal = 0
	}
	return unix.PtraceSyscall(thread, int(signal))
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

// call handles the beginning or the end of a system call.
func (r *run) call(thread int) error {
	var info syscallInfo
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(thread),
		unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0); errno != 0 {
		return errno
	}
	if info.Op == unix.PTRACE_SYSCALL_INFO_EXIT && r.failing[thread] {
		delete(r.failing, thread)
		return r.change(thread, func(regs *unix.PtraceRegs) { regs.Rax = uint64(-int64(r.target.Errno)) })
	}
	sig, known := numbers()[info.Number]
	if info.Op != unix.PTRACE_SYSCALL_INFO_ENTRY || !known {
		return nil
	}
	about, inside := r.about(thread, sig, info.Argument)
	if !inside {
		return nil
	}
	r.counts[sig.call]++
	again := r.struck != "" && r.target.Lasting && sig.changes
	if !again && (sig.call != r.target.Call || r.counts[sig.call] != r.target.number) {
		return nil
	}
	if r.struck == "" {
		r.struck = about
	}
	if r.target.Errno == 0 {
		return unix.Kill(-r.pid, unix.SIGKILL)
	}
	r.failing[thread] = true
	return r.change(thread, func(regs *unix.PtraceRegs) { regs.Orig_rax = ^uint64(0) }) // no such call: nothing is done
}

func (r *run) change(thread int, edit func(*unix.PtraceRegs)) error {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(thread, &regs); err != nil {
		return err
	}
	edit(&regs)
	return unix.PtraceSetRegs(thread, &regs)
}
