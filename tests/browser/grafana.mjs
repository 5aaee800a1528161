/* SPDX-License-Identifier: MIT */
/* grafana.mjs: each panel of a dashboard against what f1-ws sends on its path; TAP lines without a plan
 *
 * usage: node grafana.mjs DASHBOARD PORT FORMAT
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';

const [file, port, year] = process.argv.slice(2), ENOUGH = 30;
const dashboard = JSON.parse(readFileSync(file, 'utf8'));

/* messages: the first ones of a path; a WebSocket client as small as the server's unmasked, unbroken frames allow */
function messages(path)
{
	return new Promise((give, fail) => {
		const request = http.get({ port, host: '127.0.0.1', path: `/${path}`, headers: { Connection: 'Upgrade',
		    Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' } });

		request.on('response', (r) => fail(new Error(`${path}: status ${r.statusCode}`)));
		request.on('error', fail);
		request.on('upgrade', (_, socket, head) => {
			const found = [];
			let data = head;
			const take = (more) => {
				data = Buffer.concat([data, more]);
				while (data.length >= 4) {
					const short = data[1] & 127, at = short < 126 ? 2 : short === 126 ? 4 : 10;
					const n = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));

					if (data.length < at + n)
						break;
					if ((data[0] & 15) === 1)
						found.push(data.subarray(at, at + n).toString());
					data = data.subarray(at + n);
				}
				if (found.length >= ENOUGH) {
					socket.destroy();
					give(found);
				}
			};

			take(Buffer.alloc(0));
			socket.on('data', take);
			socket.on('close', () => give(found));
		});
	});
}

/* find: $.name or $.name[index]; undefined if it is not there */
function find(path, message)
{
	const match = /^\$\.([a-z0-9_]+)(?:\[(\d)\])?$/.exec(path), value = match && message[match[1]];

	return match?.[2] === undefined || value === undefined ? value ?? undefined : value[match[2]];
}

/* what the plugin makes of a type: times from texts as dayjs reads them, and numbers that are numbers */
const fits = {
	time: (v) => typeof v === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(v) && !Number.isNaN(Date.parse(v)),
	number: (v) => typeof v === 'number' && Number.isFinite(v),
	string: (v) => typeof v === 'string',
};

const targets = dashboard.panels.flatMap((panel) => panel.targets.map((target) => ({ panel, target })))
	.filter(({ target }) => target.datasource.type === 'golioth-websocket-datasource');
const sent = new Map();
let failed = 0;

function ok(name, wrong)
{
	failed += wrong.length ? 1 : 0;
	console.log(`${wrong.length ? 'not ok' : 'ok'} - ${year}: ${name}`);
	for (const line of wrong)
		console.log(`# ${line}`);
}

/* all at once: the race is short, and the second path would come late for it */
const paths = [...new Set(targets.map(({ target }) => target.path))], streams = await Promise.all(paths.map(messages));

for (const [i, path] of paths.entries()) {
	const found = streams[i].map((text) => JSON.parse(text)), keys = (m) => Object.keys(m).join();

	sent.set(path, found);
	ok(`${path}: messages come`, found.length < ENOUGH ? [`${found.length} of ${ENOUGH}`] : []);
	ok(`${path}: all with the same fields`, found.filter((m) => keys(m) !== keys(found[0])).slice(0, 1).map(keys));
}
for (const { panel, target } of targets) {
	const channel = `ds/${target.datasource.uid}/${target.path}`, wrong = [];

	if (!/^ds\/[A-Za-z0-9_-]+\/[A-Za-z0-9_\-/=.]+$/.test(channel) || channel.length > 160)
		wrong.push(`no channel of Grafana: ${channel}`);
	if (!target.withStreaming || panel.datasource.uid !== target.datasource.uid)
		wrong.push('it does not stream, or from elsewhere');
	for (const { jsonPath, type, language, name } of target.fields) {
		const bad = sent.get(target.path).find((m) => !fits[type]?.(find(jsonPath, m)));

		if (bad)
			wrong.push(`${jsonPath} is ${JSON.stringify(find(jsonPath, bad))}, and no ${type}`);
		if (language !== 'jsonpath' || !name)
			wrong.push(`${jsonPath} has no name or language`);
	}
	if (!target.fields.some((f) => f.type === 'time'))
		wrong.push('no time');
	ok(`panel ${panel.title}`, wrong);
}
console.log('# all');
process.exit(failed ? 1 : 0);
