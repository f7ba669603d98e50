package powercut

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// begun prepares a command and returns it with its root.
func begun(t *testing.T, files map[string]string, name string) (Command, string) {
	t.Helper()
	root := filepath.Join(Scratch(t), "root")
	c, err := played(t, folder(t, files), name).Prepare(root)
	if err != nil {
		t.Fatal(err)
	}
	return c, root
}

// ended waits for a command that is to print that it is done.
func ended(t *testing.T, r *Running, err error) Result {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	result, err := r.Wait()
	if err != nil || result.Exit != 0 || string(result.Stdout) != "done\n" {
		t.Errorf("%v, %v", result, err)
	}
	return result
}

// TestStart looks at a folder before each call of a command: nothing has happened there but what the calls before did.
func TestStart(t *testing.T) {
	c, root := begun(t, map[string]string{"text": before}, "replace")
	var calls []Call
	r, err := Start(c, root, func(c Call) Verdict {
		text, _ := os.ReadFile(filepath.Join(root, "text"))
		renamed := slices.ContainsFunc(calls, func(c Call) bool { return strings.HasPrefix(c.Name, "rename") })
		if want := map[bool]string{true: after, false: before}[renamed]; string(text) != want {
			t.Errorf("%s: the text is %q, not %q", c, text, want)
		}
		calls = append(calls, c)
		return Verdict{}
	})
	ended(t, r, err)
	var names []string
	for i, c := range calls {
		if c.Number != i+1 {
			t.Errorf("%s is number %d", c, i+1)
		}
		names = append(names, c.Name+" "+c.Target)
	}
	list := strings.Join(names, "\n")
	for _, call := range []string{"openat temp", "write temp", "fsync temp", "renameat temp", "openat .", "fsync ."} {
		_, rest, ok := strings.Cut(list, call)
		if !ok {
			t.Fatalf("no %q, or not in its turn, in %q", call, names)
		}
		list = rest
	}
}

// TestVerdicts lets calls of a command fail and kills it.
func TestVerdicts(t *testing.T) {
	for _, test := range []struct {
		verdict Verdict
		exit    int
		said    string
	}{
		{Verdict{}, 0, ""},
		{Verdict{Errno: unix.EDQUOT}, 1, "disk quota exceeded"},
		{Verdict{Kill: true}, -1, ""},
	} {
		c, root := begun(t, map[string]string{"text": before}, "replace")
		r, err := Start(c, root, func(c Call) Verdict {
			if c.Name != "write" {
				t.Errorf("%s was not asked for", c)
			}
			return test.verdict
		}, "write")
		if err != nil {
			t.Fatal(err)
		}
		result, err := r.Wait()
		if err != nil || result.Exit != test.exit || !strings.Contains(string(result.Stderr), test.said) {
			t.Errorf("%+v: %v, %v", test.verdict, result, err)
		}
		if temp, err := os.ReadFile(filepath.Join(root, "temp")); test.exit != 0 && (err != nil || len(temp) > 0) {
			t.Errorf("%+v: temp is %q, %v", test.verdict, temp, err)
		}
	}
}

// TestSettle has one command wait for another that is stopped while it holds a lock, watched or not.
func TestSettle(t *testing.T) {
	for _, watch := range []func(Call) Verdict{nil, func(Call) Verdict { return Verdict{} }} {
		c, root := begun(t, map[string]string{"lock": ""}, "lock")
		waited := map[string]bool{} // by the call of the first before which the second was started
		var second *Running
		first, err := Start(c, root, func(call Call) Verdict {
			if call.Name != "flock" && call.Name != "close" {
				return Verdict{}
			}
			var err error
			if second, err = Start(c, root, watch); err != nil {
				t.Error(err)
				return Verdict{}
			}
			if waited[call.Name] = second.Settle(); !waited[call.Name] {
				ended(t, second, nil)
				second = nil
			}
			return Verdict{}
		})
		ended(t, first, err)
		if waited["flock"] || !waited["close"] || second == nil {
			t.Fatalf("waited: %v", waited)
		}
		ended(t, second, nil)
		if second.Settle() {
			t.Error("a command that has ended waits")
		}
	}
}

// TestStubborn kills a command that takes too long, watched or not.
func TestStubborn(t *testing.T) {
	for _, watch := range []func(Call) Verdict{nil, func(Call) Verdict { return Verdict{Errno: unix.EIO} }} {
		c, root := begun(t, map[string]string{"text": before}, "replace, stubborn")
		if watch == nil {
			c.Argv = []string{"sleep", "60"}
		}
		r, err := start(c, root, watch, 300*time.Millisecond, []string{"fsync"})
		if err != nil {
			t.Fatal(err)
		}
		if result, err := r.Wait(); err == nil || !strings.Contains(err.Error(), "still running after 300ms") {
			t.Errorf("%v, %v", result, err)
		}
	}
}
