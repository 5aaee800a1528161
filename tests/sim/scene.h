/* scene: what else may happen, by name; see README
 * SPDX-License-Identifier: MIT
 */
#ifndef SCENE_H
#define SCENE_H

enum scene {
	FLASHBACK, CHAINED_FLASHBACKS, PAUSE, SAVE_RELOAD, UID0, LATE_SSTA, LATE_START, SPECTATOR, RESTRICTED, RED_FLAG,
	REJOIN, WEEKEND, FRAME0_END, LOSS, REORDER, DUPLICATES, SCENES
};

extern const struct scene_text {
	const char *name, *help;
} scene_texts[SCENES];

/* Is it played? */
int scene_on(enum scene);

/* Adds those of a list with commas; ends the program on `help` and on a name that is none. */
void scene_add(const char *list);

/* Who plays which part; after race_init. */
void scene_cast(void);

/* Is it time for it? 1 once for each scene that is played; in races only. */
int scene_due(enum scene);

/* Is the chained flashback that is due the second one? */
int scene_second(void);

#endif
