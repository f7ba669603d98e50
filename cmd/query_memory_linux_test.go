package cmd_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestQueryStreams has results of half a million rows and more written in little memory, in every format, from a file
// and from a pipe.
func TestQueryStreams(t *testing.T) {
	work := t.TempDir()
	for _, separator := range []string{"|", ","} {
		f, err := os.Create(filepath.Join(work, "rows"+separator))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(f)
		fmt.Fprintf(w, "key%svalue%snumber\n", separator, separator)
		for i := range 600_000 {
			fmt.Fprintf(w, "key.of.row.%d@en%ssome text of the row%s%d\n", i, separator, separator, i)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	const most = 32 << 10 // KiB
	for _, test := range []struct{ format, query, input string }{
		{"table", "SELECT * FROM 'rows|'", ""},
		{"csv", "SELECT key, number + 1 FROM 'rows|' WHERE number % 3 > 0", ""},
		{"json", "SELECT * FROM 'rows,'", ""},
		{"pipe", "SELECT * FROM -", "rows,"},
		{"markdown", "SELECT * FROM - LIMIT 500000 OFFSET 10", "rows|"},
		{"jsonl", "SELECT count(*), sum(number), max(value) FROM -", "rows|"},
	} {
		command := exec.Command("sh", "-c", `exec "$0" "$@"`, filepath.Join(bin, "rdb-query"), "-f", test.format, test.query)
		if test.input != "" {
			command = exec.Command("sh", "-c", `cat "$0" | exec "$@"`, test.input, filepath.Join(bin, "rdb-query"), "-f", test.format, test.query)
		}
		command.Dir, command.Env = work, environment(work)
		var talk strings.Builder
		command.Stderr = &talk
		if err := command.Run(); err != nil {
			t.Errorf("%s: %v\n%s", test.query, err, &talk)
			continue
		}
		if used := command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; used > most {
			t.Errorf("%s as %s takes %d KiB, more than %d", test.query, test.format, used, most)
		} else {
			t.Logf("%s as %s: %d KiB", test.query, test.format, used)
		}
	}
}

// TestQueriesAreThrifty has queries keep nearly as much as they may: with what they leave behind it is some twice that.
func TestQueriesAreThrifty(t *testing.T) {
	work := t.TempDir()
	run := func(name string, args ...string) *exec.Cmd {
		t.Helper()
		command := exec.Command("sh", append([]string{"-c", `exec "$0" "$@"`, filepath.Join(bin, name)}, args...)...)
		command.Dir, command.Env = work, environment(work)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return command
	}
	run("rdb", "init", "-q")
	rows := "id\n"
	for i := range 8000 {
		rows += fmt.Sprintln(i)
	}
	if err := os.WriteFile(filepath.Join(work, "t.csv"), []byte(rows), 0o666); err != nil {
		t.Fatal(err)
	}
	run("rdb", "import", "t", "t.csv")
	config := filepath.Join(work, ".reed", "config.toml")
	b, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	settings := strings.Replace(string(b), "max-memory = 1024", "max-memory = 100", 1)
	if err := os.WriteFile(config, []byte(settings), 0o666); err != nil || settings == string(b) {
		t.Fatal(err)
	}
	const most = 250 << 10 // KiB
	for _, name := range []string{"rdb", "rdb-query"} {
		args := []string{"SELECT sum(length((SELECT printf('%080000d', t.id)))) FROM t"}
		if name == "rdb" {
			args = append([]string{"query"}, args...)
		}
		used := run(name, args...).ProcessState.SysUsage().(*syscall.Rusage).Maxrss
		if t.Logf("%s: %d KiB", name, used); used > most {
			t.Errorf("%s takes %d KiB, more than %d", name, used, most)
		}
	}
}
