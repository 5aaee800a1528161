/* names: the grids of nine seasons, in the numbers that the enumerations of the year give them
 * SPDX-License-Identifier: MIT
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "names.h"

/* who drove for whom in which seasons; names as the enumerations have them */
static const struct seat {
	unsigned short from, to;
	const char *driver, *team;
	int race_number;
	const char *nationality;
} seats[] = {
	{ 2018, 2024, "Lewis Hamilton", "Mercedes", 44, "British" },
	{ 2018, 2021, "Valtteri Bottas", "Mercedes", 77, "Finnish" },
	{ 2022, 2026, "George Russell", "Mercedes", 63, "British" },
	{ 2025, 2026, "Andrea Kimi Antonelli", "Mercedes", 12, "Italian" },
	{ 2018, 2020, "Sebastian Vettel", "Ferrari", 5, "German" },
	{ 2018, 2018, "Kimi Räikkönen", "Ferrari", 7, "Finnish" },
	{ 2019, 2026, "Charles Leclerc", "Ferrari", 16, "Monegasque" },
	{ 2021, 2024, "Carlos Sainz", "Ferrari", 55, "Spanish" },
	{ 2025, 2026, "Lewis Hamilton", "Ferrari", 44, "British" },
	{ 2018, 2018, "Daniel Ricciardo", "Red Bull Racing", 3, "Australian" },
	{ 2018, 2026, "Max Verstappen", "Red Bull Racing", 33, "Dutch" },
	{ 2019, 2019, "Pierre Gasly", "Red Bull Racing", 10, "French" },
	{ 2020, 2020, "Alexander Albon", "Red Bull Racing", 23, "Thai" },
	{ 2021, 2024, "Sergio Pérez", "Red Bull Racing", 11, "Mexican" },
	{ 2025, 2025, "Yuki Tsunoda", "Red Bull Racing", 22, "Japanese" },
	{ 2026, 2026, "Isack Hadjar", "Red Bull Racing", 6, "French" },
	{ 2018, 2018, "Fernando Alonso", "McLaren", 14, "Spanish" },
	{ 2018, 2018, "Stoffel Vandoorne", "McLaren", 2, "Belgian" },
	{ 2019, 2020, "Carlos Sainz", "McLaren", 55, "Spanish" },
	{ 2019, 2026, "Lando Norris", "McLaren", 4, "British" },
	{ 2021, 2022, "Daniel Ricciardo", "McLaren", 3, "Australian" },
	{ 2023, 2026, "Oscar Piastri", "McLaren", 81, "Australian" },
	{ 2018, 2019, "Nico Hülkenberg", "Renault", 27, "German" },
	{ 2018, 2018, "Carlos Sainz", "Renault", 55, "Spanish" },
	{ 2019, 2020, "Daniel Ricciardo", "Renault", 3, "Australian" },
	{ 2020, 2020, "Esteban Ocon", "Renault", 31, "French" },
	{ 2021, 2022, "Fernando Alonso", "Alpine", 14, "Spanish" },
	{ 2021, 2024, "Esteban Ocon", "Alpine", 31, "French" },
	{ 2023, 2026, "Pierre Gasly", "Alpine", 10, "French" },
	{ 2025, 2026, "Franco Colapinto", "Alpine", 43, "Argentinean" },
	{ 2018, 2018, "Sergio Pérez", "Force India", 11, "Mexican" },
	{ 2018, 2018, "Esteban Ocon", "Force India", 31, "French" },
	{ 2019, 2020, "Sergio Pérez", "Racing Point", 11, "Mexican" },
	{ 2019, 2020, "Lance Stroll", "Racing Point", 18, "Canadian" },
	{ 2021, 2022, "Sebastian Vettel", "Aston Martin", 5, "German" },
	{ 2023, 2026, "Fernando Alonso", "Aston Martin", 14, "Spanish" },
	{ 2021, 2026, "Lance Stroll", "Aston Martin", 18, "Canadian" },
	{ 2018, 2018, "Pierre Gasly", "Toro Rosso", 10, "French" },
	{ 2018, 2018, "Brendon Hartley", "Toro Rosso", 28, "New Zealander" },
	{ 2019, 2019, "Daniil Kvyat", "Toro Rosso", 26, "Russian" },
	{ 2019, 2019, "Alexander Albon", "Toro Rosso", 23, "Thai" },
	{ 2020, 2022, "Pierre Gasly", "Alpha Tauri", 10, "French" },
	{ 2020, 2020, "Daniil Kvyat", "Alpha Tauri", 26, "Russian" },
	{ 2021, 2023, "Yuki Tsunoda", "Alpha Tauri", 22, "Japanese" },
	{ 2023, 2023, "Nyck de Vries", "Alpha Tauri", 21, "Dutch" },
	{ 2024, 2024, "Yuki Tsunoda", "RB", 22, "Japanese" },
	{ 2024, 2024, "Daniel Ricciardo", "RB", 3, "Australian" },
	{ 2025, 2026, "Liam Lawson", "RB", 30, "New Zealander" },
	{ 2025, 2025, "Isack Hadjar", "RB", 6, "French" },
	{ 2026, 2026, "Arvid Lindblad", "RB", 41, "British" },
	{ 2018, 2020, "Romain Grosjean", "Haas", 8, "French" },
	{ 2018, 2020, "Kevin Magnussen", "Haas", 20, "Danish" },
	{ 2021, 2022, "Mick Schumacher", "Haas", 47, "German" },
	{ 2021, 2021, "Nikita Mazepin", "Haas", 9, "Russian" },
	{ 2022, 2024, "Kevin Magnussen", "Haas", 20, "Danish" },
	{ 2023, 2024, "Nico Hülkenberg", "Haas", 27, "German" },
	{ 2025, 2026, "Esteban Ocon", "Haas", 31, "French" },
	{ 2025, 2026, "Oliver Bearman", "Haas", 87, "British" },
	{ 2018, 2018, "Lance Stroll", "Williams", 18, "Canadian" },
	{ 2018, 2018, "Sergey Sirotkin", "Williams", 35, "Russian" },
	{ 2019, 2021, "George Russell", "Williams", 63, "British" },
	{ 2019, 2019, "Robert Kubica", "Williams", 88, "Polish" },
	{ 2020, 2022, "Nicholas Latifi", "Williams", 6, "Canadian" },
	{ 2022, 2026, "Alexander Albon", "Williams", 23, "Thai" },
	{ 2023, 2024, "Logan Sargeant", "Williams", 2, "American" },
	{ 2025, 2026, "Carlos Sainz", "Williams", 55, "Spanish" },
	{ 2018, 2018, "Charles Leclerc", "Sauber", 16, "Monegasque" },
	{ 2018, 2018, "Marcus Ericsson", "Sauber", 9, "Swedish" },
	{ 2019, 2021, "Kimi Räikkönen", "Alfa Romeo", 7, "Finnish" },
	{ 2019, 2021, "Antonio Giovinazzi", "Alfa Romeo", 99, "Italian" },
	{ 2022, 2023, "Valtteri Bottas", "Alfa Romeo", 77, "Finnish" },
	{ 2022, 2023, "Guanyu Zhou", "Alfa Romeo", 24, "Chinese" },
	{ 2024, 2024, "Valtteri Bottas", "Sauber", 77, "Finnish" },
	{ 2024, 2024, "Guanyu Zhou", "Sauber", 24, "Chinese" },
	{ 2025, 2025, "Nico Hülkenberg", "Sauber", 27, "German" },
	{ 2025, 2025, "Gabriel Bortoleto", "Sauber", 5, "Brazilian" },
	{ 2026, 2026, "Nico Hülkenberg", "Audi", 27, "German" },
	{ 2026, 2026, "Gabriel Bortoleto", "Audi", 5, "Brazilian" },
	{ 2026, 2026, "Sergio Pérez", "Cadillac", 11, "Mexican" },
	{ 2026, 2026, "Valtteri Bottas", "Cadillac", 77, "Finnish" },
	/* two more than a season has, in a team of the players' own */
	{ 2018, 2026, "Benjamin Coppens", "My Team or none", 70, "Belgian" },
	{ 2018, 2026, "Marie Laursen", "My Team or none", 71, "Danish" },
};

int
names_value(unsigned year, const char *enumeration, const char *name, int otherwise)
{
	for (size_t i = 0; i < layout_enums_n; i++) {
		const struct layout_enum *e = &layout_enums[i];

		if (strcmp(e->name, enumeration) != 0)
			continue;
		for (int k = 0; k < e->values_n; k++)
			if (year >= e->values[k].from && year <= e->values[k].to && strcmp(e->values[k].name, name) == 0)
				return atoi(e->values[k].value);
	}
	return otherwise;
}

/* Capitals, with those of Latin letters with accents. */
static void
capitals(char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 'a' && c <= 'z')
			*s = (char)(c - 'a' + 'A');
		else if (c == 0xc3 && (unsigned char)s[1] >= 0xa0 && (unsigned char)s[1] != 0xb7) {
			s++;
			*s = (char)((unsigned char)*s - 0x20);
		}
	}
}

/* "C. SAINZ" in 2018 and 2019, "SAINZ" later; "DE VRIES", but of several given names only the last name. */
static void
shorten(unsigned year, const char *full, char out[NAMES_TEXT])
{
	const char *last = strchr(full, ' ') ? strchr(full, ' ') + 1 : full;

	if (isupper((unsigned char)*last) && strchr(last, ' '))
		last = strrchr(full, ' ') + 1;
	if (year < 2020)
		snprintf(out, NAMES_TEXT, "%c. %s", full[0], last);
	else
		snprintf(out, NAMES_TEXT, "%s", last);
	capitals(out);
}

void
names_grid(unsigned year, struct driver *out, int n)
{
	const char *teams[LAYOUT_CARS_MAX];
	int none = year < 2026 ? 255 : 65535, found = 0, teams_n = 0;

	for (size_t i = 0; i < sizeof seats / sizeof seats[0] && found < n; i++) {
		const struct seat *s = &seats[i];
		struct driver *d = &out[found];
		char season[64];
		int t;

		if (year < s->from || year > s->to)
			continue;
		/* a game that carries two seasons numbers the teams of the newer one anew */
		snprintf(season, sizeof season, "%s '%02u", s->team, year % 100);
		for (t = 0; t < teams_n && strcmp(teams[t], s->team) != 0; t++)
			continue;
		if (t == teams_n)
			teams[teams_n++] = s->team;
		shorten(year, s->driver, d->name);
		d->driver_id = names_value(year, "driver", s->driver, none);
		d->team_id = names_value(year, "team", season, names_value(year, "team", s->team, none));
		d->race_number = s->race_number;
		d->nationality = names_value(year, "nationality", s->nationality, 0);
		d->team = t;
		found++;
	}
}
