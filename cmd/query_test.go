package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestQueryIsInterrupted stops queries that take for ever: the exit code is 130, and no file is replaced.
func TestQueryIsInterrupted(t *testing.T) {
	work := t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "t.csv"), []byte("k\n"+strings.Repeat("x\n", 50)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{
		{"rdb-query", "-o", "out", "SELECT count(*) FROM 't.csv' a, 't.csv' b, 't.csv' c, 't.csv' d, 't.csv' e, 't.csv' f, 't.csv' g"},
		{"rdb-query", "-o", "out", "SELECT a.k FROM 't.csv' a, 't.csv' b, 't.csv' c, 't.csv' d, 't.csv' e, 't.csv' f, 't.csv' g"},
		{"rdb-query", "-o", "out", "SELECT * FROM -"},
	} {
		if err := os.WriteFile(filepath.Join(work, "out"), []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		command := exec.Command(filepath.Join(bin, argv[0]), argv[1:]...)
		var talk bytes.Buffer
		command.Dir, command.Env, command.Stderr = work, environment(work), &talk
		input, err := command.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		input.Write([]byte("k\nx\n"))
		waitFor(t, func() bool { return temporary(work) }) // the result is being written
		command.Process.Signal(os.Interrupt)
		ended := make(chan error, 1)
		go func() { ended <- command.Wait() }()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			command.Process.Kill()
			t.Errorf("%q does not end", argv[3])
			<-ended
		}
		input.Close()
		if code := command.ProcessState.ExitCode(); code != 130 {
			t.Errorf("%q: exit code %d, %s", argv[3], code, &talk)
		}
		if out, err := os.ReadFile(filepath.Join(work, "out")); string(out) != "old" || err != nil || temporary(work) {
			t.Errorf("%q: the file holds %d bytes, %v", argv[3], len(out), err)
		}
	}
}

// TestQueryHeedsSignals stops a query that waits for its input: it says so and ends by itself. It does not listen from its very start,
// so it is given ever more time to come to that.
func TestQueryHeedsSignals(t *testing.T) {
	var ended string
	for wait := 50 * time.Millisecond; wait < 15*time.Second; wait *= 2 {
		command := exec.Command(filepath.Join(bin, "rdb-query"), "SELECT * FROM -")
		var talk bytes.Buffer
		command.Env, command.Stderr = environment(t.TempDir()), &talk
		input, err := command.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(wait)
		command.Process.Signal(syscall.SIGTERM)
		command.Wait()
		input.Close()
		if ended = fmt.Sprintf("%v, %s", command.ProcessState, &talk); command.ProcessState.ExitCode() == 130 && strings.Contains(ended, "interrupted") {
			return
		}
	}
	t.Errorf("it ends with %s", ended)
}

// temporary reports whether a file is there that is to take another's name.
func temporary(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, ".reed-*.tmp"))
	return len(found) > 0
}

// waitFor waits until something holds.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatal("it does not come about")
		}
		runtime.Gosched()
	}
}
