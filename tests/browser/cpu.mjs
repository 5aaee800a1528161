/* SPDX-License-Identifier: MIT */
/* cpu.mjs: what the live page costs a browser: a race of 22 cars at 60 Hz by UDP, and the CPU of the page's process
 *
 * usage: O=build BROWSER=/usr/bin/chromium node cpu.mjs [SECONDS]
 *
 * The kernel's own count of each thread, and no debugger in the browser, which would cost as much as the page.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FLAGS, killAll, pipeline, race } from './pipeline.mjs';

const SECONDS = Number(process.argv[2] ?? 20), WARM = 15, TICKS = 100;	/* of Linux: clock ticks a second */
const wait = (s) => new Promise((go) => setTimeout(go, 1000 * s));
const home = mkdtempSync(path.join(tmpdir(), 'f1-cpu.'));

/* renderer: the process of the page; the zygote's children tell by their command line whose they are */
function renderer(parent)
{
	const of = (pid) => {
		try {
			return { pid, args: readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
			    parent: Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) . /s, '').split(' ')[0]) };
		} catch {
			return null;	/* it ended meanwhile */
		}
	};
	const all = new Map(readdirSync('/proc').filter((n) => /^\d+$/.test(n)).map(Number).map(of).filter(Boolean)
	    .map((p) => [p.pid, p]));
	const under = (p) => p && (p.parent === parent || under(all.get(p.parent)));

	return [...all.values()].filter((p) => p.args.includes('--type=renderer') && under(p))
	    .sort((a, b) => threads(b.pid).total - threads(a.pid).total)[0]?.pid;
}

function threads(pid)
{
	const used = { total: 0, main: 0 };

	for (const tid of readdirSync(`/proc/${pid}/task`)) {
		const fields = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
		const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;

		used.total += seconds;
		if (Number(tid) === pid)
			used.main = seconds;
	}
	return used;
}

const pipe = await pipeline();
/* the port of the debugger keeps a browser without a window from ending at once */
const browser = spawn(process.env.BROWSER ?? '/usr/bin/chromium', [...FLAGS, `--user-data-dir=${home}`, '--window-size=1440,900',
	'--remote-debugging-port=0', `http://127.0.0.1:${pipe.port}/`], { stdio: 'ignore' });

try {
	race(pipe, ['--year', '2025', '--cars', '22', '--laps', '20', '--rate', '60'], 1);
	await wait(WARM);
	const pid = renderer(browser.pid), before = threads(pid), t0 = performance.now();

	await wait(SECONDS);
	const after = threads(pid), s = (performance.now() - t0) / 1000, percent = (x) => (100 * x / s).toFixed(1);

	console.log(`page: 22 cars at 60 Hz, 1440 x 900: main thread ${percent(after.main - before.main)} % of a core, ` +
	    `all threads of the page ${percent(after.total - before.total)} %`);
} finally {
	const gone = new Promise((end) => browser.on('exit', end));

	browser.kill();
	await gone;
	killAll();
	rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);
