/* SPDX-License-Identifier: MIT */
/* names.js: the names of the games' numbers, from fields.json, which f1-ws makes of the layouts */

let enums = {};

/* load: without the names the page shows numbers */
export async function load(url)
{
	try {
		const answer = await fetch(url);

		if (answer.ok)
			enums = (await answer.json()).enums ?? {};
	} catch {
		enums = {};
	}
}

/*
 * name: what value means in the format year, or null. A number that the year's list lacks is looked up in the nearest
 * earlier one, since lists shrink while old drivers and teams still appear.
 */
export function name(enumeration, value, year)
{
	let best = null;

	if (value === null || value === undefined)
		return null;
	for (const row of enums[enumeration]?.values ?? []) {
		if (String(row.value) !== String(value) || row.from > year)
			continue;
		if (year <= row.to)
			return row.name;
		if (!best || row.to > best.to)
			best = row;
	}
	return best ? best.name : null;
}
