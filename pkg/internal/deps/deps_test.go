// Package deps owns the plan of which package imports which, as policy text that its tests hold the module to. It must never know
// what any package does.
package deps

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func thePlan(t *testing.T) plan {
	t.Helper()
	p, err := readPlan(policy, libraries)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// packages lists the module.
func packages(t *testing.T) (all []pkg) {
	t.Helper()
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports", module+"...")
	var talk bytes.Buffer
	list.Stderr = &talk
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", list, err, &talk)
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsFollowThePolicy(t *testing.T) {
	p := thePlan(t)
	for _, of := range packages(t) {
		for _, violation := range p.violations(of) {
			t.Error(violation)
		}
	}
}

func TestCallsFollowThePolicy(t *testing.T) {
	p := thePlan(t)
	for _, of := range packages(t) {
		names := p.forbidden(of)
		for _, file := range of.GoFiles {
			used, err := calls(filepath.Join(of.Dir, file), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				if line, ok := used[name]; ok && excused[of.name()] != name {
					t.Errorf("%s: %s:%d uses %s", of.name(), file, line, name)
				}
			}
		}
	}
}

// TestThePolicyBites shows that what the policy forbids is found.
func TestThePolicyBites(t *testing.T) {
	p := thePlan(t)
	for _, test := range []struct {
		name    string
		imports string
		tests   string
		want    []string
	}{
		{"pkg/row", "bytes io " + module + "pkg/fault", "github.com/google/go-cmp/cmp os", nil},
		{"pkg/delta", module + "pkg/delta/xz", "", nil},
		{"pkg/row", module + "pkg/table", "", []string{"row: imports table, which its line does not name"}},
		{"pkg/delta/xz", module + "pkg/delta", "", []string{"delta/xz: imports delta, which its line does not name"}},
		{"pkg/table", module + "pkg/cli", "", []string{"table: imports cli, which its line does not name"}},
		{"pkg/novelty", "bytes", "", []string{"novelty: has no line in the policy"}},
		{"pkg/row", "os/exec", "", []string{"row: imports os/exec on a pure floor"}},
		{"pkg/merge", "net/url syscall", "", []string{"merge: imports net/url on a pure floor", "merge: imports syscall on a pure floor"}},
		{"pkg/durable", "os golang.org/x/sys/unix", "", nil},
		{"pkg/row", "github.com/ulikunitz/xz/lzma", "", []string{"row: imports github.com/ulikunitz/xz/lzma, whose line does not name it"}},
		{"pkg/table", "github.com/google/go-cmp/cmp", "", []string{"table: imports github.com/google/go-cmp/cmp, whose line does not name it"}},
		{"pkg/table", "example.org/new", "", []string{"table: imports example.org/new, whose line does not name it"}},
		{"pkg/row", "", "github.com/stretchr/testify/assert", []string{"row: imports github.com/stretchr/testify/assert, which nothing here uses"}},
	} {
		of := pkg{ImportPath: module + test.name, GoFiles: []string{"x.go"}, Imports: strings.Fields(test.imports), XTestImports: strings.Fields(test.tests)}
		if diff := cmp.Diff(test.want, p.violations(of)); diff != "" {
			t.Errorf("%s importing %q: %s", test.name, test.imports, diff)
		}
	}
}

func TestThePolicyRefusesUpwardLines(t *testing.T) {
	for _, text := range []string{
		"floor 1 a\n x: y\nfloor 2 b\n y:\n",
		"floor 1 a\n x: y\n y:\n",
		"floor 1 a\n x: y\n",
		"floor 1 a\n x/y: x\n x:\n",
		"flor 1 a\n",
	} {
		if _, err := readPlan(text, ""); err == nil {
			t.Errorf("accepted:\n%s", text)
		}
	}
	for _, text := range []string{"floor 1 a\n x: x/y\n x/y:\n", "floor 1 a\n x: →y\n y:\n"} {
		if _, err := readPlan(text, ""); err != nil {
			t.Errorf("%v in:\n%s", err, text)
		}
	}
}

func TestCallsAreFound(t *testing.T) {
	used, err := calls("x.go", "package x\nimport (\n\"os\"\nclock \"time\"\n)\nvar now = clock.Now\nfunc f() { os.Exit(1) }\n")
	if diff := cmp.Diff(map[string]int{"time.Now": 6, "os.Exit": 7}, used); err != nil || diff != "" {
		t.Error(err, diff)
	}
	p := thePlan(t)
	for name, want := range map[string]string{"pkg/row": "time.Now os.Exit os.Args", "pkg/table": "os.Exit os.Args", "pkg/cli": "", "scripts/bench": "", "cmd/rdb": "os.Args"} {
		names := p.forbidden(pkg{ImportPath: module + name})
		for _, call := range []string{"time.Now", "os.Exit", "os.Args"} {
			if got := slices.Contains(names, call); got != strings.Contains(want, call) {
				t.Errorf("%s: %s forbidden: %v", name, call, got)
			}
		}
	}
}
