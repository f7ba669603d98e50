package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A lab is the work folder: tables, databases and repositories, made when a
// figure first asks for them.
type lab struct {
	source   string // the module's root
	dir, bin string
	versions int             // length of the long history
	updates  int             // what each of many writers does
	made     map[string]bool // what is ready
}

func newLab(source string, o options) *lab {
	l := &lab{
		source:   source,
		dir:      absolute(source, o.dir),
		bin:      absolute(source, o.bin),
		versions: 1000,
		updates:  o.each,
		made:     make(map[string]bool),
	}
	if o.quick {
		l.versions = 100
	}
	return l
}

func absolute(base, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}

func (l *lab) path(name string) string { return absolute(l.dir, name) }

// open makes the folder, and the programs that the figures need beside ours. The
// underscore hides the source from ./... patterns.
func (l *lab) open() error {
	if err := os.MkdirAll(l.path("_nothing"), 0o755); err != nil {
		return err
	}
	nothing := l.path("_nothing/main.go")
	if err := os.WriteFile(nothing, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		return err
	}
	if err := l.build("nothing", nothing); err != nil {
		return err
	}
	return l.build("fixture", "./scripts/fixture")
}

func (l *lab) build(name, what string) error {
	c := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", l.path(name), what)
	c.Dir, c.Stderr = l.source, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("go build %s: %w", what, err)
	}
	return rewrite(l.path(name))
}

// rewrite writes a program again in one piece, as make build does with ours: one that
// a linker has just written starts later. It is dd that needs the memory for that, as
// no peak can be seen that is below this process's own.
func rewrite(program string) error {
	fresh := program + ".new"
	if err := exec.Command("dd", "if="+program, "of="+fresh, "bs=64M", "status=none").Run(); err != nil {
		return fmt.Errorf("dd %s: %w", program, err)
	}
	return errors.Join(os.Chmod(fresh, 0o755), os.Rename(fresh, program))
}

// program finds what a command's first word stands for: ours in bin, helpers in
// the work folder, this program itself, and on PATH the rest.
func (l *lab) program(name string) (string, error) {
	switch {
	case name == "bench":
		return os.Executable()
	case name == "nothing" || name == "fixture":
		return l.path(name), nil
	case name == "csvq":
		return l.csvqProgram(), nil
	case name == "daff":
		return l.daffProgram(), nil
	case name == "duckdb":
		return l.duckDBProgram(), nil
	case name == "dolt":
		return l.doltProgram(), nil
	case name == "rdb" || strings.HasPrefix(name, "rdb-"):
		path := filepath.Join(l.bin, name)
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("%s is not built: %w", name, err)
		}
		return path, nil
	default:
		return exec.LookPath(name)
	}
}

// environment keeps the user's own settings, of git above all, out of the figures.
func (l *lab) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + l.dir, "LC_ALL=C.UTF-8", "TZ=UTC",
		"REEDBASE_HOME=" + l.path("home"), "REED_USER=bench",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=bench@example.org",
		"GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=bench@example.org",
	}
}

// run runs a command that is part of setting up or checking.
func (l *lab) run(args ...string) error { return l.runIn("", args...) }

// runIn is run in a folder of the work folder.
func (l *lab) runIn(dir string, args ...string) error {
	_, err := l.process(side{dir: dir}, args, setupPrinted)
	return err
}

// makeOnce makes a thing the first time it is asked for.
func (l *lab) makeOnce(name string, make func() error) error {
	if l.made[name] {
		return nil
	}
	if err := make(); err != nil {
		return err
	}
	l.made[name] = true
	return nil
}

// table writes NAME.csv and its edited versions into the work folder.
func (l *lab) table(rows string) error {
	return l.makeOnce("table "+rows, func() error {
		return l.run("fixture", "-dir", ".", "-rows", rows)
	})
}

// database makes a new database in the folder, with one table "text" of the file.
func (l *lab) database(folder, file string) error {
	return l.makeOnce(folder, func() error {
		if err := os.RemoveAll(l.path(folder)); err != nil {
			return err
		}
		if err := l.run("rdb", "init", folder); err != nil {
			return err
		}
		return l.importFile(folder, file)
	})
}

// importFile makes the file the newest version of table "text".
func (l *lab) importFile(folder, file string) error {
	return l.run("rdb", "-C", folder, "import", "text", file, "--duplicates", "last")
}

// repository makes a new git repository in the folder, with the file as text.csv.
func (l *lab) repository(folder, file string) error {
	return l.makeOnce(folder, func() error {
		if err := os.RemoveAll(l.path(folder)); err != nil {
			return err
		}
		for _, args := range [][]string{
			{"git", "init", "-q", "-b", "main", folder},
			{"git", "-C", folder, "config", "gc.auto", "0"},
			{"cp", file, filepath.Join(folder, "text.csv")},
			{"git", "-C", folder, "add", "text.csv"},
			{"git", "-C", folder, "commit", "-qm", "first"},
		} {
			if err := l.run(args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// steps makes one setup of several.
func steps(all ...func() error) func() error {
	return func() error {
		for _, step := range all {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	}
}
