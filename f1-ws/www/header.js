/* SPDX-License-Identifier: MIT */
/* header.js: track, session, laps or time left, flag, weather with its forecast, and how the connection is */

import { attribute, data, hide, make, text, $ } from './dom.js';
import * as format from './format.js';
import { name } from './names.js';
import * as q from './quantities.js';

const SAMPLES = 5;
const QUIET = 3;	/* s without a record after which the page says so */

/* flag: the strongest that holds now: its look and its words */
export function flag(state)
{
	const s = state.session, zones = state.zones.map((z) => z?.zone_flag);

	if (state.red || zones.includes(q.FLAG_RED))
		return ['red', 'Red flag'];
	switch (s?.safety_car_status) {
	case q.SAFETY_CAR_FULL:
		return ['yellow', 'Safety car'];
	case q.SAFETY_CAR_VIRTUAL:
		return ['yellow', 'Virtual safety car'];
	case q.SAFETY_CAR_FORMATION:
		return ['none', 'Formation lap'];
	}
	if (state.chequered || state.ended)
		return ['chequered', state.ended ? 'Session ended' : 'Chequered flag'];
	if (zones.includes(q.FLAG_YELLOW))
		return ['yellow', 'Yellow flag'];
	if (state.lights)
		return ['lights', '● '.repeat(state.lights).trim()];
	return s ? ['green', 'Track clear'] : ['none', format.NONE];
}

/* laps: the leader's of a race, or of a time trial; else the time left, since the total_laps of practice mean nothing */
function laps(state)
{
	const s = state.session, leader = state.order()[0];

	if (state.kind === 'race' && s?.total_laps)
		return ['Lap', `${Math.min(leader?.lap.current_lap_num ?? 0, s.total_laps)} / ${s.total_laps}`];
	if (state.kind === 'trial' || !s)
		return ['Lap', leader?.lap.current_lap_num ?? format.NONE];
	return ['Left', format.clock(s.session_time_left)];
}

export function draw(state)
{
	const s = state.session, year = state.year;
	const track = s && (name('track', s.track_id, year) ?? `Track ${s.track_id}`);
	const session = s && (name('session_type', s.session_type, year) ?? `Session ${s.session_type}`);
	const [label, value] = laps(state), [look, words] = flag(state);

	text($('track'), track ?? 'f1 live');
	text($('session'), s ? `${session} · F1 ${year}` : 'no session');
	text($('lap-label'), label);
	text($('lap'), value);
	data($('flag'), 'flag', look);
	text($('flag'), words);
	text($('weather'), s ? name('weather', s.weather, year) ?? 'Weather' : 'weather');
	attribute($('weather-icon'), 'href', icon(s?.weather));
	text($('temperatures'), s ? `${s.track_temperature}° track  ${s.air_temperature}° air` : format.NONE);

	const title = s ? `${track} · ${session}` : 'f1 live';

	if (document.title !== title)
		document.title = title;
	drawChips(state);
}

function icon(weather)
{
	return weather >= 0 && weather <= 5 ? `#w-${weather}` : '#w-none';
}

function drawChips(state)
{
	const s = state.session, chips = [];

	if (s?.is_spectating || (s && state.player === q.NO_CAR))
		chips.push('Spectating');
	if (s?.game_paused)
		chips.push('Paused');
	if (s?.network_game)
		chips.push('Online');
	text($('chips'), chips.join(' · '));
}

/* the samples of this session that are still to come, each time once */
export function drawForecast(state)
{
	const list = $('forecast'), s = state.session;
	const samples = state.forecast.slice(0, s?.num_weather_forecast_samples ?? 0)
		.filter((f) => f && f.session_type === s.session_type && f.time_offset > 0).slice(0, SAMPLES);

	while (list.children.length < SAMPLES) {
		const item = make(list, 'li'), svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');

		make(item, 'span', 'label');
		svg.classList.add('icon');
		svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'use'));
		item.append(svg);
		make(item, 'span', 'rain');
	}
	[...list.children].forEach((item, i) => {
		const f = samples[i], [when, svg, rain] = item.children;

		hide(item, !f);
		if (!f)
			return;
		text(when, `+${f.time_offset}′`);
		attribute(svg.firstChild, 'href', icon(f.weather));
		/* the chance of rain came in 2021 */
		text(rain, f.rain_percentage === undefined ? `${f.track_temperature}°` : `${f.rain_percentage}%`);
		attribute(item, 'title', `in ${f.time_offset} min: ${name('weather', f.weather, state.year) ?? 'unknown weather'}`);
	});
}

/* drawLink: called each second too, since silence makes no event */
export function drawLink(connection)
{
	const silent = Math.floor((performance.now() - connection.last) / 1000);
	const [look, words] = connection.status === 'lost' ? ['lost', 'Connection lost, trying again']
		: connection.status === 'connecting' ? ['connecting', 'Connecting']
		: !connection.last ? ['waiting', 'Connected, no data yet']
		: silent >= QUIET ? ['waiting', `No data for ${silent} s`] : ['live', 'Live'];

	document.body.classList.toggle('lost', look === 'lost');
	data($('link'), 'link', look);
	text($('link-text'), words);
}
