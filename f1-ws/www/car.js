/* SPDX-License-Identifier: MIT */
/* car.js: what is known of one car: its last records, and its laps as they were driven */

import * as q from './quantities.js';
import { Trail } from './trail.js';

export class Car {
	constructor(index)
	{
		this.index = index;
		/* the last record of each kind, or null */
		this.participant = this.lap = this.status = this.damage = this.telemetry = this.telemetry2 = this.motion = null;
		this.result = null;		/* of the final classification */
		this.livery = null;		/* the livery's first colour, as CSS */
		this.laps = new Map();		/* number: { time, sectors: [3], valid }, all in ms, 0 = not done */
		this.best = 0;
		this.bestSectors = [0, 0, 0];
		this.wear = new Map();		/* lap number: the wear of four tyres when it was last seen in that lap */
		this.stops = 0;			/* seen by us; games tell since 2021 */
		this.trail = new Trail();
		this.gapLeader = this.gapAhead = null;	/* ms, or a text such as +1 LAP */
	}

	entry(number)
	{
		let e = this.laps.get(number);

		if (!e)
			this.laps.set(number, e = { time: 0, sectors: [0, 0, 0], valid: true });
		return e;
	}

	/* drive: a lap_data record; true if lap or sector times changed by it */
	drive(record)
	{
		const before = this.lap, number = record.current_lap_num;
		let changed = false;

		this.lap = record;
		if (before && number === before.current_lap_num + 1)
			changed = this.endLap(before, record);
		else if (before && number < before.current_lap_num)
			changed = this.undo(number);
		if (before && before.pit_status === q.PIT_NONE && record.pit_status !== q.PIT_NONE)
			this.stops++;

		const e = this.entry(number);

		for (const n of [1, 2]) {
			const ms = q.sector(record, n);

			if (ms !== e.sectors[n - 1] && (ms || before)) {
				e.sectors[n - 1] = ms;
				changed = true;
			}
		}
		e.valid = !record.current_lap_invalid;
		if (!before || (q.bestLap(record) !== 0 && q.bestLap(record) !== this.best))
			changed = true;
		if (changed)
			this.findBest();
		return changed;
	}

	endLap(before, record)
	{
		const e = this.entry(before.current_lap_num);

		e.time = q.lastLap(record);
		e.valid = !before.current_lap_invalid;
		if (e.sectors[0] && e.sectors[1] && e.time > e.sectors[0] + e.sectors[1])
			e.sectors[2] = e.time - e.sectors[0] - e.sectors[1];
		return true;
	}

	/* undo: the car is in lap number again, after a flashback */
	undo(number)
	{
		for (const map of [this.laps, this.wear])
			for (const n of map.keys())
				if (n >= number)
					map.delete(n);
		return true;
	}

	/* remember: a lap_history record, the game's own word about a lap */
	remember(record)
	{
		const e = this.entry(record.lap_num), sectors = [1, 2, 3].map((n) => q.sector(record, n));
		/* the flags of a lap that is being driven are not all set yet */
		const valid = record.lap_time_in_ms ? (record.lap_valid_bit_flags & 1) !== 0 : e.valid;

		if (e.time === record.lap_time_in_ms && e.valid === valid && sectors.every((s, i) => s === e.sectors[i]))
			return false;
		e.time = record.lap_time_in_ms;
		e.valid = valid;
		/* the history comes once a second: it may be behind what lap_data told */
		e.sectors = sectors.map((s, i) => s || (e.time ? 0 : e.sectors[i]));
		this.findBest();
		return true;
	}

	/* forget: session_history says how many laps there are */
	forget(count)
	{
		let changed = false;

		for (const n of this.laps.keys()) {
			if (n > Math.max(count, this.lap?.current_lap_num ?? 0)) {
				this.laps.delete(n);
				changed = true;
			}
		}
		if (changed)
			this.findBest();
		return changed;
	}

	findBest()
	{
		this.best = this.lap ? q.bestLap(this.lap) : 0;
		this.bestSectors = this.lap ? q.bestSectors(this.lap) : [0, 0, 0];
		for (const e of this.laps.values()) {
			if (!e.valid)
				continue;
			if (e.time && (!this.best || e.time < this.best))
				this.best = e.time;
			e.sectors.forEach((s, i) => {
				if (s && (!this.bestSectors[i] || s < this.bestSectors[i]))
					this.bestSectors[i] = s;
			});
		}
	}

	/* sectors: those of this lap as far as it goes, then those of the lap before; old tells which are the latter */
	sectors()
	{
		const number = this.lap?.current_lap_num ?? 0, now = this.laps.get(number)?.sectors ?? [0, 0, 0];
		const then = this.laps.get(number - 1)?.sectors ?? [0, 0, 0];

		return [0, 1, 2].map((i) => now[i] ? { ms: now[i], old: false } : { ms: then[i], old: true });
	}

	/* wearNow: remembers the wear under the lap that is being driven; true if it changed */
	wearNow()
	{
		const d = q.damage(this), number = this.lap?.current_lap_num;

		if (!d || !number || d.tyres_wear === this.wear.get(number))
			return false;
		this.wear.set(number, d.tyres_wear);
		return true;
	}

	get pits()
	{
		return this.lap?.num_pit_stops ?? this.stops;
	}

	/* there: is the car taking part, or was it? */
	get there()
	{
		return this.lap !== null && this.lap.result_status >= q.RESULT_ACTIVE;
	}
}
