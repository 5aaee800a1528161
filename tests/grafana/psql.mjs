/* SPDX-License-Identifier: MIT */
/* psql.mjs: one psql that answers everything; its environment says where the database is */
import { spawn } from 'node:child_process';

const psql = spawn('psql', ['-XAtqn', '-v', 'VERBOSITY=terse'], { stdio: ['pipe', 'pipe', 'pipe'] });
const END = '-- end --';
let waiting = null, said = '', wrong = '';

psql.stderr.on('data', (data) => wrong += data);
psql.stdout.on('data', (data) => {
	said += data;
	if (waiting && said.endsWith(`${END}\n`)) {
		const give = waiting, text = said.slice(0, -END.length - 1);

		waiting = null;
		said = '';
		/* what it has to say comes on another pipe */
		setImmediate(() => setImmediate(() => give(text)));
	}
});
psql.on('close', () => waiting?.(null));

/* tell: what psql prints of a text */
export async function tell(text)
{
	wrong = '';
	const answer = await new Promise((give) => {
		waiting = give;
		psql.stdin.write(`${text}\n\\echo '${END}'\n`);
	});

	if (answer === null || wrong)
		throw new Error(wrong.trim() || 'psql ended');
	return answer;
}

/* ask: { columns, rows } of a query, which must be one that can stand in another */
export async function ask(query)
{
	const answer = await tell(`SELECT json_agg(q) FROM (\n${query}\n) q;`), rows = JSON.parse(answer.trim() || '[]') ?? [];

	return { columns: Object.keys(rows[0] ?? {}), rows };
}

export function end()
{
	psql.stdin.end();
}
