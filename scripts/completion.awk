# completion.awk: what --help says, which is what the tables of options say, to completions of bash or zsh
# usage: f1-listen --help | awk -v shell=bash -f completion.awk input=records lib/layout/records input=help -
# SPDX-License-Identifier: MIT

function quote(s) { gsub(/'/, "'\\''", s); return "'" s "'" }

# the records, which begin the rules of f1-route
input == "records" {
	if ($1 !~ /^#/ && NF) records = records (records ? " " : "") $1
	next
}

$1 == "usage:" {
	program = $2; programs[++programs_n] = program; options_n[program] = 0
	operands[program] = /FILE\]?\.\.\.$/ ? "files" : /DIR\.\.\.$/ ? "folders" : /RULE\]\.\.\.$/ ? "records" : "nothing"
	next
}

# "  -p, --port PORT             listen on PORT": two blanks end the names
/^  +-/ {
	line = $0; sub(/^ +/, "", line)
	names = line; sub(/  .*/, "", names)
	text = line; text = match(text, /  +/) ? substr(text, RSTART + RLENGTH) : ""
	n = split(names, word, " ")
	i = ++options_n[program]
	short[program, i] = long[program, i] = arg[program, i] = ""
	for (k = 1; k <= n; k++) {
		if (word[k] ~ /^--/) long[program, i] = word[k]
		else if (word[k] ~ /^-/) { short[program, i] = word[k]; sub(/,$/, "", short[program, i]) }
		else arg[program, i] = word[k]
	}
	about[program, i] = text
}

# what an argument is: files, folders, words, or anything
function kind(a) {
	if (a == "FILE" || a == "PATTERN") return "files"
	if (a == "DIR") return "folders"
	if (a ~ /^[a-zA-Z]+(\|[a-zA-Z]+)+$/) return "words"
	return "anything"
}
function choices(a,	n, w, i, s) {	# the words of now|EPOCH that stand for themselves
	n = split(a, w, "|")
	for (i = 1; i <= n; i++) if (w[i] ~ /^[a-z]/) s = s (s ? " " : "") w[i]
	return s
}

function bash(	p, i, name, list, k, by, c) {
	print "# bash completion of the f1 programs: made by scripts/completion.awk of what --help says"
	print "# shellcheck shell=bash\n"
	print "_f1() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}"
	print "\tlocal options= files= folders= anything= words= operands= choices="
	print "\tCOMPREPLY=()\n\tcase ${COMP_WORDS[0]##*/} in"
	for (p = 1; p <= programs_n; p++) {
		name = programs[p]; list = ""; split("", by); c = ""
		for (i = 1; i <= options_n[name]; i++) {
			k = short[name, i] (short[name, i] && long[name, i] ? " " : "") long[name, i]
			list = list (list ? " " : "") k
			if (arg[name, i] == "") continue
			by[kind(arg[name, i])] = by[kind(arg[name, i])] " " k
			if (kind(arg[name, i]) == "words") c = c (c ? " " : "") choices(arg[name, i])
		}
		print "\t" name ")"
		print "\t\toptions=" quote(list)
		if (by["files"]) print "\t\tfiles=" quote(by["files"] " ")
		if (by["folders"]) print "\t\tfolders=" quote(by["folders"] " ")
		if (by["anything"]) print "\t\tanything=" quote(by["anything"] " ")
		if (by["words"]) print "\t\twords=" quote(by["words"] " ") " choices=" quote(c)
		print "\t\toperands=" operands[name] "\n\t\t;;"
	}
	print "\tesac"
	print "\tif [[ $files == *\" $prev \"* ]]; then\n\t\toperands=files\n\telif [[ $folders == *\" $prev \"* ]]; then\n\t\toperands=folders"
	print "\telif [[ $words == *\" $prev \"* ]]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$cur\")\n\t\treturn"
	print "\telif [[ $anything == *\" $prev \"* ]]; then\n\t\treturn"
	print "\telif [[ $cur == -* ]]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n\t\treturn\n\tfi"
	print "\tcase $operands in"
	print "\tfiles)\n\t\tcompopt -o filenames 2>/dev/null\n\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n\t\t;;"
	print "\tfolders)\n\t\tcompopt -o filenames 2>/dev/null\n\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n\t\t;;"
	print "\trecords)\n\t\tcompopt -o nospace 2>/dev/null\n\t\tmapfile -t COMPREPLY < <(compgen -W '" records " else' -- \"$cur\")\n\t\t;;"
	print "\tesac\n}"
	list = ""
	for (p = 1; p <= programs_n; p++) list = list " " programs[p]
	print "complete -F _f1" list
}

function zsh(	p, i, name, names, list, a, spec, text) {
	list = ""
	for (p = 1; p <= programs_n; p++) list = list " " programs[p]
	print "#compdef" list
	print "# zsh completion of the f1 programs: made by scripts/completion.awk of what --help says\n"
	print "case $service in"
	for (p = 1; p <= programs_n; p++) {
		name = programs[p]
		printf "%s", name ")\n\t_arguments -s -S"
		for (i = 1; i <= options_n[name]; i++) {
			text = about[name, i]; gsub(/[\[\]]/, "\\\\&", text)
			a = arg[name, i]; spec = ""
			if (a != "") {
				spec = a; gsub(/:/, "\\:", spec)
				if (kind(a) == "files") spec = ":" spec ":_files"
				else if (kind(a) == "folders") spec = ":" spec ":_files -/"
				else if (kind(a) == "words") spec = ":" spec ":(" choices(a) ")"
				else spec = ":" spec ": "
			}
			names = short[name, i] != "" && long[name, i] != "" ? "{" short[name, i] "," long[name, i] "}" : short[name, i] long[name, i]
			printf "%s", " \\\n\t\t'*'" names quote("[" text "]" spec)
		}
		if (operands[name] == "files") printf " \\\n\t\t'*:file:_files'"
		else if (operands[name] == "folders") printf " \\\n\t\t'*:folder:_files -/'"
		else if (operands[name] == "records") printf "%s", " \\\n\t\t'*:rule:compadd -S \"\" -- " records " else'"
		print "\n\t;;"
	}
	print "esac"
}

END {
	if (shell == "bash") bash()
	else zsh()
}
