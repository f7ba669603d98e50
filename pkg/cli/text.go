package cli

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/screen"
)

// Escape returns s for a person's eyes, as package screen shows it: no data moves a cursor, sets a colour or forges a line.
func Escape(s string) string { return screen.Escape(s) }

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
