// Rdb-dict lists, looks up, adds to and checks the dictionaries that give users and actions their codes.
//
//	rdb-dict [PLACE] list [--json | --porcelain | -z]
//	rdb-dict [PLACE] get NAME|CODE
//	rdb-dict [PLACE] add [--node N] [--note TEXT] NAME
//	rdb-dict [PLACE] check
package main

import (
	"os"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
)

const usage = `usage: rdb-dict [PLACE] list [--json | --porcelain | -z]
       rdb-dict [PLACE] get NAME|CODE
       rdb-dict [PLACE] add [--node N] [--note TEXT] NAME
       rdb-dict [PLACE] check

PLACE is [--users | --actions] [--file F | -C DIR] [--trust]; by default the
users of the database that REED_DIR names or that is found from here upwards.

  list   print all entries in the order of their codes
  get    print the code of a name, or the name of a code
  add    print the code of a name, which gets one if it has none
  check  report everything that is wrong with a dictionary, or with both unless
         one is named; exit 1 if anything is

      --users       the dictionary of users
      --actions     the dictionary of actions
      --file F      this file, which needs no database; add makes it if it is
                    missing, and a name that begins with actions means actions
  -C, --dir DIR     the database in DIR
      --trust       also open a database that belongs to another user
      --node N      the node that makes the code (the database's; with --file 1)
      --note TEXT   the description of an action

  rdb-dict --actions get update
`

// options is the command line.
type options struct {
	users, actions, trust bool
	file, dir, note       string
	node                  int64
	format                cli.Format
}

func main() { os.Exit(cli.Main("rdb-dict", usage, run)) }

func run(e *cli.Env) error {
	o := options{}
	flags := cli.NewFlags(e)
	flags.Bool(&o.users, "users")
	flags.Bool(&o.actions, "actions")
	flags.Bool(&o.trust, "trust")
	flags.String(&o.file, "file")
	flags.String(&o.dir, "C", "dir")
	flags.Int64(&o.node, "node")
	flags.String(&o.note, "note")
	flags.Format(&o.format)
	operands, err := flags.Parse()
	if err == nil {
		err = o.refuse(flags, operands)
	}
	if err != nil {
		return err
	}
	place, err := o.open(e)
	if err != nil {
		return err
	}
	defer place.close()
	switch operands[0] {
	case "list":
		return list(e, place.ledger(o.kind()), o.format)
	case "get":
		return get(e, place.ledger(o.kind()), operands[1])
	case "add":
		return o.add(e, place, operands[1])
	default:
		return check(e, place, o.checked())
	}
}

// refuse refuses flags that contradict each other, and a verb or operands that are not there.
func (o options) refuse(flags *cli.Flags, operands []string) error {
	if err := cli.Exclusive(flags, "users", "actions"); err != nil {
		return err
	}
	if err := cli.Exclusive(flags, "file", "C"); err != nil {
		return err
	}
	if len(operands) == 0 {
		return fault.New(fault.Usage, "a verb is missing: list, get, add or check")
	}
	verb, given := operands[0], len(operands)-1
	wanted, known := map[string]int{"list": 0, "get": 1, "add": 1, "check": 0}[verb]
	lists := flags.Given("json") || flags.Given("porcelain") || flags.Given("z")
	adds := flags.Given("node") || flags.Given("note")
	switch {
	case !known:
		err := fault.New(fault.Usage, "unknown verb %q", verb)
		if near := cli.Suggest(verb, []string{"list", "get", "add", "check"}); near != "" {
			err = fault.WithHint(err, "did you mean %s?", near)
		}
		return err
	case given != wanted:
		return fault.New(fault.Usage, "%s takes %d operands, not %d", verb, wanted, given)
	case lists && verb != "list":
		return fault.New(fault.Usage, "--json, --porcelain and -z are for list, not for %s", verb)
	case adds && verb != "add":
		return fault.New(fault.Usage, "--node and --note are for add, not for %s", verb)
	case flags.Given("note") && o.kind() == dict.Users:
		return fault.New(fault.Usage, "--note is for an action; a user's line holds when it was added")
	}
	return nil
}
