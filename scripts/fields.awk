# fields: makes man/f1-fields.5 of the layouts
# usage: f1-decode --layout | awk -f fields.awk input=layout - input=records lib/layout/records input=enums lib/layout/enums
# SPDX-License-Identifier: MIT

BEGIN {
	FS = "\t"
}

/^#/ || /^$/ { next }

# format packet_id packet record kind case keys name type count unit enum description
input == "layout" && $1 ~ /^[0-9]+$/ {
	record = $4
	if (!(record in packet)) {
		order[++records_n] = record
		years_of[record] = ""
	}
	packet[record, $1] = $2 " " $3
	packet[record] = 1
	kind[record] = $5
	if ($6 == "")
		keys[record] = $7
	else if ($7 != "" && !(record in keys))
		keys[record] = ""
	if ($6 != "" && $7 != "")
		case_car[$6] = 1
	years_of[record] = add_year(years_of[record], $1)

	# details of an event stand under its code, and the code itself stands once
	part = $6
	if (part != "" && $8 == "event_string_code")
		next
	if (part != "" && !((record, part) in part_seen)) {
		part_seen[record, part] = 1
		parts[record] = parts[record] " " part
	}
	if (part != "")
		part_years[record, part] = add_year(part_years[record, part], $1)
	id = record SUBSEP part
	field = id SUBSEP $8
	if (!((id, $1) in place_n))
		place_n[id, $1] = 0
	place[id, $1, ++place_n[id, $1]] = $8
	field_years[field] = add_year(field_years[field], $1)
	type[field, $1] = $9 ($10 > 1 ? "[" $10 "]" : "")
	unit[field, $1] = $11
	enumeration[field, $1] = $12
	text[field, $1] = $13
	if ($12 != "")
		used[$12] = 1
	next
}

input == "records" {
	name = $0
	sub(/ .*/, "", name)
	words[name] = $0
	sub(/^[^ ]+ +/, "", words[name])
	manual[++manual_n] = name
	next
}

input == "enums" && /^(enum|flags) / {
	split($0, w, " ")
	enum_kind[w[2]] = w[1]
	enums[++enums_n] = w[2]
	next
}

input == "enums" {
	line = $0
	gsub(/\t/, " ", line)
	sub(/^ +/, "", line)
	split(line, w, " ")
	sub(/^[^ ]+ +[^ ]+ +/, "", line)
	e = enums[enums_n]
	n = ++enum_n[e]
	enum_years[e, n] = years_between(w[1])
	enum_value[e, n] = w[2]
	enum_name[e, n] = line
	for (i = split(enum_years[e, n], y, " "); i > 0; i--)
		enum_all[e, y[i]] = 1
	if (e == "event_code")
		event_name[w[2]] = line
	next
}

function add_year(list, year) {
	return index(" " list " ", " " year " ") ? list : (list == "" ? year : list " " year)
}

function years_between(range,   y, n, i, list) {
	n = split(range, y, "-")
	for (i = y[1]; i <= y[n]; i++)
		list = add_year(list, i)
	return list
}

# "2018 2019 2021" as 2018-2019, 2021
function compress(list,   y, n, i, from, out) {
	n = split(list, y, " ")
	for (i = 1; i <= n; i++) {
		from = y[i]
		while (i < n && y[i + 1] == y[i] + 1)
			i++
		out = out (out == "" ? "" : ", ") from (from == y[i] ? "" : "\\(en" y[i])
	}
	return out
}

function formats(list) {
	return (list ~ / / ? "Formats " : "Format ") compress(list)
}

# plain words in a macro's line or at the beginning of one of text
function plain(s,   w, n, i, out) {
	gsub(/\\/, "\\e", s)
	n = split(s, w, " ")
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? " " : "") (w[i] ~ /^[A-Z%][A-Za-z0-9]?[A-Za-z0-9]?$|^[.']|^[][(),:;.!?|]$/ ? "\\&" : "") w[i]
	return out
}

# how a property of a field went through the years: "u16 until 2019, u8 from 2020"
function history(field, what,   y, n, i, v, from, count, out, value, when) {
	n = split(field_years[field], y, " ")
	for (i = 1; i <= n; i++) {
		v = what == "type" ? type[field, y[i]] : what == "unit" ? unit[field, y[i]] : enumeration[field, y[i]]
		if (count == 0 || v != value[count]) {
			value[++count] = v
			from[count] = y[i]
		}
		last[count] = y[i]
	}
	if (count == 1)
		return value[1]
	for (i = 1; i <= count; i++) {
		if (i > 1)
			out = out ", "
		when = "in " from[i] (from[i] == last[i] ? "" : "\\(en" last[i])
		if (i == 1)
			when = "until " last[i]
		else if (i == count)
			when = "from " from[i]
		out = out (value[i] == "" ? "none" : value[i]) " " when
	}
	return out
}

# a sentence of a description
function sentence(s) {
	s = plain(toupper(substr(s, 1, 1)) substr(s, 2))
	return s (s ~ /\.$/ ? "" : ".")
}

function print_field(field, name, all,   y, n, i, u, e, newest) {
	n = split(field_years[field], y, " ")
	newest = y[n]
	u = history(field, "unit")
	e = history(field, "enum")
	printf ".It Va %s No \\(em %s%s\n", name, plain(history(field, "type")), (u == "" ? "" : " , " plain(u))
	print sentence(text[field, newest])
	for (i = n - 1; i > 0; i--)
		if (text[field, y[i]] != text[field, y[i + 1]])
			printf "Until %s: %s\n", y[i], plain(text[field, y[i]]) "."
	if (e != "" && e ~ / /)
		print "Enumeration " plain(e) "."
	else if (e != "")
		printf "Enumeration\n.Sx %s .\n", e
	if (field_years[field] != all)
		print formats(field_years[field]) "."
}

# the newest year's order first, then what older years have more
function print_fields(id, all,   year, i, name, seen) {
	print ".Bl -tag -width 4n -compact"
	for (year = 2026; year >= 2018; year--)
		for (i = 1; i <= place_n[id, year]; i++) {
			name = place[id, year, i]
			if (name in seen)
				continue
			seen[name] = 1
			print_field(id SUBSEP name, name, all)
		}
	print ".El"
}

function from_packets(record,   y, n, i, list, p, w) {
	n = split(years_of[record], y, " ")
	for (i = 1; i <= n; i++)
		if (packet[record, y[i]] != packet[record, y[i - 1]])
			p[++list] = y[i]
	for (i = 1; i <= list; i++) {
		split(packet[record, p[i]], w, " ")
		printf "%spacket %s\n.Pq %s%s\n", (i > 1 ? "then " : "from "), w[1], w[2],
		    (i < list ? ", until " (p[i + 1] - 1) : "")
	}
}

function print_record(record,   k, n, i, codes, c, swap, j) {
	printf ".Ss %s\n%s.\n", record, plain(words[record])
	if (keys[record] != "") {
		n = split(keys[record], k, ",")
		printf "A %s with the index key%s\n", kind[record], (n > 1 ? "s" : "")
		for (i = 1; i <= n; i++)
			printf ".Va %s%s\n", k[i], (i < n ? "\nand" : " ,")
	} else if (record in parts) {
		printf "A %s, with the index key\n.Va car\nwhere the details are of a car,\n", kind[record]
	} else
		printf "A %s,\n", kind[record]
	from_packets(record)
	print "in " tolower(formats(years_of[record])) "."
	print ".Pp"
	print_fields(record SUBSEP "", years_of[record])
	n = split(parts[record], codes, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && codes[j] < codes[j - 1]; j--) {
			swap = codes[j]
			codes[j] = codes[j - 1]
			codes[j - 1] = swap
		}
	for (i = 1; i <= n; i++) {
		c = codes[i]
		printf ".Pp\n.Cm %s ,\n%s%s, %s:\n", c, plain(event_name[c]), ((c in case_car) ? ", of a car" : ""),
		    tolower(formats(part_years[record, c]))
		print_fields(record SUBSEP c, part_years[record, c])
	}
}

function print_enum(e,   i, y, all, value) {
	for (y = 2018; y <= 2026; y++)
		if ((e, y) in enum_all)
			all = add_year(all, y)
	printf ".Ss %s\n", e
	print (enum_kind[e] == "flags" ? "Bits" : "Values") " in " tolower(formats(all)) "."
	print ".Bl -column \"4294967295\" \"name\""
	for (i = 1; i <= enum_n[e]; i++) {
		value = enum_value[e, i]
		printf ".It %s Ta %s", plain(value), plain(enum_name[e, i])
		print (enum_years[e, i] == all ? "" : " Pq " compress(enum_years[e, i]))
	}
	print ".El"
}

END {
	print ".\\\" SPDX-License-Identifier: MIT"
	print ".\\\" made by scripts/fields.awk from lib/layout: change those"
	print ".Dd November 23, 2026"
	print ".Dt F1-FIELDS 5"
	print ".Os"
	print ".Sh NAME"
	print ".Nm f1-fields"
	print ".Nd fields of the telemetry records"
	print ".Sh DESCRIPTION"
	print "What the records of"
	print ".Xr f1-decode 1"
	print "hold, by record, in the newest format's order."
	print "The keys that begin every record are told in"
	print ".Xr f1-record 5 ;"
	print "the columns of the tables of"
	print ".Xr f1-pg 1"
	print "have the same names."
	print ".Pp"
	print "Each field is followed by its type on the wire, its unit if it has one, and what it says; then, where it is not so"
	print "in all formats of its record, by the formats in which it is there."
	print "A format is the year of the game's packet format."
	print "The types are"
	print ".Cm u8 , u16 , u32 , u64"
	print "for unsigned integers of so many bits,"
	print ".Cm i8 , i16"
	print "for signed ones,"
	print ".Cm f32 , f64"
	print "for floating point and"
	print ".Cm char"
	print "for a text of at most so many bytes."
	print ".Cm [4]"
	print "is an array of 4, of wheels always in the order rear left, rear right, front left, front right."
	print "The unit"
	print ".Cm ratio"
	print "is 0 to 1 or \\-1 to 1,"
	print ".Cm 1/32767"
	print "is a part of a direction, to be divided by 32767, and"
	print ".Cm mg"
	print "is a thousandth of the acceleration"
	print ".Cm g ."
	print ".Pp"
	print "The same table for programs, a line per field and format, is printed by"
	print ".Ql f1-decode --layout ."
	print ".Sh RECORDS"
	for (i = 1; i <= manual_n; i++)
		if (manual[i] in packet)
			print_record(manual[i])
		else
			fail("no such record: " manual[i])
	for (i = 1; i <= records_n; i++)
		if (!(order[i] in words))
			fail("no words for record " order[i])
	print ".Sh ENUMERATIONS"
	print "The numbers of a format mean the names that are not of other formats."
	print ".Xr f1-pg 1"
	print "makes a table"
	print ".Va enum_NAME"
	print "of each."
	for (i = 1; i <= enums_n; i++)
		print_enum(enums[i])
	print ".Sh SEE ALSO"
	print ".Xr f1-decode 1 ,"
	print ".Xr f1-pg 1 ,"
	print ".Xr f1-record 5"
	exit failed
}

function fail(why) {
	print "fields.awk: " why | "cat >&2"
	failed = 1
}
