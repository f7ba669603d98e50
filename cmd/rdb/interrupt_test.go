package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestInterrupted stops an import that waits for its input: nothing is stored, and a shell sees 130.
func TestInterrupted(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	rdb := filepath.Join(dir, "rdb")
	if err := os.Symlink(self, rdb); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := perform("init", "-q", dir); code != 0 {
		t.Fatal(talk)
	}
	command := exec.Command(rdb, "-C", dir, "import", "t", "-")
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := command.Wait(); !errors.As(err, &exit) {
		t.Fatalf("it ended with %v", err)
	}
	if status := exit.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGINT && status.ExitStatus() != 130 {
		t.Errorf("it ended with %v", exit)
	}
	if code, out, _ := perform("-C", dir, "table:list", "--porcelain"); code != 0 || out != "" {
		t.Errorf("tables are there: %q", out)
	}
}
