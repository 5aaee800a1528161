/* SPDX-License-Identifier: MIT */
/* queries.mjs: every query of the dashboards against a database, as Grafana asks it; TAP lines without a plan
 *
 * usage: node queries.mjs [empty] DASHBOARD...      psql's environment says where the database is
 *
 * All sessions are gone through, and of each the first and the last car. What a panel is made of must be there: see `must`.
 */
import { fill, read, targets, transform } from './board.mjs';
import { ALWAYS, choose } from './choose.mjs';
import { ask, end, tell } from './psql.mjs';

const empty = process.argv[2] === 'empty', boards = process.argv.slice(empty ? 3 : 2).map(read);

let failed = 0;
function ok(name, errors)
{
	failed += errors.length ? 1 : 0;
	console.log(`${errors.length ? 'not ok' : 'ok'} - ${name}`);
	for (const line of errors.slice(0, 12))
		console.log(`# ${String(line).replaceAll('\n', '\n# ')}`);
}

/* What must have rows, by what the session is: all that is not told here must have some in every one that was driven. */
const may = {
	'f1-session': { gaps: ['Positions by lap', 'Gap to the leader'], seldom: ['Pit stops', 'Incidents', 'Penalties and warnings', 'Penalties'] },
	'f1-car': { gaps: [], seldom: ['Pit stops', 'Incidents', 'Penalties'] },
};
function must(board, asked, race)
{
	const title = asked.panel?.title ?? asked.note?.name ?? asked.name, exceptions = may[board.uid];

	return !exceptions?.seldom.includes(title) && (race || !exceptions?.gaps.includes(title));
}

/* what Grafana needs of the frames of a panel */
function complain(asked, frames)
{
	const { panel, target, note } = asked, errors = [];
	const rising = (values) => values.every((v, i) => typeof v === 'number' && (i === 0 || v > values[i - 1]));

	for (const { columns, rows, cells } of frames) {
		if (note && rows.some((r) => !r.time || !r.text || r.tags === null))
			errors.push('a mark without time, text or tag');
		if (panel?.type === 'trend') {
			if (frames.length > 1)
				errors.push('a trend of more than one frame');
			if (!rising(rows.map((r) => r[columns[0]])))
				errors.push(`${columns[0]} does not rise: ${rows.map((r) => r[columns[0]]).slice(0, 20)}`);
		}
		if (rows.length === 1 && panel?.fieldConfig.defaults.custom?.showPoints === 'never')
			errors.push('one point alone is not seen');
		if (panel?.transformations?.[0].options.columnField === 'race' && !rising(columns.slice(1).map((c) => parseInt(c))))
			errors.push(`races in another order: ${columns}`);
		if (cells && cells !== rows.reduce((n, r) => n + Object.keys(r).length - 1, 0))
			errors.push('two rows in one cell of the matrix');
		if (['timeseries', 'state-timeline'].includes(panel?.type) && panel.datasource.type !== 'prometheus') {
			const times = rows.map((r) => Date.parse(r.time)), metrics = rows.map((r) => `${r.time} ${r.driver ?? ''}`);

			if (!times.every((t, i) => Number.isFinite(t) && (i === 0 || t >= times[i - 1])))
				errors.push('times do not rise');
			if (new Set(metrics).size < rows.length)
				errors.push('two rows of one time and name');
			/* Grafana makes a series of each name; of a column metric it would make no label */
			if (target.format === 'time_series' && columns.join() !== `time,driver,${columns[2]}`)
				errors.push(`a time series of ${columns}`);
		}
	}
	return errors;
}

/* names: what overrides, links and series speak of must be there */
function unknown(panel, frames, columns)
{
	const have = new Set(frames.flatMap((f) => f.columns)), errors = [];

	for (const { matcher } of panel.fieldConfig.overrides) {
		if (matcher.id === 'byName' && !have.has(matcher.options))
			errors.push(`an override for ${matcher.options}, of ${[...have]}`);
		if (matcher.id === 'byRegexp' && ![...have].some((name) => new RegExp(matcher.options).test(name)))
			errors.push(`an override for ${matcher.options}, of ${[...have]}`);
	}
	for (const [, name] of JSON.stringify(panel).matchAll(/\$\{__data\.fields\.(\w+)\}/g))
		if (!columns.includes(name))
			errors.push(`a link takes ${name}, of ${columns}`);
	for (const name of (panel.options.series ?? []).flatMap((s) => [s.x, s.y, s.color]).map((m) => m?.matcher.options))
		if (!have.has(name))
			errors.push(`a series of ${name}, of ${[...have]}`);
	return errors;
}

/* driven: has the chosen car a lap that was seen, and the reference, too? */
async function driven(values)
{
	const cars = [values.car, values.ref_car].filter((c) => c !== undefined).map((c) => c || -1);
	const { rows } = await ask(`SELECT count(DISTINCT car) FROM f1.laps WHERE race_id = f1.session_uid('${values.session}') AND complete AND seen
		${cars.length ? `AND car IN (${cars})` : ''}`);

	return rows[0].count >= Math.max(1, cars.length);
}

/* look: everything of a dashboard once. Notes in `seen` what had rows and values. */
async function look(board, picks, race, seen)
{
	const errors = [], results = new Map();
	const values = await choose(board, picks, errors), full = !empty && (values.session === undefined || await driven(values));

	for (const asked of targets(board).filter((t) => !t.variable && t.datasource.type !== 'prometheus')) {
		try {
			const result = asked.sql ? await ask(fill(asked.sql, values, ALWAYS)) : results.get(asked.target.panelId);

			if (asked.panel && asked.sql)
				results.set(asked.panel.id, result);
			if (result.rows.length === 0) {
				if (full && must(board, asked, race))
					errors.push(`${asked.name}: no rows`);
				continue;
			}
			const frames = asked.panel ? transform(asked.panel.transformations, result) : [result];

			errors.push(...complain(asked, frames).map((e) => `${asked.name}: ${e}`));
			if (asked.panel)
				errors.push(...unknown(asked.panel, frames, result.columns).map((e) => `${asked.name}: ${e}`));
			for (const column of result.columns)
				seen.set(`${board.uid}: ${asked.name}: ${column}`, seen.get(`${board.uid}: ${asked.name}: ${column}`) ||
				    result.rows.some((r) => r[column] !== null));
			seen.set(`${board.uid}: ${asked.name}`, true);
		} catch (e) {
			errors.push(`${asked.name}: ${e.message}`);
		}
	}
	return [errors, values];
}

const seen = new Map();
for (const board of boards)
	for (const asked of targets(board).filter((t) => t.sql && !t.variable))
		seen.set(`${board.uid}: ${asked.name}`, false);

await tell('SET client_min_messages = warning;');
const { rows: sessions } = await ask(`SELECT race, is_race, player_car,
	concat_ws(' ', packet_format, track, session_type) AS name, (SELECT count(*) FROM f1.drivers d WHERE d.race_id = r.race_id) AS cars
	FROM f1.races r ORDER BY 1`);
if (empty)
	ok('there is no session', sessions.map((s) => s.name));
for (const board of boards) {
	const bySession = board.templating.list.some((v) => v.name === 'session');

	if (empty || !bySession) {
		const [errors] = await look(board, {}, true, seen);

		ok(`${board.uid}${empty ? ': nothing, and no error' : ''}`, errors);
		continue;
	}
	for (const session of sessions) {
		const byCar = board.templating.list.some((v) => v.name === 'car');

		for (const which of byCar ? ['first', 'last'] : ['first']) {
			const [errors, values] = await look(board, { session: (all) => all.find((o) => o.value === session.race),
			    car: (all) => which === 'first' ? all[0] : all.at(-1) }, session.is_race, seen);

			if (which === 'first' && byCar && session.player_car !== null && Number(values.car) !== session.player_car)
				errors.push(`the first car is ${values.car}, not the player's ${session.player_car}`);
			if (values.ref_car !== undefined && values.ref_car === values.car && (session.cars > 1 || values.ref_lap === values.lap))
				errors.push('the reference is no other car, or lap of the only one');
			ok(`${board.uid}: ${session.name} ${session.race}${byCar ? `, ${which} car` : ''}`, errors);
		}
	}
}
/* f1-sim gives penalties to one car only */
if (!empty)
	ok('each query, and each of its columns, had something to tell', [...seen].filter(([name, any]) => !any &&
	    !name.endsWith('Penalties and warnings: Other')).map(([name]) => name));
end();
console.log('# all');
process.exit(failed ? 1 : 0);
