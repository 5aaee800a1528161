/* SPDX-License-Identifier: MIT */
/* state.js: all that the page knows, made of the records; what changes sets a bit in dirty for those who draw it */

import { Car } from './car.js';
import { name } from './names.js';
import * as q from './quantities.js';

export const HEADER = 1, TOWER = 2, CAR = 4, MAP = 8, CONTROL = 16, LAPS = 32, FORECAST = 64, PICTURE = 128, ALL = 255;

const NO_SESSION = '0000000000000000';
const MAX_EVENTS = 200;	/* more than f1-ws keeps for who connects, so that none is told twice */
const STALE = 1500;	/* ms without a record of the session, after which one of an old session counts again */
const BACK = 0.3;	/* s that a car's time must go back to be a flashback; datagrams that overtake make less */

/* more often than anyone wants to read */
const QUIET = new Set(['BUTN']);

/* players online who hide their names are all called the same */
const hidden = (p) => !p.name || p.name === 'Player';

export class State {
	constructor()
	{
		this.dirty = ALL;
		this.past = new Set();	/* sessions that were left */
		this.menus = false;	/* a record came from outside a session */
		this.onsession = this.onflashback = () => {};
		this.begin(null);
	}

	begin(uid)
	{
		if (this.uid)
			this.past.add(this.uid);
		this.uid = uid;
		this.seen = 0;			/* when a record of this session came last, by performance.now() */
		this.year = 0;
		this.time = 0;			/* session_time */
		this.player = q.NO_CAR;
		this.session = null;
		this.zones = [];		/* marshal zones */
		this.forecast = [];
		this.cars = new Map();
		this.events = [];		/* { record, undone, key }, the newest last */
		this.lights = 0;
		this.red = this.chequered = this.ended = false;
		this.best = 0;
		this.bestSectors = [0, 0, 0];
		this.dirty = ALL;
	}

	car(index)
	{
		let car = this.cars.get(index);

		if (!car)
			this.cars.set(index, car = new Car(index));
		return car;
	}

	/* right: does a record belong to the session that is shown? Begins the new one if it is new. */
	right(r)
	{
		const now = performance.now();

		if (r.session_uid === NO_SESSION) {
			this.menus = true;
			this.dirty |= HEADER;
			return false;
		}
		if (r.session_uid !== this.uid) {
			if (this.past.has(r.session_uid) && now - this.seen < STALE)
				return false;
			const first = this.uid === null;

			this.past.delete(r.session_uid);
			this.begin(r.session_uid);
			if (!first)
				this.onsession();
		}
		this.seen = now;
		this.year = r.packet_format;
		if (r.player_car_index !== this.player) {
			this.player = r.player_car_index;
			this.dirty |= HEADER | TOWER | CAR;
		}
		return true;
	}

	/* apply: a record, whatever it is; false if it is not of the session that is shown */
	apply(r)
	{
		if (typeof r?.packet !== 'string' || !this.right(r))
			return false;
		handlers[r.packet]?.(this, r);
		return true;
	}

	/* clock: of the records that come with each frame; before is the same car's last one */
	clock(r, before)
	{
		if (before && r.session_time < before.session_time - BACK) {
			if (r.session_time < this.time - BACK)
				this.flashback(r.session_time);
			return true;
		}
		if (r.session_time > this.time)
			this.time = r.session_time;
		return false;
	}

	flashback(time)
	{
		const from = this.time;

		this.time = time;
		for (const e of this.events)
			if (e.record.session_time > time && e.record.event_string_code !== 'FLBK')
				e.undone = true;
		if (this.year < 2021)
			this.tell({ packet: 'event', session_time: time, event_string_code: 'FLBK', flashback_session_time: time });
		this.dirty = ALL;
		this.onflashback(from, time);
	}

	/* tell: an event; true if it is new: the last ones come again with each connection */
	tell(r)
	{
		if (QUIET.has(r.event_string_code))
			return false;
		const { received_at: _, ...rest } = r, key = JSON.stringify(rest);

		if (this.events.some((e) => e.key === key))
			return false;
		this.events.push({ record: r, undone: false, key });
		if (this.events.length > MAX_EVENTS)
			this.events.shift();
		this.dirty |= CONTROL;
		return true;
	}

	/* findBest: of all cars, when one of them changed */
	findBest()
	{
		this.best = 0;
		this.bestSectors = [0, 0, 0];
		for (const car of this.cars.values()) {
			if (car.best && (!this.best || car.best < this.best))
				this.best = car.best;
			car.bestSectors.forEach((s, i) => {
				if (s && (!this.bestSectors[i] || s < this.bestSectors[i]))
					this.bestSectors[i] = s;
			});
		}
		this.dirty |= TOWER | CAR | LAPS;
	}

	/* kind: race, trial or timed; told by name, since the numbers differ by year */
	get kind()
	{
		const type = name('session_type', this.session?.session_type, this.year) ?? '';

		if (type.startsWith('Race'))
			return 'race';
		return type === 'Time Trial' ? 'trial' : 'timed';
	}

	/* order: the cars that take part, by position */
	order()
	{
		const place = (car) => car.result?.position || car.lap.car_position || 99;

		return [...this.cars.values()].filter((car) => car.there)
			.sort((a, b) => place(a) - place(b) || a.index - b.index);
	}

	/* watched: the car to show if nobody chose one: the player's, the one a spectator watches, the first */
	watched()
	{
		if (this.cars.get(this.player)?.there)
			return this.player;
		if (this.session?.is_spectating && this.cars.has(this.session.spectator_car_index))
			return this.session.spectator_car_index;
		return this.order()[0]?.index ?? null;
	}

	/* restricted: does the player of that car hide part of the telemetry? Nobody does before 2019. */
	restricted(car)
	{
		return car.participant?.your_telemetry === 0 && car.index !== this.player;
	}

	/* carName: a text for people */
	carName(index)
	{
		const p = this.cars.get(index)?.participant;

		if (!p)
			return index === q.NO_CAR || index === undefined ? 'nobody' : `Car ${index}`;
		if (hidden(p))
			return `${p.name || 'Car'} ${p.race_number || index}`;
		return p.name;
	}

	/* carCode: the same in three letters, as is the custom, or the number */
	carCode(index)
	{
		const p = this.cars.get(index)?.participant;

		if (!p || hidden(p))
			return String(p?.race_number || index);
		return p.name.replace(/^\p{L}\. /u, '').replace(/[^\p{L}\p{N}]/gu, '').slice(0, 3).toUpperCase();
	}
}

/* what an event says of flags and lights */
const raceControl = (s, r) => {
	switch (r.event_string_code) {
	case 'STLG':
		s.lights = r.num_lights;
		break;
	case 'RDFL':
		s.red = true;
		break;
	case 'LGOT':
		s.lights = 0;
		s.red = false;
		break;
	case 'SSTA':
		s.red = s.chequered = s.ended = false;
		break;
	case 'SCAR':
		/* the last event of a safety car: resume race */
		if (r.event_type === 3)
			s.red = false;
		break;
	case 'CHQF':
		s.chequered = true;
		break;
	case 'SEND':
		s.ended = true;
		s.red = false;
		break;
	}
	s.dirty |= HEADER;
};

const handlers = {
	session(s, r) {
		s.session = r;
		s.dirty |= HEADER | MAP;
	},
	marshal_zones(s, r) {
		s.zones[r.zone] = r;
		s.dirty |= HEADER | MAP;
	},
	weather_forecast_samples(s, r) {
		s.forecast[r.sample] = r;
		s.dirty |= FORECAST;
	},
	participants(s, r) {
		s.car(r.car).participant = r;
		s.dirty |= TOWER | CAR | CONTROL | MAP;
	},
	livery_colours(s, r) {
		if (r.colour === 0)
			s.car(r.car).livery = `rgb(${r.red | 0} ${r.green | 0} ${r.blue | 0})`;
		s.dirty |= TOWER | CAR | MAP;
	},
	lap_data(s, r) {
		const car = s.car(r.car);

		if (s.clock(r, car.lap))
			car.trail.cut(r.session_time);
		if (car.drive(r))
			s.findBest();
		car.trail.add(r.total_distance, r.session_time);
		s.dirty |= TOWER | CAR;
	},
	motion(s, r) {
		const car = s.car(r.car);

		s.clock(r, car.motion);
		car.motion = r;
		/* at more than 200 km/h the race goes on: not all years tell when a red flag ends */
		if (s.red && !s.session?.safety_car_status && q.groundSpeed(r) > 55) {
			s.red = false;
			s.dirty |= HEADER;
		}
		s.dirty |= MAP;
	},
	car_telemetry(s, r) {
		s.car(r.car).telemetry = r;
		s.dirty |= CAR;
	},
	car_telemetry_2(s, r) {
		s.car(r.car).telemetry2 = r;
		s.dirty |= CAR;
	},
	car_status(s, r) {
		const car = s.car(r.car);

		car.status = r;
		s.dirty |= TOWER | CAR | (car.wearNow() ? LAPS : 0) | (r.tyres_wear ? PICTURE : 0);
	},
	car_damage(s, r) {
		const car = s.car(r.car);

		car.damage = r;
		s.dirty |= PICTURE | (car.wearNow() ? LAPS : 0);
	},
	session_history(s, r) {
		if (s.car(r.car).forget(r.num_laps))
			s.findBest();
	},
	lap_history(s, r) {
		if (s.car(r.car).remember(r))
			s.findBest();
	},
	final_classification(s, r) {
		s.car(r.car).result = r;
		s.dirty |= TOWER;
	},
	event(s, r) {
		if (s.tell(r))
			raceControl(s, r);
	},
};
