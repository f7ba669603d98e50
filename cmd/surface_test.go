package cmd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a command of ours in an empty folder and returns what it printed.
func run(t *testing.T, name string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	command := exec.Command(filepath.Join(bin, name), args...)
	command.Dir = t.TempDir()
	command.Env = environment(command.Dir)
	var out, talk bytes.Buffer
	command.Stdout, command.Stderr = &out, &talk
	if err := command.Run(); command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), out.String(), talk.String()
}

// TestSurface holds every command to the conventions they share.
func TestSurface(t *testing.T) {
	for _, name := range commands(t) {
		t.Run(name, func(t *testing.T) {
			code, help, talk := run(t, name, "-h")
			if code != 0 || talk != "" || !strings.HasPrefix(help, "usage: "+name+" ") || !strings.HasSuffix(help, "\n") {
				t.Errorf("-h: exit code %d, %q, %q", code, help, talk)
			}
			if code, long, talk := run(t, name, "--help"); code != 0 || long != help || talk != "" {
				t.Errorf("--help differs from -h: exit code %d, %q, %q", code, long, talk)
			}
			code, version, talk := run(t, name, "--version")
			if code != 0 || talk != "" || !strings.HasPrefix(version, name+" ") || strings.Count(version, "\n") != 1 {
				t.Errorf("--version: exit code %d, %q, %q", code, version, talk)
			}
			code, out, talk := run(t, name, "--no-such-flag")
			want := name + ": error: unknown flag \"--no-such-flag\"\n" + name + ": hint: "
			if code != 129 || out != "" || !strings.HasPrefix(talk, want) {
				t.Errorf("an unknown flag: exit code %d, %q, %q", code, out, talk)
			}
		})
	}
}

// TestSurfaceFullDisk shows that a failure to write standard output is no success.
func TestSurfaceFullDisk(t *testing.T) {
	for _, name := range commands(t) {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("there is no /dev/full here")
		}
		var talk bytes.Buffer
		command := exec.Command(filepath.Join(bin, name), "-h")
		command.Stdout, command.Stderr = full, &talk
		command.Run()
		full.Close()
		if code := command.ProcessState.ExitCode(); code != 128 || !strings.HasPrefix(talk.String(), name+": error: write standard output: ") {
			t.Errorf("%s -h >/dev/full: exit code %d, %q", name, code, talk.String())
		}
	}
}
