/* names: what the numbers of a year mean, and who drives in it
 * SPDX-License-Identifier: MIT
 */
#ifndef NAMES_H
#define NAMES_H

enum { NAMES_TEXT = 96 };

/* one who takes part */
struct driver {
	char name[NAMES_TEXT];	/* as the game writes it in that year */
	int driver_id, team_id, race_number, nationality;
	int team;		/* counts the teams of the grid from 0, -1 for none */
};

/* The number of a name in an enumeration of a year, or `otherwise`. */
int names_value(unsigned year, const char *enumeration, const char *name, int otherwise);

/* The first n drivers of a season. */
void names_grid(unsigned year, struct driver *, int n);

#endif
