// Package table owns one table's folder: commit, read at a version, history, verify, recover. It must never parse
// ReedQL nor open another table.
package table

import (
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// The names in a table's folder; reed-layout(5) describes them.
const (
	currentFile  = "current.csv"
	logFile      = "version.log"
	stateFile    = "state"
	lockFile     = "lock"
	tagsFile     = "tags"
	notesFile    = "notes"
	unknownFile  = "outcome-unknown"
	asideFolder  = "aside"
	deltaSuffix  = ".bsdiff"
	schemaSuffix = ".schema"
	tempSuffix   = ".tmp"
)

// MaxSize bounds a table's content: what claims to be larger is damage, not data.
const MaxSize = 1 << 40

// maxLog bounds version.log, so that a damaged folder cannot exhaust memory: 40 million versions.
const maxLog = 4 << 30

// Options is what a table needs from the database around it.
type Options struct {
	Mint        func(seen stamp.ID) (stamp.ID, error) // the id of a new version: above seen and above all the node has seen
	Wait        time.Duration                         // how long a write waits for the lock
	SyncCurrent bool                                  // also sync current.csv after a commit
	MaxVersions int                                   // versions kept readable; 0 keeps all
	Cache       *durable.Dir                          // for derived files; nil keeps none
	IndexSize   int64                                 // bytes that an index may have; 0 is 256 MiB, less than 0 none
	IndexMemory int64                                 // bytes of memory that building one may take; 0 is 512 MiB, less than 0 none
	// Schemas opens the folder with the copies of schemas for people; nil where it is not there and not to be made. Nil keeps no copies.
	Schemas func(make bool) (*durable.Dir, error)
	Warn    func(text string) // told what happened beside the call's result; nil drops it

	// Pending returns the table's lines in commits over several tables that a crash may have left half carried out. Whoever
	// holds the table's lock adds those that its log lacks, before anything else; an error refuses a write. Nil stands for
	// none.
	Pending func(table string) ([]verlog.Line, error)
}

// Table is one table's folder. Its methods may be called by several goroutines; writes exclude each other by the
// folder's lock, as they do between processes.
type Table struct {
	name string
	dir  *durable.Dir
	opt  Options
}

// CheckName refuses what is no table name with fault.Input: names match [a-z0-9_][a-z0-9_.-]{0,63} and hold no "..".
func CheckName(name string) error {
	ok := len(name) >= 1 && len(name) <= 64 && !strings.Contains(name, "..")
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_'
		ok = letter || i > 0 && (c == '.' || c == '-')
	}
	if ok {
		return nil
	}
	err := fault.New(fault.Input, "%q is not a table name", name)
	return fault.WithHint(err, "1 to 64 of a-z 0-9 _ . -, beginning with a letter, digit or _, without two dots in a row")
}

// Open opens the table name in the folder tables; fault.NotFound when there is none. A table that was deleted opens
// like any other: its history is there. The caller closes it.
func Open(tables *durable.Dir, name string, o Options) (*Table, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	dir, err := tables.Sub(name)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, fault.New(fault.NotFound, "table %q does not exist", name)
		}
		return nil, err
	}
	return newTable(dir, name, o), nil
}

// Make opens the table name, making its folder when it is missing. A folder without a version is no table yet.
func Make(tables *durable.Dir, name string, o Options) (*Table, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	dir, err := tables.MakeSub(name)
	if err != nil {
		return nil, err
	}
	return newTable(dir, name, o), nil
}

func newTable(dir *durable.Dir, name string, o Options) *Table {
	return &Table{name: name, dir: dir, opt: o}
}

// Close releases the folder.
func (t *Table) Close() error { return t.dir.Close() }

// Name returns the table's name.
func (t *Table) Name() string { return t.name }

func (t *Table) warn(text string) {
	if t.opt.Warn != nil {
		t.opt.Warn("table " + t.name + ": " + text)
	}
}

func deltaName(id stamp.ID) string { return id.String() + deltaSuffix }

// notFound says that the folder holds no version: the table was never created, or its creation was cut short.
func (t *Table) notFound() error {
	return fault.New(fault.NotFound, "table %q does not exist", t.name)
}
