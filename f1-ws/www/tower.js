/* SPDX-License-Identifier: MIT */
/* tower.js: the timing tower: one row per car for as long as it is there, moved to its place and never made again */

import * as colours from './colours.js';
import { attribute, data, make, style, text, $ } from './dom.js';
import * as format from './format.js';
import * as gaps from './gaps.js';
import { name } from './names.js';
import * as q from './quantities.js';

/* the short words of the timing screens; other states keep the game's word */
const SHORT = {
	'Retired': 'RET', 'Did not finish': 'DNF', 'Disqualified': 'DSQ', 'Not classified': 'NC', 'Finished': 'FIN',
	'In garage': 'Garage', 'Flying lap': 'Hot lap', 'On track': '',
};

const CELLS = ['position', 'team', 'driver', 'leader', 'ahead', 'last', 'best', 's1', 's2', 's3', 'tyre', 'pits',
	'penalties', 'status'];
const NUMBERS = new Set(['leader', 'ahead', 'last', 'best', 's1', 's2', 's3', 'pits', 'penalties']);

export class Tower {
	/* onfollow gets the index of the car that was chosen */
	constructor(onfollow)
	{
		this.body = $('rows');
		this.rows = new Map();
		this.order = [];
		this.onfollow = onfollow;
		this.body.addEventListener('click', (e) => {
			const row = e.target.closest('.row');

			if (row)
				this.choose(Number(row.dataset.car));
		});
		this.body.addEventListener('keydown', (e) => this.key(e));
	}

	focus(index)
	{
		this.rows.get(index)?.node.focus({ preventScroll: true });
	}

	choose(index)
	{
		this.focus(index);
		this.onfollow(index);
	}

	/* arrows move the focus in the order of the race, not of the document */
	key(e)
	{
		const row = e.target.closest('.row');

		if (!row)
			return;
		const at = this.order.findIndex((car) => car.index === Number(row.dataset.car));
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.order.length - 1 }[e.key];

		if (e.key === 'Enter' || e.key === ' ')
			this.onfollow(Number(row.dataset.car));
		else if (to === undefined)
			return;
		else if (this.order[to])
			this.rows.get(this.order[to].index).node.focus();
		e.preventDefault();
	}

	row(index)
	{
		let row = this.rows.get(index);

		if (row)
			return row;
		const node = make(this.body, 'div', 'row');

		node.setAttribute('role', 'row');
		node.dataset.car = index;
		row = { node };
		for (const cell of CELLS) {
			row[cell] = make(node, 'span', `${cell}${NUMBERS.has(cell) ? ' n' : ''}`);
			row[cell].setAttribute('role', 'gridcell');
		}
		row.moved = make(row.position, 'i', 'moved');
		row.place = document.createElement('b');
		row.position.prepend(row.place);
		row.compound = make(row.tyre, 'b', 'compound');
		row.age = make(row.tyre, 'i', 'age');
		row.who = make(row.driver, 'b', 'name');
		row.number = make(row.driver, 'i', 'number');
		this.rows.set(index, row);
		return row;
	}

	/* reset: a new session has other cars under the same indices */
	reset()
	{
		for (const row of this.rows.values())
			row.node.remove();
		this.rows.clear();
	}

	draw(state, followed)
	{
		const order = this.order = state.order();
		const there = new Set(order.map((car) => car.index));

		gaps.find(state, order);
		for (const [index, row] of this.rows) {
			if (there.has(index))
				continue;
			row.node.remove();
			this.rows.delete(index);
		}
		style(this.body, '--cars', String(Math.max(order.length, 20)));
		order.forEach((car, i) => this.drawRow(state, this.row(car.index), car, i, followed));
	}

	drawRow(state, row, car, place, followed)
	{
		const lap = car.lap, p = car.participant, race = state.kind === 'race';
		const grid = q.gridPosition(lap), gained = race && grid > 0 && grid < 99 ? grid - (place + 1) : 0;

		style(row.node, '--place', String(place));
		attribute(row.node, 'aria-rowindex', String(place + 1));
		attribute(row.node, 'aria-selected', String(car.index === followed));
		attribute(row.node, 'tabindex', car.index === followed || (followed === null && !place) ? '0' : '-1');
		data(row.node, 'player', car.index === state.player ? '' : null);
		data(row.node, 'out', lap.result_status > q.RESULT_FINISHED ? '' : null);
		data(row.node, 'pit', lap.pit_status ? '' : null);
		text(row.place, car.result?.position || lap.car_position || format.NONE);
		text(row.moved, gained > 0 ? `▲${gained}` : gained < 0 ? `▼${-gained}` : '');
		data(row.moved, 'way', gained > 0 ? 'up' : gained < 0 ? 'down' : null);

		const team = name('team', p?.team_id, state.year), who = state.carName(car.index);

		style(row.team, '--team', colours.team(team, p?.team_id, car.livery));
		text(row.who, who);
		text(row.number, p?.race_number || '');
		attribute(row.driver, 'title', `${who}${p ? `, ${team ?? `team ${p.team_id}`}` : ''}`);

		text(row.leader, place ? this.gap(car.gapLeader) : race ? 'Leader' : format.NONE);
		text(row.ahead, place ? this.gap(car.gapAhead) : format.NONE);
		const last = q.lastLap(lap);

		text(row.last, format.lapTime(last));
		data(row.last, 'rank', colours.rank(last, car.best, state.best));
		text(row.best, format.lapTime(car.best));
		data(row.best, 'rank', car.best && car.best === state.best ? 'overall' : null);
		car.sectors().forEach(({ ms, old }, i) => {
			const cell = row[`s${i + 1}`];

			text(cell, format.sectorTime(ms));
			data(cell, 'rank', colours.rank(ms, car.bestSectors[i], state.bestSectors[i]));
			data(cell, 'old', old ? '' : null);
		});
		this.drawTyre(state, row, car);
		text(row.pits, car.pits || '');
		text(row.penalties, this.penalties(lap));
		attribute(row.penalties, 'title', lap.total_warnings ? `${lap.total_warnings} warnings` : '');
		text(row.status, this.status(state, car, race));
	}

	gap(gap)
	{
		return typeof gap === 'string' ? gap : format.gap(gap);
	}

	drawTyre(state, row, car)
	{
		const s = car.status, compound = s && name(...q.compound(s), state.year), look = colours.tyre(compound);

		text(row.compound, s ? look.letter : '');
		data(row.compound, 'tyre', s ? look.look : null);
		text(row.age, s ? q.tyreAge(s) : '');
		attribute(row.tyre, 'title', s ? compound ?? 'unknown tyre' : '');
	}

	penalties(lap)
	{
		const out = [];

		if (lap.penalties)
			out.push(`+${lap.penalties}s`);
		if (lap.num_unserved_drive_through_pens)
			out.push('DT');
		if (lap.num_unserved_stop_go_pens)
			out.push('SG');
		return out.join(' ');
	}

	/* status: the one thing that matters most now */
	status(state, car, race)
	{
		const lap = car.lap, short = (e, value) => {
			const word = name(e, value, state.year);

			return SHORT[word] ?? word ?? '';
		};

		if (lap.result_status !== q.RESULT_ACTIVE)
			return short('result_status', lap.result_status);
		if (lap.pit_status)
			return name('pit_status', lap.pit_status, state.year) === 'In pit area' ? 'BOX' : 'PIT';
		if (lap.current_lap_invalid && !race)
			return 'Invalid';
		return race ? '' : short('driver_status', lap.driver_status);
	}
}
