/* SPDX-License-Identifier: MIT */
/* control.js: the race control list, of the game's events */

import { data, make, text, $ } from './dom.js';
import * as format from './format.js';
import { name } from './names.js';
import * as q from './quantities.js';

const sentence = (s) => s ? s[0].toUpperCase() + s.slice(1) : '';
const lower = (s) => s ? s[0].toLowerCase() + s.slice(1) : '';

/* words: what happened, and a look for what matters; null for what is not worth a line */
function words(state, r)
{
	const who = (index) => state.carName(index), is = (e, value) => name(e, value, state.year);
	const code = r.event_string_code;

	switch (code) {
	case 'FTLP':
		return [`${who(r.car)}: fastest lap, ${format.lapTime(Math.round(r.lap_time * 1000))}`, 'best'];
	case 'RTMT':
		return [`${who(r.car)} retires${r.reason > 1 ? `: ${lower(is('result_reason', r.reason))}` : ''}`, 'stop'];
	case 'TMPT':
		return [`${who(r.car)}, your team mate, is in the pits`];
	case 'RCWN':
		return [`${who(r.car)} wins`, 'best'];
	case 'PENA':
		return penalty(state, r);
	case 'SPTP':
		if (r.is_overall_fastest_in_session === 0 || r.speed === null)
			return null;
		return [`${who(r.car)}: ${r.speed.toFixed(1)} km/h in the speed trap`];
	case 'STLG':
		return [`Start lights: ${r.num_lights}`];
	case 'DTSV':
		return [`${who(r.car)} served the drive-through`];
	case 'SGSV':
		return [`${who(r.car)} served the stop-go${r.stop_time ? ` in ${r.stop_time.toFixed(1)} s` : ''}`];
	case 'FLBK':
		return [`Flashback to ${format.clock(r.flashback_session_time)}`, 'back'];
	case 'DRSD':
		return [`DRS disabled${r.reason === undefined ? '' : `: ${lower(is('drs_disabled_reason', r.reason) ?? 'unknown')}`}`];
	case 'OVTK':
		return [`${who(r.overtaking_vehicle_idx)} overtakes ${who(r.being_overtaken_vehicle_idx)}`, 'small'];
	case 'SCAR':
		return [sentence(`${safetyCar(state, r)} ${lower(is('safety_car_event', r.event_type) ?? '')}`), 'yellow'];
	case 'COLL':
		return [`${who(r.vehicle1_idx)} and ${who(r.vehicle2_idx)} collide`, 'stop'];
	case 'RDFL':
		return ['Red flag', 'stop'];
	case 'CHQF':
		return ['Chequered flag', 'best'];
	}
	return [is('event_code', code) ?? `Event ${code}`];
}

function safetyCar(state, r)
{
	const type = name('safety_car', r.safety_car_type, state.year);

	return type === 'Formation lap' ? 'formation lap' : type === 'Virtual' ? 'virtual safety car' : 'safety car';
}

function penalty(state, r)
{
	const what = name('penalty', r.penalty_type, state.year) ?? `Penalty ${r.penalty_type}`;
	/* which repeats what it is, for some */
	const why = name('infringement', r.infringement_type, state.year)?.replace(/^(Lap invalidated|Retired) /, '');
	const other = r.other_vehicle_idx < q.NO_CAR && state.cars.has(r.other_vehicle_idx) && r.other_vehicle_idx !== r.car
		? ` (${state.carName(r.other_vehicle_idx)})` : '';
	const time = r.time && r.time < 255 ? `, ${r.time} s` : '';

	return [`${state.carName(r.car)}: ${lower(what)}${time}${why ? `, ${lower(why)}` : ''}${other}`,
		what === 'Warning' || what === 'Penalty reminder' ? 'small' : 'yellow'];
}

const TOP = 120;	/* lines shown */

/* line: a new one, without its words */
function line(event)
{
	const node = document.createElement('li');

	node.f1event = event;
	make(node, 'time');
	make(node, 'span');
	return node;
}

/* draw: a line stays with its event, so that a screen reader tells only those that are new */
export function draw(state)
{
	const list = $('events'), shown = new Map();
	let above = null;

	for (let i = state.events.length - 1; i >= 0 && shown.size < TOP; i--) {
		const event = state.events[i], said = words(state, event.record), code = event.record.event_string_code;

		/* of the start lights only the last one counts */
		if (!said || (code === 'STLG' && above === 'STLG'))
			continue;
		shown.set(event, said);
		above = code;
	}
	const nodes = new Map();

	for (const node of [...list.children]) {
		if (shown.has(node.f1event))
			nodes.set(node.f1event, node);
		else
			node.remove();
	}
	let next = list.firstChild;

	for (const [event, [said, look]] of shown) {
		const node = nodes.get(event) ?? list.insertBefore(line(event), next);

		next = node.nextSibling;
		data(node, 'look', look ?? 'plain');
		data(node, 'undone', event.undone ? '' : null);
		text(node.firstChild, format.clock(event.record.session_time));
		text(node.lastChild, said);
	}
}
