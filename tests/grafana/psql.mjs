/* SPDX-License-Identifier: MIT */
/* psql.mjs: one psql that answers everything; its environment says where the database is */
import { spawn } from 'node:child_process';

/* what goes wrong comes with the answer, not on a pipe of its own, later or earlier */
const psql = spawn('psql', ['-XAtqn'], { stdio: ['pipe', 'pipe', 'ignore'] });
const ERROR = '-- error --', END = '-- end --';
let waiting = null, said = '', closed = false;

psql.stdout.setEncoding('utf8');
psql.stdout.on('data', (data) => {
	said += data;
	if (waiting && said.endsWith(`${END}\n`)) {
		const give = waiting, text = said.slice(0, -END.length - 1);

		waiting = null;
		said = '';
		give(text);
	}
});
psql.stdin.on('error', () => {});
psql.on('close', () => {
	closed = true;
	waiting?.();
});

/* tell: what psql prints of a text */
export async function tell(text)
{
	const all = closed ? undefined : await new Promise((give) => {
		waiting = give;
		psql.stdin.write(`${text}\n\\if :ERROR\n\\echo '${ERROR}' :LAST_ERROR_MESSAGE\n\\endif\n\\echo '${END}'\n`);
	});
	const [answer, wrong] = all?.split(`${ERROR} `) ?? [];

	if (answer === undefined || wrong !== undefined)
		throw new Error(wrong?.trim() ?? 'psql ended');
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
