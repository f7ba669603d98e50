package main

import "strings"

// renamed translates a command line of the first ReedBase: the verb of today and its arguments, or ok false when it is no old
// one. What was the backup of a table is its versions now, so backup:… with a table is old, without one it means the database.
func renamed(name string, args []string) (verb string, now []string, ok bool) {
	operands := 0 // that stand before any flag
	for operands < len(args) && !strings.HasPrefix(args[operands], "-") {
		operands++
	}
	switch {
	case name == "get:text":
		return "get", append([]string{"text"}, args...), true
	case name == "list:text":
		return "list", append([]string{"text"}, args...), true
	case name == "set:text":
		now := append([]string{"text"}, args...)
		if operands == 2 {
			now[2] = "value=" + args[1]
		}
		return "set", now, true
	case name == "log:show", name == "backup:list" && operands == 1:
		return "version:list", args, true
	case name == "backup:show":
		return "version:show", args, true
	case name == "backup:create" && operands == 1:
		return "commit", args, true
	case name == "backup:restore" && operands == 2:
		return "version:rollback", args, true
	case name == "backup:prune" && operands == 1:
		return "version:prune", args, true
	case name == "conflicts:list", name == "conflicts:show", name == "conflicts:resolve":
		return strings.Replace(name, "conflicts", "conflict", 1), args, true
	}
	return "", nil, false
}
