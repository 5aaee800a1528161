/* SPDX-License-Identifier: MIT */
/* panel.js: the followed car: what its driver sees, and what an engineer wants to know of it */

import * as colours from './colours.js';
import { attribute, data, hide, make, scale, style, text, $ } from './dom.js';
import * as format from './format.js';
import { name } from './names.js';
import * as q from './quantities.js';

const HIDDEN = 'hidden';	/* what a restricted player does not show is 0 in the records */
const LIGHTS = 15;

/* where the wheels stand around the picture: front first, as one looks at a car; the game's order is RL RR FL FR */
const WHEELS = [[2, 'FL'], [3, 'FR'], [0, 'RL'], [1, 'RR']];

const PARTS = [
	['front_left_wing_damage', 'Front wing L'], ['front_right_wing_damage', 'Front wing R'],
	['rear_wing_damage', 'Rear wing'], ['floor_damage', 'Floor'], ['diffuser_damage', 'Diffuser'],
	['sidepod_damage', 'Sidepods'], ['gear_box_damage', 'Gearbox'], ['engine_damage', 'Engine'],
];
const FAULTS = [['drs_fault', 'DRS fault'], ['ers_fault', 'ERS fault'], ['engine_blown', 'Engine blown'],
	['engine_seized', 'Engine seized']];

/* how bad a percentage is, in the classes of the style sheet */
const level = (percent) => percent >= 60 ? 'bad' : percent >= 30 ? 'worn' : percent >= 10 ? 'light' : 'none';

/* the windows of slick tyres are much alike: cold below, hot above */
const heat = (degrees, cold, hot) => degrees < cold ? 'cold' : degrees > hot ? 'hot' : 'good';

export class Panel {
	constructor()
	{
		const revs = $('revs');

		this.lights = Array.from({ length: LIGHTS }, () => make(revs, 'i'));
		this.wheels = new Map(WHEELS.map(([wheel, label]) => [wheel, this.makeWheel(wheel, label)]));
		this.parts = PARTS.map(([field, label]) => {
			const row = make($('damage'), 'div'), head = make(row, 'dt'), value = make(row, 'dd');

			head.textContent = label;
			return { field, row, value, shapes: document.querySelectorAll(`[data-part=${field}]`) };
		});
		this.faults = make($('damage'), 'div', 'faults');
	}

	makeWheel(wheel, label)
	{
		const box = make($('wheels'), 'div', `wheel ${label.toLowerCase()}`);
		const head = make(box, 'span', 'head'), w = { box, shape: document.querySelector(`[data-wheel="${wheel}"]`) };

		make(head, 'b').textContent = label;
		w.wear = make(head, 'span', 'wear');
		for (const [key, words] of [['surface', 'Surface'], ['inner', 'Inner'], ['brakes', 'Brake']]) {
			const line = make(box, 'span', 'line');

			make(line, 'span', 'label').textContent = words;
			w[key] = make(line, 'span', 'value');
		}
		return w;
	}

	/* drawMoving: what the eye follows, with each picture; none of it moves anything else on the page */
	drawMoving(car)
	{
		const t = car?.telemetry;

		if (!t)
			return;
		const lights = q.revLights(t);

		this.lights.forEach((light, i) => data(light, 'on', lights >> i & 1 ? '' : null));
		text($('gear'), t.gear === 0 ? 'N' : t.gear < 0 ? 'R' : t.gear);
		scale($('throttle'), q.throttle(t));
		scale($('brake'), q.brake(t));
		scale($('steer'), q.steer(t));
	}

	/* draw: what is read, as often as one can */
	draw(state, car, recorder)
	{
		data($('car'), 'empty', car ? null : '');
		if (!car)
			return;
		this.drawWho(state, car);
		if (car.telemetry)
			this.drawTelemetry(car, car.telemetry);
		if (car.status)
			this.drawStatus(state, car, car.status);
		if (car.lap)
			this.drawTimes(state, car, car.lap, recorder);
	}

	drawWho(state, car)
	{
		const p = car.participant, team = name('team', p?.team_id, state.year);
		const chips = [];

		text($('car-position'), car.result?.position || car.lap?.car_position || format.NONE);
		style($('car-team'), '--team', colours.team(team, p?.team_id, car.livery));
		text($('car-name'), state.carName(car.index));
		attribute($('car-name'), 'title', state.carName(car.index));
		text($('car-of'), [p?.race_number && `#${p.race_number}`, team ?? (p && `Team ${p.team_id}`)].filter(Boolean).join(' '));
		if (car.index === state.player)
			chips.push('Player');
		else if (p?.ai_controlled)
			chips.push('AI');
		if (state.restricted(car))
			chips.push('Restricted telemetry');
		if (car.lap && car.lap.result_status > q.RESULT_ACTIVE)
			chips.push(name('result_status', car.lap.result_status, state.year) ?? '');
		text($('car-chips'), chips.join(' · '));
	}

	drawTelemetry(car, t)
	{
		text($('speed'), t.speed);
		/* the last two digits only flicker */
		text($('rpm'), Math.round(t.engine_rpm / 100) * 100);
		text($('throttle-text'), Math.round(q.throttle(t) * 100));
		text($('brake-text'), Math.round(q.brake(t) * 100));
		text($('steer-text'), Math.round(Math.abs(q.steer(t)) * 100));
		this.drawWing(car, t);
		for (const [wheel, w] of this.wheels) {
			this.degrees(w.surface, t.tyres_surface_temperature?.[wheel], 70, 120);
			this.degrees(w.inner, t.tyres_inner_temperature?.[wheel], 75, 115);
			this.degrees(w.brakes, t.brakes_temperature?.[wheel], 150, 900);
		}
	}

	/* drawWing: DRS, or what took its place in 2026 */
	drawWing(car, t)
	{
		const aero = car.telemetry2?.regulations_2026 ? car.telemetry2 : null, s = car.status;

		hide($('aero'), !aero);
		data($('aero'), 'on', aero?.active_aero_mode ? 'on' : aero?.active_aero_available ? 'ready' : null);
		text($('drs'), aero ? 'OVERTAKE' : 'DRS');
		if (aero)
			data($('drs'), 'on', aero.overtake_active ? 'on' : aero.overtake_available ? 'ready' : null);
		else	/* 255 is unknown before 2021 */
			data($('drs'), 'on', t.drs ? 'on' : s?.drs_allowed === 1 ? 'ready' : null);
	}

	degrees(node, value, cold, hot)
	{
		text(node, value === undefined ? format.NONE : `${value}°`);
		data(node, 'heat', value === undefined ? null : heat(value, cold, hot));
	}

	drawStatus(state, car, s)
	{
		const hidden = state.restricted(car), laps = q.fuelLaps(s);

		scale($('ers'), hidden ? 0 : s.ers_store_energy / q.ERS_STORE);
		text($('ers-text'), hidden ? HIDDEN : `${Math.round(s.ers_store_energy / q.ERS_STORE * 100)}%`);
		scale($('fuel'), hidden || !s.fuel_capacity ? 0 : s.fuel_in_tank / s.fuel_capacity);
		text($('fuel-text'), hidden ? HIDDEN
		    : `${(s.fuel_in_tank ?? 0).toFixed(1)} kg${laps === null ? '' : `  ${format.delta(laps * 1000).slice(0, -2)} laps`}`);
		data($('fuel-text'), 'low', !hidden && laps !== null && laps < 0 ? '' : null);
		text($('ers-mode'), hidden ? 'ERS –' : `ERS ${name('ers_mode', s.ers_deploy_mode, state.year) ?? s.ers_deploy_mode}`);
		data($('ers-mode'), 'on', !hidden && s.ers_deploy_mode > 1 ? 'ready' : null);
		data($('limiter'), 'on', s.pit_limiter_status ? 'on' : null);
		text($('car-flag'), s.vehicle_fia_flags > 0 ? `${name('fia_flag', s.vehicle_fia_flags, state.year) ?? ''}` : 'FLAG');
		data($('car-flag'), 'flag', { [q.FLAG_BLUE]: 'blue', [q.FLAG_YELLOW]: 'yellow', [q.FLAG_RED]: 'red', 1: 'green' }[
		    s.vehicle_fia_flags] ?? null);
	}

	drawTimes(state, car, lap, recorder)
	{
		const current = q.currentLap(lap), delta = recorder.delta(car), last = q.lastLap(lap);
		const total = state.kind === 'race' ? state.session?.total_laps : 0;

		text($('car-lap'), total ? `${Math.min(lap.current_lap_num, total)}/${total}` : lap.current_lap_num);
		/* the last digit of a running clock cannot be read */
		text($('current'), current > 0 ? format.lapTime(current).slice(0, -2) : format.NONE);
		data($('current'), 'invalid', lap.current_lap_invalid ? '' : null);
		text($('delta'), format.delta(delta));
		data($('delta'), 'rank', delta === null ? null : delta < 0 ? 'own' : 'slower');
		text($('last'), format.lapTime(last));
		data($('last'), 'rank', colours.rank(last, car.best, state.best));
		text($('best'), format.lapTime(car.best));
		data($('best'), 'rank', car.best && car.best === state.best ? 'overall' : null);
	}

	/* drawPicture: wear and damage, which change seldom */
	drawPicture(state, car)
	{
		const d = car && q.damage(car), hidden = car && state.restricted(car);
		const percent = (value) => !d || value === undefined ? format.NONE : hidden ? HIDDEN : `${Math.round(value)}%`;

		for (const [wheel, w] of this.wheels) {
			const wear = d?.tyres_wear?.[wheel];

			text(w.wear, percent(wear));
			data(w.box, 'level', hidden || wear === undefined ? 'none' : level(wear));
			data(w.shape, 'level', hidden || wear === undefined ? 'none' : level(wear));
		}
		for (const { field, row, value, shapes } of this.parts) {
			/* floor, diffuser and sidepods came in 2021 */
			const v = d?.[field];

			hide(row, d !== null && v === undefined);
			text(value, percent(v));
			data(row, 'level', hidden || !v ? 'none' : level(v));
			for (const shape of shapes)
				data(shape, 'level', hidden || !v ? 'none' : level(v));
		}
		text(this.faults, FAULTS.filter(([field]) => d?.[field]).map(([, words]) => words).join(', '));
	}
}
