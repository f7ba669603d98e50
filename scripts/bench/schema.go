package main

import (
	"os"
	"strconv"
	"strings"
)

// schemaFigures: changing one cell of a table that has a schema, beside the same
// table without one. What a schema asks of a row costs nothing by the size of the
// table, a value that no two rows may hold included.
func schemaFigures(l *lab) []figure {
	var all []figure
	for _, rows := range []string{"1k", "100k", "1m"} {
		s := l.setsOfRows(rows)
		all = append(all, s.ruled("schema", "", atMostTimes(1.25)), s.ruled("unique", "unique = true", atMostTimes(1.5)))
	}
	for i := range all {
		all[i].big = strings.HasSuffix(all[i].name, "-1m")
	}
	return all
}

// ruled is rdb set in a database whose table has a schema with a rule of the second
// column, beside the database of the other figures.
func (s *sets) ruled(name, rule string, asked bar) figure {
	folder := "set-" + name + "-" + s.name
	rival := s.set(name)
	f := s.figure(name, rival, asked)
	f.what = "set one cell of " + spelled[s.name] + " rows with a schema, beside none"
	if rule != "" {
		f.what = "the same where no two cells of the column may hold one value"
	}
	f.ours = side{args: func(round int) []string {
		args := rival.args(round)
		args[2] = folder
		return args
	}}
	made := f.setup
	f.setup = func() error {
		if err := made(); err != nil {
			return err
		}
		return s.lab.withSchema(folder, s.file, rule)
	}
	f.check = func() error { return s.lab.run("rdb", "-C", folder, "fsck") }
	return f
}

// withSchema makes a database of a table with the schema that the table suggests,
// strict, and a rule of its second column. With a rule that column gets other values
// first: the fixture's are not unique.
func (l *lab) withSchema(folder, file, rule string) error {
	table := file
	if rule != "" {
		table = "unique-" + file
		if err := l.makeOnce(table, func() error { return l.unique(file, table) }); err != nil {
			return err
		}
	}
	if err := l.database(folder, table); err != nil {
		return err
	}
	return l.makeOnce(folder+" schema", func() error {
		if err := l.run("rdb", "-C", folder, "schema:create", "text", "--level", "strict"); err != nil || rule == "" {
			return err
		}
		copied := folder + "/.reed/schema/text.schema.toml"
		schema, err := os.ReadFile(l.path(copied))
		if err != nil {
			return err
		}
		tables := strings.SplitAfterN(string(schema), "[[columns]]\n", 3)
		if err := os.WriteFile(l.path(copied), []byte(tables[0]+tables[1]+rule+"\n"+tables[2]), 0o644); err != nil {
			return err
		}
		return l.run("rdb", "-C", folder, "commit", "text")
	})
}

// unique copies a table with the number of its line behind each second cell.
func (l *lab) unique(from, to string) error {
	in, err := os.ReadFile(l.path(from))
	if err != nil {
		return err
	}
	out := make([]byte, 0, len(in)+len(in)/4)
	n := 0
	for line := range strings.Lines(string(in)) {
		cells := strings.SplitN(strings.TrimSuffix(line, "\n"), "|", 3)
		if n++; n > 1 && len(cells) == 3 {
			value, quoted := strings.CutSuffix(cells[1], `"`)
			if cells[1] = value + " " + strconv.Itoa(n); quoted {
				cells[1] += `"`
			}
		}
		out = append(append(out, strings.Join(cells, "|")...), '\n')
	}
	return os.WriteFile(l.path(to), out, 0o644)
}
