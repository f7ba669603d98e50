// Package powercut shows what a command leaves behind when the power fails, when it is killed and when a system call
// fails. It knows system calls on files and folders; it must never know what the files mean. Only tests import it.
//
// Record runs a command once under strace and learns what it did to one folder. Trace.Check then builds every folder
// that a power cut could have left, after each call of the command, on a file system that promises no more than POSIX
// does, and hands each to the test. Sweep runs the command again and again, each time letting another call fail.
package powercut

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A Command is a program to run on a folder of its own, the root. Only what it does inside the root is looked at.
type Command struct {
	Tree string   // the folder that the root starts as a copy of; "" starts with an empty root
	Dir  string   // where in the root the command starts; "" is the root itself
	Argv []string // the program, by absolute path or found in PATH, and its arguments; "$ROOT" in them becomes the root's path
	Env  []string // as in os/exec, "$ROOT" in it likewise; nil is the environment of the test

	Stdin []byte

	// Before, if not nil, is called with the root's path once the tree is copied, before the command starts: for what a
	// copy cannot hold, such as a record of a file's inode and times. In a sweep several calls run at once.
	Before func(root string) error

	// Acknowledgement is what the command prints on its standard output when its work is done for good; "" is any output
	// at all. A command that prints nothing of the kind acknowledges by its exit.
	Acknowledgement string

	// Release, if not "", is a file in the root, relative to it: that the command closes it is an acknowledgement too, as
	// when it gives up a lock and others go on from what it did.
	Release string

	// Unflushed tells for files of the root, relative to it, how many of their bytes are durable: a command that was killed
	// wrote the rest, and did not flush it.
	Unflushed map[string]int64

	start *tree // what Tree holds; nil before it was read
}

// Prepare makes a fresh copy of c's tree at root and returns c as it runs there, with every "$ROOT" replaced.
func (c Command) Prepare(root string) (Command, error) {
	c, err := c.loaded()
	if err != nil {
		return c, err
	}
	if err := c.start.write(root, nil); err != nil {
		return c, err
	}
	if c.Before != nil {
		if err := c.Before(root); err != nil {
			return c, err
		}
	}
	return c.in(root), nil
}

// loaded returns c with its tree in memory, for many copies.
func (c Command) loaded() (_ Command, err error) {
	switch {
	case c.start != nil:
	case c.Tree == "":
		c.start = &tree{}
	default:
		c.start, err = load(c.Tree)
	}
	return c, err
}

// in returns c as it runs with the given root.
func (c Command) in(root string) Command {
	replace := func(list []string) []string {
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = strings.ReplaceAll(s, "$ROOT", root)
		}
		return out
	}
	if c.Env == nil {
		c.Env = os.Environ()
	}
	c.Argv, c.Env, c.Dir = replace(c.Argv), replace(c.Env), filepath.Join(root, c.Dir)
	return c
}

func (c Command) String() string { return strings.Join(c.Argv, " ") }

// Scratch returns the real path of a new folder that goes with the test, in memory where the system offers that: the
// folders built there are many, and what makes them durable is not the point.
func Scratch(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "powercut-")
	if err != nil {
		dir = t.TempDir()
	} else {
		t.Cleanup(func() { os.RemoveAll(dir) })
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// cannotTrace tells an error of a machine that does not let a program be traced.
func cannotTrace(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission)
}

// missing ends the test because the machine cannot run it. It is a skip for an ordinary user and a failure for root,
// who can install what is missing.
func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Geteuid() == 0 && runtime.GOOS == "linux" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// excerpt returns what a program printed, short enough for a report.
func excerpt(output []byte) string {
	const most = 400
	output = bytes.TrimSpace(output)
	if len(output) > most {
		return fmt.Sprintf("%q...", output[:most])
	}
	return fmt.Sprintf("%q", output)
}
