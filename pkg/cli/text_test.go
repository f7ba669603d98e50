package cli_test

import (
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/cli"
)

func TestEscape(t *testing.T) {
	for s, want := range map[string]string{
		"":                       "",
		"plain ü 漢 👩‍👧 a\u00a0b": "plain ü 漢 👩‍👧 a\u00a0b",
		"a\tb\r\nc":              `a\tb\r\nc`,
		"\x1b[31mred\x7f":        `\x1b[31mred\x7f`,
		"c1 \u0085 \u009b":       `c1 \u0085 \u009b`,
		"bad \xff\xfe":           `bad \xff\xfe`,
		"rlo \u202e x \u2028":    `rlo \u202e x \u2028`,
		"replacement \ufffd":     "replacement \ufffd",
		`back\slash`:             `back\slash`,
	} {
		if got := cli.Escape(s); got != want {
			t.Errorf("Escape(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestEscapeIsSafeAndSettled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := cli.Escape(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			t.Fatalf("%q is not safe", got)
		}
		if again := cli.Escape(got); again != got {
			t.Fatalf("%q escapes again to %q", got, again)
		}
	})
}

func TestQuoteIsOneWordOfTheShell(t *testing.T) {
	words := []string{"plain", "", "a b", "it's", "$HOME `id` \"x\"", "~", "a\nb", "*", "-n", "k=v", "\\", "ü|;&"}
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = cli.Quote(word)
	}
	got, err := exec.Command("sh", "-c", `printf '%s\0' `+strings.Join(quoted, " ")).Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Join(words, "\x00") + "\x00"; string(got) != want {
		t.Errorf("the shell reads %q, want %q", got, want)
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"status", "set", "get", "commit", "version:list", "version:diff"}
	for word, want := range map[string]string{
		"stauts": "status", "comit": "commit", "Commit": "commit", "sett": "set", "version:lst": "version:list", "versiondiff": "version:diff",
		"zebra": "", "": "", "x": "", "ste": "set", strings.Repeat("a", 1000): "",
	} {
		if got := cli.Suggest(word, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}
