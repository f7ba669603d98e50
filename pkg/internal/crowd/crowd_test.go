// Package crowd holds the product to its promise to many writers at once: whatever processes of rdb do to one table at one
// time, killed or not, no acknowledged write is lost, each is a version of its own under its user, and no reader sees half
// of one. It runs rdb itself, as scripts do, and reads what rdb left with stock programs.
//
// CROWD_EACH=500 go test -timeout 1h lets every writer do 500 updates, where a few must do for every day; CROWD_SEED=N
// takes the random numbers of another run.
package crowd

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// program is the built rdb.
var program string

// descriptors is how many files a process may have open, here and in every rdb: little enough that a leak is seen.
const descriptors = 256

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "crowd-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "rdb")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", program, "./cmd/rdb")
	build.Dir, build.Env = "../../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	if err := limitDescriptors(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func limitDescriptors() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = min(limit.Cur, descriptors)
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

// each returns how many updates a writer does: those of CROWD_EACH, else the few.
func each(t *testing.T, few int) int {
	t.Helper()
	text := os.Getenv("CROWD_EACH")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("CROWD_EACH=%q is no number of updates", text)
	}
	return n
}

// seed returns where the random numbers of a test begin, and tells it to who reads of a failure.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	if text := os.Getenv("CROWD_SEED"); text != "" {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("CROWD_SEED=%q is no number", text)
		}
	}
	t.Logf("CROWD_SEED=%d", n)
	return n
}

// random returns a worker's own random numbers.
func random(seed uint64, worker int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(worker))) }

// need skips a test that has not its stock programs. As root nothing is skipped: they are installed then.
func need(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
}
