/* advice: what to do about what was found
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"

const struct advice_menu advice_menus[] = {
	{ "F1 2018", "Game Options > Settings > UDP Telemetry Settings", "2018" },
	{ "F1 2019, F1 2020", "Game Options > Settings > Telemetry Settings", "the game's year, or one before it" },
	{ "F1 2021, F1 22, F1 23, F1 24, F1 25", "Settings > Telemetry Settings", "the game's year, or one of the two before it" },
	{ "F1 25 with the 2026 Season Pack", "Settings > Telemetry Settings", "2026, or one of the two before it" },
};
const int advice_menus_n = sizeof advice_menus / sizeof advice_menus[0];

static void __attribute__((format(printf, 2, 3)))
say(struct advice *a, const char *format, ...)
{
	va_list ap;

	if (a->n == ADVICE_MAX)
		return;
	va_start(ap, format);
	vsnprintf(a->text[a->n++], ADVICE_SIZE, format, ap);
	va_end(ap);
}

/* Is there a line with this in the file? */
static bool
says(const char *file, const char *words)
{
	char line[512];
	bool found = false;
	FILE *f = fopen(file, "re");

	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		found = strstr(line, words) != NULL;
	if (f != NULL)
		fclose(f);
	return found;
}

static void
firewall(struct advice *a, unsigned port)
{
	if (says("/etc/ufw/ufw.conf", "ENABLED=yes"))
		say(a, "the firewall ufw is on: 'ufw allow %u/udp' lets the game in", port);
	else if (access("/run/firewalld", F_OK) == 0)
		say(a, "firewalld is there: 'firewall-cmd --add-port=%u/udp' lets the game in", port);
	else
		say(a, "look for a firewall: UDP to port %u must be let in, here ('nft list ruleset' tells) and on the way", port);
}

static void
surroundings(struct advice *a, unsigned port)
{
	if (says("/proc/version", "icrosoft"))
		say(a, "this is WSL, which has an address of its own: send to that one, or give WSL networkingMode=mirrored");
	if (access("/.dockerenv", F_OK) == 0)
		say(a, "this is a Docker container: run it with -p %u:%u/udp or --network host, and send to the host", port, port);
}

static void
bound(struct advice *a, const struct udp *u)
{
	const struct in6_addr *b = &u->bound.sin6_addr;
	bool four = IN6_IS_ADDR_V4MAPPED(b);

	if (IN6_IS_ADDR_LOOPBACK(b) || (four && b->s6_addr[12] == 127))
		say(a, "%s is for programs of this machine only: without --address others can send, too", u->name);
	else if (!IN6_IS_ADDR_UNSPECIFIED(b) && !(four && memcmp(b->s6_addr + 12, "\0\0\0\0", 4) == 0))
		say(a, "only what is sent to %s comes here, and no broadcasts: without --address all does", u->name);
}

static void
nothing(struct advice *a, const struct probe *p)
{
	say(a, "in the game: UDP Telemetry On, UDP Broadcast Mode Off, UDP IP Address one of this machine's, UDP Port %u, UDP Send "
	    "Rate 60Hz; then go on the track, for in the menus it sends next to nothing", p->udp->port);
	bound(a, p->udp);
	if (p->unclaimed > 0)
		say(a, "%ju datagrams came meanwhile to ports of this machine that no program has: is the port in the game %u?",
		    (uintmax_t)p->unclaimed, p->udp->port);
	firewall(a, p->udp->port);
	surroundings(a, p->udp->port);
	for (int i = 0; i < p->senders_n; i++)
		if (p->senders[i].datagrams > 0)
			say(a, "%s sends here, but no packets of a game: another app's port?", p->senders[i].name);
}

static bool
restricts(const struct probe_sender *s)
{
	for (int i = 0; i < LAYOUT_CARS_MAX; i++)
		if (s->restricted[i] && s->status[i] > 1 && i != s->player)
			return true;
	return false;
}

static void
about(struct advice *a, const struct probe_sender *s)
{
	unsigned rate = frames_rate(&s->frames);

	if (rate > 0 && rate < 60)
		say(a, "%s: UDP Send Rate is %uHz: 60Hz tells more", s->name, rate);
	if (s->known && s->game_year > 0 && s->format < 2000 + (unsigned)s->game_year)
		say(a, "%s: UDP Format is %u, and the game knows %d, which tells more", s->name, s->format, 2000 + s->game_year);
	if (s->frames.part > 0 || frames_skipped(&s->frames) > 0)
		say(a, "%s: datagrams are lost on the way: take a cable for WLAN, or the game cannot keep its pace", s->name);
	if (s->twice > 0)
		say(a, "%s: datagrams come twice: do two ways lead here, or does an app send on what it gets?", s->name);
	if (restricts(s))
		say(a, "%s: cars whose drivers have Your Telemetry on Restricted hide fuel, ERS, damage and more: Public shows them",
		    s->name);
	if (s->paused == 1)
		say(a, "%s: the game is paused, and sends less", s->name);
	else if (s->uid == 0)
		say(a, "%s: the game is in no session, and sends less", s->name);
	if (s->sessions > 1)
		say(a, "%s: %u sessions: has one begun meanwhile, or do two games send by one address?", s->name, s->sessions);
}

void
advice(struct advice *a, const struct probe *p)
{
	int games = 0;

	a->n = 0;
	if (p->taken) {
		say(a, "end the program that has port %u, choose another port here and in the game, or let both use --reuse-port", p->taken);
		say(a, "a program that has the port can send on to others: f1-listen --forward, or the app's own setting");
		return;
	}
	if (p->packets == 0) {
		nothing(a, p);
		return;
	}
	for (int i = 0; i < p->senders_n; i++)
		if (p->senders[i].packets > 0) {
			about(a, &p->senders[i]);
			games++;
		}
	if (games > 1)
		say(a, "%d games send to one port: captures and tables keep them apart, but f1-ws shows only one of them", games);
	if (p->udp->dropped > 0)
		say(a, "the kernel dropped datagrams because its buffer was full: 'sysctl net.core.rmem_max=%d' allows a larger one", UDP_BUFFER);
}
