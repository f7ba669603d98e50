package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pages returns the man pages of the given sections.
func pages(t *testing.T, sections string) []string {
	t.Helper()
	paths, err := filepath.Glob("../man/*.[" + sections + "]")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no man pages: %v", err)
	}
	return paths
}

func needMandoc(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("mandoc is not installed")
	}
}

// TestManLint lets mandoc check every page. That a page named by .Xr is installed is checked for our own pages alone, in man/.
func TestManLint(t *testing.T) {
	needMandoc(t)
	for _, page := range pages(t, "1-9") {
		found, err := exec.Command("mandoc", "-Tlint", "-Wstyle", page).Output()
		for line := range strings.Lines(string(found)) {
			if !strings.Contains(line, "referenced manual not found") {
				t.Error(strings.TrimSpace(line))
				err = nil
			}
		}
		if err != nil && len(found) == 0 {
			t.Errorf("%s: %v", page, err)
		}
	}
}

func TestManReferencesExist(t *testing.T) {
	reference := regexp.MustCompile(`(?m)^\.(?:It )?Xr (r(?:db|eed)\S*) (\d)`)
	for _, page := range pages(t, "1-9") {
		for _, groups := range reference.FindAllStringSubmatch(readText(t, page), -1) {
			if _, err := os.Stat(fmt.Sprintf("../man/%s.%s", groups[1], groups[2])); err != nil {
				t.Errorf("%s names %s(%s), which is not there", filepath.Base(page), groups[1], groups[2])
			}
		}
	}
}

// TestManSynopsis compares the usage that NAME -h prints, up to its first blank line, with the SYNOPSIS of NAME(1), word by word.
// Every flag that either of them names must be in the other.
func TestManSynopsis(t *testing.T) {
	needMandoc(t)
	for _, name := range commands(t) {
		t.Run(name, func(t *testing.T) {
			page := "../man/" + name + ".1"
			_, help, _ := run(t, name, "-h")
			usage, _, _ := strings.Cut(strings.TrimPrefix(help, "usage:"), "\n\n")
			if diff := cmp.Diff(strings.Fields(section(t, page, "SYNOPSIS")), strings.Fields(usage)); diff != "" {
				t.Errorf("the man page's synopsis (-) and -h (+) differ:\n%s", diff)
			}
			help += verbs(t, name)
			if documented := flags(readPage(t, page)); !slices.Equal(documented, union(documented, flags(help))) {
				t.Errorf("-h names flags that the man page does not: %s", cmp.Diff(documented, union(documented, flags(help))))
			}
			described := flags(strings.Join(taggedFlags(readText(t, page)), " "))
			if helped := flags(help); !slices.Equal(helped, union(helped, described)) {
				t.Errorf("the man page describes flags that -h does not name: %s", cmp.Diff(helped, union(helped, described)))
			}
		})
	}
}

// verbs returns the help of all verbs of a command that has some.
func verbs(t *testing.T, name string) string {
	if name != "rdb" {
		return ""
	}
	_, help, _ := run(t, name, "help", "--markdown")
	return help
}

// flags returns the flags that a text names, sorted, but for those that every command has.
func flags(text string) (found []string) {
	common := []string{"-h", "--help", "--version"}
	for _, groups := range regexp.MustCompile(`(?m)(?:^|[\s\[(|,`+"`"+`])(--?[a-zA-Z][a-z-]*)`).FindAllStringSubmatch(text, -1) {
		if !slices.Contains(common, groups[1]) {
			found = append(found, groups[1])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// taggedFlags returns the flags that head an item of a list in the DESCRIPTION of a page's source.
func taggedFlags(source string) (found []string) {
	for _, groups := range regexp.MustCompile(`(?m)^\.It Fl (.*)$`).FindAllStringSubmatch(source, -1) {
		for _, words := range strings.Split(groups[1], " Fl ") {
			name, _, _ := strings.Cut(words, " ")
			found = append(found, "-"+strings.ReplaceAll(name, `\-`, "-"))
		}
	}
	return found
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readPage returns a page as a terminal shows it, with nothing broken and no bold or underlined letters.
func readPage(t *testing.T, page string) string {
	t.Helper()
	shown, err := exec.Command("mandoc", "-Tutf8", "-Owidth=1000", page).Output()
	if err != nil {
		t.Fatalf("mandoc %s: %v", page, err)
	}
	return regexp.MustCompile(`.\x08`).ReplaceAllString(string(shown), "")
}

// section returns the text of one section of a page.
func section(t *testing.T, page, title string) string {
	t.Helper()
	_, text, found := strings.Cut(readPage(t, page), "\n"+title+"\n")
	if !found {
		t.Fatalf("%s has no section %s", page, title)
	}
	if next := regexp.MustCompile(`(?m)^\S`).FindStringIndex(text); next != nil {
		text = text[:next[0]]
	}
	return text
}

// TestManExamples runs what the pages of commands show under EXAMPLES and the tutorials anywhere, and compares the output they
// show. A page that shows no session there fails.
func TestManExamples(t *testing.T) {
	for _, page := range pages(t, "17") {
		name := filepath.Base(page)
		source := readText(t, page)
		if strings.HasSuffix(name, ".1") {
			_, source, _ = strings.Cut(source, "\n.Sh EXAMPLES\n")
			source, _, _ = strings.Cut(source, "\n.Sh ")
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			session, err := steps(displays(source))
			if err != nil {
				t.Fatal(err)
			}
			if len(session) == 0 && strings.HasSuffix(name, ".1") {
				t.Fatal("the page has no example that runs")
			}
			play(t, name, session)
		})
	}
}

// displays returns the lines of a page's literal displays that show a session: those whose first line is a command.
func displays(source string) (lines []string) {
	unescape := strings.NewReplacer(`\e`, `\`, `\-`, `-`, `\&`, ``, `\(dq`, `"`, `\(aq`, `'`, `\(ga`, "`", `\(ti`, `~`, `\(ha`, `^`)
	inside, session, start := false, false, false
	for line := range strings.Lines(source) {
		line = strings.TrimSuffix(line, "\n")
		command, single := strings.CutPrefix(line, ".Dl $ ")
		switch {
		case single:
			lines = append(lines, "$ "+unescape.Replace(command))
		case strings.HasPrefix(line, ".Bd -literal"):
			inside, start = true, true
		case line == ".Ed":
			inside, session = false, false
		case inside:
			if start {
				session, start = strings.HasPrefix(line, "$ "), false
			}
			if session {
				lines = append(lines, unescape.Replace(line))
			}
		}
	}
	return lines
}

// TestReadmeSession runs the fenced blocks of the README that are marked as console.
func TestReadmeSession(t *testing.T) {
	var lines []string
	for _, groups := range regexp.MustCompile("(?ms)^```console\n(.*?)^```").FindAllStringSubmatch(readText(t, "../README.md"), -1) {
		lines = append(lines, strings.Split(strings.TrimSuffix(groups[1], "\n"), "\n")...)
	}
	session, err := steps(lines)
	if err != nil {
		t.Fatal(err)
	}
	if len(session) == 0 {
		t.Fatal("the README shows no session")
	}
	play(t, "README.md", session)
}
