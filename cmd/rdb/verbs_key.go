package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
)

func keyVerbs() topic {
	return topic{"Keys", []verb{
		{
			name: "key:check", operands: "KEY…", summary: "say whether keys are valid, and what is wrong",
			about: `A KEY of - reads keys from standard input, one a line. Exits 1 when one is not
valid; a key of old tables, called legacy, is not. rbks(7) says what a key is.`,
			shape:   list,
			flags:   []flag{{"-q, --quiet", "", "print nothing, only exit"}},
			example: "rdb key:check page.title@de 'page.title<prod,de>'",
			run:     runKeyCheck,
		},
		{
			name: "key:normalize", operands: "KEY…", summary: "print keys in canonical form, mended if need be",
			about: `A KEY of - reads keys from standard input, one a line. What was mended is said
in a warning. A key that cannot be mended in one way alone ends it with 15,
after the others.`,
			shape:   list,
			flags:   []flag{{"-q, --quiet", "", "say nothing of what was mended"}},
			example: "rdb key:normalize 'Page.Header..Title<PROD,DE,prod>'",
			run:     runKeyNormalize,
		},
	}}
}

func runKeyCheck(c *call) error {
	records := cli.NewRecords(c.Env, c.format, strings.Fields("key verdict canonical path language environment season variant custom problems likely")...)
	total, wrong := 0, 0
	err := c.eachKey(func(text []byte) error {
		key, standing := rbks.Classify(text, rbks.Words{})
		total++
		if standing != rbks.Valid {
			wrong++
		}
		switch {
		case c.on("quiet"):
			return nil
		case c.format == cli.Table:
			c.describeKey(text, &key, standing)
			return nil
		}
		return records.Add(keyFields(text, &key, standing)...)
	})
	switch {
	case err != nil:
		return err
	case wrong > 0 && c.on("quiet"):
		return fault.New(fault.No, "")
	case wrong > 0:
		return fault.New(fault.No, "%d of %s not valid", wrong, count(int64(total), "key"))
	}
	return records.Close()
}

// describeKey prints what a key is for people: a line, and one for each problem.
func (c *call) describeKey(text []byte, key *rbks.Key, standing rbks.Standing) {
	verdict := standing.String()
	if standing != rbks.Invalid && !key.IsCanonical() {
		verdict += ", another spelling of " + key.String()
	}
	if parts := keyParts(key); parts != "" {
		verdict += " (" + parts + ")"
	}
	name := string(text)
	if strings.TrimSpace(name) != name || name == "" {
		name = strconv.Quote(name)
	}
	c.say("%s: %s", name, verdict)
	if standing == rbks.Valid {
		return
	}
	n := rbks.Normalize(text, rbks.Words{})
	for _, problem := range n.Problems {
		c.say("  %s", problem.String())
	}
	if len(n.Likely) > 0 {
		c.say("  did you mean %s?", rbks.Alternatives(n.Likely))
	}
}

// keyParts names the modifiers of a key with their classes.
func keyParts(key *rbks.Key) string {
	var parts []string
	for c := rbks.Language; c < rbks.Custom; c++ {
		if word := key.Modifier(c); word != nil {
			parts = append(parts, c.String()+" "+string(word))
		}
	}
	for _, word := range customWords(key) {
		parts = append(parts, rbks.Custom.String()+" "+word)
	}
	return strings.Join(parts, ", ")
}

func customWords(key *rbks.Key) (custom words) {
	for i := range key.Customs() {
		custom = append(custom, string(key.Custom(i)))
	}
	return custom
}

// keyFields are the values of a record of key:check.
func keyFields(text []byte, key *rbks.Key, standing rbks.Standing) []any {
	var n rbks.Normal
	if standing != rbks.Valid {
		n = rbks.Normalize(text, rbks.Words{})
	}
	fields := []any{string(text), standing, key.String(), string(key.Path())}
	for c := rbks.Language; c < rbks.Custom; c++ {
		fields = append(fields, string(key.Modifier(c)))
	}
	return append(fields, customWords(key), keyProblems(n.Problems), words(n.Likely))
}

// keyProblems are the problems of a key in one field: an array of objects in JSON, a line elsewhere. Places are bytes counted from 1.
type keyProblems rbks.Problems

func (p keyProblems) String() string { return rbks.Problems(p).String() }

func (p keyProblems) MarshalJSON() ([]byte, error) {
	type object struct {
		Byte     int    `json:"byte"`
		Rule     string `json:"rule"`
		Text     string `json:"text"`
		Mendable bool   `json:"mendable"`
	}
	objects := make([]object, len(p))
	for i, problem := range p {
		objects[i] = object{problem.At + 1, problem.Rule.String(), problem.Text, problem.Fixed}
	}
	return json.Marshal(objects)
}

func runKeyNormalize(c *call) error {
	records := cli.NewRecords(c.Env, c.format, "key", "canonical", "problems", "likely")
	total, wrong := 0, 0
	err := c.eachKey(func(text []byte) error {
		n := rbks.Normalize(text, rbks.Words{})
		total++
		if n.Key == "" {
			wrong++
		}
		if c.format == cli.Table {
			return c.printNormal(text, n)
		}
		var likely words
		if n.Key == "" {
			likely = n.Likely
		}
		return records.Add(string(text), n.Key, keyProblems(n.Problems), likely)
	})
	if err != nil {
		return err
	}
	if wrong > 0 {
		return fault.New(fault.Input, "%d of %s cannot be mended", wrong, count(int64(total), "key"))
	}
	return records.Close()
}

// printNormal prints the canonical form of a key, and says what was mended in it or why it cannot be.
func (c *call) printNormal(text []byte, n rbks.Normal) error {
	problem := rbks.Check(text, rbks.Words{})
	switch {
	case n.Key != "":
		c.say("%s", n.Key)
		if problem != nil && !c.on("quiet") {
			c.Warn("%s", problem)
		}
	case len(c.operands) == 1 && c.operands[0] != "-":
		return problem
	default:
		c.Warn("%s", problem)
		c.Hint("%s", fault.HintOf(problem))
	}
	return nil
}

// eachKey calls do with every key that the operands give, "-" standing for the lines of standard input.
func (c *call) eachKey(do func(text []byte) error) error {
	for _, operand := range c.operands {
		var err error
		if operand == "-" {
			err = c.eachLine(do)
		} else {
			err = do([]byte(operand))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxLine bounds a line of standard input, in bytes. It is far above what a key may have, so that a longer key is still reported as one.
const maxLine = 64 << 10

func (c *call) eachLine(do func(text []byte) error) error {
	lines := bufio.NewScanner(c.In)
	lines.Buffer(nil, maxLine)
	n := 0
	for ; lines.Scan(); n++ {
		if err := do(lines.Bytes()); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fault.New(fault.Input, "line %d of standard input has more than %d bytes", n+1, maxLine)
	}
	return lines.Err()
}
