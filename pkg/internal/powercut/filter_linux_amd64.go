package powercut

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sys/unix"
)

// A program makes many calls that are about no file. A filter in the kernel, see seccomp(2), has it stop at the others alone.
// It can only be set by the program itself: so the tracer has it make that call before its first instruction.

// filter sets the filter of a process that has stopped at its first instruction: it stops at calls of the given names, of
// all that are known for none.
func filter(pid int, only []string) error {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(pid, &regs); err != nil {
		return err
	}
	first := make([]byte, 8)
	if _, err := unix.PtracePeekText(pid, uintptr(regs.Rip), first); err != nil {
		return err
	}
	// The filter and its head stand below what the stack holds.
	list := rules(only)
	code := encode(list)
	at := (regs.Rsp - 512 - uint64(len(code))) &^ 15
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(list)))
	head = binary.LittleEndian.AppendUint64(head, at+16)
	if _, err := unix.PtracePokeData(pid, uintptr(at), append(head, code...)); err != nil {
		return err
	}
	if _, err := unix.PtracePokeText(pid, uintptr(regs.Rip), []byte{0x0f, 0x05}); err != nil { // SYSCALL
		return err
	}
	for _, call := range [][]uint64{
		{unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1},
		{unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, at},
	} {
		if err := makeCall(pid, regs, call); err != nil {
			return err
		}
	}
	if _, err := unix.PtracePokeText(pid, uintptr(regs.Rip), first); err != nil {
		return err
	}
	return unix.PtraceSetRegs(pid, &regs)
}

// makeCall has a process make a call, by the instruction that it is about to carry out.
func makeCall(pid int, regs unix.PtraceRegs, call []uint64) error {
	call = append(call, make([]uint64, 6-len(call))...)
	regs.Rax, regs.Orig_rax, regs.Rdi, regs.Rsi, regs.Rdx, regs.R10, regs.R8 = call[0], ^uint64(0), call[1], call[2], call[3], call[4], call[5]
	if err := unix.PtraceSetRegs(pid, &regs); err != nil {
		return err
	}
	if err := unix.PtraceSingleStep(pid); err != nil {
		return err
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, unix.WALL, nil); err != nil {
		return err
	}
	if err := unix.PtraceGetRegs(pid, &regs); err != nil {
		return err
	}
	if errno := -int64(regs.Rax); status.StopSignal() != unix.SIGTRAP {
		return fmt.Errorf("stopped by %v", status.StopSignal())
	} else if errno > 0 && errno < 4096 {
		return unix.Errno(errno)
	}
	return nil
}

// rules returns the filter: calls that are asked for are told to the tracer, all others happen.
func rules(only []string) []unix.SockFilter {
	const number, machine = 0, 4 // where the kernel puts them; struct seccomp_data in seccomp(2)
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	equal := func(k uint32, yes, no int) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: uint8(yes), Jf: uint8(no), K: k}
	}
	answer := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
	calls := slices.DeleteFunc(slices.Sorted(maps.Keys(numbers())), func(n uint64) bool {
		return len(only) > 0 && !slices.Contains(only, numbers()[n].call)
	})
	list := []unix.SockFilter{load(machine), equal(unix.AUDIT_ARCH_X86_64, 0, len(calls)+1), load(number)}
	for i, n := range calls {
		list = append(list, equal(uint32(n), len(calls)-i, 0))
	}
	return append(list, answer(unix.SECCOMP_RET_ALLOW), answer(unix.SECCOMP_RET_TRACE))
}

func encode(list []unix.SockFilter) (b []byte) {
	for _, r := range list {
		b = binary.LittleEndian.AppendUint16(b, r.Code)
		b = append(b, r.Jt, r.Jf)
		b = binary.LittleEndian.AppendUint32(b, r.K)
	}
	return b
}
