package plan

import (
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// Bounds of what a query can ask for, so that no text of a megabyte makes a plan of gigabytes. Those of SQLite are alike.
const (
	maxSources    = 64        // of one FROM
	maxArms       = 500       // that UNION and its like join
	maxColumns    = 2000      // of a result, a table or a join
	maxPartitions = 64        // expressions of one PARTITION BY
	maxUnfolded   = 10_000    // queries that names of WITH stand for, each time they are used
	maxSpellings  = 200_000   // of keys, other than those that are written
	maxNodes      = 1_000_000 // operands and operators that names of items stand for, each time they are used
)

func (b *binder) bounded(n syntax.Node, count, most int, what string) error {
	if count <= most {
		return nil
	}
	return b.at(n, fault.New(fault.Input, "%s, more than %d", plural(count, what), most))
}

// expand counts what a name stands for.
func (b *binder) expand(n syntax.Node, x Expr) error {
	if _, ok := x.(*Field); ok {
		return nil
	}
	Visit(x, func(Expr) bool {
		b.nodes++
		return b.nodes <= maxNodes
	})
	if b.nodes > maxNodes {
		return b.refuse(n, "the names of items stand for more than %d operands", maxNodes)
	}
	return nil
}
