package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/ledger"
)

// patience is how long add waits for others that add.
const patience = 10 * time.Second

// list prints the entries that are right, and reports the others as an error.
func list(e *cli.Env, l *ledger.Ledger, format cli.Format) error {
	d, damage := l.Read()
	if d == nil {
		return missing(damage)
	}
	note := "description"
	if d.Kind() == dict.Users {
		note = "created_at"
	}
	records := cli.NewRecords(e, format, "code", "name", note)
	for _, entry := range d.Entries() {
		if err := records.Add(entry.Code, entry.Name, entry.Note); err != nil {
			return err
		}
	}
	if err := records.Close(); err != nil {
		return err
	}
	return damage
}

func get(e *cli.Env, l *ledger.Ledger, wanted string) error {
	d, err := l.Read()
	if err != nil {
		return missing(err)
	}
	if code, err := strconv.ParseUint(wanted, 10, 63); err == nil {
		entry, ok := d.Code(code)
		if !ok {
			return fault.New(fault.NotFound, "there is no %s with the code %d", d.Kind(), code)
		}
		fmt.Fprintln(e.Out, entry.Name)
		return nil
	}
	entry, ok := d.Name(wanted)
	if !ok {
		return unknown(d, wanted)
	}
	fmt.Fprintln(e.Out, entry.Code)
	return nil
}

func unknown(d *dict.Dict, name string) error {
	err := fault.New(fault.NotFound, "there is no %s %q", d.Kind(), name)
	var names []string
	for _, entry := range d.Entries() {
		names = append(names, entry.Name)
	}
	if near := cli.Suggest(name, names); near != "" {
		err = fault.WithHint(err, "did you mean %s?", near)
	}
	return err
}

func (o options) add(e *cli.Env, p *place, name string) error {
	node, err := p.node()
	if err != nil {
		return err
	}
	if o.node != 0 {
		node = int(o.node)
	}
	now := time.Now()
	l := p.ledger(o.kind())
	if p.database == nil {
		if err := l.Create(now, patience); err != nil {
			return err
		}
	}
	entry, _, err := l.Add(ledger.Entry{Name: name, Note: o.note, Node: node, Now: now}, patience)
	if err != nil {
		return missing(err)
	}
	fmt.Fprintln(e.Out, entry.Code)
	return nil
}

// check prints every problem of the dictionaries.
func check(e *cli.Env, p *place, kinds []dict.Kind) error {
	found := 0
	for _, kind := range kinds {
		_, err := p.ledger(kind).Read()
		var problems dict.Problems
		if err != nil && !errors.As(err, &problems) {
			return missing(err)
		}
		for _, problem := range problems {
			fmt.Fprintln(e.Out, cli.Escape(problem.String()))
		}
		found += len(problems)
	}
	switch found {
	case 0:
		return nil
	case 1:
		return fault.New(fault.No, "1 problem found")
	}
	return fault.New(fault.No, "%d problems found", found)
}

// missing gives an error about a file that is not there its next step.
func missing(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		err = fault.WithHint(err, "in a database 'rdb recover' makes it anew; with --file the first add does")
	}
	return err
}
