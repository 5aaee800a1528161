/* f1-sim: a race that nobody drives, sent as the game of any year sends it
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "game.h"
#include "net.h"
#include "opt.h"
#include "out.h"
#include "packets.h"
#include "prng.h"
#include "race.h"
#include "scene.h"
#include "sig.h"
#include "track.h"
#include "truth.h"
#include "wire.h"

enum { LAP_LENGTH = 256, DURATION, SCENE, TRUTH };	/* no letters */

static const struct opt opts[] = {
	{ 'y', "year", "YEAR", "packet format, 2018 to 2026 (default 2025)" },
	{ 'c', "cars", "N", "cars on the grid (default 20, at most what the year's packets hold)" },
	{ 'l', "laps", "N", "laps of the race, 1 to 100 (default 5)" },
	{ 'r', "rate", "HZ", "frames sent in a second, 1 to 120 (default 60)" },
	{ 'S', "seed", "N", "another race (default 1); the same options and seed give the same bytes" },
	{ 's', "speed", "X", "times real time, 0 as fast as possible (default 1 with --udp, else 0)" },
	{ 'u', "udp", "HOST:PORT", "send datagrams there (default: one behind the other on stdout)" },
	{ DURATION, "duration", "SEC", "stop after SEC seconds of the game" },
	{ LAP_LENGTH, "lap-length", "M", "metres of a lap, 2500 to 10000 (default 5200)" },
	{ SCENE, "scene", "NAME,...", "play these scenes; help lists them" },
	{ TRUTH, "truth", "FILE", "write to FILE, as JSON, what really happened" },
	{ 0 }
};

static struct {
	int year, cars, laps, rate;
	unsigned long long seed;
	double speed, duration, lap_length;
	const char *udp, *truth;
} self = { .year = 2025, .cars = 20, .laps = 5, .rate = 60, .seed = 1, .speed = -1, .duration = 1e9, .lap_length = 5200 };

static void
parse_options(int argc, char *argv[])
{
	int c;

	opt_init("f1-sim", "[OPTION]...", "a simulated race in the UDP telemetry of any F1 game since 2018", opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 'y':
			self.year = (int)opt_number(LAYOUT_YEAR_MIN, LAYOUT_YEAR_MAX);
			break;
		case 'c':
			self.cars = (int)opt_number(1, LAYOUT_CARS_MAX);
			break;
		case 'l':
			self.laps = (int)opt_number(1, RACE_LAPS_MAX);
			break;
		case 'r':
			self.rate = (int)opt_number(1, 120);
			break;
		case 'S':
			self.seed = (unsigned long long)opt_number(0, INT64_MAX);
			break;
		case 's':
			self.speed = opt_real(0, 1e6);
			break;
		case 'u':
			self.udp = optarg;
			break;
		case DURATION:
			self.duration = opt_real(0, 1e9);
			break;
		case SCENE:
			scene_add(optarg);
			break;
		case TRUTH:
			self.truth = optarg;
			break;
		case LAP_LENGTH:
			self.lap_length = opt_real(2500, 10000);
			break;
		}
	if (optind < argc)
		opt_usage("no operands are known: '%s'", argv[optind]);
	if (self.speed < 0)
		self.speed = self.udp ? 1 : 0;
	wire_init((unsigned)self.year);
	if (self.cars > wire_cars())
		opt_usage("--cars: the packets of %d hold %d", self.year, wire_cars());
	if (!self.udp && isatty(STDOUT_FILENO))
		errx(EX_USAGE, "datagrams are binary: pipe them, or use --udp");
}

int
main(int argc, char *argv[])
{
	sigset_t all;

	parse_options(argc, argv);
	prng_seed(self.seed);
	if (track_build(self.lap_length) == -1)
		err(EX_OSERR, "track");
	struct plan plan = { .rate = self.rate, .laps = self.laps, .duration = self.duration, .seed = self.seed };

	plan.uid = prng_u64();
	if (race_init((unsigned)self.year, self.cars, self.laps) == -1)
		err(EX_OSERR, "race");
	scene_cast();
	packets_init(plan.uid);
	if (self.truth)
		truth_open(self.truth, self.seed);
	net_init(self.seed, (scene_on(LOSS) ? NET_LOSS : 0) | (scene_on(REORDER) ? NET_REORDER : 0) |
	    (scene_on(DUPLICATES) ? NET_DUPLICATES : 0));
	/* unlike a filter, we may sleep and write with signals let in: they end either */
	sig_init();
	sigemptyset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	out_init(self.udp, self.speed);
	game_play(&plan);
	net_end();
	out_end();
	truth_close();
	if (opt_common.verbose)
		fprintf(stderr, "f1-sim: %llu datagrams, %llu bytes, %.3f s of race\n", out.datagrams, out.bytes, race.time);
	return EX_OK;
}
