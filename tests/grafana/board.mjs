/* SPDX-License-Identifier: MIT */
/* board.mjs: a dashboard of Grafana as JSON: what it asks, and whether it holds together */
import { readFileSync } from 'node:fs';

export function read(file)
{
	return JSON.parse(readFileSync(file, 'utf8'));
}

/* targets: all that a dashboard asks for, in the order in which Grafana does: variables, annotations, panels */
export function targets(board)
{
	const variables = board.templating.list.map((v) => ({ name: `variable ${v.name}`, datasource: v.datasource, sql: v.query, variable: v }));
	const notes = board.annotations.list.map((n) => ({ name: `annotation ${n.name}`, datasource: n.datasource, sql: n.target.rawSql, note: n }));
	const panels = board.panels.filter((p) => p.type !== 'row').flatMap((panel) => panel.targets.map((target) => ({
		name: `panel ${panel.id} ${panel.title}`.trim(), datasource: target.datasource, sql: target.rawSql, expr: target.expr, panel, target })));

	return [...variables, ...notes, ...panels];
}

/* fill: macros and variables as Grafana's PostgreSQL data source puts them in. `values` by name: a text, or a list of them */
export function fill(sql, values, range)
{
	const quote = (text) => `'${text.replaceAll("'", "''")}'`, [from, to] = range.map((t) => quote(t.toISOString()));

	return sql
		.replace(/\$__timeFilter\(((?:[^()]|\([^()]*\))*)\)/g, (_, column) => `${column} BETWEEN ${from} AND ${to}`)
		.replace(/\$__timeFrom\(\)/g, from)
		.replace(/\$__timeTo\(\)/g, to)
		.replace(/\$(?:\{(\w+)\}|(\w+))/g, (found, a, b) => {
			const value = values[a ?? b];

			if (value === undefined)
				throw new Error(`${found} is no variable here`);
			return Array.isArray(value) ? value.map(quote).join(',') : value.replaceAll("'", "''");
		});
}

/* transform: what the transformations of a panel make of rows; the frames, each { columns, rows } */
export function transform(transformations, frame)
{
	let frames = [frame];

	for (const { id, options } of transformations ?? []) {
		const have = (name) => {
			if (!frames[0].columns.includes(name))
				throw new Error(`${id}: no column ${name}`);
		};

		if (id === 'filterFieldsByName') {
			options.include.names.forEach(have);
			frames = frames.map((f) => ({ columns: f.columns.filter((c) => options.include.names.includes(c)), rows: f.rows }));
		} else if (id === 'groupingToMatrix') {
			const { rowField: row, columnField: column, valueField: value } = options, first = `${row}\\${column}`, cells = new Map();

			[row, column, value].forEach(have);
			const columns = [...new Set(frame.rows.map((r) => r[column]))];
			for (const r of frame.rows) {
				if (!cells.has(r[row]))
					cells.set(r[row], { [first]: r[row] });
				cells.get(r[row])[r[column]] = r[value];
			}
			frames = [{ columns: [first, ...columns], rows: [...cells.values()], cells: frame.rows.length }];
		} else if (id === 'partitionByValues') {
			options.fields.forEach(have);
			const parts = new Map();

			for (const r of frame.rows)
				parts.set(r[options.fields[0]], [...(parts.get(r[options.fields[0]]) ?? []), r]);
			frames = [...parts.values()].map((rows) => ({ columns: frame.columns.filter((c) => !options.fields.includes(c)), rows }));
		} else
			throw new Error(`${id}: a transformation that is not known here`);
	}
	return frames;
}
