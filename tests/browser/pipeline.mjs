/* SPDX-License-Identifier: MIT */
/* pipeline.mjs: what the browser tests share: the programs as one pipeline, the records as they must be, and TAP */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/* of the browser: nothing of its own may go to the network */
export const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync'];

const bin = path.join(process.env.O ?? 'build', 'bin');
const program = (name) => path.join(bin, name);

let tests = 0, failed = 0;

export function ok(name, good, ...more)
{
	tests++;
	failed += good ? 0 : 1;
	console.log(`${good ? 'ok' : 'not ok'} ${tests} - ${name}`);
	if (!good)
		for (const line of more.map(String).join('\n').split('\n'))
			console.log(`# ${line}`);
}

export function is(name, got, expected)
{
	const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];

	ok(name, a === b, `got      ${a}`, `expected ${b}`);
}

export function done()
{
	console.log(`1..${tests}`);
	return failed ? 1 : 0;
}

/* until: polls for a truth, much longer than it should take; false if it does not come */
export async function until(what, ms = 30000)
{
	for (const end = Date.now() + ms; Date.now() < end;) {
		if (await what())
			return true;
		await new Promise((go) => setTimeout(go, 50));
	}
	return false;
}

const running = new Set();

function run(name, args, stdio)
{
	const child = spawn(program(name), args, { stdio: [...stdio] });

	running.add(child);
	child.ended = new Promise((end) => child.on('exit', (status) => {
		running.delete(child);
		end(status);
	}));
	return child;
}

/* ready: the line that a program writes to descriptor 3 */
function ready(child)
{
	return new Promise((give, fail) => {
		let text = '';

		child.stdio[3].on('data', (data) => {
			text += data;
			if (text.includes('\n'))
				give(Number(text));
		});
		child.ended.then(() => fail(new Error(`${child.spawnfile} ended before it was ready`)));
	});
}

/* server: f1-ws on a port, 0 picks one; what is written to its stdin are records */
export async function server(port = 0, args = [])
{
	const ws = run('f1-ws', ['-l', `127.0.0.1:${port}`, '--ready-fd', '3', '--linger', ...args],
	    ['pipe', 'ignore', 'inherit', 'pipe']);

	return {
		ws,
		port: await ready(ws),
		stop: () => {
			ws.stdin.end();
			return stop(ws);
		},
	};
}

function stop(child)
{
	child.kill('SIGTERM');
	return child.ended;
}

/* pipeline: f1-listen | f1-decode | f1-route | f1-ws; f1-route only where it is built */
export async function pipeline(ws = 0, udp = 0)
{
	const route = existsSync(program('f1-route'));
	const listen = run('f1-listen', ['-a', '127.0.0.1', '-p', String(udp), '--ready-fd', '3'],
	    ['ignore', 'pipe', 'inherit', 'pipe']);
	const decode = run('f1-decode', [], [listen.stdout, 'pipe', 'inherit']);
	const split = route ? run('f1-route', ['*=-'], [decode.stdout, 'pipe', 'inherit']) : decode;
	const serve = run('f1-ws', ['-l', `127.0.0.1:${ws}`, '--ready-fd', '3'], [split.stdout, 'ignore', 'inherit', 'pipe']);
	const children = [listen, decode, split, serve];

	/* the ends are the children's now */
	for (const child of [listen, decode, split])
		child.stdout.destroy();
	return {
		udp: await ready(listen),
		port: await ready(serve),
		stop: async () => {
			await stop(listen);
			await Promise.all(children.map((child) => child.ended));
		},
	};
}

/* race: sends a simulated race by UDP, faster than it is driven */
export async function race(pipe, args, speed)
{
	await run('f1-sim', ['--udp', `127.0.0.1:${pipe.udp}`, '--speed', String(speed), ...args],
	    ['ignore', 'ignore', 'inherit']).ended;
}

/* what the tests compare with */
const KINDS = /^{"packet":"(lap_data|participants|car_telemetry|car_status|lap_history|final_classification)"/;

/* records: what f1-decode makes of the same race, as objects */
export async function records(args)
{
	const sim = run('f1-sim', args, ['ignore', 'pipe', 'inherit']);
	const decode = run('f1-decode', ['--json'], [sim.stdout, 'pipe', 'inherit']);
	const found = [];

	sim.stdout.destroy();
	for await (const line of createInterface({ input: decode.stdout }))
		if (KINDS.test(line))
			found.push(JSON.parse(line));
	return found;
}

/* last: the last record of each car that a rate lets pass: the first frame of each slot of 1 / rate seconds */
export function last(all, packet, rate)
{
	const slots = new Map(), found = new Map();

	for (const r of all) {
		if (r.packet !== packet)
			continue;
		const slot = Math.floor(Math.fround(r.session_time) * rate), before = slots.get(r.car);

		if (before && before.slot === slot && before.frame !== r.frame_identifier)
			continue;
		slots.set(r.car, { slot, frame: r.frame_identifier });
		found.set(r.car, r);
	}
	return found;
}

export function killAll()
{
	for (const child of running)
		child.kill('SIGKILL');
}

/* frame: a record of our own making, as the stream has it: a length and a msgpack map */
export function frame(record)
{
	const bytes = pack(record), head = Buffer.alloc(4);

	head.writeUInt32BE(bytes.length);
	return Buffer.concat([head, bytes]);
}

/* msgpack in its shortest forms, as f1-decode writes it */
function pack(value)
{
	if (typeof value === 'bigint') {
		const b = Buffer.alloc(9, 0xcf);

		b.writeBigUInt64BE(value, 1);
		return b;
	}
	if (typeof value === 'string') {
		const text = Buffer.from(value), n = text.length;

		return Buffer.concat([Buffer.from(n < 32 ? [0xa0 | n] : [0xd9, n]), text]);
	}
	if (typeof value === 'object') {
		const entries = Object.entries(value), n = entries.length;

		return Buffer.concat([Buffer.from(n < 16 ? [0x80 | n] : [0xde, n >> 8, n & 255]),
		    ...entries.flatMap(([key, v]) => [pack(key), pack(v)])]);
	}
	if (Number.isInteger(value) && value >= 0) {
		if (value < 128)
			return Buffer.from([value]);
		if (value < 256)
			return Buffer.from([0xcc, value]);
		if (value < 65536)
			return Buffer.from([0xcd, value >> 8, value & 255]);
	}
	const b = Buffer.alloc(5, 0xca);

	b.writeFloatBE(value, 1);
	return b;
}
