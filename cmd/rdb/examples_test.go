package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets this test binary stand in for rdb when it is called by that name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "rdb" {
		main()
	}
	os.Exit(m.Run())
}

// TestExamplesRun runs the examples of all verbs, in the order of the table, on one small database.
func TestExamplesRun(t *testing.T) {
	work := t.TempDir()
	home := filepath.Join(work, "home")
	bin := filepath.Join(work, "bin")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{home, bin} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(self, filepath.Join(bin, "rdb")); err != nil {
		t.Fatal(err)
	}
	write("text.csv", "key|value\npage.title@en|Hello\npage.footer@en|Bye\n")
	write("users.csv", "name,mail\nada,ada@example.org\n")
	shell := func(line string) {
		command := exec.Command("sh", "-e", "-c", line)
		command.Dir = home
		command.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + home, "USER=ada", "TMPDIR=" + work}
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("%s\n%s%v", line, out, err)
		}
	}
	shell("rdb init && rdb import text text.csv && rdb set text page.title@en value='Hello there'")
	each(t, func(t *testing.T, v *verb) {
		for line := range strings.SplitSeq(v.example, "\n") {
			shell(line)
		}
	})
}
