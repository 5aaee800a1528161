/* advice: what to do about what was found
 * SPDX-License-Identifier: MIT
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "probe.h"

enum { ADVICE_MAX = 16, ADVICE_SIZE = 320 };

struct advice {
	int n;
	char text[ADVICE_MAX][ADVICE_SIZE];	/* printable, without quotes and backslashes, so that JSON takes it as it is */
};

/* where UDP telemetry is switched on, by game */
extern const struct advice_menu {
	const char *games, *menu, *format;
} advice_menus[];
extern const int advice_menus_n;

void advice(struct advice *, const struct probe *);

#endif
