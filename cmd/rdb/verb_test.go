package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cli"
)

// perform runs rdb in this process and returns what it printed.
func perform(args ...string) (code int, stdout, stderr string) {
	var out, talk bytes.Buffer
	e := &cli.Env{
		Name: "rdb", Args: args, In: strings.NewReader(""), Out: bufio.NewWriter(&out), Err: &talk,
		Getenv: func(string) string { return "" },
	}
	code = e.Run(run)
	return code, out.String(), talk.String()
}

// each calls test for every verb of the table.
func each(t *testing.T, test func(t *testing.T, v *verb)) {
	for _, topic := range topics() {
		for i := range topic.verbs {
			t.Run(topic.verbs[i].name, func(t *testing.T) { test(t, &topic.verbs[i]) })
		}
	}
}

// promised are the verbs that scripts rely on; those of later work are not among them.
const promised = `init status fsck gc recover import export get set delete list edit commit restore apply
	table:create table:list table:info table:delete
	version:list version:show version:diff version:blame version:history version:tag version:rollback version:prune
	conflict:list conflict:show conflict:resolve index:create index:list index:stats index:rebuild index:drop
	dict:actions dict:users dict:validate dict:reload
	schema:create schema:show schema:validate schema:edit schema:migrate key:check key:normalize
	query explain shell batch frame:list frame:show frame:rollback backup:create backup:list backup:verify backup:restore backup:prune restore:point-in-time
	help completion version`

func TestTheTableHoldsWhatIsPromised(t *testing.T) {
	names := map[string]int{}
	for _, name := range strings.Fields(promised) {
		names[name]++
	}
	for _, name := range verbNames() {
		names[name]--
	}
	for name, n := range names {
		if n != 0 {
			t.Errorf("%s: promised and there differ by %d", name, n)
		}
	}
}

func TestEveryVerbIsDescribed(t *testing.T) {
	each(t, func(t *testing.T, v *verb) {
		if v.run == nil || v.example == "" || !strings.Contains(v.example, "rdb "+v.name) {
			t.Error("no run function, or no example that shows the verb")
		}
		if v.summary == "" || strings.HasSuffix(v.summary, ".") || strings.ToLower(v.summary[:1]) != v.summary[:1] {
			t.Errorf("the summary %q is no phrase in lower case without a full stop", v.summary)
		}
	})
}

func TestHelpFitsATerminal(t *testing.T) {
	_, overview, _ := perform("help")
	_, verbs, _ := perform("help", "--markdown")
	for line := range strings.Lines(overview + verbs) {
		if wide := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); wide > 80 {
			t.Errorf("%d columns: %q", wide, line)
		}
	}
}

// TestDeclaredFlagsAreBound gives each verb every flag that its help names.
func TestDeclaredFlagsAreBound(t *testing.T) {
	each(t, func(t *testing.T, v *verb) {
		for _, f := range append(v.allFlags(), commonFlags()...) {
			for name := range strings.FieldsSeq(f.dashed()) {
				args := []string{v.name, name, "-h"}
				if f.value != "" {
					args = []string{v.name, name, "1", "-h"}
				}
				if code, stdout, stderr := perform(args...); code != 0 || stderr != "" {
					t.Errorf("%s: exit code %d, %q, %q", name, code, stdout, stderr)
				}
			}
		}
	})
}

func TestHelpIsOneText(t *testing.T) {
	each(t, func(t *testing.T, v *verb) {
		_, want, _ := perform("help", v.name)
		for _, args := range [][]string{{v.name, "-h"}, {v.name, "--help"}, {"-C", "x", v.name, "--trust", "-h"}} {
			code, help, talk := perform(args...)
			if diff := cmp.Diff(want, help); code != 0 || talk != "" || diff != "" {
				t.Errorf("%q: exit code %d, %q\n%s", args, code, talk, diff)
			}
		}
		if _, all, _ := perform("help", "--markdown"); !strings.Contains(all, "### "+v.name+"\n\n```\n"+want+"```\n") {
			t.Error("not in help --markdown")
		}
		if _, overview, _ := perform("help"); !strings.Contains(overview, "\n  "+v.synopsis()+"  ") {
			t.Error("not in help")
		}
	})
}

func TestCompletionKnowsEveryVerbAndFlag(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, script, talk := perform("completion", shell)
		if code != 0 || talk != "" {
			t.Fatalf("%s: exit code %d, %q", shell, code, talk)
		}
		each(t, func(t *testing.T, v *verb) {
			part := completionOf(script, shell, v.name)
			if part == "" {
				t.Fatalf("not in the completion for %s", shell)
			}
			for _, f := range v.allFlags() {
				for name := range strings.FieldsSeq(f.dashed()) {
					if shell == "fish" {
						name = map[bool]string{true: "-l ", false: "-s "}[strings.HasPrefix(name, "--")] + strings.TrimLeft(name, "-")
					}
					if !strings.Contains(part, name) {
						t.Errorf("the completion for %s lacks %s", shell, name)
					}
				}
			}
		})
	}
}

// completionOf returns what a completion script says of one verb.
func completionOf(script, shell, verb string) string {
	switch shell {
	case "bash":
		_, part, _ := strings.Cut(script, "\t"+verb+") ")
		part, _, _ = strings.Cut(part, ";;")
		return part
	case "zsh":
		_, part, _ := strings.Cut(script, "\t"+verb+")\n")
		part, _, _ = strings.Cut(part, ";;")
		return part
	}
	var part strings.Builder
	for line := range strings.Lines(script) {
		if strings.Contains(line, "-a "+verb+" -d ") || strings.Contains(line, "__fish_seen_subcommand_from "+verb+"'") {
			part.WriteString(line)
		}
	}
	return part.String()
}

func TestArity(t *testing.T) {
	for _, test := range []struct {
		operands    string
		least, most int
	}{
		{"", 0, 0},
		{"TABLE", 1, 1},
		{"[TABLE]", 0, 1},
		{"TABLE [NAME [ID]]", 1, 3},
		{"TABLE KEY…", 2, -1},
		{"TABLE KEY [COLUMN…]", 2, -1},
	} {
		v := verb{operands: test.operands}
		if least, most := v.arity(); least != test.least || most != test.most {
			t.Errorf("%q: %d to %d operands, want %d to %d", test.operands, least, most, test.least, test.most)
		}
	}
}

func TestCommandLinesThatAreWrong(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"sett", `unknown verb "sett"` + "\nrdb: hint: did you mean set? rdb help lists the verbs"},
		{"zebra", `unknown verb "zebra"` + "\nrdb: hint: rdb help lists the verbs"},
		{"vresion:list text", `unknown verb "vresion:list"` + "\nrdb: hint: did you mean version:list? rdb help lists the verbs"},
		{"get text", "get wants TABLE KEY [COLUMN…]\nrdb: hint: rdb help get shows how it is used"},
		{"gc now", `gc takes no operand, but "now" is given` + "\nrdb: hint: rdb help gc shows how it is used"},
		{"commit a b", `commit wants TABLE, but "b" is one operand too many` + "\nrdb: hint: rdb help commit shows how it is used"},
		{"list t --limit -1", "--limit wants a number that is not negative, not -1\nrdb: hint: rdb help list shows how it is used"},
		{"list t --limit x", `--limit: "x" is refused: want a decimal number` + "\nrdb: hint: rdb help list shows how it is used"},
		{"set t k v", `"v" is no COLUMN=VALUE` + "\nrdb: hint: rdb help set shows how it is used"},
		{"set t k a=- b=-", `"a=-" and "b=-" both read standard input` + "\nrdb: hint: rdb help set shows how it is used"},
		{"import t f --delimiter ab", `--delimiter "ab": want one ASCII character, or tab, comma, semicolon or pipe` + "\nrdb: hint: rdb help import shows how it is used"},
		{"import t f --duplicates frist", `--duplicates is fail, first, last, not "frist"` + "\nrdb: hint: did you mean first?"},
		{"export t -f yaml", `--format is exact, csv, pipe, json, jsonl, markdown, not "yaml"` + "\nrdb: hint: rdb help export shows how it is used"},
		{"table:create t", "table:create wants --columns A,B,C or --schema FILE\nrdb: hint: rdb help table:create shows how it is used"},
		{"version:diff t --json -f csv", "--format and --json contradict each other\nrdb: hint: rdb help version:diff shows how it is used"},
		{"restore:point-in-time", "restore:point-in-time wants TIME or --hours-ago N\nrdb: hint: rdb help restore:point-in-time shows how it is used"},
		{"restore:point-in-time @1 --hours-ago 1", "TIME and --hours-ago contradict each other\nrdb: hint: rdb help restore:point-in-time shows how it is used"},
		{"completion tcsh", `completion is there for bash, zsh and fish, not for "tcsh"` + "\nrdb: hint: rdb help completion shows how it is used"},
		{"help set --markdown", `--markdown prints the help of all verbs; "set" is one operand too many` + "\nrdb: hint: rdb help help shows how it is used"},
	} {
		code, stdout, stderr := perform(strings.Fields(test.args)...)
		if diff := cmp.Diff("rdb: error: "+test.want+"\n", stderr); code != 129 || stdout != "" || diff != "" {
			t.Errorf("rdb %s: exit code %d, stdout %q\n%s", test.args, code, stdout, diff)
		}
	}
}

func TestNoVerb(t *testing.T) {
	_, overview, _ := perform("-h")
	code, stdout, stderr := perform()
	want := overview + "rdb: error: no verb given\nrdb: hint: rdb help VERB tells more about one of the verbs above\n"
	if diff := cmp.Diff(want, stderr); code != 129 || stdout != "" || diff != "" {
		t.Errorf("exit code %d, %q\n%s", code, stdout, diff)
	}
}
