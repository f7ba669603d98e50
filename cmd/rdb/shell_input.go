package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/reedbase/reedbase/pkg/fault"
)

// openInput returns the lines of a terminal where somebody sits before it, else those of standard input.
func (s *shell) openInput() (lineReader, error) {
	in, ok := s.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) || !s.IsTerminal() {
		return &fileLines{in: bufio.NewReaderSize(s.In, 64<<10)}, nil
	}
	h := openHistory(s.home())
	t := &terminalLines{in: in, keys: keys{in: in}, history: h, dumb: s.Getenv("TERM") == "dumb"}
	t.terminal = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{&t.keys, os.Stdout}, "")
	t.terminal.History = h
	t.terminal.AutoCompleteCallback = s.complete
	return t, nil
}

// home returns the folder of what belongs to the user, or "".
func (s *shell) home() string {
	if dir := s.Getenv("REEDBASE_HOME"); dir != "" {
		return dir
	}
	if dir := s.Getenv("HOME"); dir != "" {
		return dir + "/.reedbase"
	}
	return ""
}

// fileLines are the lines of a file or pipe.
type fileLines struct{ in *bufio.Reader }

// maxShellLine bounds a line, in bytes.
const maxShellLine = 64 << 20

func (f *fileLines) line(string) (string, error) {
	var text []byte
	for {
		part, err := f.in.ReadSlice('\n')
		if text = append(text, part...); len(text) > maxShellLine {
			return "", fault.New(fault.Input, "a line has more than %d bytes", maxShellLine)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && len(text) > 0, err == nil:
			return strings.TrimRight(string(text), "\r\n"), nil
		}
		return "", err
	}
}

func (f *fileLines) keep(string)  {}
func (f *fileLines) person() bool { return false }
func (f *fileLines) close()       {}

// terminalLines are lines that somebody types and edits. The terminal is raw only meanwhile, so that Ctrl-C stops a query.
type terminalLines struct {
	in       *os.File
	terminal *term.Terminal
	keys     keys
	history  *history
	cut      bool // a character was typed that the line has no room for
	dumb     bool // the terminal shows what it does not know
}

// maxTyped is how many characters the terminal lets somebody type into a line. It drops those behind them; what is pasted, or comes from
// the history, may be longer.
const maxTyped = 4096

var errCut = errors.New("a line is cut")

// cutLine is what is said of errCut.
func cutLine() error {
	err := fault.New(fault.Input, "a line has room for %d characters to be typed, and not for all that were", maxTyped)
	return fault.WithHint(err, "nothing of the statement was done: break the line, or have it read from a file by 'rdb shell < FILE'")
}

// pressed takes note of a key that comes to a line which is full.
func (t *terminalLines) pressed(line string, key rune) {
	if len(line) >= maxTyped && key >= ' ' && utf8.ValidRune(key) {
		t.cut = t.cut || utf8.RuneCountInString(line) >= maxTyped
	}
}

func (t *terminalLines) line(prompt string) (string, error) {
	state, err := term.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return "", err
	}
	defer term.Restore(int(t.in.Fd()), state)
	defer t.leaveOnSignal(state)()
	if width, height, err := term.GetSize(int(t.in.Fd())); err == nil && width > 0 && height > 0 {
		t.terminal.SetSize(width, height)
	}
	if !t.dumb {
		t.terminal.SetBracketedPasteMode(true)
		defer t.terminal.SetBracketedPasteMode(false)
	}
	t.terminal.SetPrompt(prompt)
	t.cut = false
	line, err := t.terminal.ReadLine()
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	if err == nil && t.keys.takeCleared() {
		return "", errCleared
	}
	if err == nil && t.cut {
		return "", errCut
	}
	if err == io.EOF {
		t.terminal.Write([]byte("\n"))
	}
	return line, err
}

// leaveOnSignal has a signal that ends the program, until the function is called that it returns, put the terminal back first: whoever
// comes to it next would not see what is typed.
func (t *terminalLines) leaveOnSignal(state *term.State) (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	for _, s := range []os.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	go func() {
		select {
		case s := <-signals:
			if !t.dumb {
				os.Stdout.WriteString("\x1b[?2004l") // no brackets around what is pasted
			}
			os.Stdout.WriteString("\r\n")
			term.Restore(int(t.in.Fd()), state)
			signal.Reset(s)
			syscall.Kill(os.Getpid(), s.(syscall.Signal))
		case <-done:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

func (t *terminalLines) keep(statement string) { t.history.keep(statement) }
func (t *terminalLines) person() bool          { return true }
func (t *terminalLines) close()                { t.history.close() }

// keys are what is typed, with other keys in place of Ctrl-C, which would end the lines: they empty the line and end it.
type keys struct {
	in      io.Reader
	typed   []byte // and not handed on
	cleared bool
}

const ctrlC = 3

var clearing = []byte{5, 21, '\r'} // to the end of the line, away with all before it, and on

// Read returns what was typed, never what stands on both sides of a Ctrl-C.
func (k *keys) Read(p []byte) (int, error) {
	if len(k.typed) == 0 {
		buf := make([]byte, len(p))
		n, err := k.in.Read(buf)
		if n == 0 {
			return 0, err
		}
		k.typed = buf[:n]
	}
	if k.typed[0] == ctrlC && len(p) >= len(clearing) {
		k.typed, k.cleared = k.typed[1:], true
		return copy(p, clearing), nil
	}
	end := bytes.IndexByte(k.typed, ctrlC)
	if end <= 0 {
		end = len(k.typed)
	}
	n := copy(p, k.typed[:end])
	k.typed = k.typed[n:]
	return n, nil
}

// takeCleared reports whether Ctrl-C ended the line.
func (k *keys) takeCleared() bool {
	cleared := k.cleared
	k.cleared = false
	return cleared
}
