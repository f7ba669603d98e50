package schema

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/row"
)

// Validate returns all that breaks the schema in a table, the first size bytes of r, which it reads in one pass, and in another
// one up to the last violation for the numbers of lines. Memory depends on the longest row and on how many rows have to be
// unique, not on the table. What is no table is refused with fault.Input where that stops the reading; cells in a row that are
// too many or too few are violations.
func (s *Schema) Validate(r io.ReaderAt, size int64) (*Violations, error) {
	header, at, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	v, err := s.Bind(header)
	if err != nil {
		return nil, err
	}
	c := checker{Validator: v, seen: newSeen(len(v.sets))}
	for _, violation := range v.Header(0) {
		c.at = at
		c.report(violation.Column, violation.Rule, violation.Text)
	}
	if err := row.Each(r, size, c.check); err != nil {
		return nil, err
	}
	return c.violations(r)
}

// headerChunk is how much is read first in search of the header.
const headerChunk = 4 << 10

// readHeader returns the columns of a table and the offset of its header.
func readHeader(r io.ReaderAt, size int64) (columns []string, at int64, err error) {
	for n := int64(headerChunk); ; n *= 2 {
		text := make([]byte, min(n, size))
		if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), text); err != nil {
			return nil, 0, fmt.Errorf("read the header: %w", err)
		}
		columns, end, err := row.Header(text)
		if int64(len(text)) == size || err == nil && end > 0 && text[end-1] == '\n' {
			first, _ := row.Next(text, 0)
			return columns, int64(first.Body), err
		}
	}
}

// checker goes through the rows of a table.
type checker struct {
	*Validator
	at    int64 // of the row
	cells [][]byte
	key   []byte
	seen  seen
	found []broken
	total int
}

// broken is a violation whose line is not counted yet.
type broken struct {
	Violation
	at    int64 // offset of the row
	first int64 // offset of the row that had a twin's values first; -1 for what is no twin
}

func (c *checker) check(at int64, record []byte) error {
	c.at = at
	ragged := false
	c.cells = c.row(record, c.cells, func(column string, broken Rule, text string) {
		ragged = ragged || broken == Columns
		c.report(column, broken, text)
	})
	if ragged {
		return nil
	}
	for i := range c.sets {
		var ok bool
		if c.key, ok = c.Key(c.key[:0], record, c.sets[i]); !ok {
			continue
		}
		if first, twin := c.seen.add(i, c.key, at); twin {
			c.add(broken{c.twin(c.sets[i], record), at, first})
		}
	}
	return nil
}

func (c *checker) report(column string, rule Rule, text string) {
	c.add(broken{Violation{Column: column, Rule: rule, Text: text}, c.at, -1})
}

func (c *checker) add(b broken) {
	c.total++
	if len(c.found) < maxViolations {
		c.found = append(c.found, b)
	}
}

// violations counts the lines of what was found.
func (c *checker) violations(r io.ReaderAt) (*Violations, error) {
	var offsets []int64
	for _, b := range c.found {
		offsets = append(offsets, b.at, max(b.first, 0))
	}
	lines, err := countLines(r, offsets)
	if err != nil {
		return nil, err
	}
	all := &Violations{Total: c.total}
	for _, b := range c.found {
		if b.first >= 0 {
			b.Text += ofLine(lines[b.first])
		}
		b.Line = lines[b.at]
		all.List = append(all.List, b.Violation)
	}
	return all, nil
}

// countLines returns the number of the line, counted from 1, that each offset lies in.
func countLines(r io.ReaderAt, offsets []int64) (map[int64]int, error) {
	slices.Sort(offsets)
	lines := make(map[int64]int, len(offsets))
	line, at, buf := 1, int64(0), make([]byte, 64<<10)
	for _, offset := range offsets {
		for at < offset {
			n, err := r.ReadAt(buf[:min(int64(len(buf)), offset-at)], at)
			if n == 0 {
				return nil, fmt.Errorf("read at offset %d: %w", at, err)
			}
			line += bytes.Count(buf[:n], []byte("\n"))
			at += int64(n)
		}
		lines[offset] = line
	}
	return lines, nil
}

// seen knows the keys of the rows so far, by 128 bits of hashes with random seeds: no text can be made whose keys collide, and none
// do by chance.
type seen struct {
	seeds [2]maphash.Seed
	rows  []map[[2]uint64]int64 // a set's keys, with the offset of the row that had each first
}

func newSeen(sets int) seen {
	s := seen{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, rows: make([]map[[2]uint64]int64, sets)}
	for i := range s.rows {
		s.rows[i] = map[[2]uint64]int64{}
	}
	return s
}

// add takes the key of the row at an offset. twin says that the row at offset first has it too.
func (s *seen) add(set int, key []byte, at int64) (first int64, twin bool) {
	hash := [2]uint64{maphash.Bytes(s.seeds[0], key), maphash.Bytes(s.seeds[1], key)}
	if first, twin = s.rows[set][hash]; !twin {
		s.rows[set][hash] = at
	}
	return first, twin
}
