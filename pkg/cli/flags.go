package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Flags is the command line of one command. A flag is written -n or --name, its value as the next argument or after "="; flags
// may stand between and after operands; "--" ends them and "-" is an operand. Of a flag given twice the last one counts.
type Flags struct {
	env   *Env
	set   *flag.FlagSet
	first map[string]string // every name of a flag → the flag's first name
	given map[string]bool   // by first name
	help  bool
	about bool
	after []func() error // what to check and settle once all arguments are read
}

// NewFlags returns the flags of e: -h, --help and --version, which every command has.
func NewFlags(e *Env) *Flags {
	f := &Flags{env: e, set: flag.NewFlagSet(e.Name, flag.ContinueOnError), first: map[string]string{}, given: map[string]bool{}}
	f.set.SetOutput(io.Discard)
	f.Bool(&f.help, "h", "help")
	f.Bool(&f.about, "version")
	return f
}

// Bool binds a flag that needs no value to p, under all its names, written without dashes.
func (f *Flags) Bool(p *bool, names ...string) {
	for _, name := range names {
		f.set.BoolVar(p, name, *p, "")
		f.first[name] = names[0]
	}
}

// String binds a flag with a text value to p, which keeps its default when the flag is not given.
func (f *Flags) String(p *string, names ...string) {
	for _, name := range names {
		f.set.StringVar(p, name, *p, "")
		f.first[name] = names[0]
	}
}

// File is String for the name of a file. An empty one is refused: it is a script's variable that nothing was put into, and would pass for
// what was not given.
func (f *Flags) File(p *string, names ...string) {
	f.String(p, names...)
	f.after = append(f.after, func() error {
		if f.Given(names[0]) && *p == "" {
			return fault.New(fault.Usage, "%s wants FILE, not an empty text", Dashed(names[len(names)-1]))
		}
		return nil
	})
}

// Int64 binds a flag with a decimal number to p.
func (f *Flags) Int64(p *int64, names ...string) { f.bind((*number)(p), names) }

// Size binds a flag with a number of bytes to p: digits, then k, M, G or T for powers of 1024.
func (f *Flags) Size(p *int64, names ...string) { f.bind((*size)(p), names) }

// Strings binds a flag that may be given several times to p, which receives the values in order.
func (f *Flags) Strings(p *[]string, names ...string) { f.bind((*list)(p), names) }

func (f *Flags) bind(v flag.Value, names []string) {
	for _, name := range names {
		f.set.Var(v, name, "")
		f.first[name] = names[0]
	}
}

// Given reports whether the flag was on the command line, under any of its names.
func (f *Flags) Given(name string) bool { return f.given[f.first[name]] }

// Parse reads the whole command line and returns the operands. For -h and --version it prints the answer to Out and returns
// ErrDone. A wrong command line is a fault.Usage.
func (f *Flags) Parse() (operands []string, err error) { return f.parse(false) }

// ParseLeading reads the flags before the first operand and returns the rest of the command line: the verb, then what is its own.
func (f *Flags) ParseLeading() (rest []string, err error) { return f.parse(true) }

func (f *Flags) parse(leading bool) ([]string, error) {
	var operands []string
	args := f.env.Args
	for len(args) > 0 {
		arg := args[0]
		switch {
		case arg == "--":
			operands, args = append(operands, args[1:]...), nil
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			if leading {
				return args, f.settle()
			}
			operands, args = append(operands, arg), args[1:]
		default:
			used, err := f.one(arg, args[1:])
			if err != nil {
				return nil, err
			}
			if f.help || f.about {
				return nil, f.answer()
			}
			args = args[used:]
		}
	}
	return operands, f.settle()
}

// one takes the flag at the front of the command line and returns how many arguments it used.
func (f *Flags) one(arg string, rest []string) (used int, err error) {
	name := strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-")
	name, value, attached := strings.Cut(name, "=")
	known := f.set.Lookup(name)
	if known == nil {
		return 0, f.unknown(arg)
	}
	used = 1
	boolean, ok := known.Value.(interface{ IsBoolFlag() bool })
	switch {
	case attached:
	case ok && boolean.IsBoolFlag():
		value = "true"
	case len(rest) == 0:
		return 0, fault.New(fault.Usage, "%s needs a value", Dashed(name))
	default:
		used, value = 2, rest[0]
	}
	if err := f.set.Set(name, value); err != nil {
		return 0, fault.New(fault.Usage, "%s: %q is refused: %w", Dashed(name), value, err)
	}
	f.given[f.first[name]] = true
	return used, nil
}

func (f *Flags) unknown(arg string) error {
	name, _, _ := strings.Cut(arg, "=")
	var names []string
	f.set.VisitAll(func(known *flag.Flag) { names = append(names, Dashed(known.Name)) })
	err := fault.New(fault.Usage, "unknown flag %q", name)
	if near := Suggest(name, names); near != "" {
		return fault.WithHint(err, "did you mean %s? %s", near, f.env.usageHint())
	}
	return err
}

func (f *Flags) answer() error {
	if f.help {
		f.env.Out.WriteString(f.env.Usage)
	} else {
		fmt.Fprintf(f.env.Out, "%s %s\n", f.env.Name, Version())
	}
	return ErrDone
}

func (f *Flags) settle() error {
	for _, check := range f.after {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// Exclusive refuses a command line that gives more than one of the named flags, naming the first two.
func Exclusive(f *Flags, names ...string) error {
	seen := ""
	for _, name := range names {
		switch {
		case !f.Given(name):
		case seen == "":
			seen = name
		default:
			return fault.New(fault.Usage, "%s and %s contradict each other", Dashed(seen), Dashed(name))
		}
	}
	return nil
}

// Dashed returns a flag's name as it is written on a command line: -z, --json.
func Dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
