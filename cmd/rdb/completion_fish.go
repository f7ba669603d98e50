package main

import (
	"fmt"
	"io"
	"strings"
)

const fishHead = `# fish completion for rdb: rdb completion fish > ~/.config/fish/completions/rdb.fish
function __rdb_tables
	rdb table:list --porcelain 2>/dev/null | cut -f1
end
complete -c rdb -f
`

func writeFish(w io.Writer) {
	fmt.Fprint(w, fishHead)
	for _, f := range commonFlags() {
		fmt.Fprintf(w, "complete -c rdb%s\n", f.fish())
	}
	for _, topic := range topics() {
		for _, v := range topic.verbs {
			fmt.Fprintf(w, "complete -c rdb -n __fish_use_subcommand -a %s -d %s\n", v.name, fishQuote(v.summary))
			seen := " -n '__fish_seen_subcommand_from " + v.name + "'"
			for _, f := range v.allFlags() {
				fmt.Fprintf(w, "complete -c rdb%s%s\n", seen, f.fish())
			}
			if offer := fishOperands(v.operandKinds()); offer != "" {
				fmt.Fprintf(w, "complete -c rdb%s%s\n", seen, offer)
			}
		}
	}
}

// fish returns the flag as options of fish's complete.
func (f flag) fish() string {
	var b strings.Builder
	for name := range strings.FieldsSeq(f.dashed()) {
		if long, ok := strings.CutPrefix(name, "--"); ok {
			b.WriteString(" -l " + long)
		} else {
			b.WriteString(" -s " + name[1:])
		}
	}
	switch f.value {
	case "":
	case "DIR", "FILE":
		b.WriteString(" -r -F")
	default:
		b.WriteString(" -x")
	}
	return b.String() + " -d " + fishQuote(f.about)
}

// fishQuote quotes s for fish, where only \ and ' are special between single quotes.
func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// fishOperands returns what fish shall offer for operands of these kinds.
func fishOperands(kinds string) string {
	var b strings.Builder
	if strings.Contains(kinds, "table") {
		b.WriteString(" -a '(__rdb_tables)'")
	}
	if strings.Contains(kinds, "verb") {
		b.WriteString(" -a " + fishQuote(strings.Join(verbNames(), " ")))
	}
	if strings.Contains(kinds, "shell") {
		b.WriteString(" -a 'bash zsh fish'")
	}
	if strings.Contains(kinds, "file") {
		b.WriteString(" -F")
	}
	return b.String()
}
