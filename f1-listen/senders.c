/* senders: who sends how much
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "senders.h"
#include "udp.h"

static struct sender {
	struct sockaddr_in6 from;
	char name[UDP_NAME];
	uint64_t received, rejected;
} senders[SENDERS_MAX];
static int senders_n;

static struct sender *
find(const struct datagram *d)
{
	static struct sender *last = senders;
	struct sender *s;

	if (senders_n > 0 && udp_same(&last->from, d->from, true))
		return last;
	for (s = senders; s < senders + senders_n; s++)
		if (udp_same(&s->from, d->from, true))
			return last = s;
	if (senders_n == SENDERS_MAX)
		return s - 1;
	senders_n++;
	if (senders_n == SENDERS_MAX)
		snprintf(s->name, sizeof s->name, "others");	/* with a family that no sender has */
	else {
		s->from = *d->from;
		udp_name((const struct sockaddr *)d->from, d->from_size, s->name);
	}
	return s;
}

void
senders_count(const struct datagram *d)
{
	struct sender *s = find(d);

	s->received++;
	s->rejected += d->look != LOOK_PACKET;
}

size_t
senders_report(struct count counts[SENDERS_COUNTS])
{
	size_t n = 0;

	for (struct sender *s = senders; s < senders + senders_n; s++)
		counts[n++] = (struct count){ "received from", "datagrams received, by sender", "sender", s->name, s->received };
	for (struct sender *s = senders; s < senders + senders_n; s++)
		counts[n++] = (struct count){ "rejected from", "datagrams that are no F1 packets, by sender", "sender", s->name, s->rejected };
	return n;
}
