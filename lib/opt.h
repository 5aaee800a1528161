/* opt: options told once; getopt_long, the usage text and the manual's test all read the same table
 * SPDX-License-Identifier: MIT
 *
 *	static const struct opt opts[] = {
 *		{ 'p', "port", "PORT", "listen on PORT (default 20777, 0 picks one)" },
 *		{ 0 }
 *	};
 *
 *	opt_init("f1-listen", "[OPTION]...", "UDP telemetry to stdout", opts);
 *	while ((c = opt_next(argc, argv)) != -1)
 *		switch (c) { case 'p': port = opt_number(0, 65535); break; }
 *
 * Every program has -h --help and -V --version, -v --verbose, --metrics FILE and --ready-fd N without saying so:
 * opt_next handles them. An option without a letter has a value from 256 to 9999 in the table.
 */
#ifndef OPT_H
#define OPT_H

#include <stdbool.h>
#include <stdint.h>

struct opt {
	int letter;		/* 'p', or 256 to 9999 for an option that has only a long name */
	const char *name;
	const char *arg;	/* name of its argument, NULL if it has none */
	const char *help;
};

/* What all programs have; set by opt_next. */
extern struct opt_common {
	const char *program;
	int verbose;		/* how often -v was given */
	const char *metrics;	/* --metrics FILE, or NULL */
	int ready_fd;		/* --ready-fd N, or -1 */
} opt_common;

/* `table` ends with an entry of zeros and must stay; `operands` is shown behind the name in the usage. */
void opt_init(const char *program, const char *operands, const char *purpose, const struct opt *table);

/* The letter of the next option or -1 at the end; then optind is the first operand. Ends the program with status 64 on
 * an unknown option and with 0 on --help and --version. The argument is in optarg. */
int opt_next(int argc, char *argv[]);

/* optarg as a decimal number from min to max; ends the program with status 64 if it is not. */
long long opt_number(long long min, long long max);

/* optarg as a size: a number with an optional k, M or G (powers of 1024). */
long long opt_size(long long min, long long max);

/* optarg as a number with a fraction. */
double opt_real(double min, double max);

/* optarg as a session's UID: 1 to 16 hexadecimal digits, with or without 0x before them. */
uint64_t opt_uid(void);

/* Says what is wrong with the command line and how to get help; ends the program with status 64. */
_Noreturn void opt_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
