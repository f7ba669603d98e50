package bzip2_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// samples are payloads of all the shapes that take a way of their own through the encoder, by name.
func samples() map[string][]byte {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(255 - i)
	}
	fibonacci, before := []byte("ab"), []byte("a")
	for len(fibonacci) < 20_000 {
		fibonacci, before = append(fibonacci, before...), fibonacci
	}
	return map[string][]byte{
		"empty":               nil,
		"one byte":            []byte("x"),
		"run of three":        []byte("aaa"),
		"run of four":         []byte("aaaa"),
		"run of five":         []byte("aaaaab"),
		"run of 255":          bytes.Repeat([]byte{7}, 255),
		"run of 256":          bytes.Repeat([]byte{7}, 256),
		"runs and counts":     []byte("aaaa\x00\x00\x00\x00\x00bbbb\x00aaaa\x00"),
		"every byte":          every,
		"every byte twice":    append(every, every...),
		"period of two":       bytes.Repeat([]byte("ab"), 3000),
		"period of seven":     bytes.Repeat([]byte("abcabca"), 3000),
		"period of a line":    bytes.Repeat([]byte("page.title@en|Welcome|the start\n"), 900),
		"fibonacci":           fibonacci,
		"rising":              bytes.Repeat([]byte("abcdefghijklmnop"), 9),
		"control triple":      {0, 0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0x80},
		"table of 100 bytes":  table(100),
		"table of 1000 bytes": table(1000),
		"table of 5000 bytes": table(5000),
		"table of 60 kB":      table(60_000),
		"random 50 bytes":     random(50, 256),
		"random 3 kB":         random(3000, 256),
		"random letters":      random(20_000, 4),
		"random bits":         random(9000, 2),
	}
}

// large are payloads of more than one block.
func large() map[string][]byte {
	return map[string][]byte{
		"table":    table(1_000_000),
		"random":   random(910_000, 256),
		"one line": bytes.Repeat([]byte("page.title@en|Welcome|the start\n"), 30_000),
		"runs":     bytes.Repeat([]byte("aaaaaaaaaaab"), 160_000),
	}
}

func random(n, letters int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(r.IntN(letters))
	}
	return p
}

// table is n bytes of a table of texts.
func table(n int) []byte {
	words := strings.Fields("welcome page title the house contact footer button menu price order customer news about login")
	r := rand.New(rand.NewPCG(2, 2))
	word := func() string { return words[r.IntN(len(words))] }
	b := bytes.NewBufferString("key|value|desc\n")
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(b, "%s.%s.%d@en|", word(), word(), i)
		for range 1 + r.IntN(12) {
			b.WriteString(word() + " ")
		}
		fmt.Fprintf(b, "|%d\n", r.IntN(100_000))
	}
	return b.Bytes()[:n]
}

// stock runs the bzip2 program, or skips the test where there is none.
func stock(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("bzip2"); err != nil {
		t.Skip("no bzip2 program to compare with")
	}
	c := exec.Command("bzip2", args...)
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("bzip2 %s: %v", strings.Join(args, " "), err)
	}
	return out
}
