/* SPDX-License-Identifier: MIT */
/* charts.js: traces over the lap, lap times and tyre wear, drawn by uPlot; without it the page goes on without charts */

import { make, text, $ } from './dom.js';
import * as format from './format.js';
import { CHANNELS, STEP } from './recorder.js';

const TRACES = {
	speed: { share: 0.4, range: [-12, 360], splits: [0, 100, 200, 300], words: 'Speed km/h' },
	throttle: { share: 0.2, range: [-8, 108], splits: [0, 50, 100], words: 'Throttle %' },
	brake: { share: 0.2, range: [-8, 108], splits: [0, 50, 100], words: 'Brake %' },
	gear: { share: 0.2, range: [-0.5, 8.5], splits: [2, 4, 6, 8], words: 'Gear' },
};
const WHEELS = ['wheel-rl', 'wheel-rr', 'wheel-fl', 'wheel-fr'];	/* in the game's order */

let uPlot = null;

/* load: true if there are charts */
export async function load()
{
	try {
		uPlot = (await import('./vendor/uPlot.esm.js')).default;
	} catch {
		for (const box of document.querySelectorAll('.charts'))
			text(make(box, 'p', 'dim'), 'No charts: uPlot is not installed beside this page.');
		return false;
	}
	const link = make(document.head, 'link');

	link.rel = 'stylesheet';
	link.href = 'vendor/uPlot.min.css';
	return true;
}

/* NaN is a hole in a trace; uPlot wants null */
const holes = (array) => Array.from(array, (v) => Number.isNaN(v) ? null : v);

export class Charts {
	constructor()
	{
		this.plots = null;
		this.key = { traces: '', laps: '' };
		if (!uPlot)
			return;
		for (const box of document.querySelectorAll('.charts'))
			new ResizeObserver(() => this.drop()).observe(box);
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.drop());
	}

	/* drop: size or colours changed; what is drawn next is made anew */
	drop()
	{
		for (const plot of this.plots ? Object.values(this.plots) : [])
			plot.destroy();
		this.plots = null;
		this.key = { traces: '', laps: '' };
		this.ondirty?.();
	}

	make()
	{
		const css = getComputedStyle(document.documentElement), colour = (which) => css.getPropertyValue(`--${which}`).trim();
		const size = parseFloat(css.fontSize), font = `${Math.round(size * 0.72)}px ${css.fontFamily}`;
		const axis = (more) => ({ stroke: colour('dim'), font, grid: { stroke: colour('grid'), width: size / 14 },
		    ticks: { show: false }, space: size * 3.4, ...more });
		const common = (box, height, more) => ({ width: Math.floor(box.clientWidth), height: Math.floor(height),
		    legend: { show: false }, padding: [size * 0.5, size * 1.2, 0, 0], ...more });
		const plots = this.plots = {}, traces = $('trace-charts');
		const thin = size / 12, thick = size / 7, dots = size / 3;
		const bottom = Math.round(size * 1.4), left = Math.round(size * 2.4);

		CHANNELS.forEach((channel, i) => {
			const { share, range, splits, words } = TRACES[channel], last = i === CHANNELS.length - 1;

			plots[channel] = new uPlot(common(traces, (traces.clientHeight - bottom) * share + (last ? bottom : 0), {
				cursor: { sync: { key: 'lap' }, drag: { x: false, y: false }, points: { show: false }, y: false },
				scales: { x: { time: false, range: (_u, _a, b) => [0, b || 1] }, y: { range } },
				axes: [
					axis({ size: last ? bottom : 0, gap: 2, values: (_u, v) => v.map((d) => last ? `${d / 1000} km` : '') }),
					axis({ size: left, gap: 4, values: (_u, v) => v,
					    splits: (u) => u.height < 5 * size ? [splits[0], splits.at(-1)] : splits }),
				],
				series: [{}, { stroke: colour('dim'), width: thin }, { stroke: colour(channel), width: thick }],
			}), [[0], [null], [null]], traces);
			text(make(plots[channel].root, 'span', 'what'), words);
		});
		const whole = (_u, v) => v.map((n) => Number.isInteger(n) ? n : '');
		const laps = { time: false, range: (_u, _a, b) => [0.5, Math.max(5, b ?? 1) + 0.5] };
		const lapBox = $('lap-chart'), wearBox = $('wear-chart');

		plots.laps = new uPlot(common(lapBox, lapBox.clientHeight, {
			cursor: { drag: { x: false, y: false }, y: false },
			scales: { x: laps, y: { range: (_u, a, b) => a === null ? [80, 100] : [a - 0.5, Math.min(b, a * 1.12) + 0.5] } },
			axes: [axis({ size: bottom, gap: 2, values: whole }),
			    axis({ size: left * 1.6, gap: 4, values: (_u, v) => v.map((s) => format.lapTime(s * 1000).slice(0, -2)) })],
			series: [{}, { stroke: colour('dim'), width: thin, points: { size: dots } },
			    { stroke: colour('speed'), width: thick, points: { size: dots * 1.4, fill: colour('speed') } }],
		}), [[1], [null], [null]], lapBox);
		plots.wear = new uPlot(common(wearBox, wearBox.clientHeight, {
			cursor: { drag: { x: false, y: false }, y: false },
			scales: { x: laps, y: { range: (_u, _a, b) => [0, Math.max(20, Math.ceil((b ?? 0) / 10) * 10)] } },
			axes: [axis({ size: bottom, gap: 2, values: whole }),
			    axis({ size: left, gap: 4, values: (_u, v) => v.map((n) => `${n}%`) })],
			series: [{}, ...WHEELS.map((wheel) => ({ stroke: colour(wheel), width: thin * 1.5, points: { size: dots } }))],
		}), [[1], [null], [null], [null], [null]], wearBox);
	}

	draw(state, car, recorder)
	{
		if (!uPlot || !car)
			return;
		if (!this.plots)
			this.make();
		this.drawTraces(car, recorder);
		this.drawLaps(state, car);
	}

	drawTraces(car, recorder)
	{
		const book = recorder.books.get(car.index), key = `${car.index} ${recorder.version}`;

		if (!book?.now || key === this.key.traces)
			return;
		this.key.traces = key;
		const x = Array.from({ length: book.now.points }, (_, i) => i * STEP);
		const none = new Array(x.length).fill(null);

		for (const channel of CHANNELS)
			this.plots[channel].setData([x, book.best ? holes(book.best[channel]) : none, holes(book.now[channel])]);
		text($('trace-lap'), book.now.lap);
		text($('trace-best'), book.best ? `lap ${book.best.lap}, ${format.lapTime(book.best.lapTime)}` : format.NONE);
	}

	/* drawLaps: lap times beside the leader's, and the wear at the end of each lap */
	drawLaps(state, car)
	{
		const leader = state.order()[0], last = Math.max(1, ...car.laps.keys(), ...car.wear.keys());
		const x = Array.from({ length: last }, (_, i) => i + 1);
		const time = (who) => x.map((n) => who?.laps.get(n)?.time ? who.laps.get(n).time / 1000 : null);
		const times = [leader === car ? x.map(() => null) : time(leader), time(car)];
		const hidden = state.restricted(car);
		const wear = [0, 1, 2, 3].map((i) => x.map((n) => hidden ? null : car.wear.get(n)?.[i] ?? null));
		text($('wear-text'), hidden ? 'hidden' : '');
		const key = JSON.stringify([car.index, times, wear]);

		if (key === this.key.laps)
			return;
		this.key.laps = key;
		this.plots.laps.setData([x, ...times]);
		this.plots.wear.setData([x, ...wear]);
	}
}
