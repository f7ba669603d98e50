package powercut

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// about finds the first argument that means something inside the root.
func (t *tracer) about(thread int, sig signature, argument [6]uint64) (string, bool) {
	i := 0
	for _, letter := range sig.arguments {
		at := ""
		switch letter {
		case 'f':
			at = descriptorPath(thread, int32(argument[i]))
		case 'n':
			at = join(descriptorPath(thread, unix.AT_FDCWD), text(thread, argument[i]))
		case 'd':
			name := text(thread, argument[i+1])
			if !filepath.IsAbs(name) {
				name = join(descriptorPath(thread, int32(argument[i])), name)
			}
			at = filepath.Clean(name)
			i++
		}
		i++
		if at == t.root {
			return ".", true
		} else if rest, ok := strings.CutPrefix(at, t.root+"/"); ok {
			return rest, true
		}
	}
	return "", false
}

// descriptorPath returns the path of an open file of a thread, or of its working folder.
func descriptorPath(thread int, fd int32) string {
	link := fmt.Sprintf("/proc/%d/fd/%d", thread, fd)
	if fd == unix.AT_FDCWD {
		link = fmt.Sprintf("/proc/%d/cwd", thread)
	}
	target, err := os.Readlink(link)
	if err != nil {
		return ""
	}
	return target
}

// text reads a zero-terminated string of a thread.
func text(thread int, address uint64) string {
	var all []byte
	for address != 0 && len(all) < unix.PathMax {
		chunk := make([]byte, min(256, page-address%page))
		n, err := unix.ProcessVMReadv(thread, []unix.Iovec{{Base: &chunk[0], Len: uint64(len(chunk))}},
			[]unix.RemoteIovec{{Base: uintptr(address), Len: len(chunk)}}, 0)
		if err != nil || n <= 0 {
			break
		}
		if end := bytes.IndexByte(chunk[:n], 0); end >= 0 {
			return string(append(all, chunk[:end]...))
		}
		all, address = append(all, chunk[:n]...), address+uint64(n)
	}
	return string(all)
}
