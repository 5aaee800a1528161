/* SPDX-License-Identifier: MIT */
/* metrics.mjs: every question of the dashboards to a real Prometheus, which reads files of --metrics; TAP lines without a plan
 *
 * usage: node metrics.mjs DASHBOARD FILE.prom...      an empty folder is wanted
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { read, targets } from './board.mjs';

const [file, ...metrics] = process.argv.slice(2);

/* what node_exporter would show of the files */
const exporter = http.createServer((_, response) => {
	response.setHeader('Content-Type', 'text/plain; version=0.0.4');
	response.end(metrics.map((f) => readFileSync(f, 'utf8')).join(''));
}).listen(0, '127.0.0.1');
await once(exporter, 'listening');

/* a port that is free now */
const probe = http.createServer().listen(0, '127.0.0.1');
await once(probe, 'listening');
const port = probe.address().port;
probe.close();

mkdirSync('data');
writeFileSync('prometheus.yml', JSON.stringify({ global: { scrape_interval: '500ms' }, scrape_configs: [
	{ job_name: 'f1', static_configs: [{ targets: [`127.0.0.1:${exporter.address().port}`] }] }] }));
const prometheus = spawn('prometheus', ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`],
	{ stdio: 'ignore' });
let ended = false;
prometheus.on('exit', () => ended = true);
prometheus.on('error', () => ended = true);

async function ask(expression)
{
	const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`);

	return answer.json();
}

/* until it has read them three times */
const deadline = Date.now() + 30000;
for (;;) {
	const seen = await ask('count_over_time(up[1m])').catch(() => null);

	if (Number(seen?.data?.result?.[0]?.value[1]) >= 3)
		break;
	if (ended || Date.now() > deadline)
		throw new Error('no Prometheus');
	await new Promise((give) => setTimeout(give, 100));
}
for (const { name, expr } of targets(read(file)).filter((t) => t.expr)) {
	const { status, error, data } = await ask(expr.replace(/\$__(rate_interval|range)/g, '1m'));
	/* what is above 0 only need not be there */
	const fine = status === 'success' && (data.result.length > 0 || expr.endsWith('> 0'));

	console.log(`${fine ? 'ok' : 'not ok'} - ${name}: ${expr}`);
	if (!fine)
		console.log(`# ${error ?? 'nothing'}`);
}
prometheus.kill();
exporter.close();
exporter.closeAllConnections();
if (!ended)
	await once(prometheus, 'exit');
console.log('# all');
