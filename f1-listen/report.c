/* report: what was found, for people and as JSON
 * SPDX-License-Identifier: MIT
 */
#include <ifaddrs.h>
#include <inttypes.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>

#include "advice.h"
#include "holder.h"
#include "probe.h"

enum { HOLDERS = 16 };

static const struct {
	enum look look;
	const char *name;
} reasons[] = { { LOOK_FORMAT, "format" }, { LOOK_ID, "id" }, { LOOK_LENGTH, "length" } };
enum { REASONS = sizeof reasons / sizeof reasons[0] };

/* what is told of a kind of packet */
struct kind {
	const char *name;
	double rate, expected;		/* a second; expected < 0: it depends */
};

/* What came is told by the second; a rate of less than one would say nothing. */
static double
seconds_of(const struct probe *p, const struct probe_sender *s)
{
	double t = (double)(p->end - s->since) / 1e9;

	return t > 1 ? t : 1;
}

/* False: this format has no such packet, or it neither came nor had to. */
static bool
kind_of(const struct probe *p, const struct probe_sender *s, unsigned id, struct kind *k)
{
	const struct layout_packet *l = layout_find(s->format, id);

	if (l == NULL)
		return false;
	k->name = l->name;
	k->rate = (double)s->kinds[id] / seconds_of(p, s);
	k->expected = -1;
	if (s->uid != 0 && l->every_frame && frames_rate(&s->frames))
		k->expected = frames_rate(&s->frames);
	else if (s->uid != 0 && l->rate)
		k->expected = l->rate / 10.0;
	return s->kinds[id] > 0 || k->expected > 0;
}

/* Much less than expected, and not because we listened too short a time. */
static bool
few(const struct probe *p, const struct probe_sender *s, const struct kind *k)
{
	double wanted = k->expected * seconds_of(p, s);

	return k->expected > 0 && wanted >= 2 && k->rate * seconds_of(p, s) < 0.9 * wanted - 1;
}

/* Packets of the game since then. */
static double
packets_rate(const struct probe *p, const struct probe_sender *s)
{
	uint64_t n = 0;

	for (unsigned id = 0; id < LAYOUT_IDS; id++)
		n += s->kinds[id];
	return (double)n / seconds_of(p, s);
}

static double
frames_came(const struct probe *p, const struct probe_sender *s)
{
	return (double)(s->frames.whole + s->frames.part + 1 + (unsigned)s->frames.n) / seconds_of(p, s);
}

static bool
hides(const struct probe_sender *s, int car)
{
	return s->restricted[car] && s->status[car] > 1 && car != s->player;
}

static const char *
name_in(const struct probe_sender *s, const char *enumeration, int value)
{
	const char *name = layout_enum_name(enumeration, s->format, value);

	return name ? name : "unknown";
}

static void
each_address(void (*take)(const char *interface, const char *address, void *), void *data)
{
	struct ifaddrs *list, *a;
	char host[NI_MAXHOST];

	if (getifaddrs(&list) == -1)
		return;
	for (a = list; a != NULL; a = a->ifa_next) {
		sa_family_t family = a->ifa_addr ? a->ifa_addr->sa_family : AF_UNSPEC;

		if ((family != AF_INET && family != AF_INET6) || !(a->ifa_flags & IFF_UP) || (a->ifa_flags & IFF_LOOPBACK))
			continue;
		if (getnameinfo(a->ifa_addr, family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6), host,
		    sizeof host, NULL, 0, NI_NUMERICHOST) == 0)
			take(a->ifa_name, host, data);
	}
	freeifaddrs(list);
}

/* --- for people */

static void
text_address(const char *interface, const char *address, void *data)
{
	(void)data;
	printf("  %-10s %s\n", interface, address);
}

static void
text_session(const struct probe_sender *s)
{
	printf("  session     ");
	if (s->uid == 0)
		printf("none");
	else if (!s->known)
		printf("%016" PRIx64 ", of which no session packet came", s->uid);
	else
		printf("%016" PRIx64 ": %s, %s", s->uid, name_in(s, "session_type", s->type), name_in(s, "track", s->track));
	if (s->player != 255)
		printf(", the player is car %d", s->player);
	putchar('\n');
}

static void
text_frames(const struct probe *p, const struct probe_sender *s)
{
	uint64_t skipped = frames_skipped(&s->frames);

	if (frames_rate(&s->frames) == 0)
		return;
	printf("  send rate   %uHz; %.1f frames a second came\n", frames_rate(&s->frames), frames_came(p, s));
	printf("  lost        ");
	if (s->frames.part == 0 && skipped == 0)
		printf("nothing");
	else {
		printf("%" PRIu64 " frames, and a part of %" PRIu64, skipped, s->frames.part);
		for (unsigned id = 0, n = 0; id < LAYOUT_IDS; id++)
			if (s->frames.missing[id])
				printf("%s %" PRIu64 " %s", n++ ? "," : ":", s->frames.missing[id], layout_find(s->format, id)->name);
	}
	putchar('\n');
}

static void
text_sender(const struct probe *p, const struct probe_sender *s)
{
	bool any = false;

	printf("%s sends ", s->name);
	if (s->format == 0)
		printf("no packets of a game\n");
	else {
		printf("format %u", s->format);
		if (s->known && s->game_year > 0)
			printf(", game F1 %d", s->game_year);
		if (s->known && s->major >= 0)
			printf(", version %d.%02d", s->major, s->minor);
		putchar('\n');
		text_session(s);
		text_frames(p, s);
		printf("  packets     %.1f a second\n", packets_rate(p, s));
		for (unsigned id = 0; id < LAYOUT_IDS; id++) {
			struct kind k;

			if (!kind_of(p, s, id, &k))
				continue;
			printf("    %-20s %6.1f", k.name, k.rate);
			if (k.expected > 0)
				printf(" of %4.1f%s", k.expected, few(p, s, &k) ? "  too few" : "");
			putchar('\n');
		}
		if (s->twice)
			printf("  twice       %" PRIu64 " datagrams\n", s->twice);
		for (int i = 0; i < LAYOUT_CARS_MAX; i++)
			if (hides(s, i)) {
				printf("%s car %d (number %d)", any ? "," : "  restricted ", i, s->number[i]);
				any = true;
			}
		if (any)
			putchar('\n');
	}
	for (int i = 0; i < REASONS; i++)
		if (s->rejected[reasons[i].look])
			printf("  foreign     %" PRIu64 " by their %s, such as %s\n", s->rejected[reasons[i].look], reasons[i].name,
			    s->words[reasons[i].look]);
}

static void
text(const struct probe *p, const struct advice *a)
{
	struct holder holders[HOLDERS];

	if (p->taken) {
		int n = holder_find(p->taken, holders, HOLDERS);

		printf("port %u is taken by", p->taken);
		for (int i = 0; i < n; i++)
			if (holders[i].pid)
				printf("%s %s (process %d)", i ? "," : "", holders[i].name, (int)holders[i].pid);
			else
				printf("%s a program of user %u", i ? "," : "", (unsigned)holders[i].uid);
		printf(n ? "\n" : " another program\n");
	} else if (p->packets == 0)
		printf("no game heard on %s in %.1f seconds\n", p->udp->name, p->seconds);
	else
		printf("heard on %s in %.1f seconds:\n", p->udp->name, p->seconds);
	for (int i = 0; i < p->senders_n; i++)
		text_sender(p, &p->senders[i]);
	if (p->packets == 0 && !p->taken) {
		printf("this machine's addresses:\n");
		each_address(text_address, NULL);
		printf("where the game has it:\n");
		for (int i = 0; i < advice_menus_n; i++)
			printf("  %s: %s; UDP Format: %s\n", advice_menus[i].games, advice_menus[i].menu, advice_menus[i].format);
	}
	for (int i = 0; i < a->n; i++)
		printf("- %s\n", a->text[i]);
}

/* --- as JSON: all texts are printable and without quotes and backslashes */

static void
json_address(const char *interface, const char *address, void *data)
{
	int *n = data;

	printf("%s{\"interface\":\"%s\",\"address\":\"%s\"}", (*n)++ ? "," : "", interface, address);
}

static void
json_number(const char *name, int value)
{
	if (value < 0)
		printf(",\"%s\":null", name);
	else
		printf(",\"%s\":%d", name, value);
}

static void
json_session(const struct probe_sender *s)
{
	printf(",\"session\":");
	if (s->uid == 0) {
		printf("null");
		return;
	}
	printf("{\"session_uid\":\"%016" PRIx64 "\",\"sessions\":%u", s->uid, s->sessions);
	if (s->known) {
		printf(",\"session_type\":%d,\"session_type_name\":\"%s\",\"track_id\":%d,\"track_name\":\"%s\",\"paused\":%s", s->type,
		    name_in(s, "session_type", s->type), s->track, name_in(s, "track", s->track), s->paused == 1 ? "true" : "false");
	}
	json_number("player_car_index", s->player == 255 ? -1 : s->player);
	printf("}");
}

static void
json_frames(const struct probe *p, const struct probe_sender *s)
{
	int n = 0;

	printf(",\"send_rate\":");
	if (frames_rate(&s->frames) == 0) {
		printf("null,\"frames\":null");
		return;
	}
	printf("%u,\"frames\":{\"per_second\":%.1f,\"whole\":%" PRIu64 ",\"part\":%" PRIu64 ",\"skipped\":%" PRIu64 ",\"missing\":{",
	    frames_rate(&s->frames), frames_came(p, s), s->frames.whole, s->frames.part, frames_skipped(&s->frames));
	for (unsigned id = 0; id < LAYOUT_IDS; id++)
		if (s->frames.missing[id])
			printf("%s\"%s\":%" PRIu64, n++ ? "," : "", layout_find(s->format, id)->name, s->frames.missing[id]);
	printf("}}");
}

static void
json_game(const struct probe *p, const struct probe_sender *s)
{
	int n = 0;

	printf(",\"format\":%u", s->format);
	json_number("game_year", s->known ? s->game_year : -1);
	json_number("game_major_version", s->known ? s->major : -1);
	json_number("game_minor_version", s->known ? s->minor : -1);
	json_session(s);
	json_frames(p, s);
	printf(",\"packets_per_second\":%.1f,\"packets\":[", packets_rate(p, s));
	for (unsigned id = 0; id < LAYOUT_IDS; id++) {
		struct kind k;

		if (!kind_of(p, s, id, &k))
			continue;
		printf("%s{\"packet\":\"%s\",\"packet_id\":%u,\"count\":%" PRIu64 ",\"per_second\":%.1f", n++ ? "," : "", k.name, id,
		    s->kinds[id], k.rate);
		printf(k.expected > 0 ? ",\"expected\":%.1f,\"few\":%s}" : ",\"expected\":null,\"few\":false}", k.expected,
		    few(p, s, &k) ? "true" : "false");
	}
	printf("],\"twice\":%" PRIu64 ",\"restricted\":[", s->twice);
	n = 0;
	for (int i = 0; i < LAYOUT_CARS_MAX; i++)
		if (hides(s, i))
			printf("%s{\"car\":%d,\"race_number\":%d}", n++ ? "," : "", i, s->number[i]);
	printf("]");
}

static void
json_sender(const struct probe *p, const struct probe_sender *s)
{
	int n = 0;

	printf("{\"sender\":\"%s\",\"datagrams\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"foreign\":[", s->name, s->datagrams, s->bytes);
	for (int i = 0; i < REASONS; i++)
		if (s->rejected[reasons[i].look])
			printf("%s{\"reason\":\"%s\",\"count\":%" PRIu64 ",\"example\":\"%s\"}", n++ ? "," : "", reasons[i].name,
			    s->rejected[reasons[i].look], s->words[reasons[i].look]);
	printf("]");
	if (s->format != 0)
		json_game(p, s);
	printf("}");
}

static void
json(const struct probe *p, const struct advice *a)
{
	struct holder holders[HOLDERS];
	int n = p->taken ? holder_find(p->taken, holders, HOLDERS) : 0, addresses = 0;

	printf("{\"heard\":%s,\"seconds\":%.1f,\"listening\":", p->packets ? "true" : "false", p->seconds);
	printf(p->taken ? "null" : "\"%s\"", p->udp->name);
	printf(",\"port\":%u,\"port_taken\":%s,\"holders\":[", p->taken ? p->taken : p->udp->port, p->taken ? "true" : "false");
	for (int i = 0; i < n; i++) {
		printf("%s{\"user\":%u", i ? "," : "", (unsigned)holders[i].uid);
		if (holders[i].pid)
			printf(",\"pid\":%d,\"program\":\"%s\"", (int)holders[i].pid, holders[i].name);
		printf("}");
	}
	printf("],\"kernel_drops\":%" PRIu64 ",\"unclaimed\":%" PRIu64 ",\"addresses\":[", p->udp->dropped, p->unclaimed);
	each_address(json_address, &addresses);
	printf("],\"senders\":[");
	for (int i = 0; i < p->senders_n; i++) {
		printf(i ? "," : "");
		json_sender(p, &p->senders[i]);
	}
	printf("],\"menus\":[");
	for (int i = 0; p->packets == 0 && !p->taken && i < advice_menus_n; i++)
		printf("%s{\"games\":\"%s\",\"menu\":\"%s\",\"format\":\"%s\"}", i ? "," : "", advice_menus[i].games, advice_menus[i].menu,
		    advice_menus[i].format);
	printf("],\"advice\":[");
	for (int i = 0; i < a->n; i++)
		printf("%s\"%s\"", i ? "," : "", a->text[i]);
	printf("]}\n");
}

void
report(const struct probe *p, bool as_json)
{
	static struct advice a;

	advice(&a, p);
	(as_json ? json : text)(p, &a);
}
