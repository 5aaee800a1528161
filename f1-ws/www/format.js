/* SPDX-License-Identifier: MIT */
/* format.js: numbers as people read them; what is not known is a dash of the same width class */

export const NONE = '–';

/* 83456 -> 1:23.456 */
export function lapTime(ms)
{
	if (!(ms > 0))
		return NONE;
	const minutes = Math.floor(ms / 60000), rest = ms - minutes * 60000;
	const seconds = (rest / 1000).toFixed(3);

	return minutes ? `${minutes}:${seconds.padStart(6, '0')}` : seconds;
}

/* sectorTime: a digit less from a minute on, so that all have the same room */
export function sectorTime(ms)
{
	return ms >= 60000 ? lapTime(Math.round(ms / 100) * 100).slice(0, -2) : lapTime(ms);
}

/* 1234 -> +1.234; in seconds, as the sport has it, and from 100 on with fewer digits */
export function gap(ms)
{
	if (ms === null || ms === undefined)
		return NONE;
	return `+${(ms / 1000).toFixed(ms < 100000 ? 3 : 1)}`;
}

/* -1234 -> −1.234, with a true minus of the width of the plus */
export function delta(ms)
{
	if (ms === null || ms === undefined)
		return NONE;
	return `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1000).toFixed(3)}`;
}

/* 3725 -> 1:02:05 */
export function clock(seconds)
{
	const s = Math.max(0, Math.floor(seconds)), pad = (n) => String(n).padStart(2, '0');
	const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;

	return h ? `${h}:${pad(m)}:${pad(s % 60)}` : `${m}:${pad(s % 60)}`;
}
