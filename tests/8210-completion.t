#!/bin/sh
# completion in bash and zsh: what the programs' options say, as a shell takes it
# SPDX-License-Identifier: MIT

# functions are called by ok
# shellcheck disable=SC2317
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-listen f1-decode f1-route f1-ws f1-live bash
[ -e "$O/completions/f1" ] || skip_all 'no completions are built'
programs='f1-listen f1-replay f1-decode f1-route f1-ws f1-kafka f1-pg f1-load f1-live'

# what bash offers for a line: the words of the line, the last one being completed
cat >complete.bash <<'END'
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
how=$(complete -p "$1") || exit
[[ $how == *"-F "* ]] || exit
function=${how#*-F } function=${function%% *}
"$function" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
END
offers() {
	bash complete.bash "$O/completions/f1" "$@" 2>err
	cat err
}

for program in $programs; do
	have "$program" || continue
	"$program" --help | sed -n 's/^  *\(-.*\)/\1/p' |
		awk '{ for (i = 1; i <= NF && $i ~ /^-/; i++) { sub(/,$/, "", $i); print $i } }' | sort >options
	offers "$program" - | sort >offered
	same "$program: all its options, and no others" options offered
done
is 'the beginning of an option' "$(offers f1-listen --reu)" --reuse-port
is 'in the middle of a line' "$(offers f1-listen -p 20777 --gr)" --group
is 'after an option that takes anything: nothing' "$(offers f1-listen --port '')" ''
: >race.bin
: >rain.bin
mkdir captures
is 'files for an option' "$(offers f1-listen -w ra | sort | tr '\n' ' ')" 'race.bin rain.bin '
is 'files as operands' "$(offers f1-decode -j rac)" race.bin
is 'folders for an option' "$(offers f1-ws --www '')" captures
is 'folders as operands' "$(offers f1-load '')" captures
is 'words' "$(offers f1-decode -t '')" now
is 'records begin a rule' "$(offers f1-route lap_ | sort | tr '\n' ' ')" \
	"$(sed -n 's/^\(lap_[a-z_]*\).*/\1/p' "$top/lib/layout/records" | sort | tr '\n' ' ')"
is 'no operands where there are none' "$(offers f1-ws ra)" ''

# as bash-completion finds it
loader=/usr/share/bash-completion/bash_completion
make -s -C "$top" O="$O" install DESTDIR="$tmp/dest" PREFIX=/usr >make.out 2>&1 || note <make.out
if [ -r $loader ]; then
	for program in f1-listen f1-live; do
		# shellcheck disable=SC2016	# for bash
		is "bash-completion finds that of $program" "$(XDG_DATA_DIRS=$tmp/dest/usr/share bash -c '
			. "$1"
			_completion_loader "$2"
			complete -p "$2"' bash $loader $program 2>&1)" "complete -F _f1 $program"
	done
else
	skip 'no bash-completion here' 2
fi

# zsh at a terminal: the line after a tab, which a key shows
if have zsh; then
	cat >complete.zsh <<-'END'
		zmodload zsh/zpty
		zpty line 'TERM=dumb zsh -f -i'
		zpty -w line "PS1= PS2=; stty -echo; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; unsetopt BEEP"
		zpty -w line 'show() { print -r -- "<$BUFFER>" }; zle -N show; bindkey "^Xz" show; print rea""dy'
		zpty -r line said '*ready*'
		zpty -w -n line "$2"$'\t\C-Xz'
		zpty -r line said '*\<*\>*'
		said=${said##*<}
		print -r -- "${said%%>*}"
		zpty -d line
	END
	completes() {
		timeout 20 zsh -f complete.zsh "$tmp/dest/usr/share/zsh/site-functions" "$1"
	}
	is 'zsh: an option' "$(completes 'f1-listen --reu')" 'f1-listen --reuse-port '
	is 'zsh: of another program' "$(completes 'f1-pg --dead')" 'f1-pg --dead-letter '
	is 'zsh: a file' "$(completes 'f1-decode rac')" 'f1-decode race.bin '
	is 'zsh: a folder' "$(completes 'f1-ws --www ca')" 'f1-ws --www captures/'
	is 'zsh: a word' "$(completes 'f1-decode -t n')" 'f1-decode -t now '
	is 'zsh: a record' "$(completes 'f1-route lap_d')" 'f1-route lap_data'
else
	skip 'no zsh here' 6
fi
done_testing
