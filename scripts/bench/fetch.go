package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// The rivals that no package of Debian holds, each in one version for good. Dolt
// numbers its programs, but not its Go module, which is named by its commit.
const (
	csvqVersion   = "v1.18.1"
	daffVersion   = "1.4.2"
	duckDBVersion = "1.5.6-r.1"
	doltVersion   = "v0.40.5-0.20260306010754-a1fdc83b8378" // calls itself 1.83.2
)

func (l *lab) daffProgram() string {
	return l.path(filepath.Join("daff-"+daffVersion, "node_modules", ".bin", "daff"))
}

func (l *lab) doltProgram() string {
	return l.path(filepath.Join("dolt-"+doltVersion, "dolt"))
}

// fetchDaff installs daff with npm into the work folder.
func (l *lab) fetchDaff() error {
	folder := l.path("daff-" + daffVersion)
	return fetch(l.daffProgram(), "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "daff@"+daffVersion)
}

// fetchDolt builds dolt from its module, which takes minutes and a C compiler.
// The tag stands for regular expressions in Go, which a merge never asks for,
// instead of a library in C.
func (l *lab) fetchDolt() error {
	return fetch(l.doltProgram(), "env", "GOBIN="+filepath.Dir(l.doltProgram()), "CGO_ENABLED=1",
		"go", "install", "-tags", "gms_pure_go", "github.com/dolthub/dolt/go/cmd/dolt@"+doltVersion)
}

func (l *lab) csvqProgram() string {
	return l.path(filepath.Join("csvq-"+csvqVersion, "csvq"))
}

func (l *lab) fetchCSVQ() error {
	return fetch(l.csvqProgram(), "env", "GOBIN="+filepath.Dir(l.csvqProgram()), "go", "install", "github.com/mithrandie/csvq@"+csvqVersion)
}

func (l *lab) duckDBProgram() string {
	return l.path(filepath.Join("duckdb-"+duckDBVersion, "duckdb"))
}

// fetchDuckDB installs the library with npm, which has it for use by JavaScript,
// and builds the program that asks it, every time, since its source is ours.
func (l *lab) fetchDuckDB() error {
	folder := filepath.Dir(l.duckDBProgram())
	module := "@duckdb/node-bindings-" + runtime.GOOS + "-" + map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	library := filepath.Join(folder, "node_modules", module)
	file := filepath.Join(library, "libduckdb.so")
	if err := fetch(file, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, module+"@"+duckDBVersion); err != nil {
		return err
	}
	return l.makeOnce("duckdb", func() error {
		if err := os.RemoveAll(l.duckDBProgram()); err != nil {
			return err
		}
		return fetch(l.duckDBProgram(), "cc", "-O2", "-Wall", "-o", l.duckDBProgram(),
			filepath.Join(l.source, "scripts", "duckdb.c"), file, "-Wl,-rpath,"+library)
	})
}

// fetch runs a command that makes a program, unless it is there from the last time.
func fetch(program string, args ...string) error {
	if _, err := os.Stat(program); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		return err
	}
	c := exec.Command(args[0], args[1:]...)
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w", show(args), err)
	}
	_, err := os.Stat(program)
	return err
}
