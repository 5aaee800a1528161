/* SPDX-License-Identifier: MIT */
/* times.mjs: how long each query of the dashboards takes, of the session chosen first; milliseconds, the median of five
 *
 * usage: node times.mjs DASHBOARD...      psql's environment says where the database is
 */
import { fill, read, targets } from './board.mjs';
import { ALWAYS, choose } from './choose.mjs';
import { end, tell } from './psql.mjs';

for (const board of process.argv.slice(2).map(read)) {
	const values = await choose(board, {}, []);

	for (const asked of targets(board).filter((t) => t.sql)) {
		const query = fill(asked.sql, values, ALWAYS), times = [];

		while (times.length < 5) {
			const begin = process.hrtime.bigint();

			await tell(`${query};`);
			times.push(Number(process.hrtime.bigint() - begin) / 1e6);
		}
		console.log(`${board.uid}: ${asked.name}\t${times.sort((a, b) => a - b)[2].toFixed(0)}`);
	}
}
end();
