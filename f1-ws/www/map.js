/* SPDX-License-Identifier: MIT */
/* map.js: the track as far as it is known, its flags, and all cars on it, on a canvas */

import * as colours from './colours.js';
import { text, $ } from './dom.js';
import { name } from './names.js';
import { Outline } from './outline.js';
import * as q from './quantities.js';

const MARGIN = 0.09;	/* share of the canvas around the track */
const LEAST = 300;	/* m that the map shows, so that a car alone does not run off it */
const AHEAD = 300;	/* ms for which a car goes on as its last record told; then it waits for the next one */

const short = (name) => name.length > 16 ? `${name.slice(0, 15).trim()}…` : name;

export class Map2d {
	constructor()
	{
		this.canvas = $('map-canvas');
		this.context = this.canvas.getContext('2d');
		this.track = document.createElement('canvas');	/* what stands still */
		this.outline = new Outline();
		this.drawn = '';
		new ResizeObserver(() => this.resize()).observe(this.canvas);
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.resize());
	}

	/* resize: also reads the colours again */
	resize()
	{
		const css = getComputedStyle(document.documentElement), box = this.canvas.getBoundingClientRect();
		const ratio = devicePixelRatio || 1;

		for (const canvas of [this.canvas, this.track]) {
			canvas.width = Math.max(1, Math.round(box.width * ratio));
			canvas.height = Math.max(1, Math.round(box.height * ratio));
		}
		this.unit = parseFloat(css.fontSize) * ratio;
		this.font = css.fontFamily;
		const known = new Map();

		this.colour = (which) => {
			if (!known.has(which))
				known.set(which, css.getPropertyValue(`--${which}`).trim());
			return known.get(which);
		};
		this.drawn = '';
		this.ondirty?.();
	}

	/* learn: from each motion record */
	learn(state, motion)
	{
		this.last = performance.now();
		motion.came = this.last;
		if (state.session)
			this.outline.open(state.session);
		this.outline.learn(state.cars.get(motion.car), motion);
	}

	/* moving: is a car still between two records? */
	moving(now)
	{
		return now - (this.last ?? 0) < AHEAD;
	}

	/* where: on the canvas */
	where(motion)
	{
		const dt = Math.min(AHEAD, this.now - motion.came) / 1000;

		return this.place(motion.world_position_x + motion.world_velocity_x * dt,
		    motion.world_position_z + motion.world_velocity_z * dt);
	}

	/* fit: from metres to pixels; a tall track lies down in a wide canvas */
	fit(points)
	{
		const w = this.canvas.width, h = this.canvas.height;
		const xs = points.map((p) => p[0]), zs = points.map((p) => p[1]);
		const x0 = Math.min(...xs), x1 = Math.max(...xs), z0 = Math.min(...zs), z1 = Math.max(...zs);
		const turned = (x1 - x0 > z1 - z0) !== (w > h);
		const width = Math.max(LEAST, turned ? z1 - z0 : x1 - x0), height = Math.max(LEAST, turned ? x1 - x0 : z1 - z0);
		const s = Math.min(w * (1 - 2 * MARGIN) / width, h * (1 - 2 * MARGIN) / height);
		const cx = (x0 + x1) / 2, cz = (z0 + z1) / 2;

		this.place = (x, z) => turned ? [w / 2 + (cz - z) * s, h / 2 + (x - cx) * s]
		    : [w / 2 + (x - cx) * s, h / 2 + (z - cz) * s];
	}

	outside(x, z)
	{
		const [left, top] = this.place(x, z);

		return left < 0 || top < 0 || left > this.canvas.width || top > this.canvas.height;
	}

	/* line: through the known points from one share of the lap to another */
	line(context, from, to)
	{
		const points = this.outline.points, n = points.length;
		let on = false;

		context.beginPath();
		for (let i = Math.floor(from * n); i <= Math.ceil(to * n); i++) {
			const p = points[i % n];

			if (!p) {
				on = false;
				continue;
			}
			const [x, y] = this.place(p[0], p[1]);

			if (on)
				context.lineTo(x, y);
			else
				context.moveTo(x, y);
			on = true;
		}
		context.stroke();
	}

	/* drawTrack: again when the line, the flags or the size changed */
	drawTrack(state, cars)
	{
		const flags = state.zones.map((z) => z?.zone_flag ?? 0).join();
		const key = `${this.outline.version} ${this.outline.key} ${flags} ${state.session?.sector2_lap_distance_start}`;

		if (key === this.drawn && (this.outline.complete || !cars.some(([x, z]) => this.outside(x, z))))
			return;
		this.drawn = key;
		const known = this.outline.points.filter(Boolean), c = this.track.getContext('2d');

		this.fit(known.length ? known.concat(this.outline.complete ? [] : cars) : cars);
		c.clearRect(0, 0, this.track.width, this.track.height);
		c.lineJoin = c.lineCap = 'round';
		c.lineWidth = this.unit * 0.62;
		c.strokeStyle = this.colour('track-edge');
		this.line(c, 0, 1);
		c.lineWidth = this.unit * 0.42;
		c.strokeStyle = this.colour('track');
		this.line(c, 0, 1);
		this.drawZones(c, state);
		this.drawLines(c, state);
	}

	drawZones(c, state)
	{
		const zones = state.zones.slice(0, state.session?.num_marshal_zones ?? 0);
		/* whatever a packet says, a share of the lap */
		const start = (zone) => Math.min(1, Math.max(0, zone?.zone_start ?? 1));
		const look = { [q.FLAG_YELLOW]: 'flag-yellow', [q.FLAG_RED]: 'flag-red', [q.FLAG_BLUE]: 'flag-blue' };

		zones.forEach((zone, i) => {
			if (!zone || !look[zone.zone_flag])
				return;
			const from = start(zone), to = start(zones[(i + 1) % zones.length]);

			c.strokeStyle = this.colour(look[zone.zone_flag]);
			this.line(c, from, to > from ? to : to + 1);
		});
	}

	/* drawLines: across the track at the start and, where the game tells them, at the sectors */
	drawLines(c, state)
	{
		const s = state.session;

		this.across(c, 0, this.colour('text'), 0.8);
		for (const at of [s?.sector2_lap_distance_start, s?.sector3_lap_distance_start])
			if (at > 0)
				this.across(c, at / s.track_length, this.colour('dim'), 0.5);
	}

	across(c, share, colour, size)
	{
		const a = this.outline.at(share), b = this.outline.at(share + 0.005);

		if (!a || !b)
			return;
		const [x0, y0] = this.place(a[0], a[1]), [x1, y1] = this.place(b[0], b[1]);
		const d = this.unit * size / (Math.hypot(x1 - x0, y1 - y0) || 1), dx = (y1 - y0) * d, dy = (x0 - x1) * d;

		c.strokeStyle = colour;
		c.lineWidth = this.unit * 0.16;
		c.beginPath();
		c.moveTo(x0 - dx, y0 - dy);
		c.lineTo(x0 + dx, y0 + dy);
		c.stroke();
	}

	draw(state, followed)
	{
		const c = this.context;

		this.now = performance.now();
		/* the leaders are drawn last, and the followed car on top of all */
		const cars = state.order().reverse().filter((car) => car.motion &&
		    (car.motion.world_position_x || car.motion.world_position_z));

		if (!this.unit)
			this.resize();
		this.drawTrack(state, cars.map((car) => [car.motion.world_position_x, car.motion.world_position_z]));
		c.clearRect(0, 0, this.canvas.width, this.canvas.height);
		text($('map-text'), !cars.length ? 'No positions yet' : this.outline.complete || !this.outline.key ? ''
		    : `Learning the track: ${Math.round(100 * this.outline.known / this.outline.points.length)}%`);
		if (!this.place)
			return;
		c.drawImage(this.track, 0, 0);
		c.textAlign = 'center';
		c.textBaseline = 'middle';
		const mine = state.cars.get(followed), first = cars.filter((car) => car !== mine).reverse(), taken = [];

		if (mine && cars.includes(mine))
			first.unshift(mine);
		for (const car of [...first].reverse())
			this.drawCar(c, state, car, car === mine);
		/* the followed car and the leaders get their labels first, the others where there is room */
		c.font = `600 ${Math.round(this.unit * 0.78)}px ${this.font}`;
		for (const car of first) {
			const [x, y] = this.where(car.motion), r = this.unit * 0.4;

			taken.push([x - r, y - r, x + r, y + r]);
		}
		for (const car of first)
			this.label(c, state, car, car === mine, taken);
	}

	drawCar(c, state, car, followed)
	{
		const p = car.participant, [x, y] = this.where(car.motion);

		c.globalAlpha = car.lap.pit_status || car.lap.result_status > q.RESULT_FINISHED ? 0.4 : 1;
		c.beginPath();
		c.arc(x, y, this.unit * (followed ? 0.62 : 0.46), 0, 2 * Math.PI);
		c.fillStyle = colours.team(name('team', p?.team_id, state.year), p?.team_id, car.livery);
		c.fill();
		c.lineWidth = this.unit * (followed ? 0.2 : 0.09);
		c.strokeStyle = this.colour(followed ? 'text' : 'panel');
		c.stroke();
		c.globalAlpha = 1;
	}

	/* label: beside the car where nothing is in the way, or nowhere */
	label(c, state, car, followed, taken)
	{
		const words = followed ? short(state.carName(car.index)) : state.carCode(car.index);
		const [x, y] = this.where(car.motion), u = this.unit;
		const w = c.measureText(words).width + u * 0.4, away = u * (followed ? 0.85 : 0.65);

		const beside = [[x + away, y - u / 2], [x - away - w, y - u / 2], [x - w / 2, y - away - u], [x - w / 2, y + away]];

		for (const [left, top] of beside) {
			const box = [left, top, left + w, top + u];

			if (left < 0 || top < 0 || box[2] > this.canvas.width || box[3] > this.canvas.height ||
			    taken.some((b) => left < b[2] && b[0] < box[2] && top < b[3] && b[1] < box[3]))
				continue;
			taken.push(box);
			c.globalAlpha = 0.75;
			c.fillStyle = this.colour('panel');
			c.fillRect(left, top, w, u);
			c.globalAlpha = 1;
			c.fillStyle = this.colour(followed ? 'text' : 'dim');
			c.fillText(words, left + w / 2, top + u / 2);
			return;
		}
	}
}
