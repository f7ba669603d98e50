// Tally runs go test and ends with a line that counts: "N passed, N failed, N skipped".
//
//	go run ./scripts/tally [GO TEST ARGUMENTS]
//
// It prints a line for each package, the output of each test that failed, and the reason of each that was skipped. It fails when
// a test does. As root it also fails when one is skipped: root has all that the tests need.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// event is a line of go test -json; see go doc test2json. Of a build that fails only ImportPath and Output are set.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// tally counts what has ended and holds the output of what has not.
type tally struct {
	out                     io.Writer
	passed, failed, skipped int
	held                    map[string]*strings.Builder // by package and test
}

func main() {
	t := tally{out: os.Stdout, held: map[string]*strings.Builder{}}
	test := exec.Command("go", append([]string{"test", "-json"}, os.Args[1:]...)...)
	test.Stderr = os.Stderr
	err := t.run(test)
	fmt.Printf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "go test:", err)
		os.Exit(1)
	case t.skipped > 0 && os.Geteuid() == 0:
		fmt.Fprintln(os.Stderr, "as root no test may be skipped")
		os.Exit(1)
	}
}

func (t *tally) run(test *exec.Cmd) error {
	events, err := test.StdoutPipe()
	if err != nil {
		return err
	}
	if err := test.Start(); err != nil {
		return err
	}
	if err := t.read(events); err != nil {
		return err
	}
	return test.Wait()
}

func (t *tally) read(events io.Reader) error {
	decoder := json.NewDecoder(events)
	for {
		var e event
		if err := decoder.Decode(&e); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		t.take(e)
	}
}

func (t *tally) take(e event) {
	switch e.Action {
	case "output":
		t.hold(e)
	case "build-output":
		fmt.Fprint(t.out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			t.endPackage(e)
		} else {
			t.endTest(e)
		}
	}
}

func (t *tally) hold(e event) {
	if strings.HasPrefix(e.Output, "=== ") {
		return // a test starts, waits or goes on
	}
	name := e.Package + " " + e.Test
	if t.held[name] == nil {
		t.held[name] = new(strings.Builder)
	}
	t.held[name].WriteString(e.Output)
}

// release returns the output held of a test, or of a package outside its tests.
func (t *tally) release(e event) string {
	name := e.Package + " " + e.Test
	defer delete(t.held, name)
	if t.held[name] == nil {
		return ""
	}
	return t.held[name].String()
}

func (t *tally) endTest(e event) {
	output := t.release(e)
	switch e.Action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
		fmt.Fprint(t.out, output)
	case "skip":
		t.skipped++
		fmt.Fprintf(t.out, "%s: %s", e.Package, output)
	}
}

func (t *tally) endPackage(e event) {
	output := t.release(e)
	switch e.Action {
	case "pass":
		fmt.Fprintf(t.out, "ok    %7.2fs  %s\n", e.Elapsed, e.Package)
	case "fail":
		// A test that never ended, as after a panic or a time limit, has its output held yet.
		for name, held := range t.held {
			if strings.HasPrefix(name, e.Package+" ") {
				fmt.Fprint(t.out, held)
				delete(t.held, name)
				t.failed++
			}
		}
		fmt.Fprintf(t.out, "%sFAIL  %7.2fs  %s\n", output, e.Elapsed, e.Package)
	}
}
