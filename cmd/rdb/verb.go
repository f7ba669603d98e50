package main

import (
	"strings"
)

// verb is one entry of the table that feeds dispatch, help, completion and the manual's list of verbs.
type verb struct {
	name     string
	operands string // as usage shows them: brackets are optional, … repeats
	summary  string // one line
	about    string // more lines, or ""; at most 76 columns wide
	shape    shape
	flags    []flag // its own; shape and every verb add theirs
	example  string // command lines that run in this order on the database of the examples (examples_test.go)
	run      func(*call) error
}

// flag is one flag as usage shows it.
type flag struct {
	names string // "-f, --format": the last one is the name the code calls it by
	value string // what the value is called; "" for a switch; "N" for a number, which is never negative; … for many of them
	about string
}

// shape says what a verb prints, and so which flags it shares with others.
type shape uint8

const (
	plain  shape = iota // text for people, or data in a form of its own
	list                // records
	writes              // the version it stored
)

// topic is a group of verbs under one heading.
type topic struct {
	title string
	verbs []verb
}

// topics returns the whole table. Each part is a function, so that nothing is built before it is asked for.
func topics() []topic {
	parts := topicParts()
	all := make([]topic, len(parts))
	for i, part := range parts {
		all[i] = part()
	}
	return all
}

func topicParts() []func() topic {
	return []func() topic{careVerbs, tableVerbs, rowVerbs, queryVerbs, frameVerbs, editVerbs, historyVerbs, conflictVerbs, indexVerbs, backupVerbs, nameVerbs, schemaVerbs, keyVerbs, helpVerbs}
}

// findVerb returns the verb called name, or nil.
func findVerb(name string) *verb {
	for _, part := range topicParts() {
		verbs := part().verbs
		for i := range verbs {
			if verbs[i].name == name {
				return &verbs[i]
			}
		}
	}
	return nil
}

func verbNames() []string {
	var names []string
	for _, topic := range topics() {
		for _, v := range topic.verbs {
			names = append(names, v.name)
		}
	}
	return names
}

// arity returns how many operands v takes; most is -1 where there is no end.
func (v *verb) arity() (least, most int) {
	depth, endless := 0, false
	for word := range strings.FieldsSeq(v.operands) {
		depth += strings.Count(word, "[")
		if depth == 0 {
			least++
		}
		depth -= strings.Count(word, "]")
		endless = endless || strings.Contains(word, "…")
		most++
	}
	if endless {
		return least, -1
	}
	return least, most
}

// allFlags returns v's own flags, then those of its shape.
func (v *verb) allFlags() []flag {
	switch v.shape {
	case list:
		return append(v.flags[:len(v.flags):len(v.flags)], recordFlags()...)
	case writes:
		return append(append(v.flags[:len(v.flags):len(v.flags)], flag{"-q, --quiet", "", "print nothing when all went well"}), recordFlags()...)
	}
	return v.flags
}

func recordFlags() []flag {
	return []flag{
		{"--json", "", "print one JSON object a line"},
		{"--porcelain", "", "print fields between tabs, one record a line"},
		{"-z", "", "print the same exactly, a NUL after each record"},
	}
}

// commonFlags are those of every verb; they may also stand before it.
func commonFlags() []flag {
	return []flag{
		{"-C, --dir", "DIR", "the folder of .reed (else REED_DIR, else here or above)"},
		{"--user", "NAME", "who writes (else REED_USER, config.toml, the login name)"},
		{"--trust", "", "open a database that belongs to another user"},
		{"-h, --help", "", "say how the verb is used"},
		{"--version", "", "print the program's version"},
	}
}

// split returns f's names without their dashes.
func (f flag) split() []string {
	names := strings.Split(f.names, ", ")
	for i, name := range names {
		names[i] = strings.TrimLeft(name, "-")
	}
	return names
}
