package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
)

const bashHead = `# bash completion for rdb: source <(rdb completion bash)
_rdb_verb() {
	case $1 in
`

// Words are broken at = and : too, which are words themselves then. A flag that stands last before the cursor has its value there.
const bashTail = `	esac
}
_rdb() {
	local word=${COMP_WORDS[COMP_CWORD]} verb= dir= flags= operands= n=0 i kind flag
	local values=' -C --dir --user ' files=' -C --dir '
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*)
			[[ $values == *" ${COMP_WORDS[i]} "* ]] || continue
			flag=${COMP_WORDS[i]}
			[[ ${COMP_WORDS[i + 1]} == = ]] && ((++i))
			((++i < COMP_CWORD)) || break
			[[ $flag == -C || $flag == --dir ]] && dir=${COMP_WORDS[i]}
			flag=
			[[ ${COMP_WORDS[i + 1]} != = ]] || ((i += 2))
			;;
		:) [[ $verb ]] && ((n == 0)) && verb+=: ;;
		*)
			[[ $verb != help ]] || verb=
			if [[ -z $verb || $verb == *: ]]; then
				verb+=${COMP_WORDS[i]} flags= operands=
				_rdb_verb "$verb"
			else
				((++n))
			fi
			;;
		esac
	done
	[[ $word == [:=] ]] && word=
	if [[ $flag ]]; then
		[[ $files != *" $flag "* ]] || COMPREPLY=($(compgen -f -- "$word"))
		return
	fi
	if [[ -z $verb || $verb == *: ]] || [[ ${COMP_WORDS[COMP_CWORD]} == : ]]; then
		if [[ $word == -* ]]; then
			COMPREPLY=($(compgen -W "-C --dir --user --trust -h --help --version" -- "$word"))
			return
		fi
		[[ $verb == *: || ${COMP_WORDS[COMP_CWORD]} != : ]] || verb+=:
		COMPREPLY=($(compgen -W "$(_rdb_verbs)" -- "$verb$word"))
		[[ $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"$verb"}")
		return
	fi
	if [[ $word == -* ]]; then
		COMPREPLY=($(compgen -W "$flags" -- "$word"))
		return
	fi
	kind=($operands)
	case ${kind[n]} in
	table) COMPREPLY=($(compgen -W "$(rdb ${dir:+-C "$dir"} table:list --porcelain 2>/dev/null | cut -f1)" -- "$word")) ;;
	verb) COMPREPLY=($(compgen -W "$(_rdb_verbs)" -- "$word")) ;;
	shell) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")) ;;
	file) COMPREPLY=($(compgen -f -- "$word")) ;;
	esac
}
complete -o filenames -F _rdb rdb
`

func writeBash(w io.Writer) {
	fmt.Fprintf(w, "_rdb_verbs() { echo %s; }\n", cli.Quote(strings.Join(verbNames(), " ")))
	fmt.Fprint(w, bashHead)
	for _, topic := range topics() {
		for _, v := range topic.verbs {
			values := v.flagsWhere(func(f flag) bool { return f.value != "" })
			files := v.flagsWhere(func(f flag) bool { return f.value == "FILE" || f.value == "DIR" })
			fmt.Fprintf(w, "\t%s) flags='%s' operands='%s' values=' %s ' files=' %s ' ;;\n", v.name, v.flagWords(), v.operandKinds(), values, files)
		}
	}
	fmt.Fprint(w, bashTail)
}
