# sql.awk: SQL files into C, as texts, with the names of the views and functions that they make
# usage: awk -f scripts/sql.awk FILE...
# SPDX-License-Identifier: MIT

BEGIN {
	print "/* made by scripts/sql.awk */"
	print "#include \"sql.h\"\n"
	print "const char *const sql_texts[] = {"
}

FNR == 1 && NR > 1 { print "\t," }

{
	line = $0
	gsub(/\\/, "\\\\", line)
	gsub(/"/, "\\\"", line)
	print "\t\"" line "\\n\""
}

/^CREATE OR REPLACE VIEW f1\./ { views[++views_n] = name($5) }
/^CREATE OR REPLACE FUNCTION f1\./ && !/RETURNS trigger/ { functions[++functions_n] = name($5) }

function name(word) {
	sub(/^f1\./, "", word)
	sub(/[^a-z0-9_].*/, "", word)
	return word
}

function list(what, names, n,   i) {
	printf "const char *const %s[] = {", what
	for (i = 1; i <= n; i++)
		printf " \"%s\",", names[i]
	print " NULL };"
}

END {
	print "\t, NULL };"
	list("sql_views", views, views_n)
	list("sql_functions", functions, functions_n)
}
