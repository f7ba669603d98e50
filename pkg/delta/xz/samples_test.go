package xz_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// samples are payloads of all the shapes that take a way of their own, by name.
func samples() map[string][]byte {
	return map[string][]byte{
		"empty":        nil,
		"one byte":     []byte("x"),
		"four bytes":   []byte("abcd"),
		"patch":        append([]byte("BSDIFF40"), random(180)...),
		"zeros":        make([]byte, 100_000),
		"random":       random(3000),
		"one chunk":    random(1 << 16),
		"two chunks":   random(1<<16 + 1),
		"table":        table(30_000),
		"part random":  append(table(20_000), random(90_000)...),
		"several runs": bytes.Repeat([]byte("abcdefgh"), 3000),
	}
}

func random(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}

// table is n bytes of a table of texts.
func table(n int) []byte {
	words := strings.Fields("welcome page title the house contact footer button menu price order customer news about login")
	r := rand.New(rand.NewPCG(2, 2))
	b := bytes.NewBufferString("key|value\n")
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(b, "%s.%d@en|", words[r.IntN(len(words))], i)
		for range 1 + r.IntN(12) {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		b.WriteByte('\n')
	}
	return b.Bytes()[:n]
}

// stock runs the xz program, or skips the test where there is none.
func stock(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("xz"); err != nil {
		t.Skip("no xz program to compare with")
	}
	c := exec.Command("xz", args...)
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("xz %s: %v", strings.Join(args, " "), err)
	}
	return out
}
