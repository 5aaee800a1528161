/* scene: what else may happen, by name, and when it does
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "opt.h"
#include "race.h"
#include "scene.h"
#include "track.h"

const struct scene_text scene_texts[SCENES] = {
	[FLASHBACK] = { "flashback", "half-way the race goes back 12 s" },
	[CHAINED_FLASHBACKS] = { "chained-flashbacks", "at three quarters back 12 s, and 6 s later to before that" },
	[PAUSE] = { "pause", "nothing is sent for 3 minutes, session time stands still" },
	[SAVE_RELOAD] = { "save-reload", "goes on from a point 20 s before, as another session from frame 0" },
	[UID0] = { "uid0", "packets of no session before and after it" },
	[LATE_SSTA] = { "late-ssta", "SSTA once more just before the classification" },
	[LATE_START] = { "late-start", "the capture begins near half distance" },
	[SPECTATOR] = { "spectator", "player_car_index is 255" },
	[RESTRICTED] = { "restricted", "three cars do not show their telemetry" },
	[RED_FLAG] = { "red-flag", "safety car, red flag, all stop, and on" },
	[REJOIN] = { "rejoin", "a player leaves for a minute and comes back" },
	[WEEKEND] = { "weekend", "practice and qualifying before the race" },
	[FRAME0_END] = { "frame0-end", "the last packets have overall frame 0, too" },
	[LOSS] = { "loss", "2 % of the datagrams are lost" },
	[REORDER] = { "reorder", "1 % of the datagrams are overtaken by up to 8" },
	[DUPLICATES] = { "duplicates", "2 % of the datagrams come twice" },
};

static struct {
	int on, done;		/* bit by scene */
	double chained_at;	/* s of session: the second flashback */
} self;

int
scene_on(enum scene s)
{
	return self.on >> s & 1;
}

static void
help(void)
{
	for (int i = 0; i < SCENES; i++)
		printf("%-20s %s\n", scene_texts[i].name, scene_texts[i].help);
	exit(fflush(stdout) == 0 ? EX_OK : EX_IOERR);
}

void
scene_add(const char *list)
{
	for (size_t n; ; list += n + 1) {
		int i = 0;

		n = strcspn(list, ",");
		if (n == 4 && strncmp(list, "help", n) == 0)
			help();
		while (i < SCENES && (strncmp(list, scene_texts[i].name, n) != 0 || scene_texts[i].name[n] != '\0'))
			i++;
		if (i == SCENES)
			opt_usage("'%.*s': unknown option of --scene, which help lists", (int)n, list);
		self.on |= 1 << i;
		if (list[n] == '\0')
			return;
	}
}

/* A guest from the indices behind the player's. */
static struct car *
guest(int behind)
{
	int i = (race.player + behind) % race.cars_n;

	if (i == race.player)
		return NULL;
	race.cars[i].human = race.cars[i].guest = 1;
	return &race.cars[i];
}

void
scene_cast(void)
{
	for (int i = 1; i <= 3 && scene_on(RESTRICTED) && race.year >= 2019; i++) {
		struct car *c = guest(3 * i);

		if (c)
			c->restricted = 1;
	}
	for (int i = 1; i < race.cars_n && scene_on(REJOIN) && race.leaver < 0; i++) {
		int car = (race.player + i) % race.cars_n;

		if (race.cars[car].restricted)
			continue;
		guest(i)->fails_at = INFINITY;
		race.leaver = car;
	}
}

/* Laps into the race that the player has done, as a share of all. */
static double
share(void)
{
	return race.cars[race.player].at / (race.laps * track.length);
}

static int
once(enum scene s, int now)
{
	if (!scene_on(s) || self.done >> s & 1 || !now)
		return 0;
	self.done |= 1 << s;
	return 1;
}

int
scene_second(void)
{
	return self.done >> CHAINED_FLASHBACKS & 1;
}

int
scene_due(enum scene s)
{
	const struct car *player = &race.cars[race.player];

	if (race.kind != RACE || player->running != RUNNING)
		return 0;
	switch (s) {
	case FLASHBACK:		/* in a longer race just behind the line, so that the lap is driven again */
		return once(s, race.laps == 1 ? share() >= 0.6 : player->at >= race.laps / 2 * track.length + 300);
	case CHAINED_FLASHBACKS:
		if (self.chained_at > 0)
			return race.time >= self.chained_at && once(s, 1);
		if (!scene_on(s) || self.done >> s & 1 || share() < 0.75)
			return 0;
		self.chained_at = race.time - 12 + 6;
		return 1;
	case PAUSE:
		return once(s, share() >= 0.3);
	case SAVE_RELOAD:
		return once(s, share() >= 0.85);
	case LATE_START:
		return once(s, share() >= 0.45);
	case RED_FLAG:
		return once(s, share() >= 0.6);
	case REJOIN:
		return once(s, share() >= 0.25);
	default:
		return 0;
	}
}
