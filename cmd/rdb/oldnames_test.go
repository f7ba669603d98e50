package main

import (
	"strings"
	"testing"
)

func TestOldNames(t *testing.T) {
	for _, test := range []struct{ old, now string }{
		{"get:text a.b@de", "get text a.b@de"},
		{"set:text a.b@de Hallo", "set text a.b@de value=Hallo"},
		{"set:text a.b@de Hallo -q", "set text a.b@de value=Hallo -q"},
		{"list:text a.", "list text a."},
		{"log:show text", "version:list text"},
		{"backup:list text", "version:list text"},
		{"backup:list text --json", "version:list text --json"},
		{"backup:show text ~1", "version:show text ~1"},
		{"backup:create text", "commit text"},
		{"backup:restore text ~1", "version:rollback text ~1"},
		{"backup:prune text", "version:prune text"},
		{"conflicts:list text --json", "conflict:list text --json"},
		{"conflicts:show 1.1", "conflict:show 1.1"},
		{"conflicts:resolve 1.1 --ours", "conflict:resolve 1.1 --ours"},
		{"conflicts:drop", ""},
		{"backup:list", ""},
		{"backup:list --json", ""},
		{"backup:create", ""},
		{"backup:restore NAME --into DIR", ""},
		{"backup:prune --keep 3", ""},
		{"get text a", ""},
	} {
		words := strings.Fields(test.old)
		verb, args, ok := renamed(words[0], words[1:])
		if got := strings.TrimSpace(verb + " " + strings.Join(args, " ")); got != test.now || ok != (test.now != "") {
			t.Errorf("%s becomes %q, want %q", test.old, got, test.now)
		}
		if ok && findVerb(verb) == nil {
			t.Errorf("%s becomes %s, which is no verb", test.old, verb)
		}
	}
}
