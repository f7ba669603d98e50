// Package sample makes random statements of ReedQL for tests. It must never know what a statement does.
package sample

import "github.com/reedbase/reedbase/pkg/syntax"

// Source makes the choices: IntN returns a number from 0 to n-1. *rand.Rand of math/rand/v2 is one.
type Source interface{ IntN(n int) int }

// Kind says what the cells of a column are.
type Kind uint8

// The kinds. A truth is a number that is 0 or 1.
const (
	Number Kind = iota
	Text
	truth
)

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
}

// Table is a table that statements ask.
type Table struct {
	Name    string
	Columns []Column
	Keys    int // how many of the columns, from the first on, are the key; 0 is one of them
}

// key returns the columns that are the key.
func (t Table) key() []Column { return t.Columns[:max(1, t.Keys)] }

// Generator makes statements that are trees as Parse makes them, but for the spans, which are empty. Equal choices make equal
// statements.
type Generator struct {
	Source Source
	Tables []Table // at least one, each with a column of either kind, and one that is not of its key

	// Shared makes only what SQLite has too and means alike: over the tables, with columns that are there and operands of their own
	// kind. A query with LIMIT orders by all of its columns and its windows by all of their rows', so results are equal up to the
	// order of rows that no ORDER BY sets. What a row is set to asks no table that is being changed, of which SQLite sees what it has
	// done so far. Otherwise any name and any operand stands anywhere.
	Shared bool
	// Bound makes parameters in shared statements. Others may always have them.
	Bound bool

	aliases int
	common  []Table // what WITH names
}

// Statement returns a statement of any sort.
func (g *Generator) Statement() syntax.Statement { return g.make(g.anyStatement) }

// Query returns a query.
func (g *Generator) Query() *syntax.Query {
	return g.make(func() syntax.Statement { return g.anyQuery() }).(*syntax.Query)
}

// Write returns a statement that changes the rows of a table.
func (g *Generator) Write() syntax.Statement {
	return g.make(func() syntax.Statement {
		switch pick := g.n(10); {
		case pick < 5:
			return g.insert()
		case pick < 8:
			return g.update()
		}
		return g.delete()
	})
}

// make makes a statement that does not depend on those before it.
func (g *Generator) make(one func() syntax.Statement) syntax.Statement {
	g.aliases, g.common = 0, nil
	s := one()
	count := 0
	for _, x := range syntax.Parameters(s) {
		if x.Name == "" {
			count++
			x.Index = count
		}
	}
	return s
}

func (g *Generator) anyStatement() syntax.Statement {
	switch pick := g.n(20); {
	case pick < 12:
		return g.anyQuery()
	case pick < 14:
		return g.insert()
	case pick < 16:
		return g.update()
	case pick < 17:
		return g.delete()
	case pick < 18:
		return g.createTable()
	case g.Shared:
		return g.anyQuery()
	case pick < 19:
		return &syntax.DropTable{Table: g.tableName(), IfExists: g.may(2)}
	}
	return g.more()
}

// more returns one of the statements that have few forms.
func (g *Generator) more() syntax.Statement {
	switch g.n(7) {
	case 0:
		return &syntax.Begin{}
	case 1:
		return &syntax.Commit{}
	case 2:
		return &syntax.Rollback{}
	case 3:
		return &syntax.Explain{Statement: g.insert()}
	case 4:
		return &syntax.Explain{Statement: g.update()}
	case 5:
		return &syntax.Explain{Statement: g.delete()}
	}
	return &syntax.Explain{Statement: g.anyQuery()}
}

func (g *Generator) n(n int) int { return g.Source.IntN(n) }

// may is true once in n times.
func (g *Generator) may(n int) bool { return g.n(n) == 0 }

func pickOf[T any](g *Generator, list []T) T { return list[g.n(len(list))] }

// times returns from low to high results of one.
func times[T any](g *Generator, low, high int, one func() T) (list []T) {
	for range low + g.n(high-low+1) {
		list = append(list, one())
	}
	return list
}
