/* SPDX-License-Identifier: MIT */
/* live-page.mjs: simulated races by UDP through the programs, and what a browser makes of them */

import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Recorder } from '../../f1-ws/www/recorder.js';
import { done, FLAGS, frame, is, killAll, last, ok, pipeline, race, records, server, until } from './pipeline.mjs';

const SPEED = 10;

const trouble = [];

async function open(browser, url, watched = true)
{
	const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });

	if (watched) {
		page.on('console', (m) => ['error', 'warning'].includes(m.type()) && trouble.push(`console: ${m.text()}`));
		page.on('pageerror', (e) => trouble.push(`error: ${e.message}`));
		page.on('request', (r) => new URL(r.url()).host === new URL(url).host || trouble.push(`request: ${r.url()}`));
	}
	await page.goto(url);
	return page;
}

/* tower: the rows in the order in which they stand on the screen */
const tower = (page) => page.$$eval('#rows .row', (rows) => rows
	.map((row) => {
		const cell = (name) => row.querySelector(`.${name}`).textContent;

		return { place: Number(row.style.getPropertyValue('--place')), car: Number(row.dataset.car),
		    position: row.querySelector('.position b').textContent, name: cell('name'), leader: cell('leader'),
		    ahead: cell('ahead'), last: cell('last'), best: cell('best'), tyre: cell('compound'), age: cell('age'),
		    sectors: [cell('s1'), cell('s2'), cell('s3')], status: cell('status'),
		    followed: row.getAttribute('aria-selected') === 'true' };
	})
	.sort((a, b) => a.place - b.place));
const say = (page, selector) => page.textContent(selector);

function time(ms)
{
	if (!ms)
		return '–';
	const m = Math.floor(ms / 60000);

	return m ? `${m}:${((ms % 60000) / 1000).toFixed(3).padStart(6, '0')}` : (ms / 1000).toFixed(3);
}

const plus = (ms) => `+${(ms / 1000).toFixed(ms < 100000 ? 3 : 1)}`;
/* the page asks for lap_data of all cars 4 times a second, and of the followed one 10 times */
const shown = (all, player) => last(all, 'lap_data', 4).set(player, last(all, 'lap_data', 10).get(player));
const ordered = (laps) => [...laps.values()].filter((l) => l.result_status > 1)
	.sort((a, b) => a.car_position - b.car_position);

/* settled: the cars stand in this order, and nothing has changed for longer than the page may wait with drawing */
async function settled(page, order)
{
	const cars = JSON.stringify(order.map((l) => l.car));
	let before = '', since = 0;

	return until(async () => {
		const rows = await tower(page), now = JSON.stringify(rows) + await say(page, '#car');

		if (now !== before)
			since = Date.now();
		before = now;
		return JSON.stringify(rows.map((row) => row.car)) === cars && Date.now() - since > 1500;
	});
}

const bests = (all) => {
	const best = new Map();

	for (const r of all)
		if (r.packet === 'lap_history' && r.lap_time_in_ms && r.lap_valid_bit_flags & 1)
			best.set(r.car, Math.min(best.get(r.car) ?? Infinity, r.lap_time_in_ms));
	return best;
};

/* compareLaps: the page's comparison with the best lap, of all records, which a browser in a hurry does not get */
function compareLaps(all, player)
{
	const recorder = new Recorder(), car = { index: player, lap: null };
	const state = { session: { track_length: 5200 }, cars: new Map([[player, car]]) };
	const mine = all.filter((r) => r.packet === 'lap_data' && r.car === player);

	for (const r of all) {
		if (r.packet === 'lap_data' && r.car === player)
			car.lap = r;
		recorder.apply(r, state, player);
	}
	const { best } = recorder.books.get(player), lap = bests(all).get(player), now = mine.at(-1);
	const old = mine.filter((r) => r.current_lap_num === best?.lap);
	const k = old.findIndex((r) => r.lap_distance > now.lap_distance), [a, b] = [old[k - 1], old[k]];
	const share = (now.lap_distance - a.lap_distance) / (b.lap_distance - a.lap_distance);
	const then = a.current_lap_time_in_ms + (b.current_lap_time_in_ms - a.current_lap_time_in_ms) * share;

	is('the best lap is the one to compare with', best?.lapTime, lap);
	ok('and the difference is the true one', Math.abs(recorder.delta(car) - (now.current_lap_time_in_ms - then)) < 60,
	    recorder.delta(car), now.current_lap_time_in_ms - then);
	ok('its speed is there for all of the lap', best.speed.filter((v) => v > 50 && v < 380).length > 0.95 * best.points);
}

/* picture: a screenshot in the middle of the second lap, for make picture */
async function picture(page)
{
	if (!process.env.PICTURE)
		return;
	await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
	await until(async () => (await say(page, '#trace-lap')) === '2' && /^1:[012]/.test(await say(page, '#current')));
	const devtools = await page.context().newCDPSession(page);
	const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 80 });

	writeFileSync(process.env.PICTURE, data, 'base64');
}

/* a race that stops in its third lap: all that stands still can be compared */
async function running(page, pipe)
{
	const args = ['--year', '2025', '--cars', '22', '--laps', '5', '--rate', '20', '--duration', '215'];
	const all = await records(args);
	const player = all.find((r) => r.packet === 'lap_data').player_car_index, laps = shown(all, player), order = ordered(laps);
	const names = last(all, 'participants', 1000), telemetry = last(all, 'car_telemetry', 30).get(player);
	const best = bests(all), status = last(all, 'car_status', 0.5);

	await Promise.all([race(pipe, args, SPEED), picture(page)]);
	ok('22 cars stand in the order of the race', await settled(page, order));
	const rows = await tower(page);

	is('their names', rows.map((r) => r.name), order.map((l) => names.get(l.car).name));
	is('their positions', rows.map((r) => Number(r.position)), order.map((l) => l.car_position));
	is('their last laps', rows.map((r) => r.last), order.map((l) => time(l.last_lap_time_in_ms)));
	is('their best laps', rows.map((r) => r.best), order.map((l) => time(best.get(l.car))));
	is('their gaps to the leader', rows.slice(1).map((r) => r.leader), order.slice(1).map((l) =>
	    l.result_status === 2 ? plus(l.delta_to_race_leader_ms_part + 60000 * l.delta_to_race_leader_minutes_part) : '–'));
	is('their gaps to the car ahead', rows.slice(1).map((r) => r.ahead), order.slice(1).map((l) =>
	    l.result_status === 2 ? plus(l.delta_to_car_in_front_ms_part + 60000 * l.delta_to_car_in_front_minutes_part) : '–'));
	const first = order.map((l) => l.sector1_time_ms_part + 60000 * l.sector1_time_minutes_part);

	is('the first sectors of this lap, where they are done', rows.map((r) => r.sectors[0]).filter((_, i) => first[i]),
	    first.filter(Boolean).map(time));
	is('their tyres', rows.map((r) => r.tyre), order.map((l) =>
	    ({ 16: 'S', 17: 'M', 18: 'H', 7: 'I', 8: 'W' })[status.get(l.car).visual_tyre_compound]));
	is('and their age', rows.map((r) => r.age), order.map((l) => String(status.get(l.car).tyres_age_laps)));
	is('the player\'s car is followed', rows.filter((r) => r.followed).map((r) => r.car), [player]);
	is('with its speed', await say(page, '#speed'), String(telemetry.speed));
	is('and its gear', await say(page, '#gear'), String(telemetry.gear || 'N'));
	is('the session is told', [await say(page, '#track'), await say(page, '#session'), await say(page, '#lap')],
	    ['Catalunya', 'Race · F1 2025', `${order[0].current_lap_num} / 5`]);
	ok('the map knows the track', await page.evaluate(() => Object.keys(localStorage)
	    .some((key) => key.startsWith('f1.track.2025.4.') && JSON.parse(localStorage[key]).length > 100)));
	is('traces are drawn of this lap', await say(page, '#trace-lap'), String(laps.get(player).current_lap_num));
	compareLaps(all, player);
	ok('no help text any more', !await page.isVisible('#empty'));
	return { all, rows };
}

/* follow: by mouse, by address and by keyboard */
async function follow(page, { all, rows })
{
	const name = () => say(page, '#car-name'), speed = last(all, 'car_telemetry', 30);

	await page.click(`#rows .row[data-car="${rows[4].car}"] .name`);
	ok('a click follows a car', await until(async () => await name() === rows[4].name), await name());
	is('the address keeps it', new URL(page.url()).hash, `#car=${rows[4].car}`);
	ok('its speed comes', await until(async () => await say(page, '#speed') === String(speed.get(rows[4].car).speed)),
	    await say(page, '#speed'), speed.get(rows[4].car).speed);
	await page.reload();
	ok('and it is followed after a reload', await until(async () => await name() === rows[4].name), await name());
	ok('with the latest of all cars', await settled(page, rows));
	is('and their best laps', (await tower(page)).map((r) => r.best), rows.map((r) => r.best));
	await page.focus('#rows .row[aria-selected=true]');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	ok('arrows and Enter follow the next one', await until(async () => await name() === rows[5].name), await name());
	await page.click('#auto');
	ok('and a button the player again', await until(async () =>
	    (await tower(page)).some((r) => r.followed && r.car === all.at(-1).player_car_index)));
	is('which the address forgets', new URL(page.url()).hash, '');
	is('and the keyboard is on that row', Number(await page.evaluate(() => document.activeElement.dataset.car)),
	    all.at(-1).player_car_index);
}

/* restart: f1-ws goes and comes again on the same port, then with a session of a year that tells no gaps */
async function restart(page, pipe, rows)
{
	await pipe.stop();
	ok('a lost connection is told', await until(async () => (await say(page, '#link-text')).startsWith('Connection lost')));
	is('what was known stays', (await tower(page)).length, rows.length);
	pipe = await pipeline(pipe.port, pipe.udp);
	ok('and it is found again', await until(async () => !(await say(page, '#link-text')).startsWith('Connection lost')));
	is('without losing the picture', (await tower(page)).map((r) => r.name), rows.map((r) => r.name));

	const args = ['--year', '2020', '--cars', '20', '--laps', '4', '--seed', '2', '--rate', '20', '--duration', '160'];
	const all = await records(args), laps = shown(all, all.find((r) => r.packet === 'lap_data').player_car_index);
	const order = ordered(laps);

	await race(pipe, args, SPEED / 4);	/* a browser that is late for a moment misses less of the leader's way */
	ok('a new session takes the place of the old one', await settled(page, order));
	const now = await tower(page);

	is('2020: its header', await say(page, '#session'), 'Race · F1 2020');
	is('its last laps, in seconds in that year', now.map((r) => r.last),
	    order.map((l) => time(Math.round(1000 * l.last_lap_time))));
	is('its best laps', now.map((r) => r.best), order.map((l) => time(Math.round(1000 * l.best_lap_time))));
	/* when the leader was where a car is now */
	const leader = all.filter((r) => r.packet === 'lap_data' && r.car === order[0].car);
	const wrong = now.slice(1).flatMap((row, i) => {
		const l = order[i + 1], k = leader.findIndex((r) => r.total_distance > l.total_distance);
		const [a, b] = [leader[k - 1], leader[k]];
		const then = a.session_time + (b.session_time - a.session_time) *
		    (l.total_distance - a.total_distance) / (b.total_distance - a.total_distance);
		const gap = l.session_time - then;

		return Math.abs(Number(row.leader) - gap) < 0.2 ? [] : [`${row.name}: ${row.leader}, not ${gap.toFixed(3)}`];
	});

	is('and its gaps, which the game does not tell', wrong, []);
	return pipe;
}

/* flashback: what it undid is gone from the screen */
async function flashback(page, pipe)
{
	const args = ['--year', '2023', '--cars', '20', '--laps', '2', '--seed', '3', '--rate', '20', '--scene', 'flashback'];
	const all = await records(args), best = bests(all.filter((r) => r.packet !== 'lap_history').concat(
	    [...new Map(all.filter((r) => r.packet === 'lap_history').map((r) => [`${r.car} ${r.lap_num}`, r])).values()]));
	const result = all.filter((r) => r.packet === 'final_classification').sort((a, b) => a.position - b.position);
	const order = [...new Map(result.map((r) => [r.car, r])).values()];
	let noticed = false;

	await page.exposeFunction('f1notice', (words) => {
		noticed ||= words.startsWith('Flashback');
	});
	await page.evaluate(() => new MutationObserver(() => window.f1notice(document.querySelector('#notice').textContent))
	    .observe(document.querySelector('#notice'), { childList: true, subtree: true, characterData: true }));
	/* slower: a page that is behind by all of the time that the flashback took back sees none */
	await race(pipe, args, SPEED / 2);
	ok('the end of the session is told', await until(async () => await say(page, '#flag') === 'Session ended'));
	ok('after a flashback and the flag the classification stands', await settled(page, order));
	ok('the flashback was told', noticed);
	ok('in the list, too', await page.$$eval('#events li', (lines) => lines.some((l) => l.textContent.includes('Flashback to'))));
	is('the last lap stays in the traces', await say(page, '#trace-lap'), '2');
	is('best laps are those of the final timeline', (await tower(page)).map((r) => r.best),
	    order.map((r) => time(best.get(r.car))));
	const total = (r) => 1000 * (r.total_race_time + r.penalties_time), finished = (await tower(page)).filter((r) => r.status === 'FIN');

	is('the gaps are the classification\'s', finished.slice(1).map((r) => r.leader),
	    order.filter((r) => r.result_status === 3).slice(1).map((r) => r.num_laps < order[0].num_laps
	        ? `+${order[0].num_laps - r.num_laps} lap${order[0].num_laps - r.num_laps > 1 ? 's' : ''}`
	        : plus(Math.round(total(r) - total(order[0])))));
}

/* apart: do the parts of a panel lie beside one another? Runs in the page. */
function apart(panel)
{
	const boxes = [...panel.children].map((e) => e.getBoundingClientRect());

	return boxes.every((a, i) => boxes.every((b, k) => i === k || a.right <= b.left + 1 || b.right <= a.left + 1 ||
	    a.bottom <= b.top + 1 || b.bottom <= a.top + 1));
}

/* strange: 24 cars, names that are markup or very long, numbers that no enumeration knows or that are none, a spectator, a
 * restricted car, the same words twice in a second */
async function strange(browser)
{
	const serve = await server(), page = await open(browser, `http://127.0.0.1:${serve.port}/`);
	const head = (packet, id, more) => ({ packet, packet_id: id, packet_format: 2026, session_uid: 0xfedcba9876543210n,
	    session_time: 12.5, frame_identifier: 750, overall_frame_identifier: 750, player_car_index: 255, ...more });
	const names = ['<img src=x onerror=alert(1)>', 'W'.repeat(31), '&lt;b&gt;', '', 'javascript:alert(1)', '\u202e\u0000LEWIS'];
	const out = [];

	out.push(head('session', 1, { weather: 77, track_temperature: 20, air_temperature: 20, total_laps: 50, track_length: 5000,
	    session_type: 99, track_id: 120, session_time_left: 3600, is_spectating: 1, spectator_car_index: 3, num_marshal_zones: 2,
	    safety_car_status: 9, num_weather_forecast_samples: 0 }));
	for (let car = 0; car < 24; car++) {
		out.push(head('lap_data', 2, { car, last_lap_time_in_ms: 0, current_lap_time_in_ms: 1000, lap_distance: 100 - car,
		    total_distance: 100 - car, car_position: car + 1, current_lap_num: 1, pit_status: 9, sector: 0, current_lap_invalid: 0,
		    penalties: 0, grid_position: 0, driver_status: 99, result_status: car === 5 ? 200 : 2 }));
		out.push(head('participants', 4, { car, ai_controlled: 0, driver_id: 60000, network_id: 1, team_id: 60000, my_team: 0,
		    race_number: car, nationality: 250, name: names[car % names.length], your_telemetry: car === 3 ? 0 : 1 }));
		out.push(head('car_status', 7, { car, fuel_in_tank: NaN, fuel_capacity: 0, fuel_remaining_laps: 0, actual_tyre_compound: 99,
		    visual_tyre_compound: 99, tyres_age_laps: 1, vehicle_fia_flags: 77, ers_store_energy: 0, ers_deploy_mode: 9 }));
	}
	out.push(head('event', 3, { event_string_code: 'PENA', car: 0, penalty_type: 99, infringement_type: 99, other_vehicle_idx: 200,
	    time: 255, lap_num: 1, places_gained: 0 }));
	out.push(head('event', 3, { event_string_code: '<b>', car: 0 }));
	out.push(head('event', 3, { event_string_code: 'SPTP', car: 0, speed: NaN }));
	const collision = (frame_identifier) => head('event', 3, { event_string_code: 'COLL', vehicle1_idx: 1, vehicle2_idx: 2,
	    frame_identifier });

	out.push(collision(740), collision(745));
	out.push(head('marshal_zones', 1, { zone: 0, zone_start: 0.5, zone_flag: 3 }), head('marshal_zones', 1, { zone: 1,
	    zone_start: 1e30, zone_flag: 3 }));
	out.push(head('motion', 0, { car: 0, world_position_x: 100, world_position_y: 0, world_position_z: NaN, world_velocity_x: 50,
	    world_velocity_y: 0, world_velocity_z: 0 }));
	serve.ws.stdin.write(Buffer.concat(out.map(frame)));
	ok('24 cars have a row each', await until(async () => (await tower(page)).length === 24), (await tower(page)).length);
	is('names are text and nothing else', (await tower(page)).slice(0, 3).map((r) => r.name), names.slice(0, 3));
	is('and make no element', await page.$$eval('#rows img, #rows script, #car img, #events b', (found) => found.length), 0);
	is('without a name there is the number', (await tower(page))[3].name, 'Car 3');
	await until(async () => await say(page, '#track') !== 'f1 live');
	is('unknown track and session show their numbers', [await say(page, '#track'), await say(page, '#session')],
	    ['Track 120', 'Session 99 · F1 2026']);
	ok('spectating is told', (await say(page, '#chips')).includes('Spectating'), await say(page, '#chips'));
	ok('the watched car is shown', await until(async () => await say(page, '#car-name') === 'Car 3'));
	ok('and that it is restricted', (await say(page, '#car-chips')).includes('Restricted'), await say(page, '#car-chips'));
	is('what it hides is no 0', await say(page, '#fuel-text'), 'hidden');
	is('nor an empty chart without a word', await say(page, '#wear-text'), 'hidden');
	const events = () => page.$$eval('#events li span', (words) => words.map((w) => w.textContent));
	const collided = `${names[1]} and ${names[2]} collide`;

	ok('a speed that is no number is no line', await until(async () => (await events()).length === 4), await events());
	is('what happens twice is told twice', (await events()).slice(0, 2), [collided, collided]);
	serve.ws.stdin.write(frame(collision(750)));
	ok('and stays so when more comes', await until(async () => (await events()).length === 5), await events());
	await page.evaluate(() => {
		location.hash = '#car=4';
	});
	ok('fuel that is no number is none', await until(async () => (await say(page, '#fuel-text')).startsWith('0.0 kg')),
	    await say(page, '#fuel-text'));
	ok('no row is higher than its line', await page.$$eval('#rows .row', (rows) =>
	    new Set(rows.map((r) => Math.round(r.getBoundingClientRect().height))).size === 1));
	for (const [width, height] of [[390, 844], [768, 1024], [1024, 768], [1200, 800], [1280, 800], [1366, 650], [1440, 900],
	    [2560, 1440]]) {
		await page.setViewportSize({ width, height });
		is(`${width} x ${height}: nothing is wider than the screen`, await page.evaluate(() =>
		    document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
		is('and the tyres are not wider than their place', await page.$eval('.wheels', (e) => Math.max(0, e.scrollWidth - e.clientWidth)), 0);
		ok('no part of the followed car lies on another one', await page.$eval('#car', apart));
		is('race control is on the screen', width < 1200 || await page.$eval('#events', (e) =>
		    e.clientHeight > 30 && e.getBoundingClientRect().bottom < innerHeight), true);
	}
	await page.close();

	const bare = await browser.newPage();

	await bare.route('**/vendor/**', (route) => route.abort());
	await bare.goto(`http://127.0.0.1:${serve.port}/`);
	ok('without uPlot there are no charts, and all the rest', await until(async () => (await tower(bare)).length === 24));
	await bare.close();
	await serve.stop();
}

/* secret: the page hands on the token that it was opened with */
async function secret(browser)
{
	writeFileSync('token', 'sesame-4711\n', { mode: 0o600 });
	const serve = await server(0, ['--token-file', 'token']);
	const page = await open(browser, `http://127.0.0.1:${serve.port}/?token=sesame-4711`);

	ok('with a token the page is served, and connects', await until(async () =>
	    await say(page, '#link-text') === 'Connected, no data yet'));
	serve.ws.stdin.write(frame({ packet: 'lap_data', packet_id: 2, packet_format: 2024, session_uid: 1n, session_time: 1.5,
	    frame_identifier: 90, overall_frame_identifier: 90, player_car_index: 7, car: 7, car_position: 1, current_lap_num: 1,
	    result_status: 2 }));
	ok('and gets records', await until(async () => (await tower(page)).length === 1));
	await page.close();
	await serve.stop();
}

const browser = await chromium.launch({ executablePath: process.env.BROWSER ?? '/usr/bin/chromium', args: FLAGS });

try {
	let pipe = await pipeline();
	const page = await open(browser, `http://127.0.0.1:${pipe.port}/`);

	ok('without data the page tells how to switch it on', await page.isVisible('text=UDP Telemetry'));
	is('and that it is connected', await until(async () => await say(page, '#link-text') === 'Connected, no data yet'), true);
	const seen = await running(page, pipe);

	await follow(page, seen);
	/* a refused connection is no fault of the page, and the browser says it */
	const before = trouble.length;

	pipe = await restart(page, pipe, seen.rows);
	trouble.push(...trouble.splice(before).filter((t) => !/WebSocket connection to .* failed/.test(t)));
	await flashback(page, pipe);
	await pipe.stop();
	await page.close();
	await strange(browser);
	await secret(browser);
	is('no error, no violation of the content security policy, no request elsewhere', trouble, []);
} catch (e) {
	ok('runs to its end', false, e.stack);
} finally {
	await browser.close();
	killAll();
}
process.exit(done());
