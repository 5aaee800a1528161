/* SPDX-License-Identifier: MIT */
/* choose.mjs: what Grafana puts into the variables of a dashboard */
import { fill, targets } from './board.mjs';
import { ask } from './psql.mjs';

/* all there is: a dashboard whose queries go by the time range shows everything */
export const ALWAYS = [new Date(0), new Date(Date.now() + 86400000)];

/* choose: values by name, each variable asked with those before it. `picks` by name chooses among the options, by default
 * the first one, as Grafana does; of many, all. What is wrong with the options goes to `errors`. */
export async function choose(board, picks, errors)
{
	const values = {};

	for (const asked of targets(board).filter((t) => t.variable)) {
		const { name, multi } = asked.variable, { rows } = await ask(fill(asked.sql, values, ALWAYS));
		const options = rows.map((r) => ({ text: String(r.__text), value: String(r.__value) }));

		if (rows.some((r) => !r.__text || r.__value === null || r.__value === undefined))
			errors.push(`${asked.name}: an option without text or value`);
		for (const key of ['text', 'value'])
			if (new Set(options.map((o) => o[key])).size < options.length)
				errors.push(`${asked.name}: two options of one ${key}: ${options.map((o) => o[key])}`);
		values[name] = multi ? options.map((o) => o.value) : ((picks[name] ?? ((o) => o[0]))(options)?.value ?? '');
	}
	return values;
}
