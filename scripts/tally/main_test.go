package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTally(t *testing.T) {
	const events = `
{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"    chatter\n"}
{"Action":"pass","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestBad","Output":"=== RUN   TestBad\n"}
{"Action":"output","Package":"p","Test":"TestBad","Output":"    wrong\n"}
{"Action":"fail","Package":"p","Test":"TestBad"}
{"Action":"output","Package":"p","Test":"TestLacks","Output":"    there is no bspatch\n"}
{"Action":"skip","Package":"p","Test":"TestLacks"}
{"Action":"output","Package":"p","Test":"TestDies","Output":"panic: it died\n"}
{"Action":"output","Package":"p","Output":"FAIL p\n"}
{"Action":"fail","Package":"p","Elapsed":1.5}
{"Action":"skip","Package":"no tests","Elapsed":0}
{"ImportPath":"q","Action":"build-output","Output":"q.go:1: syntax error\n"}
{"ImportPath":"q","Action":"build-fail"}
{"Action":"pass","Package":"r","Elapsed":0.25}
`
	const want = `    wrong
p:     there is no bspatch
panic: it died
FAIL p
FAIL     1.50s  p
q.go:1: syntax error
ok       0.25s  r
`
	var out strings.Builder
	counted := tally{out: &out, held: map[string]*strings.Builder{}}
	if err := counted.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1, 2, 1}, []int{counted.passed, counted.failed, counted.skipped}); diff != "" {
		t.Errorf("passed, failed, skipped: %s", diff)
	}
}
