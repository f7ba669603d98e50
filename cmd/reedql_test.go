package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestManReedQLExamples runs every example of reedql(7), one after the other, on one database: each must succeed, and queries find
// what is said here.
func TestManReedQLExamples(t *testing.T) {
	work := t.TempDir()
	ask := func(program string, args ...string) string {
		t.Helper()
		command := exec.Command(filepath.Join(bin, program), args...)
		command.Dir, command.Env = work, environment(work)
		var talk strings.Builder
		command.Stderr = &talk
		out, err := command.Output()
		if err != nil {
			t.Errorf("%s %q: %v\n%s", program, args, err, &talk)
		}
		return string(out)
	}
	for name, text := range map[string]string{
		"text.csv":      "key|value|used\nhome.title@en|Home|3\nhome.title@de| Start |9\nhome.intro@de|Schilf|\nhome.intro@en|Reeds|12\nold.9|x|1\n",
		"new texts.csv": "key,value\nhome.title@en,Home\nhome.end@en,Bye\n",
	} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ask("rdb", "init", "-q")
	ask("rdb", "import", "text", "text.csv", "-q")
	ask("rdb", "query", "-q", `CREATE TABLE api.security (role); CREATE TABLE old-roles (role); CREATE TABLE "2024--roles" (role);
		INSERT INTO api.security VALUES ('reader'); INSERT INTO old-roles VALUES ('any'); INSERT INTO "2024--roles" VALUES ('writer');
		UPDATE text SET value = 'Reed' WHERE key = 'home.intro@en'; UPDATE text SET value = 'Reeds, reeds' WHERE key = 'home.intro@en'`)
	var got []string
	for _, text := range literals(t, "../man/reedql.7") {
		program, args := "rdb", []string{"query", "-q", "--no-header", "--param", "key=home.title@de", text}
		if strings.Contains(text, "'new texts.csv'") {
			program, args = "rdb-query", []string{"--no-header", text}
		}
		got = append(got, ask(program, args...))
	}
	want := []string{
		"", // OFFSET 20
		"home.intro@en|Reeds|Reeds, reeds\n",
		"home.end@en|Bye\n",
		"all|5|\nen|2|1\nde|2|1\n",
		"reader\nwriter\n",
		"",
	}
	if len(got) != len(want)+1 || !strings.Contains(got[len(want)], "text") {
		t.Fatalf("%d examples, the last: %q", len(got), got[len(got)-1])
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Error(diff)
	}
	if left, want := ask("rdb", "export", "text"), "key|value|used\nhome.title@en|Welcome|0\nhome.title@de|Willkommen|0\nhome.intro@de|Schilf|0\nhome.intro@en|Reeds, reeds|0\n"; left != want {
		t.Errorf("the examples leave %q", left)
	}
}
