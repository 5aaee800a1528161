/* capture: datagrams in a pcap or pcapng file
 * SPDX-License-Identifier: MIT
 *
 * libpcap reads the file; what is left for us is the way from the link's header to UDP's payload.
 */
#include <err.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "bytes.h"
#include "capture.h"
#include "decode.h"
#include "stats.h"

enum { ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd, ETHER_VLAN = 0x8100, ETHER_QINQ = 0x88a8, IP_UDP = 17 };

bool
capture_is(const uint8_t *p, size_t n)
{
	static const uint32_t magics[] = {
		0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1,	/* pcap with micro- and nanoseconds, either byte order */
		0x0a0d0d0a,					/* pcapng, the same in both */
	};

	for (size_t i = 0; n >= 4 && i < sizeof magics / sizeof magics[0]; i++)
		if (be32(p) == magics[i])
			return true;
	return false;
}

/* libpcap reads a FILE; this one's bytes come from our buffer, so that output leaves before a read waits */
static ssize_t
cookie_read(void *cookie, char *to, size_t n)
{
	struct input *in = cookie;

	if (input_size(in) == 0 && !input_more(in)) {
		if (!in->failed)
			return 0;
		errno = EIO;
		return -1;
	}
	if (n > input_size(in))
		n = input_size(in);
	memcpy(to, in->buffer + in->begin, n);
	input_use(in, n);
	return (ssize_t)n;
}

/* the payload of a UDP datagram in an IP packet; NULL if it is none, or a fragment */
static const uint8_t *
udp_of_ip(const uint8_t *p, const uint8_t *end, size_t *n)
{
	size_t length;

	if (end - p >= 20 && p[0] >> 4 == 4) {
		size_t head = (size_t)(p[0] & 15) * 4;

		if (p[9] != IP_UDP || head < 20 || (be16(p + 6) & 0x3fff) != 0 || (size_t)(end - p) < head)
			return NULL;
		p += head;
	} else if (end - p >= 40 && p[0] >> 4 == 6) {
		if (p[6] != IP_UDP)	/* no game sends extension headers */
			return NULL;
		p += 40;
	} else
		return NULL;
	if (end - p < 8)
		return NULL;
	length = be16(p + 4);
	if (length < 8)
		return NULL;
	*n = length - 8;
	if (*n > (size_t)(end - p) - 8)		/* the snap length cut it off */
		*n = (size_t)(end - p) - 8;
	return p + 8;
}

/* Bytes of the link's header before IP; -1 if IP does not follow. */
static int
link_header(int link, const uint8_t *p, size_t n)
{
	unsigned type;
	size_t at;

	switch (link) {
	case DLT_EN10MB:
		for (at = 12; at + 2 <= n; at += 4) {
			type = be16(p + at);
			if (type != ETHER_VLAN && type != ETHER_QINQ)
				return type == ETHER_IPV4 || type == ETHER_IPV6 ? (int)at + 2 : -1;
		}
		return -1;
	case DLT_LINUX_SLL:
		return n >= 16 && (be16(p + 14) == ETHER_IPV4 || be16(p + 14) == ETHER_IPV6) ? 16 : -1;
	case DLT_LINUX_SLL2:
		return n >= 20 && (be16(p) == ETHER_IPV4 || be16(p) == ETHER_IPV6) ? 20 : -1;
	case DLT_NULL:		/* an address family in some byte order: the version in IP's first byte must do */
	case DLT_LOOP:
		return n >= 4 ? 4 : -1;
	default:		/* DLT_RAW and its like */
		return 0;
	}
}

static bool
link_known(int link)
{
	switch (link) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return true;
	}
	return false;
}

/* the packet in a datagram, or NULL, counted */
static const struct layout_packet *
packet_of(const struct input *in, uintmax_t number, const uint8_t *p, size_t n)
{
	const struct layout_packet *packet = NULL;

	switch (decode_look(p, n, &packet)) {
	case LOOK_SHORT:
		stats_reject(REASON_LENGTH, "%s: datagram %ju: %zu bytes are too short for an F1 packet: left out", in->name, number, n);
		return NULL;
	case LOOK_FORMAT:
		stats_reject(REASON_FORMAT, "%s: datagram %ju: no F1 packet (it would be of format %u): left out", in->name, number,
		    n >= 2 ? le16(p) : 0u);
		return NULL;
	case LOOK_ID:
		stats_reject(REASON_ID, "%s: datagram %ju: format %u has no such packet: left out", in->name, number, le16(p));
		return NULL;
	case LOOK_PACKET:
		break;
	}
	if (n == packet->size)
		return packet;
	stats_reject(REASON_LENGTH, "%s: datagram %ju: %u %s: %zu bytes, expected %u: left out", in->name, number, packet->format,
	    packet->name, n, packet->size);
	return NULL;
}

bool
capture_read(struct input *in, void (*take)(const struct layout_packet *, const uint8_t *, int64_t))
{
	FILE *f = fopencookie(in, "r", (cookie_io_functions_t){ .read = cookie_read });
	char why[PCAP_ERRBUF_SIZE] = "";
	struct pcap_pkthdr *head;
	const uint8_t *bytes;
	uintmax_t number = 0;
	pcap_t *pcap;
	int got, link;
	bool good;

	if (f == NULL)
		err(EX_OSERR, NULL);
	setvbuf(f, NULL, _IONBF, 0);	/* we have a buffer, and a live capture must not wait for a full one */
	if ((pcap = pcap_fopen_offline(f, why)) == NULL) {
		warnx("%s: %s", in->name, why);
		fclose(f);
		return false;
	}
	link = pcap_datalink(pcap);
	if (!link_known(link)) {
		const char *name = pcap_datalink_val_to_name(link);

		warnx("%s: link type %s (%d) carries no IP that we can read", in->name, name ? name : "unknown", link);
		pcap_close(pcap);
		return false;
	}
	while ((got = pcap_next_ex(pcap, &head, &bytes)) == 1) {
		int at = link_header(link, bytes, head->caplen);
		const struct layout_packet *packet;
		const uint8_t *payload = NULL;
		size_t n = 0;

		number++;
		if (at >= 0)
			payload = udp_of_ip(bytes + at, bytes + head->caplen, &n);
		if (payload == NULL)
			stats_reject(REASON_FOREIGN, "%s: packet %ju is no whole UDP datagram: left out", in->name, number);
		else if ((packet = packet_of(in, number, payload, n)) != NULL)
			take(packet, payload, (int64_t)head->ts.tv_sec * 1000000 + head->ts.tv_usec);
	}
	good = got == PCAP_ERROR_BREAK;		/* the end of the file */
	if (!good) {
		stats[STATS_TORN].n++;
		warnx("%s: after %ju packets: %s", in->name, number, pcap_geterr(pcap));
	}
	pcap_close(pcap);
	return good;
}
