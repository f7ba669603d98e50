package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// loginName returns the name of the user who runs this process. The package os/user would bring the C library into the program
// and with it a slower start.
func (c *call) loginName() string {
	for _, name := range []string{"USER", "LOGNAME"} {
		if user := c.Getenv(name); user != "" {
			return user
		}
	}
	return accountName(os.Getuid())
}

// accountName looks a user id up in /etc/passwd; an id that is not there stands for itself.
func accountName(uid int) string {
	id := strconv.Itoa(uid)
	if f, err := os.Open("/etc/passwd"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			fields := strings.SplitN(lines.Text(), ":", 4)
			if len(fields) == 4 && fields[2] == id {
				return fields[0]
			}
		}
	}
	return "uid" + id
}
