/* SPDX-License-Identifier: MIT */
/* main.js: records into the state, and what changed onto the screen, at most once a frame */

import * as charts from './charts.js';
import { Connection } from './connection.js';
import * as control from './control.js';
import { hide, text, $ } from './dom.js';
import * as format from './format.js';
import * as header from './header.js';
import { Map2d } from './map.js';
import * as names from './names.js';
import { Panel } from './panel.js';
import { Recorder } from './recorder.js';
import * as what from './state.js';
import { Tower } from './tower.js';

/*
 * Of all cars what a tower and a map need, of one car what its driver sees. Each message costs a browser 0.1 ms, so
 * nothing is asked for more often than it is looked at; rates of one clock come with the same frame of the game.
 */
const ALL_CARS = ['session', 'marshal_zones/1hz', 'weather_forecast_samples/0.5hz', 'event', 'participants',
	'livery_colours/0.02hz', 'lap_data/4hz', 'motion/4hz', 'car_status/0.5hz', 'car_damage/0.2hz', 'session_history/0.1hz',
	'lap_history/0.1hz', 'final_classification'];
const ONE_CAR = ['lap_data/CAR/10hz', 'car_telemetry/CAR/30hz', 'car_telemetry_2/CAR/10hz', 'car_status/CAR/5hz',
	'car_damage/CAR/2hz', 'session_history/CAR', 'lap_history/CAR/1hz'];

const state = new what.State(), recorder = new Recorder();
const link = new URL('fields.json', location.href);
const token = new URLSearchParams(location.search).get('token');

if (token)
	link.searchParams.set('token', token);
await Promise.all([names.load(link), charts.load()]);

const tower = new Tower(follow), panel = new Panel(), map = new Map2d(), graphs = new charts.Charts();
const connection = new Connection(record, () => schedule());
let followed = null;		/* index of the car that is shown */
let chosen = fromHash();	/* the one that was asked for, or null: the player's */
let scheduled = false;

const PACE = 50;	/* ms from one picture to the next: what changes faster cannot be read */

/* what is drawn for which bits, and how many ms pass before it is drawn again */
const VIEWS = [
	{ bits: what.HEADER, pause: 200, draw: () => header.draw(state) },
	{ bits: what.FORECAST | what.HEADER, pause: 1000, draw: () => header.drawForecast(state) },
	{ bits: what.TOWER, pause: 230, draw: () => tower.draw(state, followed) },
	{ bits: what.CAR, pause: 0, draw: () => panel.drawMoving(state.cars.get(followed)) },
	{ bits: what.CAR, pause: 90, draw: () => panel.draw(state, state.cars.get(followed), recorder) },
	{ bits: what.PICTURE, pause: 200, draw: () => panel.drawPicture(state, state.cars.get(followed)) },
	{ bits: what.MAP, pause: 95, draw: () => map.draw(state, followed) },
	{ bits: what.CONTROL, pause: 200, draw: () => control.draw(state) },
	{ bits: what.CAR | what.LAPS, pause: 300, draw: () => graphs.draw(state, state.cars.get(followed), recorder) },
	{ bits: what.ALL, pause: 500, draw: () => header.drawLink(connection) },
];
let drawn = 0;

/* schedule: a frame to draw in, if none is; records of one game frame come in many messages */
function schedule()
{
	const wait = drawn + PACE - performance.now();

	if (scheduled)
		return;
	scheduled = true;
	if (wait > 8)
		setTimeout(requestAnimationFrame, wait - 8, draw);
	else
		requestAnimationFrame(draw);
}

function record(r)
{
	if (!state.apply(r)) {
		if (state.uid === null)
			schedule();
		return;
	}
	if (r.packet === 'motion')
		map.learn(state, r);
	recorder.apply(r, state, followed);
	if (state.dirty)
		schedule();
}

function draw()
{
	const now = performance.now();

	scheduled = false;
	drawn = now;
	watch();
	for (const view of VIEWS) {
		view.dirty |= state.dirty & view.bits;
		if (!view.dirty || now - view.drawn < view.pause)
			continue;
		view.dirty = 0;
		view.drawn = now;
		view.draw();
	}
	state.dirty = 0;
	/* cars move on between their records */
	if (map.moving(now))
		state.dirty |= what.MAP;
	if (state.dirty || VIEWS.some((view) => view.dirty))
		schedule();
	if (state.uid === null)
		text($('empty-title'), state.menus ? 'The game is in its menus or in a lobby' : 'Waiting for the game');
	document.body.classList.toggle('waiting', state.uid === null);
}

/* watch: which car is shown, and with it what f1-ws is asked for */
function watch()
{
	const want = chosen !== null && (state.cars.has(chosen) || state.uid === null) ? chosen : state.watched();

	hide($('auto'), chosen === null || chosen === state.watched());
	if (want !== followed) {
		followed = want;
		state.dirty |= what.ALL;
		schedule();
	}
	connection.select(ALL_CARS.concat(ONE_CAR.map((s) => s.replace('CAR', followed ?? 'player'))));
}

/* follow: a car, or null for the player's; the address keeps it */
function follow(index)
{
	chosen = index;
	history.replaceState(null, '', index === null ? location.pathname + location.search : `#car=${index}`);
	state.dirty |= what.ALL;
	schedule();
}

function fromHash()
{
	const match = /^#car=(\d{1,2})$/.exec(location.hash);

	return match ? Number(match[1]) : null;
}

let noticed = 0;

function notice(words)
{
	text($('notice'), words);
	$('notice').dataset.shown = '';
	clearTimeout(noticed);
	noticed = setTimeout(() => delete $('notice').dataset.shown, 5000);
}

state.onsession = () => {
	tower.reset();
	recorder.reset();
	notice('New session');
};
state.onflashback = (from, to) => notice(`Flashback: ${format.clock(from)} → ${format.clock(to)}`);
map.ondirty = graphs.ondirty = () => {
	state.dirty |= what.MAP | what.LAPS;
	schedule();
};
addEventListener('hashchange', () => {
	chosen = fromHash();
	state.dirty |= what.ALL;
	schedule();
});
$('auto').addEventListener('click', () => {
	follow(null);
	tower.focus(state.watched());	/* the button goes, and the keyboard shall not be lost */
});
/* silence has no event of its own */
setInterval(() => {
	header.drawLink(connection);
	schedule();
}, 1000);
for (const view of VIEWS)
	view.dirty = view.drawn = 0;
draw();
