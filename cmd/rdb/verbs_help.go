package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
)

func helpVerbs() topic {
	return topic{"Help", []verb{
		{
			name: "help", operands: "[VERB]", summary: "list the verbs, or tell more about one",
			flags:   []flag{{"--markdown", "", "print the help of all verbs as Markdown"}},
			example: "rdb help set",
			run:     runHelp,
		},
		{
			name: "completion", operands: "SHELL", summary: "print completion for bash, zsh or fish",
			about: `Bash reads it by "source <(rdb completion bash)" in ~/.bashrc, zsh likewise in
~/.zshrc, and fish from ~/.config/fish/completions/rdb.fish.`,
			example: "rdb completion bash",
			run:     runCompletion,
		},
		{
			name: "version", summary: "print the program's version",
			example: "rdb version",
			run: func(c *call) error {
				c.say("rdb %s", cli.Version())
				return nil
			},
		},
	}}
}

func runHelp(c *call) error {
	name := c.operand(0)
	switch {
	case c.on("markdown") && name != "":
		return fault.New(fault.Usage, "--markdown prints the help of all verbs; %q is one operand too many", name)
	case c.on("markdown"):
		writeMarkdown(c.Out)
		return nil
	case name == "":
		writeOverview(c.Out)
		return nil
	}
	if verb, _, ok := renamed(name, nil); ok {
		c.Hint("%s is an old name of %s", name, verb)
		name = verb
	}
	v := findVerb(name)
	if v == nil {
		return unknownVerb(name)
	}
	v.writeHelp(c.Out)
	return nil
}

const usage = "rdb [-C DIR] VERB [OPERAND…] [FLAG…]"

// writeOverview prints the verbs by topic, a line each.
func writeOverview(w io.Writer) {
	all := topics()
	fmt.Fprintf(w, "usage: %s\n\nTables of plain text with their whole history: what git is for files, for rows.\n", usage)
	wide := 0
	for _, topic := range all {
		for _, v := range topic.verbs {
			wide = max(wide, utf8.RuneCountInString(v.synopsis()))
		}
	}
	for _, topic := range all {
		fmt.Fprintf(w, "\n%s\n", topic.title)
		for _, v := range topic.verbs {
			fmt.Fprintf(w, "  %s  %s\n", padded(v.synopsis(), wide), v.summary)
		}
	}
	fmt.Fprint(w, "\nFlags of every verb, before or after it\n")
	writeFlags(w, commonFlags())
	fmt.Fprint(w, "\n"+`rdb help VERB tells more about one. A verb that is none of these runs rdb-VERB
from PATH. The manual is rdb(1), a first tour reedtutorial(7).`+"\n")
}

// synopsis is the verb with its operands.
func (v *verb) synopsis() string { return strings.TrimSpace(v.name + " " + v.operands) }

// padded fills s with spaces to so many characters; fmt counts bytes.
func padded(s string, wide int) string {
	return s + strings.Repeat(" ", max(0, wide-utf8.RuneCountInString(s)))
}

func (v *verb) writeHelp(w io.Writer) {
	fmt.Fprintf(w, "usage: rdb %s", v.synopsis())
	if flags := v.allFlags(); len(flags) > 0 {
		fmt.Fprint(w, " [FLAG…]")
	}
	fmt.Fprintf(w, "\n\n%s%s.\n", strings.ToUpper(v.summary[:1]), v.summary[1:])
	if v.about != "" {
		fmt.Fprintf(w, "\n%s\n", v.about)
	}
	if flags := v.allFlags(); len(flags) > 0 {
		fmt.Fprint(w, "\n")
		writeFlags(w, flags)
	}
	example := strings.ReplaceAll(v.example, "\n", "\n  ")
	fmt.Fprintf(w, "\nexample:\n  %s\n", example)
}

func writeFlags(w io.Writer, flags []flag) {
	wide := 0
	for _, f := range flags {
		wide = max(wide, utf8.RuneCountInString(f.synopsis()))
	}
	for _, f := range flags {
		fmt.Fprintf(w, "  %s  %s\n", padded(f.synopsis(), wide), f.about)
	}
}

// synopsis is the flag's names with its value; names without a short form are set in to line up with those that have one.
func (f flag) synopsis() string {
	s := f.names
	if strings.HasPrefix(s, "--") {
		s = "    " + s
	}
	return strings.TrimRight(s+" "+f.value, " ")
}

// writeMarkdown prints the help of all verbs as one Markdown page.
func writeMarkdown(w io.Writer) {
	fmt.Fprintf(w, "# rdb\n\n    %s\n\nFlags of every verb, before or after it:\n\n```\n", usage)
	writeFlags(w, commonFlags())
	fmt.Fprint(w, "```\n")
	for _, topic := range topics() {
		fmt.Fprintf(w, "\n## %s\n", topic.title)
		for i := range topic.verbs {
			fmt.Fprintf(w, "\n### %s\n\n```\n", topic.verbs[i].name)
			topic.verbs[i].writeHelp(w)
			fmt.Fprint(w, "```\n")
		}
	}
}
