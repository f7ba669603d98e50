package cli

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/screen"
)

// Escape returns s for a person's eyes, as package screen shows it: no data moves a cursor, sets a colour or forges a line.
func Escape(s string) string { return screen.Escape(s) }

// EscapeLines is Escape for a text of several lines: they stay, but for empty ones at the end.
func EscapeLines(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, line := range lines {
		lines[i] = Escape(line)
	}
	return strings.Join(lines, "\n")
}

// Quote returns s as one word of a POSIX shell.
func Quote(s string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_-./:=@%+,~", r)
	}
	if s != "" && s[0] != '~' && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
