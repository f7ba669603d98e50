//go:build unix

package powercut

import (
	"io/fs"
	"syscall"
)

// A fileID tells files of one machine apart.
type fileID struct{ device, inode uint64 }

func identity(info fs.FileInfo) fileID {
	sys := info.Sys().(*syscall.Stat_t)
	return fileID{uint64(sys.Dev), uint64(sys.Ino)}
}
