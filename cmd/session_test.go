package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// step is one command of a session that a document shows, with the output it shows.
type step struct {
	command string
	output  []string
}

// steps reads a session as a terminal shows it: a line "$ COMMAND", perhaps continued by lines "> MORE", then its output.
func steps(lines []string) (session []step, err error) {
	for _, line := range lines {
		command, isCommand := strings.CutPrefix(line, "$ ")
		more, isMore := strings.CutPrefix(line, "> ")
		switch last := len(session) - 1; {
		case isCommand:
			session = append(session, step{command: command})
		case last < 0:
			return nil, fmt.Errorf("%q comes before any command", line)
		case isMore && session[last].output == nil:
			session[last].command += "\n" + more
		default:
			session[last].output = append(session[last].output, line)
		}
	}
	return session, nil
}

// play runs a session in one shell, in a folder that holds the files of testdata/session/NAME.txtar when there is one. Every
// command must end with 0 and print what the document shows, if it shows anything.
func play(t *testing.T, name string, session []step) {
	t.Helper()
	needStock(t, session)
	work := t.TempDir()
	furnish(t, work, "../testdata/session/"+name+".txtar")
	const mark = "@@ end of step "
	var script strings.Builder
	for i, s := range session {
		fmt.Fprintf(&script, "%s\nprintf '\\n%s%d %%d\\n' $?\n", s.command, mark, i)
	}
	shell := exec.Command("sh")
	shell.Dir, shell.Env = work, environment(work)
	shell.Stdin = strings.NewReader(script.String())
	printed, err := shell.CombinedOutput()
	if err != nil && len(printed) == 0 {
		t.Fatal(err)
	}
	for i, s := range session {
		output, rest, ended := bytes.Cut(printed, fmt.Appendf(nil, "\n%s%d ", mark, i))
		code, next, _ := bytes.Cut(rest, []byte("\n"))
		if !ended || string(code) != "0" {
			t.Errorf("$ %s\n%s\nexit code %q", s.command, output, code)
		}
		got := strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")
		if diff := cmp.Diff(s.output, got); s.output != nil && !shows(s.output, got) {
			t.Errorf("$ %s\n%s", s.command, diff)
		}
		printed = next
	}
}

// needStock skips a session with a program that is not part of every system and not installed here.
func needStock(t *testing.T, session []step) {
	t.Helper()
	for _, program := range []string{"xz", "bsdiff", "bspatch", "xxhsum"} {
		uses := regexp.MustCompile(`\b` + program + `\b`)
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		for _, s := range session {
			if uses.MatchString(s.command) {
				t.Skip(program + " is not installed")
			}
		}
	}
}

// furnish writes the files of an archive, if it is there, into the folder work, beside a home.
func furnish(t *testing.T, work, archive string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(work, ".home"), 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(archive)
	if os.IsNotExist(err) {
		return
	} else if err != nil {
		t.Fatal(err)
	}
	for _, file := range txtar.Parse(text).Files {
		path := filepath.Join(work, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// shows reports whether a document's output stands for what was printed. Version ids, times and hashes differ from run to run: one
// stands for any other. "…" stands for any text in a line, and for any lines when it is alone.
func shows(document, printed []string) bool {
	var pattern strings.Builder
	for _, line := range document {
		if strings.TrimSpace(line) == "…" {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		parts := strings.Split(level(line), "…")
		for i, part := range parts {
			parts[i] = regexp.QuoteMeta(part)
		}
		pattern.WriteString(strings.Join(parts, ".*") + ` *\n`)
	}
	whole := regexp.MustCompile(`\A` + pattern.String() + `\z`)
	return whole.MatchString(level(strings.Join(printed, "\n")) + "\n")
}

var changing = []struct{ pattern, name string }{
	{`\b[0-9a-f]{32}\b`, "HASH"},
	{`\b[1-9][0-9]{15,19}\b`, "ID"},
	{`\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?`, "TIME"},
}

// level gives what changes from run to run one name.
func level(text string) string {
	for _, c := range changing {
		text = regexp.MustCompile(c.pattern).ReplaceAllLiteralString(text, c.name)
	}
	return text
}

// TestDemo runs the demo, which checks itself.
func TestDemo(t *testing.T) {
	t.Parallel()
	demo := exec.Command("../scripts/demo")
	demo.Env = append(environment(t.TempDir()), "TMPDIR="+t.TempDir())
	if printed, err := demo.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, printed)
	}
}

func TestSessionsAreReadAndCompared(t *testing.T) {
	session, err := steps(strings.Split("$ echo a; echo b\na\nb\n$ cat <<E\n> c\n> E\n$ x=1; cd /\n$ echo $x; pwd\n1\n/", "\n"))
	if err != nil {
		t.Fatal(err)
	}
	play(t, "none", session)
	if _, err := steps([]string{"output", "$ command"}); err == nil {
		t.Error("output before any command is accepted")
	}
	for _, test := range []struct {
		document, printed string
		want              bool
	}{
		{"a|b", "a|b", true},
		{"a|b", "a", false},
		{"a", "a|b", false},
		{"a … z", "a b c z", true},
		{"a|…|z", "a|b|c|z", true},
		{"a|…|z", "a|z", true},
		{"a|…", "b|c", false},
		{"version 1714557600123456001 of 2024-05-01 10:00", "version 1814557600123456002 of 2026-06-02 11:30", true},
		{"17 rows", "18 rows", false},
		{"(a)", "(a)", true},
	} {
		if got := shows(strings.Split(test.document, "|"), strings.Split(test.printed, "|")); got != test.want {
			t.Errorf("does %q stand for %q? %v", test.document, test.printed, got)
		}
	}
}
