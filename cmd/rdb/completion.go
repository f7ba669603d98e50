package main

import (
	"io"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
)

func runCompletion(c *call) error {
	shells := map[string]func(io.Writer){"bash": writeBash, "zsh": writeZsh, "fish": writeFish}
	write := shells[c.operands[0]]
	if write == nil {
		return fault.New(fault.Usage, "completion is there for bash, zsh and fish, not for %q", c.operands[0])
	}
	write(c.Out)
	return nil
}

// dashed returns the flag's names as they are typed, separated by spaces.
func (f flag) dashed() string { return strings.ReplaceAll(f.names, ",", "") }

// flagWords returns all flags of a verb as they are typed.
func (v *verb) flagWords() string { return v.flagsWhere(func(flag) bool { return true }) }

// flagsWhere returns those flags of a verb that wanted holds for.
func (v *verb) flagsWhere(wanted func(flag) bool) string {
	var words []string
	for _, f := range append(v.allFlags(), commonFlags()...) {
		if wanted(f) {
			words = append(words, f.dashed())
		}
	}
	return strings.Join(words, " ")
}

// operandKinds returns the verb's operands by what a shell can offer for them, such as "table file".
func (v *verb) operandKinds() string {
	kinds := map[string]string{"TABLE": "table", "FILE": "file", "DIR": "file", "VERB": "verb", "SHELL": "shell"}
	var words []string
	for operand := range strings.FieldsSeq(v.operands) {
		kind := kinds[strings.Trim(operand, "[]")]
		if kind == "" {
			kind = "none"
		}
		words = append(words, kind)
	}
	return strings.Join(words, " ")
}
