package schema

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
)

// Encode writes the schema as Parse reads it: [schema], [keys] where it says something, and the columns, settings always in
// one order and with their values below each other; settings that say nothing new are left out. Comments stand above the
// table that they were in. A Schema that Parse returned comes back the same.
func (s *Schema) Encode() []byte {
	var b bytes.Buffer
	block{"[schema]", s.Comment, s.settings()}.write(&b)
	if keys := s.Keys.settings(); keys != nil || len(s.Keys.Comment) > 0 {
		b.WriteByte('\n')
		block{"[keys]", s.Keys.Comment, keys}.write(&b)
	}
	for i := range s.Columns {
		b.WriteByte('\n')
		block{"[[columns]]", s.Columns[i].Comment, s.Columns[i].settings()}.write(&b)
	}
	if len(s.Closing) > 0 {
		b.WriteByte('\n')
		writeLines(&b, s.Closing)
	}
	return b.Bytes()
}

// block is a table of settings, name and value written.
type block struct {
	header   string
	comment  []string
	settings [][2]string
}

func (k block) write(b *bytes.Buffer) {
	writeLines(b, k.comment)
	b.WriteString(k.header + "\n")
	width := 0
	for _, setting := range k.settings {
		width = max(width, len(setting[0]))
	}
	for _, setting := range k.settings {
		fmt.Fprintf(b, "%-*s = %s\n", width, setting[0], setting[1])
	}
}

func writeLines(b *bytes.Buffer, lines []string) {
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
}

func (s *Schema) settings() [][2]string {
	list := [][2]string{
		{"version", strconv.Itoa(Version)},
		{"merge", tomlString(s.Merge.String())},
		{"level", tomlString(s.level().String())},
	}
	if s.RBKS {
		list = append(list, [2]string{"key", `"rbks"`})
	}
	return list
}

// level is that of the schema: Warn where it is not set.
func (s *Schema) level() Level {
	if s.Level == Unset {
		return Warn
	}
	return s.Level
}

func (k *Keys) settings() (list [][2]string) {
	if k.Level != Unset {
		list = append(list, [2]string{"level", tomlString(k.Level.String())})
	}
	for _, l := range k.lists() {
		if len(*l.words) > 0 {
			list = append(list, [2]string{l.name, tomlList(*l.words, tomlString)})
		}
	}
	return list
}

func (c *Column) settings() (list [][2]string) {
	add := func(say bool, name, value string) {
		if say {
			list = append(list, [2]string{name, value})
		}
	}
	add(true, "name", tomlString(c.Name))
	add(c.Type != cell.Undeclared, "type", tomlString(c.Type.String()))
	add(c.PrimaryKey, "primary_key", "true")
	add(c.Required, "required", "true")
	add(c.Unique, "unique", "true")
	add(c.Min != "", "min", c.tomlCell(c.Min))
	add(c.Max != "", "max", c.tomlCell(c.Max))
	add(c.MinLength > 0, "min_length", strconv.Itoa(c.MinLength))
	add(c.MaxLength > 0, "max_length", strconv.Itoa(c.MaxLength))
	add(c.Pattern != "", "pattern", tomlString(c.Pattern))
	add(c.Default != "", "default", c.tomlCell(c.Default))
	add(len(c.Values) > 0, "values", tomlList(c.Values, c.tomlCell))
	return list
}

// tomlCell writes what a cell may hold: as a number or a truth of TOML where it is one that reads as the same text.
func (c *Column) tomlCell(text string) string {
	var value any
	switch c.Type {
	case cell.Integer, cell.Float:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			value = n
		} else if f, err := strconv.ParseFloat(text, 64); err == nil {
			value = f
		}
	case cell.Boolean:
		value = text == "true"
	}
	var back string
	if value != nil && assignCell(&back, value) == nil && back == text {
		return text
	}
	return tomlString(text)
}

func tomlList(items []string, write func(string) string) string {
	written := make([]string, len(items))
	for i, item := range items {
		written[i] = write(item)
	}
	return "[" + strings.Join(written, ", ") + "]"
}

// tomlString quotes s: between apostrophes, where a backslash stands for itself, if it has some and TOML allows it, else as a
// basic string. Bytes that are not UTF-8, which TOML has not, are replaced.
func tomlString(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if strings.ContainsRune(s, '\\') && !strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || isControl(r) }) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case isControl(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isControl holds for what a string of TOML has to escape; a tab has not to be, but is.
func isControl(r rune) bool { return r < 0x20 || r == 0x7f }
