package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The rivals that no package of Debian holds, each in one version for good. Dolt
// numbers its programs, but not its Go module, which is named by its commit.
const (
	daffVersion = "1.4.2"
	doltVersion = "v0.40.5-0.20260306010754-a1fdc83b8378" // calls itself 1.83.2
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
