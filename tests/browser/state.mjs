/* SPDX-License-Identifier: MIT */
/* state.mjs: what the page makes of records, without a browser: what comes twice, goes back or is no number */

import { State } from '../../f1-ws/www/state.js';
import { Trail } from '../../f1-ws/www/trail.js';
import { done, is } from './pipeline.mjs';

const record = (packet, time, more) => ({ packet, packet_format: 2023, session_uid: '00000000000000ff', session_time: time,
	player_car_index: 0, ...more });
const event = (time, code, more) => record('event', time, { event_string_code: code, ...more });
const said = (state) => state.events.map((e) => e.record.event_string_code);

/* f1-ws gives the last events to each connection, and another followed car is another connection */
{
	const state = new State(), latest = [event(1, 'SSTA'), event(50, 'RDFL'), event(60, 'LGOT'), event(70, 'CHQF')];
	const take = (records) => records.forEach((r) => state.apply(r));

	take(latest);
	is('events are told', said(state), ['SSTA', 'RDFL', 'LGOT', 'CHQF']);
	take(latest.slice(1, 2).map((r) => ({ ...r, received_at: '2026-01-01T00:00:00.000000Z' })));
	is('one that comes again is not', said(state).length, 4);
	is('nor is the red flag shown again', state.red, false);

	/* as many overtakes as a long race may have */
	const overtakes = Array.from({ length: 820 }, (_, i) => event(100 + i, 'OVTK', { overtaking_vehicle_idx: i % 20 }));

	take(overtakes);
	is('of a long race the last ones are kept', [state.events.length, state.events.at(-1).record.session_time], [200, 919]);
	take(overtakes.slice(-64));
	is('and they are not told twice either', [state.events.length, state.events[0].record.session_time,
	    state.events.at(-1).record.session_time], [200, 720, 919]);
}

/* a car at 50 m/s, told 5 times a second for ten minutes, of which a flashback undoes one */
{
	const trail = new Trail(), drive = (from, to) => {
		for (let t = from; t < to; t += 0.2)
			trail.add(50 * t, t);
	};

	drive(0, 600);
	is('when a car was where', [trail.when(50 * 500.5), trail.when(50 * 300)].map((t) => t && t.toFixed(1)), ['500.5', null]);
	trail.cut(540);
	is('the same after a flashback, as far as it went', [trail.when(50 * 500.5), trail.when(50 * 541)].map((t) => t && t.toFixed(1)),
	    ['500.5', null]);
	drive(540.1, 560);
	is('and on the new way', trail.when(50 * 550.5)?.toFixed(1), '550.5');
	trail.cut(100);
	is('of one beyond all that is kept nothing stays', trail.when(50 * 500.5), null);
	drive(100, 130);
	is('and it begins again', trail.when(50 * 120.5)?.toFixed(1), '120.5');
}
process.exit(done());
