package sample

import (
	"strconv"

	"github.com/reedbase/reedbase/pkg/syntax"
)

var (
	oddNames = []string{"a", "b", "key", "Key", "language", "größe", "_x1", "order", "SELECT", "a b", `quo"ted`, "", "2024", "current_date",
		"api.security", "x-y", "'", "two\nlines", "rows", "of", "conflict", "x", "if", "first", "日本", "é"}
	oddTables = []string{"text", "api.security", "my-table", "2024-logs", "a.b.c", "t--x", "a-", "-", "", "Select", "of", "if", "a b",
		"größe", "0"}
	oddTexts   = []string{"", "a", "it's", "''", "%", "a_b", "ü", "two\nlines", "--", "/*", `"`, ";", "home.title@en", "<de>", "|", "\\"}
	oddNumbers = []string{"0", "1", "42", "1.5", ".5", "5.", "1e3", "2.5E-3", "0x1F", "0XfFFFffffFFFFffff",
		"9223372036854775807", "9223372036854775808", "1e999"}
	oddFunctions = []string{"count", "f", "replace", "like", "Glob", "regexp", "größe", "if", "key", "rdb_log"}
	oddRowMakers = []string{"rdb_log", "rdb_tables", "a.b", "x-y", "2", "select", "a b"}
	types        = []string{"INTEGER", "REAL", "TEXT", "NUMERIC"}
	sharedTexts  = []string{"", "a", "b", "ab", "it's", "%", "a_b", "ü", "Ä", "home.title@en", "10", "9", " x ", "abc", "A_B", "😀", "two words"}
	sharedNumber = []string{"0", "1", "2", "3", "10", "42", "1.5", "0.25", "1e3", "2.5E-1", "0x1F"} // whose sums are exact
)

func ident(name string) syntax.Identifier { return syntax.Identifier{Name: name} }

func idents(names ...string) (list []syntax.Identifier) {
	for _, name := range names {
		list = append(list, ident(name))
	}
	return list
}

// oddName returns the name of anything.
func (g *Generator) oddName() syntax.Identifier { return ident(pickOf(g, oddNames)) }

// tableName returns the name of a table that need not be there.
func (g *Generator) tableName() syntax.Identifier {
	if g.may(3) {
		return ident(pickOf(g, g.Tables).Name)
	}
	return ident(pickOf(g, oddTables))
}

// alias returns a name that nothing else in the statement has, or in a statement that is not shared perhaps none.
func (g *Generator) alias(prefix string) *syntax.Identifier {
	if !g.Shared {
		if g.may(2) {
			return nil
		}
		name := g.oddName()
		return &name
	}
	g.aliases++
	name := ident(prefix + strconv.Itoa(g.aliases))
	return &name
}
