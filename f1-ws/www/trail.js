/* SPDX-License-Identifier: MIT */
/* trail.js: when a car was at which distance of the session, for the gaps that games before 2023 do not send */

const ROOM = 1024;	/* at 5 a second more than three minutes */

export class Trail {
	constructor()
	{
		this.distance = new Float64Array(ROOM);
		this.time = new Float64Array(ROOM);
		this.begin = this.end = 0;	/* numbers of the first entry that is there, and of the next one */
	}

	/* add: a car that stands or rolls back adds nothing, so distances only rise */
	add(distance, time)
	{
		const last = (this.end - 1) % ROOM;

		if (this.end > this.begin && distance <= this.distance[last])
			return;
		this.distance[this.end % ROOM] = distance;
		this.time[this.end % ROOM] = time;
		this.end++;
		this.begin = Math.max(this.begin, this.end - ROOM);
	}

	/* cut: forgets what was after time, which a flashback undid */
	cut(time)
	{
		while (this.end > this.begin && this.time[(this.end - 1) % ROOM] > time)
			this.end--;
	}

	/* when: the time at which the car was at distance, or null if that is not remembered */
	when(distance)
	{
		let low = this.begin, high = this.end - 1;

		if (high < low || distance < this.distance[low % ROOM] || distance > this.distance[high % ROOM])
			return null;
		while (high - low > 1) {
			const middle = (low + high) >> 1;

			if (this.distance[middle % ROOM] <= distance)
				low = middle;
			else
				high = middle;
		}
		const d0 = this.distance[low % ROOM], d1 = this.distance[high % ROOM];
		const t0 = this.time[low % ROOM], t1 = this.time[high % ROOM];

		return d1 > d0 ? t0 + (t1 - t0) * (distance - d0) / (d1 - d0) : t0;
	}
}
