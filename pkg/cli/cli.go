// Package cli owns what every command of ReedBase has in common at its edge: streams, flags, printed errors, exit codes and
// record writers. It must never know what a command does, nor any format of a database.
package cli

// The rules of the surface, kept here and nowhere else:
//
//   - data goes to standard output, talk to standard error;
//   - talk is "NAME: error: TEXT", "NAME: warning: TEXT" or "NAME: hint: TEXT": an error states the fact, a hint the next step;
//   - an error's kind alone decides the exit code;
//   - "-" is standard input or output;
//   - what a person reads has its control characters escaped, what a program reads is exact;
//   - colour and progress show on a terminal only.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/reedbase/reedbase/pkg/fault"
)

// ErrDone says that the command has answered already, as after -h: Main returns 0 and prints nothing more.
var ErrDone = errors.New("done")

// Env is everything a command may use of the process it runs in. One goroutine at a time uses an Env,
// but for Progress.Add and the context.
type Env struct {
	Name   string              // the command's name, the prefix of its talk
	Usage  string              // what -h prints, ending in a newline
	Help   string              // the command that prints it, for hints; "" is the name and -h
	Args   []string            // the command line without the name
	In     io.Reader           // standard input
	Out    *bufio.Writer       // data; Main flushes it and reports a failure to write
	Err    io.Writer           // talk
	Getenv func(string) string // as os.Getenv

	stdout, stderr *os.File // the process's own, to ask whether they are terminals; nil in tests
	ctx            context.Context
	listen         func() // makes ctx heed signals from now on
}

// Main runs a command as the whole work of a process and returns its exit code: it makes an Env, calls run, flushes Out and
// prints the error and its hint. An error without text sets the exit code and prints nothing.
func Main(name, usage string, run func(*Env) error) int {
	deepen()
	e := &Env{
		Name: name, Usage: usage, Args: os.Args[1:],
		In: os.Stdin, Out: bufio.NewWriterSize(os.Stdout, 32<<10), Err: os.Stderr,
		Getenv: os.Getenv,
		stdout: os.Stdout, stderr: os.Stderr,
	}
	return e.Run(run)
}

// deepen gives the main goroutine at once the stack that a command comes to need. Left to itself the stack is doubled four times, at
// ever greater depth, and each time all frames on it are looked up and moved, which costs a short command a twentieth of its time.
//
//go:noinline
func deepen() {
	var room [20 << 10]byte
	runtime.KeepAlive(&room)
}

// Run does what Main does with an Env that is there already, as tests make it.
func (e *Env) Run(run func(*Env) error) int {
	err := run(e)
	if flushed := e.Out.Flush(); flushed != nil && (err == nil || errors.Is(err, ErrDone)) {
		err = fmt.Errorf("write standard output: %w", flushed)
	}
	e.Report(err)
	return ExitCode(err)
}

// Command returns an Env for a verb of the command: the same streams under another usage text and other arguments.
func (e *Env) Command(usage string, args []string) *Env {
	verb := *e
	verb.Usage, verb.Args = usage, args
	return &verb
}

// Context ends when the process is asked to stop by SIGINT, SIGTERM or SIGHUP. Soon after the first call such a signal no longer ends
// the process at once; a second one does. A command that has something to clear up calls listen first.
func (e *Env) Context() context.Context {
	if e.ctx == nil {
		ctx, stop := context.WithCancel(context.Background())
		e.ctx, e.listen = ctx, sync.OnceFunc(func() { listen(ctx, stop) })
		time.AfterFunc(deaf, e.listen)
	}
	return e.ctx
}

// Listening for signals takes two more threads, and with them a tenth of the time of a short command. A command that is over before
// this can as well be ended by the signal itself.
const deaf = 10 * time.Millisecond

func listen(ctx context.Context, stop context.CancelFunc) {
	signals, ignore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(signals, func() {
		ignore()
		stop()
	})
}

// Warn prints a warning, made as by fmt.Sprintf: the work goes on, but somebody should know.
func (e *Env) Warn(format string, args ...any) { e.talk("warning", fmt.Sprintf(format, args...)) }

// Hint prints a next step, made as by fmt.Sprintf.
func (e *Env) Hint(format string, args ...any) { e.hint(fmt.Sprintf(format, args...)) }

// Trace prints an equivalent command line, quoted for a shell, when RDB_TRACE is set to anything but 0.
func (e *Env) Trace(argv ...string) {
	if v := e.Getenv("RDB_TRACE"); v == "" || v == "0" {
		return
	}
	words := make([]string, len(argv))
	for i, arg := range argv {
		words[i] = Quote(arg)
	}
	fmt.Fprintf(e.Err, "trace: %s\n", strings.Join(words, " "))
}

// IsTerminal reports whether standard output is a terminal.
func (e *Env) IsTerminal() bool { return isTerminal(e.stdout) }

// Colour reports whether standard output wants colour: it is a terminal that can show it, and NO_COLOR is not set.
func (e *Env) Colour() bool {
	return e.IsTerminal() && e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
}

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

// Report prints an error and its hint, as Run does with the one that ends a command.
func (e *Env) Report(err error) {
	if err == nil || errors.Is(err, ErrDone) {
		return
	}
	label := "error"
	if fault.KindOf(err) == fault.Conflicts {
		label = "warning" // the work was done
	}
	if text := err.Error(); text != "" {
		e.talk(label, text)
	}
	hint := fault.HintOf(err)
	if hint == "" && fault.KindOf(err) == fault.Usage {
		hint = e.usageHint()
	}
	if hint != "" {
		e.hint(hint)
	}
}

// hint prints a hint, which is one line: a newline in it is one of a name that it tells.
func (e *Env) hint(text string) { e.talk("hint", Escape(text)) }

func (e *Env) usageHint() string {
	if e.Help != "" {
		return e.Help + " shows how it is used"
	}
	return e.Name + " -h shows the usage"
}

// talk prints one message. A text of several lines, such as a list of problems, keeps them.
func (e *Env) talk(label, text string) {
	fmt.Fprintf(e.Err, "%s: %s: %s\n", e.Name, label, EscapeLines(text))
}
