package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
)

const bashHead = `# bash completion for rdb: source <(rdb completion bash)
_rdb() {
	local word=${COMP_WORDS[COMP_CWORD]} verb= dir= flags= operands= n=0 i kind
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-C | --dir) dir=${COMP_WORDS[++i]} ;;
		--user) ((i++)) ;;
		-*) ;;
		:) [[ $verb ]] && ((n == 0)) && verb+=: ;;
		*) if [[ -z $verb || $verb == *: ]]; then verb+=${COMP_WORDS[i]}; else ((++n)); fi ;;
		esac
	done
	[[ $word == : ]] && word=
	case $verb in
`

const bashTail = `	esac
	if [[ -z $verb || $verb == *: ]] || [[ ${COMP_WORDS[COMP_CWORD]} == : ]]; then
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
			fmt.Fprintf(w, "\t%s) flags='%s' operands='%s' ;;\n", v.name, v.flagWords(), v.operandKinds())
		}
	}
	fmt.Fprint(w, bashTail)
}
