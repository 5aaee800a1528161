/* pcap: captures by libpcap
 * SPDX-License-Identifier: MIT
 *
 * libpcap reads the file; what is left for us is the way from the link's header to UDP's payload.
 */
#include <errno.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "capture.h"

enum { ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd, ETHER_VLAN = 0x8100, ETHER_QINQ = 0x88a8, IP_UDP = 17 };

/* libpcap reads a FILE; this one's bytes come from our buffer, so that output leaves before a read waits */
static ssize_t
cookie_read(void *cookie, char *to, size_t n)
{
	struct input *in = cookie;

	if (input_size(in) == 0 && !input_more(in)) {
		errno = in->error;
		return in->error ? -1 : 0;
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

/* in nanoseconds; a file may claim any time */
static int64_t
time_of(const struct timeval *tv)
{
	if (tv->tv_sec < 0 || tv->tv_sec > INT64_MAX / 1000000000 - 2 || tv->tv_usec < 0 || tv->tv_usec >= 1000000000)
		return DATAGRAM_NO_TIME;
	return (int64_t)tv->tv_sec * 1000000000 + tv->tv_usec;
}

/* An open capture of a link type that we know, or NULL: `why` says why. Closing it closes f. */
static pcap_t *
open_pcap(FILE *f, char *why)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, error);
	const char *name;
	int link;

	if (pcap == NULL) {
		snprintf(why, CAPTURE_WHY, "%s", error);
		fclose(f);
		return NULL;
	}
	if (link_known(link = pcap_datalink(pcap)))
		return pcap;
	name = pcap_datalink_val_to_name(link);
	snprintf(why, CAPTURE_WHY, "link type %s (%d) carries no IP that we can read", name ? name : "unknown", link);
	pcap_close(pcap);
	return NULL;
}

bool
capture_read(struct input *in, struct taker *taker, char *why)
{
	FILE *f = fopencookie(in, "r", (cookie_io_functions_t){ .read = cookie_read });
	struct pcap_pkthdr *head;
	const uint8_t *bytes;
	uintmax_t number = 0;
	bool wanted = true, good;
	pcap_t *pcap;
	int got = 0, link;

	if (f == NULL) {
		snprintf(why, CAPTURE_WHY, "%s", strerror(errno));
		return false;
	}
	setvbuf(f, NULL, _IONBF, 0);	/* we have a buffer, and a live capture must not wait for a full one */
	if ((pcap = open_pcap(f, why)) == NULL)
		return false;
	link = pcap_datalink(pcap);
	while (wanted && (got = pcap_next_ex(pcap, &head, &bytes)) == 1) {
		int at = link_header(link, bytes, head->caplen);
		struct datagram d = { .time = time_of(&head->ts) };
		size_t n = 0;

		number++;
		if (at >= 0)
			d.bytes = udp_of_ip(bytes + at, bytes + head->caplen, &n);
		if (d.bytes == NULL) {
			taker_reject(taker, DATAGRAM_FOREIGN, "%s: packet %ju is no whole UDP datagram: left out", in->name,
			    number);
			continue;
		}
		d.ip = bytes + at;
		if ((d.packet = taker_look(taker, in->name, number, d.bytes, n)) != NULL)
			wanted = taker->take(&d);
	}
	good = !wanted || got == PCAP_ERROR_BREAK;	/* the end of the file */
	if (!good) {
		taker->counts[TAKER_TORN].n++;
		snprintf(why, CAPTURE_WHY, "after %ju packets: %s", number, pcap_geterr(pcap));
	}
	pcap_close(pcap);
	return good;
}
