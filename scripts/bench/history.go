package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// historyFigures: questions about 1,000 versions of 100,000 rows, beside git,
// whose repository holds the same versions and is packed.
func historyFigures(l *lab) []figure {
	var edit rowEdit // of a row that every tenth version changed
	history := steps(
		func() error { return l.table("100k") },
		l.histories,
		func() (err error) { edit, err = l.editOf("100k.csv"); return err },
	)
	rdb := func(args ...string) side { return command(append([]string{"rdb", "-C", l.history("rdb")}, args...)...) }
	git := func(args ...string) side { return command(append([]string{"git", "-C", l.history("git")}, args...)...) }
	ofRow := side{args: func(int) []string {
		return []string{"rdb", "-C", l.history("rdb"), "version:history", "text", edit.key}
	}}
	gitOfRow := side{args: func(int) []string {
		return []string{"git", "-C", l.history("git"), "log", "-L/^" + edit.key + "|/,+1:text.csv", "main"}
	}}
	all := []figure{
		l.showFigure(),
		{name: "list", what: "list the versions", ours: rdb("version:list", "text"),
			rival: git("log", "main"), bars: []bar{within(20 * time.Millisecond)}, note: quoted("dolt 962 ms, quoted")},
		{name: "history", what: "one row's values over time", ours: ofRow,
			rival: gitOfRow, bars: []bar{within(20 * time.Millisecond)}, note: quoted("dolt 69 ms, quoted")},
		{name: "blame", what: "who last set each row", ours: rdb("version:blame", "text"),
			rival: git("blame", "main", "--", "text.csv"), bars: []bar{within(500 * time.Millisecond)}, note: quoted("dolt 1,840 ms, quoted")},
		{name: "fsck", what: "read and verify everything", ours: rdb("fsck"),
			rival: git("fsck", "--full", "--no-progress"), bars: []bar{within(time.Second)}},
	}
	for i := range all {
		all[i].setup = history
		all[i].what += fmt.Sprintf(", %d versions of 100,000 rows", l.versions)
	}
	return all
}

func quoted(s string) func() string { return func() string { return s } }

// showFigure reads one version back, another in every round.
func (l *lab) showFigure() figure {
	back := func(round int) string { return "~" + strconv.Itoa((round*389+7)%l.versions) }
	return figure{
		name: "show", what: "read back any version",
		ours: side{args: func(round int) []string {
			return []string{"rdb", "-C", l.history("rdb"), "export", "text", "--at", back(round)}
		}},
		rival: side{args: func(round int) []string {
			return []string{"git", "-C", l.history("git"), "show", "main" + back(round) + ":text.csv"}
		}},
		bars:  []bar{atMostTimes(0.5)},
		check: func() error { return l.same(oursPrinted, rivalPrinted) },
	}
}

// history names a file or folder of the long history.
func (l *lab) history(name string) string {
	return filepath.Join(fmt.Sprintf("versions-%d", l.versions), name)
}

// histories makes the same versions in rdb and in git. The repository takes
// minutes, knows nothing of us, and is kept for as long as the table is the same.
func (l *lab) histories() error {
	return l.makeOnce("histories", func() error {
		rdb, err := l.program("rdb")
		if err != nil {
			return err
		}
		args := []string{"fixture", "-dir", l.history(""), "-rows", "100k", "-versions", strconv.Itoa(l.versions)}
		if err := l.run(append(args, "-rdb", rdb)...); err != nil {
			return err
		}
		want, err := l.historyStamp()
		if err != nil {
			return err
		}
		have, err := os.ReadFile(l.path(l.history("git.made")))
		if err == nil && string(have) == want {
			return nil
		}
		if err := l.run(append(args, "-git")...); err != nil {
			return err
		}
		return os.WriteFile(l.path(l.history("git.made")), []byte(want), 0o644)
	})
}

// historyStamp names what the repository was made from.
func (l *lab) historyStamp() (string, error) {
	h := sha256.New()
	for _, name := range []string{"100k.csv", "fixture"} {
		f, err := os.Open(l.path(name))
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d versions of %x\n", l.versions, h.Sum(nil)), nil
}
