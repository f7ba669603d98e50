package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/ask"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/result"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// dotCommand is one of the shell's own commands.
type dotCommand struct {
	name    string
	operand string
	about   string
	run     func(s *shell, operand string) error
}

func dotCommands() []dotCommand {
	return []dotCommand{
		{".explain", "[on|off|QUERY]", "print the plan of QUERY, or of every query behind its rows", (*shell).dotExplain},
		{".help", "", "list these commands", (*shell).dotHelp},
		{".indices", "[TABLE]", "list the indices", (*shell).dotIndices},
		{".mode", "[FORMAT]", "write rows as table, csv, pipe, json, jsonl or markdown", (*shell).dotMode},
		{".quit", "", "leave, as Ctrl-D does", nil},
		{".schema", "[TABLE]", "print CREATE TABLE for a table, or for all", (*shell).dotSchema},
		{".tables", "[PREFIX]", "list the tables", (*shell).dotTables},
		{".timer", "[on|off]", "say how long each statement took", (*shell).dotTimer},
	}
}

// command carries out a line that begins with a dot.
func (s *shell) command(line string) (quit bool) {
	line = strings.TrimSuffix(line, ";")
	name, operand := line, ""
	if at := strings.IndexAny(line, " \t"); at >= 0 {
		name, operand = line[:at], strings.TrimSpace(line[at:])
	}
	var names []string
	for _, d := range dotCommands() {
		names = append(names, d.name)
		if d.name != name {
			continue
		}
		if d.run == nil {
			return true
		}
		err := func() error {
			if operand != "" && d.operand == "" {
				return fault.New(fault.Input, "%s takes no operand", name)
			}
			return d.run(s, operand)
		}()
		if err != nil {
			s.fail(err)
		}
		s.flush()
		return false
	}
	err := fault.New(fault.Input, "there is no command %q", name)
	if near := cli.Suggest(name, names); near != "" {
		s.fail(fault.WithHint(err, "did you mean %s?", near))
	} else {
		s.fail(fault.WithHint(err, ".help lists the commands"))
	}
	return false
}

func (s *shell) dotHelp(string) error {
	for _, d := range dotCommands() {
		s.say("%-24s %s", strings.TrimSpace(d.name+" "+d.operand), d.about)
	}
	s.say("A statement ends with ; and may have several lines. Ctrl-C empties the line, or stops a query.")
	return nil
}

// toggle reads on or off; without an operand it turns a switch over.
func toggle(p *bool, operand string) error {
	switch operand {
	case "on", "off":
		*p = operand == "on"
	case "":
		*p = !*p
	default:
		return fault.New(fault.Input, "%q is neither on nor off", operand)
	}
	return nil
}

func (s *shell) dotTimer(operand string) error { return toggle(&s.timer, operand) }

func (s *shell) dotExplain(operand string) error {
	if operand == "" || operand == "on" || operand == "off" {
		return toggle(&s.plans, operand)
	}
	return s.explain(s.db, operand, reedbase.Parameters{}, s.Out)
}

func (s *shell) dotMode(operand string) error {
	if operand == "" {
		s.say("%s", s.printer.Form.Format.String())
		return nil
	}
	form, err := ask.ReadForm(s.Env, operand, s.printer.Form.NoHeader)
	if err != nil {
		return fault.WithHint(fault.New(fault.Input, "there is no format %q", operand), "%s", fault.HintOf(err))
	}
	s.printer.Form = form
	return nil
}

func (s *shell) dotTables(prefix string) error {
	tables, _ := s.db.Names()
	for _, name := range tables {
		if strings.HasPrefix(name, prefix) {
			s.say("%s", name)
		}
	}
	return nil
}

func (s *shell) dotIndices(table string) error {
	names, _ := s.db.Names()
	if table != "" {
		names = []string{table}
	}
	for _, name := range names {
		list, err := s.db.Indices(name)
		if err != nil {
			return err
		}
		for _, x := range list {
			s.say("%s: %s over %s, %s", name, x.Name, strings.Join(x.Columns, ", "), count(x.Entries, x.Of))
		}
	}
	return nil
}

func (s *shell) dotSchema(table string) error {
	names, _ := s.db.Names()
	if table != "" {
		names = []string{table}
	}
	for _, name := range names {
		create, err := s.db.CreateStatement(name)
		if err != nil {
			return err
		}
		s.say("%s;", syntax.Print(create))
	}
	return nil
}

func (s *shell) dotCandidates(line string) (start int, words []string) {
	name, operand, more := strings.Cut(line, " ")
	if !more {
		for _, d := range dotCommands() {
			words = append(words, d.name)
		}
		return 0, beginning(words, name)
	}
	switch name {
	case ".schema", ".tables", ".indices":
		s.names.load()
		words = slices.Sorted(maps.Keys(s.names.columns))
	case ".mode":
		words = result.Names()
	case ".timer":
		words = []string{"on", "off"}
	case ".explain":
		words = []string{"on", "off"}
	}
	return len(line) - len(operand), beginning(words, operand)
}
