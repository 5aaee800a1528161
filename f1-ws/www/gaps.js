/* SPDX-License-Identifier: MIT */
/* gaps.js: how far each car is behind the leader and the car ahead, into its gapLeader and gapAhead: ms, a text or null */

import * as q from './quantities.js';

/* behind: of two cars on the road, by the time at which the other was at the same place */
function behind(car, other, length)
{
	const apart = other.lap.total_distance - car.lap.total_distance;

	if (length && apart >= length) {
		const laps = Math.floor(apart / length);

		return `+${laps} lap${laps > 1 ? 's' : ''}`;
	}
	const then = other.trail.when(car.lap.total_distance);

	return then === null ? null : Math.max(0, Math.round(1000 * (car.lap.session_time - then)));
}

/* the game's own gap counts whole laps as time, and is 0 until it is known */
function told(ms, computed)
{
	return typeof computed === 'string' || !ms ? computed : ms;
}

function race(order, length)
{
	order.forEach((car, i) => {
		/* behind the line everybody coasts: what counted is the gap at the flag */
		if (car.lap.result_status === q.RESULT_FINISHED)
			return;
		if (car.lap.result_status > q.RESULT_FINISHED) {
			car.gapLeader = car.gapAhead = null;
			return;
		}
		car.gapLeader = i ? told(q.gapLeader(car.lap), behind(car, order[0], length)) : null;
		car.gapAhead = i ? told(q.gapAhead(car.lap), behind(car, order[i - 1], length)) : null;
		if (i && car.gapAhead === null && typeof car.gapLeader === 'number' && order[i - 1].gapLeader < car.gapLeader)
			car.gapAhead = car.gapLeader - order[i - 1].gapLeader;
	});
}

/* classified: the last word is the classification's */
function classified(order)
{
	const total = (car) => 1000 * (car.result.total_race_time + car.result.penalties_time);
	const laps = (car, other) => other.result.num_laps - car.result.num_laps;
	const between = (car, other) => {
		if (laps(car, other) > 0)
			return `+${laps(car, other)} lap${laps(car, other) > 1 ? 's' : ''}`;
		return Math.max(0, Math.round(total(car) - total(other)));
	};

	order.forEach((car, i) => {
		const over = car.result.result_status !== q.RESULT_FINISHED;

		car.gapLeader = i && !over ? between(car, order[0]) : null;
		car.gapAhead = i && !over ? between(car, order[i - 1]) : null;
	});
}

function timed(order)
{
	order.forEach((car, i) => {
		const against = (other) => i && car.best && other.best ? car.best - other.best : null;

		car.gapLeader = against(order[0]);
		car.gapAhead = against(order[i - 1] ?? order[0]);
	});
}

export function find(state, order)
{
	if (state.kind !== 'race')
		timed(order);
	else if (order.length && order.every((car) => car.result))
		classified(order);
	else
		race(order, state.session?.track_length ?? 0);
}
