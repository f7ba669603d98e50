package main

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/reedbase/reedbase/pkg/ask"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/row"
)

// call is one verb being performed: its arguments, and what it prints to.
type call struct {
	*cli.Env
	verb     *verb
	flags    *cli.Flags
	operands []string
	format   cli.Format
	db       *reedbase.DB // once it is open

	dir, user string // --dir and --user
	trust     bool

	switches map[string]*bool // the verb's flags by their last name
	texts    map[string]*string
	lists    map[string]*[]string
	numbers  map[string]*int64
}

// perform reads the verb's flags and operands and runs it.
func (c *call) perform(v *verb, args []string) error {
	c.verb = v
	c.Env = c.Command("", args)
	c.Help = "rdb help " + v.name
	c.flags = cli.NewFlags(c.Env)
	c.bindFlags()
	operands, err := c.flags.Parse()
	if errors.Is(err, cli.ErrDone) && c.flags.Given("help") {
		v.writeHelp(c.Out)
		return err
	}
	if err == nil {
		c.operands = operands
		err = c.checkArguments()
	}
	if err == nil {
		err = v.run(c)
	}
	if fault.KindOf(err) == fault.Usage && fault.HintOf(err) == "" {
		err = fault.WithHint(err, "%s shows how it is used", c.Help)
	}
	return err
}

func (c *call) bindCommon() {
	c.flags.String(&c.dir, "C", "dir")
	c.flags.Bool(&c.trust, "trust")
	if _, own := c.texts["user"]; !own {
		c.flags.String(&c.user, "user")
	}
}

func (c *call) bindFlags() {
	c.switches, c.numbers = map[string]*bool{}, map[string]*int64{}
	c.texts, c.lists = map[string]*string{}, map[string]*[]string{}
	own := c.verb.flags
	if c.verb.shape == writes {
		own = append(own[:len(own):len(own)], flag{names: "-q, --quiet"})
	}
	for _, f := range own {
		names := f.split()
		name := names[len(names)-1]
		switch {
		case f.value == "":
			c.switches[name] = new(bool)
			c.flags.Bool(c.switches[name], names...)
		case strings.HasSuffix(f.value, "…"):
			c.lists[name] = new([]string)
			c.flags.Strings(c.lists[name], names...)
		case f.value == "N":
			c.numbers[name] = new(int64)
			c.flags.Int64(c.numbers[name], names...)
		default:
			c.texts[name] = new(string)
			c.flags.String(c.texts[name], names...)
		}
	}
	if c.verb.shape != plain {
		c.flags.Format(&c.format)
	}
	c.bindCommon()
}

func (c *call) checkArguments() error {
	for name, n := range c.numbers {
		if *n < 0 {
			return fault.New(fault.Usage, "--%s wants a number that is not negative, not %d", name, *n)
		}
	}
	least, most := c.verb.arity()
	switch n := len(c.operands); {
	case most == 0 && n > 0:
		return fault.New(fault.Usage, "%s takes no operand, but %q is given", c.verb.name, c.operands[0])
	case n < least:
		return fault.New(fault.Usage, "%s wants %s", c.verb.name, c.verb.operands)
	case most >= 0 && n > most:
		return fault.New(fault.Usage, "%s wants %s, but %q is one operand too many", c.verb.name, c.verb.operands, c.operands[most])
	}
	return c.checkEmpty()
}

// checkEmpty refuses an empty text in the place of a version, a time, a table or a file. It is a script's variable that
// nothing was put into, and would pass for what was not given: the head instead of a version, all tables instead of one.
func (c *call) checkEmpty() error {
	for _, f := range c.verb.flags {
		names := f.split()
		name := names[len(names)-1]
		if text, ok := c.texts[name]; ok && *text == "" && c.flags.Given(name) && !isContent(f.value) {
			return fault.New(fault.Usage, "--%s wants %s, not an empty text", name, f.value)
		}
	}
	words := strings.Fields(c.verb.operands)
	for i, operand := range c.operands {
		word := words[min(i, len(words)-1)]
		name := strings.Trim(word, "[]…")
		optional := word[0] == '[' && name != "COLUMN" // a column may well have no name
		if operand == "" && (optional && !isContent(name) || name == "ID") {
			return fault.New(fault.Input, "%s wants %s, not an empty text", c.verb.name, name)
		}
	}
	return nil
}

// isContent reports whether what usage calls by this word may be empty: a key, a part of one, a remark, a query.
func isContent(word string) bool {
	switch word {
	case "KEY", "PREFIX", "L", "E", "S", "V", "TEXT", "REEDQL":
		return true
	}
	return false
}

// on, text, all and number return the value of a flag that the verb's entry in the table declares.
func (c *call) on(name string) bool      { return *c.switches[name] }
func (c *call) text(name string) string  { return *c.texts[name] }
func (c *call) all(name string) []string { return *c.lists[name] }
func (c *call) number(name string) int64 { return *c.numbers[name] }

// operand returns operand i, or "" when it is not given.
func (c *call) operand(i int) string {
	if i < len(c.operands) {
		return c.operands[i]
	}
	return ""
}

// choice returns the value of a flag that must be one of the words allowed; the first is its default.
func (c *call) choice(name string, allowed ...string) (string, error) {
	value := c.text(name)
	if value == "" {
		return allowed[0], nil
	}
	for _, word := range allowed {
		if value == word {
			return value, nil
		}
	}
	err := fault.New(fault.Usage, "--%s is %s, not %q", name, strings.Join(allowed, ", "), value)
	if near := cli.Suggest(value, allowed); near != "" {
		err = fault.WithHint(err, "did you mean %s?", near)
	}
	return "", err
}

// open opens the database that the command line, the environment or the working directory names.
func (c *call) open() (db *reedbase.DB, err error) {
	dir := c.place()
	if dir == "" {
		if dir, err = reedbase.Find("."); err != nil {
			return nil, err
		}
	}
	c.db, err = reedbase.Open(dir, c.options())
	return c.db, err
}

// openAsking is open for a verb that runs queries.
func (c *call) openAsking() (*reedbase.DB, error) {
	db, err := c.open()
	if err != nil {
		return nil, err
	}
	bounds, err := db.Bounds()
	ask.Thrifty(bounds)
	return db, err
}

// place returns the folder that --dir or REED_DIR name, or "". Naming the .reed in it is as good.
func (c *call) place() string {
	dir := c.dir
	if dir == "" {
		dir = c.Getenv("REED_DIR")
	}
	if filepath.Base(dir) == ".reed" {
		return filepath.Dir(filepath.Clean(dir))
	}
	return dir
}

// options names who writes: --user or REED_USER, else config.toml, else the login name.
func (c *call) options() reedbase.Options {
	o := reedbase.Options{User: c.user, Login: c.loginName, Trust: c.trust, Warn: func(text string) { c.Warn("%s", text) }}
	if o.User == "" {
		o.User = c.Getenv("REED_USER")
	}
	if c.Getenv("RDB_TRACE") != "" {
		o.Trace = c.Trace
	}
	return o
}

// table opens the table that the first operand names.
func (c *call) table() (*reedbase.Table, error) {
	db, err := c.open()
	if err != nil {
		return nil, err
	}
	return db.Table(c.operands[0])
}

// tableKey opens the table that the first operand names and reads the key in the second.
func (c *call) tableKey() (*reedbase.Table, []string, error) {
	t, err := c.table()
	if err != nil {
		return nil, nil, err
	}
	key, err := readKey(t, c.operands[1])
	return t, key, err
}

// readKey returns the cells of a key as a command line writes it: as it is for a key of one column, else as the table writes
// the cells, "a|b" with quotes where a cell needs them.
func readKey(t *reedbase.Table, text string) ([]string, error) {
	if !strings.Contains(text, "|") {
		return []string{text}, nil // whatever the columns are, without opening the table to ask
	}
	columns, err := t.KeyColumns()
	if err != nil || len(columns) == 1 {
		return []string{text}, err
	}
	cells, err := row.SplitKey([]byte(text), len(columns))
	if err != nil {
		return nil, fault.WithHint(err, "write the key as '%s'", strings.Join(columns, "|"))
	}
	key := make([]string, len(cells))
	for i, cell := range cells {
		key[i] = string(cell)
	}
	return key, nil
}

// writeKey is the reverse of readKey.
func writeKey(key []string) string { return string(row.JoinKey(byteCells(key))) }
