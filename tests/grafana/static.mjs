/* SPDX-License-Identifier: MIT */
/* static.mjs: do the dashboards hold together, with one another and with what is provisioned? TAP lines without a plan
 *
 * usage: node static.mjs DATASOURCES.yaml DASHBOARD...
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { read, targets } from './board.mjs';

const [yaml, ...files] = process.argv.slice(2), boards = new Map(files.map((f) => [path.basename(f, '.json'), read(f)]));
const sources = new Map([...readFileSync(yaml, 'utf8').matchAll(/^ {4}uid: (\S+)\n(?: {4}#.*\n)*? {4}type: (\S+)$/gm)].map(([, uid, type]) => [uid, type]));
const variables = (board) => board.templating.list.map((v) => v.name);

sources.set('-- Dashboard --', 'datasource');

function ok(name, errors)
{
	console.log(`${errors.length ? 'not ok' : 'ok'} - ${name}`);
	for (const line of errors)
		console.log(`# ${line}`);
}

/* source: a data source that is provisioned, with its type */
function source(what, datasource)
{
	return sources.get(datasource?.uid) === datasource?.type && datasource?.uid ? [] : [`${what}: data source ${JSON.stringify(datasource)}`];
}

/* layout: no panel on another, all within 24 columns, rows over the whole width */
function layout(board)
{
	const taken = new Set(), errors = [];

	for (const { id, gridPos: { x, y, w, h } } of board.panels) {
		if (x < 0 || w < 1 || x + w > 24)
			errors.push(`panel ${id}: from column ${x} to ${x + w}`);
		for (let i = x; i < x + w; i++)
			for (let k = y; k < y + h; k++)
				if (taken.size === taken.add(`${i},${k}`).size)
					errors.push(`panel ${id} lies on another at ${i},${k}`);
	}
	return [...new Set(errors)].slice(0, 5);
}

/* links: a dashboard that is there, and variables that it has; and what is said of ours */
function links(board)
{
	const all = [...board.links, ...board.panels.flatMap((p) => (p.fieldConfig?.overrides ?? []).flatMap((o) => o.properties))
		.filter((p) => p.id === 'links').flatMap((p) => p.value)], errors = [];

	for (const { url } of all) {
		const [, uid, query] = /^\/d\/([a-z0-9-]+)(?:\?(.*))?$/.exec(url) ?? [];

		if (!boards.has(uid)) {
			errors.push(`${url} leads nowhere`);
			continue;
		}
		for (const part of query?.split('&') ?? []) {
			const [, theirs] = /^var-(\w+)=/.exec(part) ?? [], [, ours] = /^\$\{(\w+):queryparam\}$/.exec(part) ?? [];
			const [, until] = /^to=\$\{(\w+)\}$/.exec(part) ?? [];

			if (theirs && !variables(boards.get(uid)).includes(theirs))
				errors.push(`${url}: ${uid} has no variable ${theirs}`);
			if (ours && !(variables(board).includes(ours) && variables(boards.get(uid)).includes(ours)))
				errors.push(`${url}: ${ours} is not a variable of both`);
			if (until && !variables(board).includes(until))
				errors.push(`${url}: ${until} is no variable`);
			if (!theirs && !ours && !/^(from|to)=|^\$\{__url_time_range\}$/.test(part))
				errors.push(`${url}: ${part}`);
		}
	}
	return errors;
}

for (const [name, board] of boards) {
	const ids = board.panels.map((p) => p.id), panels = board.panels.filter((p) => p.type !== 'row'), errors = [];
	const others = [...boards.keys()].filter((n) => n !== name);

	ok(`${name}: its uid is the name of its file`, board.uid === name ? [] : [board.uid]);
	ok(`${name}: each panel has a number of its own`, new Set(ids).size === ids.length && ids.every(Number.isInteger) ? [] : [ids.join()]);
	ok(`${name}: no panel lies on another`, layout(board));
	ok(`${name}: everything has a data source that is provisioned`, [
		...targets(board).flatMap((t) => source(t.name, t.datasource)),
		...panels.flatMap((p) => source(`panel ${p.id}`, p.datasource)),
		...panels.filter((p) => !p.targets?.length).map((p) => `panel ${p.id} asks nothing`),
		...panels.flatMap((p) => p.targets.filter((t) => t.datasource.uid !== p.datasource.uid).map(() => `panel ${p.id} asks elsewhere`))]);
	for (const { name: what, target, sql, expr } of targets(board)) {
		if (target?.datasource.type === 'datasource') {
			const from = panels.findIndex((p) => p.id === target.panelId);

			/* the queries of the other one are asked first here, too */
			if (from === -1 || from > panels.findIndex((p) => p.targets.includes(target)) || !panels[from].targets[0].rawSql)
				errors.push(`${what}: takes from ${target.panelId}`);
		} else if (!sql && !expr)
			errors.push(`${what}: no query`);
	}
	ok(`${name}: each target asks, or shares what another panel asks`, errors);
	ok(`${name}: links lead to dashboards and variables that are there`, links(board));
	ok(`${name}: and to each of the others`, others.filter((uid) => !board.links.some((l) => l.url === `/d/${uid}`)));
	ok(`${name}: what is chosen anew with the time range, or else when it is opened`, board.templating.list.filter((v) => v.refresh !==
		(/\$__time/.test(v.query) ? 2 : 1)).map((v) => v.name));
}
console.log('# all');
