# views.awk: the manual page of the views, from the comments on them
# usage: awk -f scripts/views.awk f1-pg/sql/f1-views.5.in FILE.sql...     the page, with @VIEWS@ where they belong
# SPDX-License-Identifier: MIT

BEGIN {
	split("sessions races drivers classification laps positions gaps stints pit_stops fastest_laps theoretical_best " \
	    "driver_consistency overtakes penalties incidents lap_trace tyre_wear fuel weather telemetry_gaps", order, " ")
	split("session_chain timeline restricted_cars lap_frames lap_moves lap_facts told_stints session_list", inner, " ")
	split("lap_time lap_compare lap_grid summarise", functions, " ")
	split("league_drivers lap_ends passes session_info frames", tables, " ")
}

FILENAME ~ /\.in$/ { page[++page_n] = $0; next }

# COMMENT ON KIND f1.NAME[.COLUMN] IS 'TEXT';
/^COMMENT ON / {
	kind = $3
	split($4, part, ".")
	text = $0
	sub(/^[^']*'/, "", text)
	sub(/';$/, "", text)
	gsub(/''/, "'", text)
	if (kind == "COLUMN") {
		if (!((part[2], part[3]) in columns))
			names[part[2]] = names[part[2]] " " part[3]
		columns[part[2], part[3]] = text
	} else
		comments[part[2]] = text
}

# the columns that have the same comment everywhere: ('name', 'text')
FILENAME ~ /common\.sql$/ && /^\t*\('[a-z_]+', '/ {
	split($0, word, "'")
	common[word[2]] = word[4]
	commons[++commons_n] = word[2]
}

function roff(s) {
	gsub(/\\/, "\\e", s)
	if (s ~ /^[.']/)
		s = "\\&" s
	return s
}

# long lines are broken behind sentences and clauses
function paragraph(s,   n, i, words, line) {
	n = split(roff(s ~ /[.?]$/ ? s : s "."), words, " ")
	line = words[1]
	for (i = 2; i <= n; i++) {
		if (length(line) > 90 || line ~ /[.]$/ && line !~ /e[.]g[.]$/) {
			print line
			line = words[i]
		} else
			line = line " " words[i]
	}
	print line
}

function entry(name,   n, i, words) {
	print ".It Va " name
	paragraph(comments[name])
	n = split(names[name], words, " ")
	if (n == 0)
		return
	print ".Bl -tag -width Ds -compact"
	for (i = 1; i <= n; i++) {
		print ".It Va " words[i]
		paragraph(columns[name, words[i]])
	}
	print ".El"
}

function section(title, list,   i) {
	print ".Ss " title
	print ".Bl -tag -width Ds"
	for (i = 1; i in list; i++)
		if (list[i] in comments)
			entry(list[i])
		else {
			print "views.awk: no comment on " list[i] > "/dev/stderr"
			exit 1
		}
	print ".El"
}

function views(   i) {
	print ".Ss Columns that many views have"
	print ".Bl -tag -width Ds -compact"
	for (i = 1; i <= commons_n; i++) {
		print ".It Va " commons[i]
		paragraph(common[commons[i]])
	}
	print ".El"
	section("Views to query", order)
	section("Functions", functions)
	section("Tables", tables)
	section("Views behind these", inner)
}

END {
	for (p = 1; p <= page_n; p++)
		if (page[p] == "@VIEWS@")
			views()
		else
			print page[p]
}
