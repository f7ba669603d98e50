package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
)

// binaries are the commands that were built, by what was changed in them.
var binaries sync.Map

// build builds rdb, with one text of one file of the module replaced by another; "" is the file as it is.
func build(tb testing.TB, p plant) string {
	tb.Helper()
	type result struct {
		path string
		err  error
	}
	once, _ := binaries.LoadOrStore(p, sync.OnceValue(func() result {
		path, err := compile(p)
		return result{path, err}
	}))
	r := once.(func() result)()
	if r.err != nil {
		tb.Fatal(r.err)
	}
	return r.path
}

// workshop is where binaries are built; it goes when all tests have ended.
var workshop string

func TestMain(m *testing.M) {
	var err error
	if workshop, err = os.MkdirTemp("", "crash-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	debug.SetGCPercent(400) // thousands of small databases are read
	code := m.Run()
	os.RemoveAll(workshop)
	os.Exit(code)
}

func compile(p plant) (string, error) {
	dir, err := os.MkdirTemp(workshop, "build-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "rdb")
	argv := []string{"build", "-ldflags", "-s -w", "-o", binary}
	if p.file != "" {
		overlay, err := p.overlay(dir)
		if err != nil {
			return "", err
		}
		argv = append(argv, "-overlay", overlay)
	}
	run := exec.Command("go", append(argv, "./cmd/rdb")...)
	run.Dir, run.Env = module, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := run.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
}

// module is where the module stands, seen from here.
const module = "../../.."

// A plant is a bug: in the file, a path in the module, the old text gives way to the new one.
type plant struct{ file, old, new string }

// overlay writes the changed file, and the file that tells the go command of it.
func (p plant) overlay(dir string) (string, error) {
	path, err := filepath.Abs(filepath.Join(module, p.file))
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	changed := source
	olds, news := strings.Split(p.old, more), strings.Split(p.new, more)
	for i := range olds {
		if bytes.Count(changed, []byte(olds[i])) != 1 {
			return "", fmt.Errorf("%s does not hold once:\n%s", p.file, olds[i])
		}
		changed = bytes.Replace(changed, []byte(olds[i]), []byte(news[i]), 1)
	}
	instead, overlay := filepath.Join(dir, "instead.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(instead, changed, 0o666); err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {path: instead}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, b, 0o666)
}

// more stands between the texts of a plant that changes several places.
const more = "\n---\n"
