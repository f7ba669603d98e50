package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/ask"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// shell carries out what a person types, or a file holds: statements that end in ; and commands that begin with a dot. At a terminal
// it goes on after an error; from a file too, but the first one sets the exit code, and a frame in which one was comes to nothing.
type shell struct {
	*call
	console *reedbase.Console
	input   lineReader
	printer ask.Printer
	timer   bool
	plans   bool
	names   *nameCache

	number  int    // of the line read last
	pending string // lines of a statement that has not ended
	ending  ending // of them
	start   int    // the number of the first of them
	begun   int    // the line where the text with the BEGIN of the open frame starts
	failed  error  // the first error
	spoilt  bool   // a statement of the open frame was refused
}

// lineReader returns lines. io.EOF ends them; errCleared says that the person wants to begin anew, errCut that a line is not whole.
type lineReader interface {
	line(prompt string) (string, error)
	keep(statement string) // for the lines to be had again
	person() bool          // somebody types
	close()
}

var errCleared = errors.New("cleared")

func runShell(c *call) error {
	form, err := ask.ReadForm(c.Env, c.text("format"), c.on("no-header"))
	if err != nil {
		return err
	}
	db, err := c.openAsking()
	if err != nil {
		return err
	}
	s := &shell{call: c, console: db.Console(""), printer: ask.Printer{Out: c.Out, Form: form}, names: &nameCache{db: db}}
	if s.input, err = s.openInput(); err != nil {
		return err
	}
	defer s.input.close()
	if s.input.person() {
		// A Ctrl-C that comes between the line and its statement, or behind that, is too soon or too late, and no reason to end.
		between := make(chan os.Signal, 1)
		signal.Notify(between, os.Interrupt)
		defer signal.Stop(between)
	}
	return s.loop()
}

// loop reads and carries out until the lines end.
func (s *shell) loop() error {
	for {
		line, err := s.input.line(s.prompt())
		switch {
		case errors.Is(err, errCleared):
			s.pending = ""
			continue
		case errors.Is(err, errCut):
			s.pending = ""
			s.fail(cutLine())
			continue
		case errors.Is(err, io.EOF):
			return s.end()
		case err != nil:
			return err
		}
		s.number++
		if quit := s.take(line); quit {
			return s.end()
		}
		if s.interrupted() {
			return s.failed
		}
	}
}

// interrupted reports whether a file's statement was stopped, which ends all of them.
func (s *shell) interrupted() bool {
	return !s.input.person() && cli.ExitCode(s.failed) == cli.ExitCode(fault.New(fault.Interrupted, ""))
}

// end carries out what lacks its semicolon, and says how it went.
func (s *shell) end() error {
	if text := s.pending; !syntax.Blank(text) {
		s.pending = ""
		s.run(text)
	}
	if err := s.console.Close(); err != nil {
		s.start = s.begun
		s.fail(err)
	}
	if s.input.person() {
		return nil
	}
	return s.failed
}

func (s *shell) prompt() string {
	switch {
	case s.pending != "":
		return "...> "
	case s.console.Open():
		return "rdb*> "
	}
	return "rdb> "
}

// take takes one line.
func (s *shell) take(line string) (quit bool) {
	if s.pending == "" {
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, ".") {
			s.start = s.number
			s.input.keep(trimmed)
			return s.command(trimmed)
		}
		s.start, s.ending = s.number, ending{}
	}
	s.pending += line + "\n"
	if syntax.Blank(s.pending) {
		s.pending = ""
		return false
	}
	if !s.ending.in(s.pending) {
		return false
	}
	text := s.pending
	s.pending = ""
	s.input.keep(text)
	s.run(text)
	return false
}

// ending finds out whether the last word of a text is a semicolon, while lines come to it. Each look goes on where the one before was,
// at a word that more may belong to.
type ending struct {
	at     int  // where the last word begins
	before bool // the word before that, comments aside, is a semicolon
}

// in reports it of a text, which begins with that of the look before.
func (e *ending) in(text string) bool {
	from, last := e.at, e.before
	for t := range syntax.Tokens(text[from:]) {
		if t.Class() == syntax.EndOfText {
			continue
		}
		e.at, e.before = from+t.Pos, last
		if t.Class() != syntax.CommentToken {
			last = text[from+t.Pos:from+t.End] == ";"
		}
	}
	return last
}

// run carries out the statements of a text. Ctrl-C stops them, and not the shell.
func (s *shell) run(text string) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	begun, rows := time.Now(), s.printer.Rows
	inFrame := s.console.Open()
	err := s.refuseSpoilt(text)
	if err == nil {
		err = s.console.Run(ctx, text, reedbase.Parameters{}, s.watch())
	}
	if err != nil {
		s.spoilt = !s.input.person() && (inFrame || s.console.Open())
		s.fail(err)
	}
	if !inFrame {
		s.begun = s.start
	}
	if s.timer {
		s.tell("%s, %.3f s", count(s.printer.Rows-rows, "row"), time.Since(begun).Seconds())
	}
	s.flush()
}

// watch prints what statements come to; of queries also their plans, where those are wanted.
func (s *shell) watch() reedbase.Observer {
	o := s.observer(&s.printer)
	if print := o.Rows; s.plans {
		o.Rows = func(rows *reedbase.Rows) error {
			if err := print(rows); err != nil {
				return err
			}
			return s.printer.PrintText(rows.Explain())
		}
	}
	return o
}

// refuseSpoilt refuses to store a frame of which a statement was refused.
func (s *shell) refuseSpoilt(text string) error {
	if !s.spoilt || !s.console.Open() {
		s.spoilt = false
		return nil
	}
	statements, err := syntax.Parse(text, syntax.Options{})
	for _, one := range statements {
		if _, commit := one.(*syntax.Commit); err == nil && commit {
			s.spoilt = false
			s.console.Close()
			return fault.New(fault.Input, "nothing of the frame was stored: a statement of it was refused")
		}
	}
	return nil
}

// fail says what went wrong, with the line where it counts from the file's beginning.
func (s *shell) fail(err error) {
	if s.input.person() {
		s.flush()
		s.Report(err)
	} else {
		err = s.placed(err)
		s.flush()
		s.Report(err)
	}
	if s.failed == nil {
		s.failed = fault.New(kindOf(err), "")
	}
}

// kindOf returns the kind of an error, also of one that only says that the work was stopped.
func kindOf(err error) fault.Kind {
	if errors.Is(err, context.Canceled) {
		return fault.Interrupted
	}
	return fault.KindOf(err)
}

// placed gives an error the line of its statement in the file.
func (s *shell) placed(err error) error {
	var at *syntax.Error
	if errors.As(err, &at) && at.Line > 0 {
		at.Line += s.start - 1
		return err
	}
	return fault.WithHint(fmt.Errorf("line %d: %w", s.start, err), "%s", fault.HintOf(err))
}

// flush lets a person see what there is.
func (s *shell) flush() {
	if err := s.Out.Flush(); err != nil && s.failed == nil {
		s.failed = err
	}
}
