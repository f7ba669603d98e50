package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/reedbase/reedbase/pkg/cli"
)

// findExtension returns the program rdb-NAME in the first absolute folder of the search path that holds one, or "".
func findExtension(name, searchPath string) string {
	if !isExtensionName(name) {
		return ""
	}
	for _, dir := range filepath.SplitList(searchPath) {
		if !filepath.IsAbs(dir) {
			continue
		}
		path := filepath.Join(dir, "rdb-"+name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

func isExtensionName(name string) bool {
	for _, r := range name {
		if !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-') {
			return false
		}
	}
	return name != "" && name[0] != '-'
}

// become replaces this process by the program at path. It inherits the streams and a clean environment, in which --dir and
// --user are REED_DIR and REED_USER.
func (c *call) become(path string, args []string) error {
	argv := append([]string{path}, args...)
	c.Trace(argv...)
	if err := syscall.Exec(path, argv, c.cleanEnvironment()); err != nil {
		return fmt.Errorf("run %q: %w", path, err)
	}
	return nil
}

// inherited are the variables that a program started by rdb gets, besides LC_*.
const inherited = " PATH HOME USER LOGNAME SHELL TMPDIR TZ TERM COLUMNS LINES LANG NO_COLOR VISUAL EDITOR PAGER SSH_AUTH_SOCK" +
	" REED_DIR REED_USER REEDBASE_HOME RDB_TRACE "

func (c *call) cleanEnvironment() []string {
	var clean []string
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		override := name == "REED_DIR" && c.dir != "" || name == "REED_USER" && c.user != ""
		if !override && (strings.Contains(inherited, " "+name+" ") || strings.HasPrefix(name, "LC_")) {
			clean = append(clean, setting)
		}
	}
	if dir := c.place(); c.dir != "" {
		clean = append(clean, "REED_DIR="+dir)
	}
	if c.user != "" {
		clean = append(clean, "REED_USER="+c.user)
	}
	return clean
}

// shellLine returns words as one line of a shell.
func shellLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = cli.Quote(word)
	}
	return strings.Join(quoted, " ")
}
