//go:build unix

package main

import (
	"os"
	"runtime/debug"
	"syscall"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
)

// compare returns how to compare two files: mapped a window at a time, which spares copying them, where both can be. It
// tells work how much has been read.
func compare(old, next cli.Section, work *cli.Progress) func() delta.Alike {
	if old.File == nil || next.File == nil {
		return nil
	}
	return func() delta.Alike {
		read := delta.ReadAlike(old, next)
		return func(oldAt, nextAt int64, n int, atEnd bool) (int, error) {
			work.Add(2 * int64(n))
			a, err := mapWindow(old.File, oldAt, n)
			if err != nil {
				return read(oldAt, nextAt, n, atEnd)
			}
			defer syscall.Munmap(a.pages)
			b, err := mapWindow(next.File, nextAt, n)
			if err != nil {
				return read(oldAt, nextAt, n, atEnd)
			}
			defer syscall.Munmap(b.pages)
			return alike(a.bytes, b.bytes, atEnd)
		}
	}
}

// window is a part of a file as it lies in the system's memory.
type window struct{ pages, bytes []byte }

func mapWindow(f *os.File, at int64, n int) (window, error) {
	skip := int(at % int64(os.Getpagesize()))
	pages, err := syscall.Mmap(int(f.Fd()), at-int64(skip), skip+n, syscall.PROT_READ, syscall.MAP_SHARED|populate)
	if err != nil {
		return window{}, err
	}
	return window{pages, pages[skip:]}, nil
}

// alike compares two windows. A file that is cut short meanwhile has no bytes there any more: that faults.
func alike(a, b []byte, atEnd bool) (same int, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch fell := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = fault.New(fault.Other, "a file became shorter while it was read")
		default:
			panic(fell)
		}
	}()
	if atEnd {
		return delta.CommonSuffix(a, b), nil
	}
	return delta.CommonPrefix(a, b), nil
}
