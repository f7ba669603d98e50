// Package cmd_test owns the tests of the commands as whole processes: scripts, the surface they share, their man pages, and what
// they do before main. It must never know how a command does its work.
package cmd_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what scripts expect to what the commands print")

// bin is the folder of the commands, built once.
var bin string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(withCommands(m.Run))
}

func withCommands(run func() int) int {
	dir, err := os.MkdirTemp("", "reedbase-bin-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = dir
	build := exec.Command("go", "build", "-trimpath", "-o", bin+"/", "./...")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "go build:", err)
		return 1
	}
	return run()
}

// commands returns the names of the commands.
func commands(t *testing.T) (names []string) {
	t.Helper()
	mains, err := filepath.Glob("*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no commands: %v", err)
	}
	for _, path := range mains {
		names = append(names, filepath.Dir(path))
	}
	return names
}

// environment is what the commands of a test find, in the folder work.
func environment(work string) []string {
	home := filepath.Join(work, ".home")
	return []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME=" + home,
		"REEDBASE_HOME=" + filepath.Join(home, ".reedbase"),
		"REED_USER=tester",
		"TZ=UTC",
		"LC_ALL=C.UTF-8",
	}
}

// TestScript runs testdata/script/*.txtar. Beside what testscript knows, a script may say:
//
//	exitcode N prog args...     run prog; its exit code must be N
//	capture NAME [regexp]       set $NAME to the last standard output, or to what the regexp's first group matches in it
//	atmost N file               file, or stdout, holds at most N bytes
//	[root]                      the test runs as root
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../testdata/script",
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, environment(env.WorkDir)...)
			return os.Mkdir(filepath.Join(env.WorkDir, ".home"), 0o755)
		},
		Condition: func(name string) (bool, error) {
			if name != "root" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return os.Geteuid() == 0, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitcode,
			"capture":  capture,
			"atmost":   atmost,
		},
	})
}

func exitcode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N prog args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: capture NAME [regexp]")
	}
	text := strings.TrimSpace(ts.ReadFile("stdout"))
	if len(args) == 2 {
		pattern, err := regexp.Compile("(?m)" + args[1])
		ts.Check(err)
		groups := pattern.FindStringSubmatch(text)
		if len(groups) < 2 {
			ts.Fatalf("no group of %q matches", args[1])
		}
		text = groups[1]
	}
	ts.Setenv(args[0], text)
}

func atmost(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: atmost N file")
	}
	limit, err := strconv.Atoi(args[0])
	ts.Check(err)
	if size := len(ts.ReadFile(args[1])); size > limit {
		ts.Fatalf("%s holds %d bytes, more than %d", args[1], size, limit)
	}
}
