/* SPDX-License-Identifier: MIT */
/* recorder.js: the followed car's laps over their distance, to draw them and to compare this one with the best */

import * as q from './quantities.js';

export const STEP = 5;		/* metres between the points of a trace */
const FILL = 20;		/* points that may be missing between two samples and are drawn through */
const COVERED = 0.9;		/* share of the points that a lap needs to be compared with */
const APART = 0.25;		/* s between records that still tell of one place */

export const CHANNELS = ['speed', 'throttle', 'brake', 'gear'];

class Trace {
	constructor(lap, length)
	{
		this.lap = lap;
		this.length = length;
		this.points = Math.floor(length / STEP) + 1;
		this.at = -1;		/* the last point written */
		this.count = 0;
		this.lapTime = 0;	/* ms, when the lap is done */
		this.valid = true;
		for (const channel of ['time', ...CHANNELS])
			this[channel] = new Float32Array(this.points).fill(NaN);
	}

	add(distance, sample)
	{
		const point = Math.floor(distance / STEP);

		if (point < 0 || point >= this.points)
			return;
		if (point < this.at)
			this.cut(point);
		const from = this.at >= 0 && point - this.at <= FILL ? this.at : point - 1;

		for (let i = Math.max(from + 1, point === this.at ? point : 0); i <= point; i++) {
			const share = point === from ? 1 : (i - from) / (point - from);

			if (Number.isNaN(this.time[i]))
				this.count++;
			for (const channel in sample) {
				const a = from >= 0 ? this[channel][from] : NaN, b = sample[channel];

				/* gears do not pass through the numbers between */
				this[channel][i] = Number.isNaN(a) || channel === 'gear' ? b : a + (b - a) * share;
			}
		}
		this.at = point;
	}

	/* cut: the car is at this point again */
	cut(point)
	{
		for (let i = point + 1; i <= this.at; i++) {
			if (!Number.isNaN(this.time[i]))
				this.count--;
			for (const channel of ['time', ...CHANNELS])
				this[channel][i] = NaN;
		}
		this.at = point;
	}

	/* timeAt: ms into the lap at distance, or null */
	timeAt(distance)
	{
		const x = distance / STEP, i = Math.floor(x);
		const a = this.time[i], b = this.time[i + 1];

		if (!(i >= 0) || Number.isNaN(a) || a === undefined)
			return null;
		return b > a ? a + (b - a) * (x - i) : a;
	}
}

export class Recorder {
	constructor()
	{
		this.reset();
	}

	reset()
	{
		this.books = new Map();		/* per car: now, done, best and the best before that */
		this.version = 0;		/* rises with each change */
	}

	book(index)
	{
		let book = this.books.get(index);

		if (!book)
			this.books.set(index, book = { now: null, done: null, best: null, before: null });
		return book;
	}

	/* apply: after the state, for the records of the followed car */
	apply(r, state, followed)
	{
		if (r.car !== followed)
			return;
		if (r.packet === 'lap_data')
			this.lap(r, state.session?.track_length);
		else if (r.packet === 'car_telemetry')
			this.sample(r, state.cars.get(followed).lap);
	}

	lap(r, length)
	{
		const book = this.book(r.car), now = book.now, over = r.result_status !== q.RESULT_ACTIVE;

		/* behind the flag no other lap begins: the last one stays to be looked at */
		if (!length || (over && now?.lapTime))
			return;
		if (!now || now.length !== length) {
			book.now = new Trace(r.current_lap_num, length);
			book.done = book.best = book.before = null;
		} else if (r.current_lap_num === now.lap + 1) {
			this.finish(book, q.lastLap(r));
			this.version++;
			if (over)
				return;
			book.now = new Trace(r.current_lap_num, length);
		} else if (r.current_lap_num < now.lap || (r.current_lap_num === now.lap && now.lapTime)) {
			this.back(book, r.current_lap_num, length);
		} else if (r.current_lap_num > now.lap) {
			book.now = new Trace(r.current_lap_num, length);
		}
		book.now.valid = !r.current_lap_invalid;
		this.version++;
	}

	finish(book, lapTime)
	{
		const now = book.now;

		now.lapTime = lapTime;
		book.done = now;
		if (lapTime > 0 && now.valid && now.count >= COVERED * now.points &&
		    (!book.best || lapTime < book.best.lapTime)) {
			book.before = book.best;
			book.best = now;
		}
	}

	/* back: a flashback undid the end of a lap */
	back(book, lap, length)
	{
		book.now = book.done?.lap === lap ? book.done : new Trace(lap, length);
		book.now.lapTime = 0;
		book.done = null;
		if (book.best && book.best.lap >= lap) {
			book.best = book.before && book.before.lap < lap ? book.before : null;
			book.before = null;
		}
	}

	sample(t, lap)
	{
		const now = this.books.get(t.car)?.now;

		/* the lap behind the flag is none */
		if (!now || !lap || lap.current_lap_num !== now.lap || lap.result_status !== q.RESULT_ACTIVE)
			return;
		const dt = t.session_time - lap.session_time;

		if (Math.abs(dt) > APART)
			return;
		now.add(lap.lap_distance + t.speed / 3.6 * dt, { time: q.currentLap(lap) + 1000 * dt, speed: t.speed,
		    throttle: 100 * q.throttle(t), brake: 100 * q.brake(t), gear: t.gear });
		this.version++;
	}

	/* delta: ms against the best lap at the same distance, or null */
	delta(car)
	{
		const best = this.books.get(car.index)?.best, lap = car.lap;

		if (!best || !lap || lap.lap_distance < 0 || lap.result_status !== q.RESULT_ACTIVE)
			return null;
		const then = best.timeAt(lap.lap_distance);

		return then === null ? null : q.currentLap(lap) - then;
	}
}
