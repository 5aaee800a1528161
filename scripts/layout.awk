# layout.awk: the texts of lib/layout to constant tables in C; lib/layout/README is the grammar
# usage: awk -f layout.awk lib/layout/records lib/layout/enums lib/layout/20?? >layouts.c
# SPDX-License-Identifier: MIT

function bad(s) { printf "%s:%d: %s\n", FILENAME, FNR, s | "cat >&2"; errors++ }
function say(s) { printf "%s\n", s | "cat >&2"; errors++ }
function quote(s) { gsub(/[\\"]/, "\\\\&", s); return "\"" s "\"" }
function rest(n,	s, i) {	# the line from its nth word on
	s = $0
	for (i = 1; i < n; i++) { sub(/^[ \t]+/, "", s); sub(/^[^ \t]+/, "", s) }
	sub(/^[ \t]+/, "", s); sub(/[ \t]+$/, "", s)
	return s
}

BEGIN {
	n = split("u8 1 i8 1 u16 2 i16 2 u32 4 u64 8 f32 4 f64 8 char 1", t)
	for (i = 1; i <= n; i += 2) width[t[i]] = t[i + 1]
	n = split("- % 1/32767 J L N Hz W deg degC g kg km/h laps m m/s min mg mm mm/s mm/s2 ms psi rad rad/s rad/s2 ratio rpm s", t)
	for (i = 1; i <= n; i++) unit[t[i]] = 1
	# every integer fits the type to the right of its own; see wider()
	n = split("u8 i8 i16 u16 u32 u64 f32 f64 char", t)
	for (i = 1; i <= n; i++) rank[t[i]] = i
	bit[2018] = 1
	for (i = 2019; i <= 2026; i++) bit[i] = 2 * bit[i - 1]
}

function wider(a, b) {
	if ((a == "i8" && b == "u8") || (a == "u8" && b == "i8")) return "i16"
	return rank[a] > rank[b] ? a : b
}

/^#/ || NF == 0 { next }

FILENAME ~ /records$/ {
	if ($1 in record_text) bad("record " $1 " twice")
	record_text[$1] = rest(2); record_order[++records] = $1; record_number[$1] = records - 1
	next
}

FILENAME ~ /enums$/ {
	if ($1 == "enum" || $1 == "flags") {
		if ($2 in enum_number) bad("enumeration " $2 " twice")
		current = $2; enum_order[++enums] = $2; enum_number[$2] = enums; enum_flags[$2] = ($1 == "flags"); enum_values[$2] = 0
		next
	}
	split($1, span, "-")
	if ($1 !~ /^20[0-9][0-9]-20[0-9][0-9]$/ || span[1] > span[2]) bad("formats " $1)
	if (current != "event_code" && $2 !~ /^-?[0-9]+$/) bad("value " $2)
	if (NF < 3) bad("no name")
	for (y = span[1] + 0; y <= span[2]; y++) {
		if ((current, y, $2) in enum_has) bad(current " " $2 " twice in " y)
		enum_has[current, y, $2] = 1; enum_known[current, y] = 1
	}
	i = ++enum_values[current]
	enum_value[current, i] = "{ " span[1] ", " span[2] ", " quote($2) ", " quote(rest(3)) " }"
	next
}

# the years
$1 == "format" {
	finish(); year = $2 + 0; where = ""; split("", struct_size); split("", struct_n); split("", headers)
	if (FILENAME !~ year "$") bad("format " year)
	years[++years_n] = year
	next
}
$1 == "header" { finish(); where = "header"; want = $2 + 0; open(); next }
$1 == "struct" {
	finish(); where = $2; want = $3 + 0; open()
	if (where in struct_size || where in width) bad("struct " where " twice")
	next
}
$1 == "packet" {
	finish(); where = "packet"; id = $2 + 0; packet = $3; want = $4 + 0; every = closing = rate = 0; event_case = ""
	for (i = 5; i <= NF; i++) {
		if ($i == "frame") every = 1
		else if ($i == "closing") closing = 1
		else if ($i ~ /^[0-9]+([.][0-9])?hz$/) rate = 10 * substr($i, 1, length($i) - 2)
		else bad("unknown word " $i)
	}
	if ((year, id) in packet_place) bad("packet " id " twice")
	if (id in packet_name && packet_name[id] != packet) bad("packet " id " is " packet_name[id] " in another year")
	packet_name[id] = packet
	open(); bytes = header_size; sources = 0
	next
}
$1 == "record" && where == "packet" {
	if (NF != 6) bad("a record has NAME KIND SOURCE KEYS WHICH")
	source[++sources] = $2 " " $3 " " $4 " " $5 " " $6
	next
}
$1 == "case" && where == "packet" {
	if (event_case == "") common = bytes
	event_case = $2; bytes = common
	if (!(("event_code", year, event_case) in enum_has)) bad("event " event_case " is not known in " year)
	cases[++cases_n] = event_case
	next
}
$1 == "column" {
	if ($3 !~ /^(\/|[+])[0-9]+$/) bad("column " $3)
	for (i = 1; i <= members && m_name[i] != $2; i++) continue
	if (i > members) bad("no field " $2)
	m_scale[i] = substr($3, 2); m_divide[i] = (substr($3, 1, 1) == "/")
	next
}
{
	if (where == "") { bad("unknown word " $1); next }
	name = $2; count = 1
	if (match(name, /\[[0-9]+\]$/)) {
		count = substr(name, RSTART + 1, RLENGTH - 2) + 0; name = substr(name, 1, RSTART - 1)
	}
	if (name !~ /^[a-z][a-z0-9_]*$/) bad("name " name)
	if ((event_case, name) in m_seen) bad(name " twice")
	m_seen[event_case, name] = 1
	if (!($3 in unit)) bad("unknown unit " $3)
	if ($4 != "-" && !(($4, year) in enum_known)) bad("no values of " $4 " for " year)
	if (NF < 5) bad("no description of " name)
	if ($1 in width) size = width[$1]
	else if ($1 in struct_size) size = struct_size[$1]
	else { bad("unknown type " $1); next }
	i = ++members
	m_type[i] = $1; m_name[i] = name; m_count[i] = count; m_unit[i] = $3 == "-" ? "" : $3; m_enum[i] = $4 == "-" ? "" : $4
	m_text[i] = rest(5); m_offset[i] = bytes; m_case[i] = event_case; m_scale[i] = 0; m_divide[i] = 0
	bytes += size * count
	if (bytes > longest) longest = bytes
	next
}

function open() {
	members = bytes = longest = cases_n = 0; event_case = ""
	split("", m_seen)
}

# the end of a header, a struct or a packet
function finish(	i) {
	if (where == "") return
	if (longest != want) bad((where == "packet" ? packet : where) ": " longest " bytes, expected " want)
	if (where == "packet") { finish_packet(); return }
	struct_size[where] = want; struct_n[where] = members
	for (i = 1; i <= members; i++) {
		s_line[where, i] = m_type[i] SUBSEP m_name[i] SUBSEP m_count[i] SUBSEP m_unit[i] SUBSEP m_enum[i] SUBSEP \
		    m_text[i] SUBSEP m_offset[i] SUBSEP m_divide[i] SUBSEP m_scale[i]
		if (where == "header") headers[m_name[i]] = m_offset[i]
	}
	if (where == "header") {
		header_size = want
		header[year] = "{ " want ", " headers["packet_id"] ", " headers["session_uid"] ", " headers["session_time"] ", " \
		    headers["frame_identifier"] ", " headers["overall_frame_identifier"] + 0 ", " headers["player_car_index"] ", " \
		    headers["secondary_player_car_index"] + 0 " }"
	}
}

# a field of the source being made, by its parts
function emit(name, type, count, u, e, text, offset, divide, scale,	k) {
	if ((rec, name) in in_source) { bad(rec ": " name " twice"); return }
	in_source[rec, name] = 1
	f_list = f_list sprintf("\t{ %s, %s, %s, %s, %d, %d, LAYOUT_%s, %d, %d },\n", quote(name), quote(u), quote(e), quote(text), \
	    offset, count, toupper(type), divide, scale)
	f_n++
	# the union of all years
	k = rec SUBSEP name
	if (!(k in c_type)) {
		c_order[rec, ++c_n[rec]] = name; c_type[k] = type
	}
	c_type[k] = wider(c_type[k], type)
	if (!((k, year) in c_year)) { c_year[k, year] = 1; c_years[k] += bit[year] }
	c_text[k] = text; c_enum[k] = e; c_last[k] = year
	c_count[k] = type == "char" && c_count[k] > count ? c_count[k] : count
	if (!((k, "rank") in c_rank) || c_rank_year[k] != year) { c_rank[k, "rank"] = f_n; c_rank_year[k] = year }
	if (!scale) {
		if ((k in c_unit) && c_unit[k] != u) bad(rec ": " name " is in " u ", in other years in " c_unit[k])
		c_unit[k] = u
	}
}

function emit_struct(struct, base,	i, part) {
	for (i = 1; i <= struct_n[struct]; i++) {
		split(s_line[struct, i], part, SUBSEP)
		if (part[1] in struct_size) continue
		if (part[2] in skip) continue
		emit(part[2], part[1], part[3], part[4], part[5], part[6], base + part[7], part[8], part[9])
	}
}

function member(name,	i) {
	for (i = 1; i <= members; i++) if (m_name[i] == name) return i
	return 0
}
function struct_member(struct, name,	i, part) {	# its place, with the parts in mem[]
	for (i = 1; i <= struct_n[struct]; i++) {
		split(s_line[struct, i], mem, SUBSEP)
		if (mem[2] == name) return i
	}
	return 0
}

# one record line, for one case of an event ("" for all others)
function make_source(line, code,	w, part, n, i, j, m, keys, keys_n, key, level, add, fld, type, levels, base, size, struct, \
    outer, inner, which, limit, limit_level, status, lev, first_outer, withheader, single, f) {
	split(line, w, " "); rec = w[1]
	if (!(rec in record_number)) { bad("record " rec " is not in the list of records"); return }
	split("", in_source); split("", skip); f_list = ""; f_n = 0
	levels = base = first_outer = size = limit = limit_level = status = 0; lev = "{ { 0, 0 }, { 0, 0 } }"; struct = ""; single = ""
	if (w[3] ~ /^header[+]/) { withheader = 1; sub(/^header[+]/, "", w[3]) }
	if (w[3] != ".") {
		if (w[3] ~ /:/) { single = w[3]; sub(/^.*:/, "", single); sub(/:.*$/, "", w[3]) }
		n = split(w[3], part, "[.]")
		m = member(part[1])
		if (!m || !(m_type[m] in struct_size)) { bad("no array " part[1]); return }
		outer = m_type[m]; struct = outer; base = first_outer = m_offset[m]; size = struct_size[outer]
		levels = m_count[m] > 1
		lev = "{ { " m_count[m] ", " size " }, { 0, 0 } }"
		if (n == 2) {
			if (!struct_member(outer, part[2])) { bad("no array " part[2]); return }
			levels = 2; base += mem[7]
			i = single != "" ? width[mem[1]] : struct_size[mem[1]]
			lev = "{ { " m_count[m] ", " size " }, { " mem[3] ", " i " } }"
			size = i; struct = mem[1]
		}
	}
	# which elements
	n = split(w[5], part, ","); which = "0"
	for (i = 1; i <= n; i++) {
		if (part[i] == "all") continue
		if (part[i] == "active") which = which " | LAYOUT_ACTIVE"
		else if (part[i] == "used") which = which " | LAYOUT_USED"
		else if (part[i] == "result") {
			which = which " | LAYOUT_RESULT"
			if (!struct_member(struct, "result_status")) bad("no result_status in " struct)
			status = mem[7]
		} else if (part[i] ~ /^upto:/) {
			which = which " | LAYOUT_UPTO"; f = substr(part[i], 6)
			if ((m = member(f))) { limit = m_offset[m]; limit_level = 1 }
			else if (levels == 2 && struct_member(outer, f)) { limit = mem[7]; limit_level = 2 }
			else bad("no counter " f)
		} else bad("unknown word " part[i])
	}
	# keys
	n = split(w[4], part, ","); keys = ""; keys_n = 0; f = "" ; i = 0
	if (w[4] == "-") n = 0
	for (j = 1; j <= n; j++) {
		if (part[j] == "*") { f = "*"; continue }
		i = index(part[j], "="); key = substr(part[j], 1, i - 1)
		level = add = fld = 0; type = "U8"
		m = split(substr(part[j], i + 1), term, "+")
		for (i = 1; i <= m; i++) {
			if (term[i] == "#") level = 1
			else if (term[i] == "##") level = 2
			else if (term[i] ~ /^[0-9]+$/) add += term[i]
			else if (struct != "" && struct in struct_size && levels == 0 && struct_member(struct, term[i])) {
				fld = base + mem[7]; skip[term[i]] = 1
			} else if (field_of(term[i], code)) {
				fld = m_offset[field_of(term[i], code)]
				if (m == 1) skip[term[i]] = 1
				else type = "U16"
			} else fld = -1
		}
		if (fld == -1) {	# an event without a car; anything else is a mistake
			if (packet != "event") bad("no field " part[j])
			continue
		}
		keys = keys sprintf("\t{ %s, LAYOUT_%s, %d, %d, %d },\n", quote(key), type, level, add, fld); keys_n++
		note_key(key, type, keys_n)
	}
	if (!(rec in r_kind)) { r_kind[rec] = w[2]; r_star[rec] = f }
	r_packet[rec] = id
	if (w[2] != "sample" && w[2] != "state") bad("kind " w[2])
	if (r_kind[rec] != w[2] || r_star[rec] != f) bad(rec " is of another kind elsewhere")
	if (r_years_last[rec] != year) { r_years[rec] += bit[year]; r_years_last[rec] = year }
	if (code == "") {
		if (!((rec, year) in r_main)) r_main[rec, year] = w[4]
	}
	# fields
	if (single != "") {
		split(w[3], part, "[.]"); struct_member(outer, part[2])
		emit(single, mem[1], 1, mem[4], mem[5], mem[6], 0, 0, 0)
	} else if (w[3] == ".") {
		if (withheader)
			for (i = 1; i <= struct_n["header"]; i++) {
				split(s_line["header", i], part, SUBSEP)
				if (part[2] !~ /^(packet_format|packet_id|session_uid|session_time|frame_identifier|overall_frame_identifier|player_car_index)$/)
					emit(part[2], part[1], part[3], part[4], part[5], part[6], part[7], 0, 0)
			}
		for (i = 1; i <= members; i++) {
			if (m_type[i] in struct_size) continue
			if (m_case[i] != "" && m_case[i] != code) continue
			if (m_name[i] in skip) continue
			emit(m_name[i], m_type[i], m_count[i], m_unit[i], m_enum[i], m_text[i], m_offset[i], m_divide[i], m_scale[i])
		}
	} else
		emit_struct(struct, 0)
	tables = tables "static const struct layout_field fields_" ++serial "[] = {\n" f_list "};\n"
	if (keys_n) tables = tables "static const struct layout_key keys_" serial "[] = {\n" keys "};\n"
	s_list = s_list sprintf("\t{ %d, %s, %s, %d, %d, %d, %d, %s, %d, %d, %d, %d, %s, %d, fields_%d },\n", record_number[rec], which, \
	    quote(code), levels, base, first_outer, size, lev, limit, limit_level, status, keys_n, keys_n ? "keys_" serial : "NULL", f_n, serial)
	s_n++
}

function field_of(name, code,	i) {
	for (i = 1; i <= members; i++)
		if (m_name[i] == name && !(m_type[i] in struct_size) && (m_case[i] == "" || m_case[i] == code)) return i
	return 0
}

function note_key(key, type, place,	i) {
	for (i = 1; i <= r_keys[rec]; i++) if (r_key[rec, i] == key) break
	if (i > r_keys[rec]) { r_key[rec, i] = key; r_keys[rec] = i }
	if (type == "U16") r_wide[rec, i] = 1
}

function finish_packet(	i, j, m, status, stride) {
	s_list = ""; s_n = 0; tables = ""; status = stride = 0
	split("", covered)
	if (packet == "event") {
		make_source(source[1], "")
		for (j = 1; j <= cases_n; j++) make_source(source[1], cases[j])
	} else
		for (i = 1; i <= sources; i++) make_source(source[i], "")
	# every part must become a record
	for (i = 1; i <= sources; i++) { split(source[i], m_part, " "); sub(/:.*/, "", m_part[3]); sub(/^header[+]/, "", m_part[3]); covered[m_part[3]] = 1 }
	for (i = 1; i <= members; i++) {
		if (!(m_type[i] in struct_size)) { if (!("." in covered)) bad(packet ": " m_name[i] " becomes no record") }
		else if (!(m_name[i] in covered)) {
			j = 0
			for (m in covered) if (index(m, m_name[i] ".") == 1) j = 1
			if (!j) bad(packet ": " m_name[i] " becomes no record")
		}
	}
	if (packet == "lap_data") {
		i = member("cars"); struct_member(m_type[i], "result_status")
		status = m_offset[i] + mem[7]; stride = struct_size[m_type[i]]
	}
	if (want > max) max = want
	body = body tables "static const struct layout_source sources_" year "_" id "[] = {\n" s_list "};\n\n"
	packet_place[year, id] = ++packets
	p_list = p_list sprintf("\t{ %d, %d, %d, %d, %d, %d, %d, %s, %d, sources_%d_%d, %d, %d },\n", year, id, every, cases_n > 0, closing, rate, want, quote(packet), \
	    s_n, year, id, status, stride)
}

END {
	finish()
	if (max != 1470) say("the longest packet has " max " bytes: set LAYOUT_PACKET_MAX")
	for (i = 1; i <= records; i++) if (!(record_order[i] in r_kind)) say("no packet makes a record " record_order[i])
	if (errors) exit 1
	print "/* made by scripts/layout.awk of the texts in lib/layout: do not edit */\n#include \"layout.h\"\n"
	printf "%s", body
	print "const struct layout_packet layout_packets[] = {\n" p_list "};\nconst size_t layout_packets_n = " packets ";\n"
	print "extern const uint8_t layout_index[LAYOUT_YEARS][LAYOUT_IDS];\nconst uint8_t layout_index[LAYOUT_YEARS][LAYOUT_IDS] = {"
	for (y = 2018; y <= 2026; y++) {
		s = ""
		for (i = 0; i < 17; i++) s = s (i ? ", " : "") packet_place[y, i] + 0
		print "\t{ " s " },"
	}
	print "};\n\nconst struct layout_header layout_headers[LAYOUT_YEARS] = {"
	for (y = 2018; y <= 2026; y++) print "\t" header[y] ","
	print "};\n"
	for (i = 1; i <= records; i++) {
		rec = record_order[i]
		print "static const struct layout_column columns_" i "[] = {"
		for (y = 2026; y >= 2018; y--) for (j = 1; j <= c_n[rec]; j++) {	# the newest year's order first
			k = rec SUBSEP c_order[rec, j]
			if (c_last[k] != y) continue
			ordered[y, c_rank[k, "rank"]] = ordered[y, c_rank[k, "rank"]] sprintf("\t{ %s, %s, %s, %s, %d, %d, LAYOUT_%s },\n", \
			    quote(c_order[rec, j]), quote(c_unit[k]), quote(c_enum[k]), quote(c_text[k]), c_count[k], c_years[k], toupper(c_type[k]))
			if (c_rank[k, "rank"] > most) most = c_rank[k, "rank"]
		}
		for (y = 2026; y >= 2018; y--) for (j = 1; j <= most; j++) if ((y, j) in ordered) {
			printf "%s", ordered[y, j]; delete ordered[y, j]
		}
		print "};"
		list = list sprintf("\t{ %s, %s, %d, LAYOUT_%s, %d, %d, { %s, %s }, { %d, %d }, %d, %d, columns_%d },\n", quote(rec), \
		    quote(record_text[rec]), r_packet[rec], toupper(r_kind[rec]), r_star[rec] == "*", r_keys[rec], \
		    r_keys[rec] > 0 ? quote(r_key[rec, 1]) : "NULL", r_keys[rec] > 1 ? quote(r_key[rec, 2]) : "NULL", \
		    1 + r_wide[rec, 1], 1 + r_wide[rec, 2], r_years[rec], c_n[rec], i)
	}
	print "\nconst struct layout_record layout_records[] = {\n" list "};\nconst size_t layout_records_n = " records ";\n"
	for (i = 1; i <= enums; i++) {
		e = enum_order[i]
		print "static const struct layout_enum_value values_" i "[] = {"
		for (j = 1; j <= enum_values[e]; j++) print "\t" enum_value[e, j] ","
		print "};"
		elist = elist sprintf("\t{ %s, %d, %d, values_%d },\n", quote(e), enum_flags[e], enum_values[e], i)
	}
	print "\nconst struct layout_enum layout_enums[] = {\n" elist "};\nconst size_t layout_enums_n = " enums ";"
}
