package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// screenOf is a shell in a terminal, and somebody before it.
type screenOf struct {
	t      *testing.T
	master *os.File
	shell  *exec.Cmd
	shown  chan []byte
	seen   bytes.Buffer // since the last wait
}

// openTerminal returns both ends of a new terminal.
func openTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no terminals here: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 100})
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Skipf("no terminal can be made: %v", err)
	}
	return master, slave
}

// startShell starts rdb shell in a terminal, in the database in dir, with more of an environment.
func startShell(t *testing.T, dir, home string, env ...string) *screenOf {
	t.Helper()
	master, slave := openTerminal(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &screenOf{t: t, master: master, shown: make(chan []byte, 100)}
	s.shell = &exec.Cmd{
		Path: self, Args: []string{"rdb", "shell"}, Dir: dir, Stdin: slave, Stdout: slave, Stderr: slave,
		Env:         append([]string{"HOME=" + home, "REED_USER=ada", "TERM=xterm", "NO_COLOR=1"}, env...),
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: true},
	}
	if err := s.shell.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	go func() {
		defer close(s.shown)
		for {
			buf := make([]byte, 4096)
			n, err := master.Read(buf)
			if n > 0 {
				s.shown <- buf[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return s
}

// insist presses keys until the shell shows a text, as somebody does who sees that they came too soon.
func (s *screenOf) insist(keys, text string) {
	s.t.Helper()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	s.press(keys)
	for range 100 {
		select {
		case more, ok := <-s.shown:
			if !ok {
				s.t.Fatalf("the shell has ended; %q did not come, but %q", text, s.seen.String())
			}
			s.seen.Write(more)
		case <-again.C:
			s.press(keys)
		}
		if bytes.Contains(s.seen.Bytes(), []byte(text)) {
			s.wait(text)
			return
		}
	}
	s.t.Fatalf("%q does not come, but %q", text, s.seen.String())
}

// wait waits until the shell shows a text, and returns all that it showed up to then.
func (s *screenOf) wait(text string) string {
	s.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		if at := bytes.Index(s.seen.Bytes(), []byte(text)); at >= 0 {
			return string(s.seen.Next(at + len(text)))
		}
		select {
		case more, ok := <-s.shown:
			if !ok {
				s.t.Fatalf("the shell has ended; %q did not come, but %q", text, s.seen.String())
			}
			s.seen.Write(more)
		case <-deadline:
			s.t.Fatalf("%q does not come, but %q", text, s.seen.String())
		}
	}
}

func (s *screenOf) press(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.master, keys); err != nil {
		s.t.Fatal(err)
	}
}

// TestShellAtATerminal types into a shell: several lines, tabs, Ctrl-C in a line and in a query, the line before, Ctrl-D.
func TestShellAtATerminal(t *testing.T) {
	dir, home := t.TempDir(), t.TempDir()
	runVerb(t, dir, "init", "-q")
	runVerb(t, dir, "table:create", "text", "--columns", "key,value", "-q")
	runVerb(t, dir, "set", "text", "a", "value=one", "-q")
	s := startShell(t, dir, home)
	s.wait("rdb> ")
	s.press("SELECT value\r")
	s.wait("...> ")
	s.press("FROM text;\r")
	s.wait("value\r\none\r\n")
	s.wait("rdb> ")

	s.press("sel\t")
	s.wait("ect ")
	s.press("val\t")
	s.wait("value ")
	s.press("from te\t")
	s.wait("xt ")
	s.press("\x03") // Ctrl-C empties the line
	s.wait("rdb> ")
	s.press("SELECT 1\r")
	s.wait("...> ")
	s.press("\x03") // and drops the lines before it
	s.wait("rdb> ")
	s.press("SELECT 'fresh' AS word;\r")
	s.wait("word\r\nfresh\r\n")
	s.wait("rdb> ")

	s.press("BEGIN;\r")
	s.wait("rdb*> ")
	s.press("INSERT INTO text VALUES ('b', 'two');\r")
	s.wait("rdb*> ")
	s.press("COMMIT;\r")
	s.wait("+1 row")
	s.wait("rdb> ")
	s.press("SELECT nothing;\r")
	s.wait("error: line 1, column 8")
	s.wait("rdb> ")
	s.press("\x1b[A\x1b[A\r") // the line before the last one again
	s.wait("no frame is open")
	s.wait("rdb> ")

	s.press("SELECT 'a\r")
	s.wait("...> ")
	s.press(strings.Repeat("x", maxTyped) + "y\r") // a line that is cut drops its statement
	s.wait("error: a line has room for 4096 characters")
	s.wait("rdb> ")
	s.press("\x1b[200~SELECT length('" + strings.Repeat("x", maxTyped) + "') AS n;\x1b[201~\r") // and one that is pasted has room
	s.wait("4096\r\n")
	s.wait("rdb> ")

	s.press(".mode csv\r")
	s.wait("rdb> ")
	s.press("WITH RECURSIVE x AS (SELECT 1) SELECT 1;\r")
	s.wait("rdb> ")
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("text t%d", i))
	}
	s.press("SELECT count(*) FROM " + strings.Join(many, ", ") + ";\r")
	s.wait("t39;\r\n")
	s.insist("\x03", "interrupted") // Ctrl-C stops the query, once it runs
	s.wait("rdb> ")
	s.press("\x04")
	if err := s.shell.Wait(); err != nil {
		t.Errorf("Ctrl-D: %v", err)
	}

	history, err := os.ReadFile(filepath.Join(home, ".reedbase", "history"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(history), "SELECT value FROM text;\nSELECT 'fresh' AS word;\nBEGIN;\n") {
		t.Errorf("the history is %q", history)
	}
	if info, err := os.Stat(filepath.Join(home, ".reedbase", "history")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestShellLeavesTheTerminal ends a shell by a signal while it waits for a line: whoever comes next sees what is typed.
func TestShellLeavesTheTerminal(t *testing.T) {
	for _, end := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(end) {
			continue // as below nohup, which the shell takes over
		}
		dir := t.TempDir()
		runVerb(t, dir, "init", "-q")
		s := startShell(t, dir, dir)
		s.wait("rdb> ")
		echoes := func() bool {
			mode, err := unix.IoctlGetTermios(int(s.master.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			return mode.Lflag&unix.ECHO != 0
		}
		if echoes() {
			t.Error("the terminal echoes what the shell does")
		}
		if err := s.shell.Process.Signal(end); err != nil {
			t.Fatal(err)
		}
		s.wait("\x1b[?2004l")
		s.shell.Wait()
		if status := s.shell.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != end {
			t.Errorf("%v: ended by %v", end, s.shell.ProcessState)
		}
		if !echoes() {
			t.Errorf("%v: the terminal echoes no more", end)
		}
	}
}

// TestShellAtADumbTerminal looks for escapes where they would be shown.
func TestShellAtADumbTerminal(t *testing.T) {
	dir := t.TempDir()
	runVerb(t, dir, "init", "-q")
	s := startShell(t, dir, dir, "TERM=dumb")
	shown := s.wait("rdb> ")
	s.press("SELECT 1 AS one;\r")
	shown += s.wait("one\r\n") + s.wait("rdb> ")
	if strings.Contains(shown, "\x1b") {
		t.Errorf("%q", shown)
	}
	s.press(".quit\r")
	if err := s.shell.Wait(); err != nil {
		t.Error(err)
	}
}

// runVerb runs a verb, which must succeed.
func runVerb(t *testing.T, dir string, args ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := &exec.Cmd{Path: self, Args: append([]string{"rdb"}, args...), Dir: dir, Env: []string{"REED_USER=ada"}}
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("rdb %v: %v\n%s", args, err, out)
	}
}
