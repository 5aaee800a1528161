/* SPDX-License-Identifier: MIT */
/* outline.js: the shape of a track, learned from where cars are at which distance of the lap, and kept in the browser */

import * as q from './quantities.js';

const POINTS = 400;
const DONE = 0.985;		/* share of the points that makes a track */
const FAR = 80;			/* m from the line; a car further off is in the pits or somewhere else */
const WRONG = 40;		/* cars far off, one after the other, that prove the line wrong */

export class Outline {
	constructor()
	{
		this.key = null;
		this.points = [];
	}

	/* open: the track of a session; the same name may have another shape in another game */
	open(session)
	{
		const key = `f1.track.${session.packet_format}.${session.track_id}.${session.track_length}`;

		if (key === this.key)
			return;
		this.key = key;
		this.length = session.track_length;
		this.clear();
		this.load();
	}

	clear()
	{
		this.points = new Array(POINTS).fill(null);	/* [x, z] in metres */
		this.known = 0;
		this.wrong = 0;
		this.version = (this.version ?? 0) + 1;
	}

	load()
	{
		try {
			const points = JSON.parse(localStorage.getItem(this.key));

			if (Array.isArray(points) && points.length === POINTS &&
			    points.every((p) => Array.isArray(p) && p.every(Number.isFinite))) {
				this.points = points;
				this.known = POINTS;
			}
		} catch {
			/* no storage, or not ours: learn it again */
		}
	}

	save()
	{
		try {
			localStorage.setItem(this.key, JSON.stringify(this.points));
		} catch {
			/* full or forbidden: it lasts as long as the page */
		}
	}

	get complete()
	{
		return this.known === POINTS;
	}

	/* learn: from a motion record of a car and its last lap_data */
	learn(car, motion)
	{
		const lap = car.lap;

		if (!lap || !this.length || lap.pit_status || lap.result_status !== q.RESULT_ACTIVE || lap.driver_status === 0)
			return;
		const dt = motion.session_time - lap.session_time;
		const distance = lap.lap_distance + q.groundSpeed(motion) * dt;

		if (Math.abs(dt) > 0.3 || !(distance >= 0 && distance < this.length))
			return;
		const i = Math.floor(distance / this.length * POINTS);
		const x = motion.world_position_x, z = motion.world_position_z;

		if (this.complete) {
			this.check(i, x, z);
			return;
		}
		/* what no record tells is 0, and a NaN is null */
		if (this.points[i] || (!x && !z))
			return;
		this.points[i] = [Math.round(x * 10) / 10, Math.round(z * 10) / 10];
		this.known++;
		this.version++;
		if (this.known >= DONE * POINTS)
			this.finish();
	}

	/* finish: the few points that no car was seen at lie between their neighbours */
	finish()
	{
		for (let i = 0; i < POINTS; i++) {
			if (this.points[i])
				continue;
			let a = i, b = i;

			while (!this.points[(a + POINTS) % POINTS])
				a--;
			while (!this.points[b % POINTS])
				b++;
			const from = this.points[(a + POINTS) % POINTS], to = this.points[b % POINTS], share = (i - a) / (b - a);

			this.points[i] = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
		}
		/* each point is of one car on its own line: a little smoother is nearer to the track */
		this.points = this.points.map((p, i, all) => p.map((v, k) => Math.round(10 *
		    (all[(i + POINTS - 1) % POINTS][k] + 2 * v + all[(i + 1) % POINTS][k]) / 4) / 10));
		this.known = POINTS;
		this.save();
	}

	/* check: a car against the line that is known; where too many are off it is learned again */
	check(i, x, z)
	{
		const [px, pz] = this.points[i];

		if (Math.hypot(x - px, z - pz) < FAR)
			this.wrong = 0;
		else if (++this.wrong === WRONG)
			this.clear();
	}

	/* at: the point at a share of the lap, or null */
	at(share)
	{
		return this.points[Math.floor((share % 1) * POINTS)] ?? null;
	}
}
