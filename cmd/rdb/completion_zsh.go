package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
)

const zshHead = `#compdef rdb
# zsh completion for rdb: source <(rdb completion zsh)
_rdb() {
	local verb i n=0
	local -a verbs flags operands
	verbs=(
`

const zshMiddle = `	)
	for ((i = 2; i < CURRENT; i++)); do
		case $words[i] in
		-C | --dir | --user) ((i++)) ;;
		-*) ;;
		*) if [[ -z $verb ]]; then verb=$words[i]; else ((++n)); fi ;;
		esac
	done
	if [[ -z $verb ]]; then
		_describe -t verbs verb verbs
		return
	fi
	case $verb in
`

const zshTail = `	esac
	if [[ $PREFIX == -* ]]; then
		_describe -t flags flag flags
		return
	fi
	case $operands[n+1] in
	table) local -a tables; tables=(${(f)"$(rdb table:list --porcelain 2>/dev/null | cut -f1)"}); compadd -a tables ;;
	verb) _describe -t verbs verb verbs ;;
	shell) compadd bash zsh fish ;;
	file) _files ;;
	esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _rdb "$@"; else compdef _rdb rdb; fi
`

func writeZsh(w io.Writer) {
	fmt.Fprint(w, zshHead)
	for _, topic := range topics() {
		for _, v := range topic.verbs {
			fmt.Fprintf(w, "\t\t%s\n", cli.Quote(strings.ReplaceAll(v.name, ":", `\:`)+":"+v.summary))
		}
	}
	fmt.Fprint(w, zshMiddle)
	for _, topic := range topics() {
		for _, v := range topic.verbs {
			fmt.Fprintf(w, "\t%s)\n\t\toperands=(%s)\n\t\tflags=(\n", v.name, v.operandKinds())
			for _, f := range append(v.allFlags(), commonFlags()...) {
				for name := range strings.FieldsSeq(f.dashed()) {
					fmt.Fprintf(w, "\t\t\t%s\n", cli.Quote(name+":"+f.about))
				}
			}
			fmt.Fprint(w, "\t\t) ;;\n")
		}
	}
	fmt.Fprint(w, zshTail)
}
