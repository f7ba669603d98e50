package main

import (
	goflag "flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = goflag.Bool("update", false, "write the manual's list of verbs anew")

const (
	manual    = "../../man/rdb.1"
	manBegins = ".\\\" The verbs: go test ./cmd/rdb -update writes them from the table.\n"
	manEnds   = ".\\\" The end of the verbs.\n"
)

// TestManualListsTheVerbs holds the part of rdb(1) that describes the verbs to the table.
func TestManualListsTheVerbs(t *testing.T) {
	page, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begun := strings.Cut(string(page), manBegins)
	part, tail, ended := strings.Cut(rest, manEnds)
	if !begun || !ended {
		t.Fatalf("%s has no place for the verbs", manual)
	}
	want := manVerbs()
	if *update {
		if err := os.WriteFile(manual, []byte(head+manBegins+want+manEnds+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, part); diff != "" {
		t.Errorf("the table (-) and %s (+) differ; go test ./cmd/rdb -update writes the page:\n%s", manual, diff)
	}
}

// manVerbs returns the verbs as source of a man page.
func manVerbs() string {
	var b strings.Builder
	for _, topic := range topics() {
		fmt.Fprintf(&b, ".Ss %s\n.Bl -tag -width Ds\n", topic.title)
		for _, v := range topic.verbs {
			fmt.Fprintf(&b, ".It Xo\n.Ic %s\n%s.Xc\n", v.name, manOperands(v.operands))
			fmt.Fprintf(&b, "%s%s.\n", strings.ToUpper(v.summary[:1]), v.summary[1:])
			for _, sentence := range strings.SplitAfter(strings.ReplaceAll(v.about, "\n", " "), ". ") {
				b.WriteString(manText(sentence))
			}
			b.WriteString(manFlags(&v))
		}
		b.WriteString(".El\n")
	}
	return b.String()
}

func manOperands(operands string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(operands) {
		name := strings.Trim(word, "[]…")
		macro := ".Ar "
		if strings.Contains(word, "[") {
			macro = ".Op Ar "
		}
		if strings.Contains(word, "…") {
			name += " ..."
		}
		b.WriteString(macro + name + "\n")
	}
	return b.String()
}

// manFlags lists the verb's own flags; those of its shape are described once for all.
func manFlags(v *verb) string {
	if len(v.flags) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(".Bl -tag -width Ds\n")
	for _, f := range v.flags {
		var names []string
		for name := range strings.FieldsSeq(f.dashed()) {
			name = strings.ReplaceAll(name[1:], "-", `\-`)
			if f.value != "" {
				name += " Ar " + strings.Replace(f.value, "…", " ...", 1)
			}
			names = append(names, "Fl "+name)
		}
		fmt.Fprintf(&b, ".It Xo\n.%s\n.Xc\n%s", strings.Join(names, " , "), manText(f.about))
	}
	return b.String() + ".El\n"
}

// manText returns a sentence or phrase as source lines of at most 78 bytes.
func manText(text string) string {
	var lines strings.Builder
	wide := 0
	for word := range strings.FieldsSeq(text) {
		word = strings.NewReplacer(`\`, `\e`, "'", `\(aq`, "`", `\(ga`, "~", `\(ti`, "^", `\(ha`, "…", `\&...`, "-", `\-`).Replace(word)
		if !strings.HasPrefix(word, `\-`) {
			word = strings.ReplaceAll(word, `\-`, "-") // a hyphen, not a flag's dash
		}
		switch {
		case wide > 0 && wide+1+len(word) > 78:
			lines.WriteString("\n")
			wide = 0
		case wide > 0:
			lines.WriteString(" ")
			wide++
		}
		if wide == 0 && strings.HasPrefix(word, ".") {
			word = `\&` + word
		}
		lines.WriteString(word)
		wide += len(word)
	}
	if wide > 0 {
		lines.WriteString("\n")
	}
	return lines.String()
}
