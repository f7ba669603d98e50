package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
)

// languages that the keys of a table get, each in turn; one row in a thousand is in
// rareLanguage instead.
var languages = [...]string{"en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "fi", "pl", "cs", "hu", "ro", "el", "tr", "uk", "ja", "ko", "zh"}

const rareLanguage = "mt"

// translated writes NAME.words.csv, the text with keys in many languages.
func (l *lab) translated(rows string) error {
	name := rows + ".words.csv"
	return l.makeOnce(name, func() error {
		if err := l.table(rows); err != nil {
			return err
		}
		from, err := os.Open(l.path(rows + ".csv"))
		if err != nil {
			return err
		}
		defer from.Close()
		to, err := os.Create(l.path(name))
		if err != nil {
			return err
		}
		defer to.Close()
		w := bufio.NewWriterSize(to, 1<<16)
		n := 0
		err = eachLine(from, func(line []byte) bool {
			key, rest, _ := bytes.Cut(line, []byte("|"))
			path, _, modified := bytes.Cut(key, []byte("@"))
			w.Write(path)
			if modified {
				w.WriteString("@" + languageOf(n))
			}
			w.WriteByte('|')
			w.Write(rest)
			n++
			return true
		})
		return errors.Join(err, w.Flush(), to.Close())
	})
}

func languageOf(row int) string {
	if row%1000 == 500 {
		return rareLanguage
	}
	return languages[row%len(languages)]
}
