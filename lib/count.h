/* count: what a program counts, for people (-v, SIGUSR1) and for Prometheus (--metrics)
 * SPDX-License-Identifier: MIT
 *
 * A program has one table of counters; it adds to `n` and nothing else happens until somebody asks.
 *
 *	static struct count counts[] = {
 *		{ "packets", "packets read", NULL, NULL, 0 },
 *		{ "rejected", "datagrams that are no packets", "reason", "length", 0 },
 *	};
 *
 * The line for people is `f1-decode: 120344 packets, 43 rejected (41 format, 2 length)`: counters of one name stand
 * together with their label values in brackets, and labelled ones that are 0 are left out. The metric's name is
 * f1_decode_packets_total.
 */
#ifndef COUNT_H
#define COUNT_H

#include <stddef.h>
#include <stdint.h>

struct count {
	const char *name;	/* words for people, joined by _ for Prometheus */
	const char *help;
	const char *label;	/* name of the label, or NULL */
	const char *value;	/* its value; without a label NULL, or COUNT_GAUGE for what goes down as well */
	uint64_t n;
};

#define COUNT_GAUGE "gauge"

/* `counts` must stay. */
void count_init(struct count *counts, size_t n);

/* The line for people on stderr. */
void count_print(void);

/* The text for Prometheus, of *n bytes and a NUL; the caller frees it. NULL when out of memory. */
char *count_text(size_t *n);

/* Does what is asked for: the line if SIGUSR1 came, the --metrics file if it is older than 2 seconds. Cheap. */
void count_poll(void);

/* At the end: the line if -v was given, the file if --metrics was. */
void count_end(void);

#endif
