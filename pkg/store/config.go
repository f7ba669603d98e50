package store

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/table"
)

// DefaultConfig is the config.toml of a new database: every setting with its default.
const DefaultConfig = `# ReedBase: the settings of this database. Every setting is here with its default.

[user]
# The name under which writes are recorded when neither --user nor REED_USER gives one; empty: the login name.
name = ""

[commit]
# "log": the delta and the log are flushed, current.csv is checked and rebuilt after a power cut.
# "full": current.csv is flushed too, for programs that read it before any rdb command has run after a power cut.
sync = "log"
# How long a write waits for a table that another process writes.
lock-timeout = "10s"
# How many versions of a table stay readable; 0 keeps all. At twice the number the older deltas are folded into one
# snapshot. Log lines, and versions that have a name, are always kept.
max-versions = 0

[merge]
# What becomes of two writes of one cell, or of one row's being there, neither of which had seen the other:
# "manual" keeps what the table has and records a conflict; "last-write-wins" and "first-write-wins" settle it at once,
# by the times of the writes.
strategy = "manual"
# "record" stores such a write and its conflicts, "fail" refuses it.
on-conflict = "record"
# Tables with another strategy, such as { prices = "last-write-wins" }.
tables = {}

[keys]
# The language and the environment of the rows that get wants, where neither the key nor --lang and --env nor REED_LANG
# and REED_ENV name one; empty: none. For instance "de" and "prod".
language = ""
environment = ""

[index]
# How many MiB an index may have on the disk; 0 keeps no index. A table without one is read as a whole.
size = 256
# How many MiB of memory may be taken to make one; 0 makes none.
memory = 512

[backup]
# How many backups backup:prune keeps when it is not told.
keep = 10

[frames]
# How many days gc keeps the record of a commit over several tables, which frame:list and frame:rollback need; 0 keeps
# all. What such a commit stored stays in the tables' histories.
keep-days = 0

[query]
# How long the text of a query may be, in bytes.
max-length = 1048576
# How many rows its result may have; 0 is no bound.
max-rows = 0
# How long it may run; "0s" is no bound.
timeout = "0s"
# How many MiB of memory it may keep rows in, to sort, group or join them.
max-memory = 1024
`

// Config is what config.toml says.
type Config struct {
	User struct {
		Name string `toml:"name"`
	} `toml:"user"`
	Commit struct {
		Sync        string `toml:"sync"`
		LockTimeout string `toml:"lock-timeout"`
		MaxVersions int    `toml:"max-versions"`
	} `toml:"commit"`
	Merge struct {
		Strategy   string            `toml:"strategy"`
		OnConflict string            `toml:"on-conflict"`
		Tables     map[string]string `toml:"tables"`
	} `toml:"merge"`
	Keys struct {
		Language    string `toml:"language"`
		Environment string `toml:"environment"`
	} `toml:"keys"`
	Index struct {
		Size   int64 `toml:"size"`
		Memory int64 `toml:"memory"`
	} `toml:"index"`
	Backup struct {
		Keep int `toml:"keep"`
	} `toml:"backup"`
	Frames struct {
		KeepDays int `toml:"keep-days"`
	} `toml:"frames"`
	Query struct {
		MaxLength int    `toml:"max-length"`
		MaxRows   int64  `toml:"max-rows"`
		Timeout   string `toml:"timeout"`
		MaxMemory int64  `toml:"max-memory"`
	} `toml:"query"`
}

// defaults returns what DefaultConfig says; a test holds the two together.
func defaults() (c Config) {
	c.Commit.Sync, c.Commit.LockTimeout, c.Backup.Keep = "log", "10s", 10
	c.Merge.Strategy, c.Merge.OnConflict = table.Manual.String(), "record"
	c.Merge.Tables = map[string]string{}
	c.Index.Size, c.Index.Memory = 256, 512
	c.Query.MaxLength, c.Query.Timeout, c.Query.MaxMemory = 1<<20, "0s", 1024
	return c
}

// Wait returns how long a write waits for a lock.
func (c Config) Wait() time.Duration {
	d, _ := time.ParseDuration(c.Commit.LockTimeout)
	return d
}

// maxMiB bounds the settings of memory and of indices.
const maxMiB = 1 << 20

// indexBytes returns a setting of MiB as table.Options have it: none is less than 0.
func indexBytes(mib int64) int64 {
	if mib == 0 {
		return -1
	}
	return mib << 20
}

// Timeout returns how long a query may run; 0 is no bound.
func (c Config) Timeout() time.Duration {
	d, _ := time.ParseDuration(c.Query.Timeout)
	return d
}

// maxSettings bounds config.toml and node.toml, in bytes.
const maxSettings = 1 << 20

// Config returns the settings; those that config.toml does not name have their defaults.
func (s *Store) Config() (Config, error) { return s.config() }

func (s *Store) readConfig() (Config, error) {
	b, err := s.dir.ReadFile(configFile, maxSettings)
	if fault.KindOf(err) == fault.NotFound || err == nil && string(b) == DefaultConfig {
		return defaults(), nil // what it is for almost everybody, without a parser
	}
	if err != nil {
		return Config{}, err
	}
	c, err := ParseConfig(b)
	if err != nil {
		return c, fmt.Errorf("%s: %w", s.dir.Path(configFile), err)
	}
	return c, nil
}

// ParseConfig reads a config.toml. A setting that is unknown, or has a value that makes no sense, is refused with
// fault.Input, naming its line where the parser knows it.
func ParseConfig(b []byte) (Config, error) {
	c := defaults()
	if err := decode(b, &c); err != nil {
		return c, err
	}
	if c.Commit.Sync != "log" && c.Commit.Sync != "full" {
		return c, fault.New(fault.Input, "[commit] sync is %q; it is \"log\" or \"full\"", c.Commit.Sync)
	}
	if d, err := time.ParseDuration(c.Commit.LockTimeout); err != nil || d < 0 {
		return c, fault.New(fault.Input, "[commit] lock-timeout is %q; it is a time such as \"10s\"", c.Commit.LockTimeout)
	}
	if c.Commit.MaxVersions < 0 || c.Backup.Keep < 0 || c.Frames.KeepDays < 0 {
		return c, fault.New(fault.Input, "max-versions, keep and keep-days are numbers from 0")
	}
	if max(c.Index.Size, c.Index.Memory) > maxMiB || min(c.Index.Size, c.Index.Memory) < 0 {
		return c, fault.New(fault.Input, "[index] size and memory are numbers from 0 to %d, of MiB", maxMiB)
	}
	if err := c.checkQuery(); err != nil {
		return c, err
	}
	return c, c.checkMerge()
}

// checkQuery refuses bounds of queries that make no sense.
func (c Config) checkQuery() error {
	if c.Query.MaxLength < 1 || c.Query.MaxRows < 0 {
		return fault.New(fault.Input, "[query] max-length is a number from 1, max-rows from 0")
	}
	if d, err := time.ParseDuration(c.Query.Timeout); err != nil || d < 0 {
		return fault.New(fault.Input, "[query] timeout is %q; it is a time such as \"30s\", or \"0s\"", c.Query.Timeout)
	}
	if c.Query.MaxMemory < 1 || c.Query.MaxMemory > maxMiB {
		return fault.New(fault.Input, "[query] max-memory is a number from 1 to %d, of MiB", maxMiB)
	}
	return nil
}

// checkMerge refuses settings of merges that make no sense.
func (c Config) checkMerge() error {
	if _, err := table.ParseStrategy(c.Merge.Strategy); err != nil {
		return fault.New(fault.Input, "[merge] strategy: %w", err)
	}
	if c.Merge.OnConflict != "record" && c.Merge.OnConflict != "fail" {
		return fault.New(fault.Input, "[merge] on-conflict is %q; it is \"record\" or \"fail\"", c.Merge.OnConflict)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Merge.Tables)) {
		if err := table.CheckName(name); err != nil {
			return fault.New(fault.Input, "[merge] tables: %w", err)
		}
		if _, err := table.ParseStrategy(c.Merge.Tables[name]); err != nil {
			return fault.New(fault.Input, "[merge] tables, %s: %w", name, err)
		}
	}
	return nil
}

// MergeOptions returns how writes of a table are merged that were made from an older version.
func (c Config) MergeOptions(name string) table.MergeOptions {
	word := c.Merge.Strategy
	if of, ok := c.Merge.Tables[name]; ok {
		word = of
	}
	strategy, _ := table.ParseStrategy(word)
	return table.MergeOptions{Strategy: strategy, Fail: c.Merge.OnConflict == "fail"}
}

// decode reads TOML without unknown keys.
func decode(b []byte, into any) error {
	d := toml.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		row, _ := unknown.Errors[0].Position()
		return fault.New(fault.Input, "line %d: unknown setting %q", row, strings.Join(unknown.Errors[0].Key(), "."))
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		row, column := bad.Position()
		return fault.New(fault.Input, "line %d, column %d: %w", row, column, err)
	}
	return fault.As(fault.Input, err)
}

// FormatVersion is the version of the files that this program reads and writes.
const FormatVersion = 1

// Node says which copy of which database this is.
type Node struct {
	Format   int    `toml:"format"`
	Database string `toml:"database"` // UUID that all copies of the database share
	Number   int    `toml:"number"`   // 1-999, in every id that this copy makes
	Node     string `toml:"node"`     // UUID of this copy
}

func newNode() Node {
	return Node{Format: FormatVersion, Database: newUUID(), Number: 1, Node: newUUID()}
}

// newUUID returns a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (n Node) encode() []byte {
	return fmt.Appendf(nil, "# This copy of the database. Made once; a copy of it on another machine gets its own.\nformat = %d\ndatabase = %q\nnumber = %d\nnode = %q\n",
		n.Format, n.Database, n.Number, n.Node)
}

// Node returns which copy of the database this is.
func (s *Store) Node() (Node, error) { return s.node() }

func (s *Store) readNode() (Node, error) {
	b, err := s.dir.ReadFile(nodeFile, maxSettings)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Corrupt, "%s: is missing, and nothing can be written without it", s.dir.Path(nodeFile))
		err = fault.WithHint(err, "a backup has it: 'rdb backup:restore NAME --into DIR'")
	}
	if err != nil {
		return Node{}, err
	}
	n, err := ParseNode(b)
	if err != nil {
		return n, fmt.Errorf("%s: %w", s.dir.Path(nodeFile), err)
	}
	return n, nil
}

// ParseNode reads a node.toml. One of a newer format is refused with fault.Format, one that is damaged with fault.Corrupt.
func ParseNode(b []byte) (Node, error) {
	var n Node
	if err := toml.Unmarshal(b, &n); err != nil {
		return n, fault.New(fault.Corrupt, "%w", err)
	}
	if n.Format != FormatVersion {
		err := fault.New(fault.Format, "the database has format %d; this program knows format %d", n.Format, FormatVersion)
		return n, fault.WithHint(err, "a newer release reads it")
	}
	if n.Number < 1 || n.Number > 999 {
		return n, fault.New(fault.Corrupt, "node number %d is not 1 to 999", n.Number)
	}
	return n, nil
}
