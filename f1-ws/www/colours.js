/* SPDX-License-Identifier: MIT */
/* colours.js: how teams and tyres look; which number is which team or tyre the games' enumerations tell, by name */

/* the first that fits a team's name; the year of a car does not matter to its colour */
const teams = [
	[/mercedes/i, '#00d7b6'], [/ferrari/i, '#ed1131'], [/red bull/i, '#4781d7'], [/williams/i, '#1868db'],
	[/aston martin/i, '#229971'], [/racing point|force india/i, '#f596c8'], [/alpine/i, '#00a1e8'],
	[/renault/i, '#ffd800'], [/toro rosso/i, '#3f62d9'], [/alpha ?tauri/i, '#5e8faa'], [/^rb\b/i, '#6c98ff'],
	[/haas/i, '#9c9fa2'], [/mclaren/i, '#f47600'], [/alfa romeo/i, '#b02a45'], [/sauber/i, '#01c00e'],
	[/audi/i, '#e6412e'], [/cadillac/i, '#b8a66a'], [/apxgp/i, '#c9a227'], [/konnersport/i, '#8ac926'],
	[/lotus|jordan/i, '#2e8b57'], [/brawn/i, '#d7f205'], [/benetton/i, '#19b5fe'],
	[/prema/i, '#e2001a'], [/art g/i, '#b4b8bd'], [/campos/i, '#ffcc00'], [/carlin|rodin/i, '#2a5bd7'],
	[/dams/i, '#00b5e2'], [/hitech/i, '#c3c3c3'], [/mp motorsport/i, '#ff7f27'], [/trident/i, '#4b6cb7'],
	[/charouz|phm|aix/i, '#8a4fff'], [/virtuosi|invicta/i, '#19c37d'], [/amersfoort/i, '#ff9e1b'],
	[/arden|bwt/i, '#f5a3c7'],
];

/* team: a colour for a name; other teams get one of their own, the same each time */
export function team(name, id, livery)
{
	for (const [pattern, colour] of teams)
		if (name && pattern.test(name))
			return colour;
	if (id === undefined)
		return livery ?? '#8a93a0';
	return livery ?? `hsl(${(Number(id) || 0) * 67 % 360} 55% 55%)`;
}

/* the letter and the class of a tyre, by the first that fits its name */
const tyres = [
	[/inter/i, 'I', 'inter'], [/wet/i, 'W', 'wet'], [/hyper/i, 'HS', 'hyper'], [/ultra/i, 'US', 'ultra'],
	[/super soft/i, 'SS', 'soft'], [/super hard/i, 'SH', 'hard'], [/soft/i, 'S', 'soft'], [/medium/i, 'M', 'medium'],
	[/hard/i, 'H', 'hard'], [/classic/i, 'C', 'hard'],
];

export function tyre(name)
{
	for (const [pattern, letter, look] of tyres)
		if (name && pattern.test(name))
			return { letter, look };
	return { letter: '?', look: 'none' };
}

/* how a time compares: the best of all, the driver's own best, or neither; one that beats them does not count */
export function rank(ms, own, overall)
{
	if (!ms)
		return null;
	if (ms === overall)
		return 'overall';
	return ms === own ? 'own' : 'slower';
}
