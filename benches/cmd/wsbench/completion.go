package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// completion writes the script that has bash complete commands and flags. It lists
// them, so that completing starts no process.
func completion(shell []string, stdout io.Writer) error {
	if len(shell) != 1 || shell[0] != "bash" {
		return usageError{"completion: want 'wsbench completion bash'; 'source <(wsbench completion bash)' has this shell complete"}
	}
	var b strings.Builder
	b.WriteString("# source <(wsbench completion bash)\n_wsbench() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} words\n\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n")
	cases(&b, commands)
	list := strings.Join(words(commands), " ")
	fmt.Fprintf(&b, "\thelp*) words='%s formats' ;;\n\tcompletion*) words=bash ;;\n\tesac\n", list)
	fmt.Fprintf(&b, "\tif [ \"$COMP_CWORD\" = 1 ]; then words='%s help completion'; fi\n", list)
	b.WriteString("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n\tif [ ${#COMPREPLY[@]} = 0 ]; then COMPREPLY=($(compgen -f -- \"$cur\")); fi\n}\ncomplete -o filenames -F _wsbench wsbench .build/wsbench\n")
	_, err := io.WriteString(stdout, b.String())
	return err
}

// cases writes a case for each experiment, those of an experiment before it: the
// words that may follow.
func cases(b *strings.Builder, list []experiment) {
	for _, e := range list {
		cases(b, e.sub)
		follow := words(e.sub)
		c, _ := e.begin(nil, io.Discard, io.Discard)
		c.flags.VisitAll(func(f *flag.Flag) { follow = append(follow, "-"+f.Name) })
		pattern := fmt.Sprintf("%q", e.name)
		if !strings.Contains(e.name, " ") {
			pattern = fmt.Sprintf("%q*", e.name+" ")
		}
		fmt.Fprintf(b, "\t%s) words='%s' ;;\n", pattern, strings.Join(follow, " "))
	}
}
