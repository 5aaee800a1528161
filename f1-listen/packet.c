/* packet: is a datagram one of the game's packets?
 * SPDX-License-Identifier: MIT
 */
#include <err.h>

#include "bytes.h"
#include "packet.h"

void
packet_take(struct datagram *d, const struct udp *u, int i)
{
	size_t n = u->msgs[i].msg_len;

	*d = (struct datagram){
		.data = u->data[i], .n = n, .kept = n < UDP_SIZE ? n : UDP_SIZE,
		.from = &u->from[i], .from_size = u->msgs[i].msg_hdr.msg_namelen,
	};
	d->look = look_datagram(d->data, d->kept, d->n, &d->packet);
	if (d->look == LOOK_PACKET)
		d->uid = le64(d->data + layout_header(d->packet->format)->session_uid);
	else
		d->packet = NULL;
}

void
packet_complain(const struct datagram *d, const char *fate)
{
	char name[UDP_NAME], words[LOOK_WORDS];

	udp_name((const struct sockaddr *)d->from, d->from_size, name);
	look_words(d->data, d->kept, d->n, words);
	warnx("%s: %s: %s", name, words, fate);
}
