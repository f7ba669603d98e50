package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/reedbase/reedbase/pkg/syntax"
)

// history is what was typed in this shell and in those before it, the newest last: a statement a line, in a file that is nobody
// else's to read.
type history struct {
	entries []string
	file    *os.File // nil where there is none
}

// keptEntries is how many are kept; the file has up to twice as many.
const keptEntries = 1000

// openHistory reads the history in a folder. That there is none, and none can be made, is no error.
func openHistory(home string) *history {
	h := &history{}
	if home == "" || os.MkdirAll(home, 0o700) != nil {
		return h
	}
	path := filepath.Join(home, "history")
	b, _ := os.ReadFile(path)
	if text := strings.TrimSuffix(string(b), "\n"); text != "" {
		h.entries = strings.Split(text, "\n")
	}
	if len(h.entries) > 2*keptEntries {
		h.entries = h.entries[len(h.entries)-keptEntries:]
		h.rewrite(path)
	}
	h.file, _ = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	return h
}

// rewrite leaves the entries in the file that are kept.
func (h *history) rewrite(path string) {
	temp := path + ".tmp"
	if os.WriteFile(temp, []byte(strings.Join(h.entries, "\n")+"\n"), 0o600) == nil {
		os.Rename(temp, path)
	}
}

// keep adds a statement, as one line unless a comment would then swallow the rest of it.
func (h *history) keep(statement string) {
	entry := strings.TrimSpace(statement)
	if !holdsLineComment(entry) {
		entry = onOneLine(entry)
	}
	for line := range strings.Lines(entry) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || len(h.entries) > 0 && h.entries[len(h.entries)-1] == line {
			continue
		}
		h.entries = append(h.entries, line)
		if h.file != nil {
			h.file.WriteString(line + "\n")
		}
	}
}

func holdsLineComment(text string) bool {
	for t := range syntax.Tokens(text) {
		if t.Class() == syntax.CommentToken && strings.HasPrefix(text[t.Pos:t.End], "--") {
			return true
		}
	}
	return false
}

// onOneLine puts blanks in place of line breaks, but for those in strings and names, which make a statement stay as it is.
func onOneLine(text string) string {
	for t := range syntax.Tokens(text) {
		if strings.ContainsAny(text[t.Pos:t.End], "\r\n") {
			return text
		}
	}
	return strings.NewReplacer("\r\n", " ", "\n", " ").Replace(text)
}

// Add is called with every line that is typed; what is kept are whole statements.
func (h *history) Add(string) {}

// Len returns the number of entries.
func (h *history) Len() int { return len(h.entries) }

// At returns an entry, counted from the newest.
func (h *history) At(i int) string { return h.entries[len(h.entries)-1-i] }

func (h *history) close() {
	if h.file != nil {
		h.file.Close()
	}
}
