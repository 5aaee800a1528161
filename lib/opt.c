/* opt: options told once
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "opt.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

enum { OPTIONS_MAX = 48, METRICS = 10000, READY_FD };

static const struct opt common[] = {
	{ 'v', "verbose", NULL, "say what is done, and the counters at the end" },
	{ METRICS, "metrics", "FILE", "keep the counters in FILE for Prometheus" },
	{ READY_FD, "ready-fd", "N", "write a line to descriptor N when ready" },
	{ 'h', "help", NULL, "print this help" },
	{ 'V', "version", NULL, "print the version" },
};

struct opt_common opt_common = { .ready_fd = -1 };

static struct {
	const char *operands, *purpose;
	const struct opt *all[OPTIONS_MAX];
	int n;
	struct option longs[OPTIONS_MAX + 1];
	char shorts[3 * OPTIONS_MAX + 2];
	const struct opt *current;
} self;

static void
add(const struct opt *o)
{
	struct option *l = &self.longs[self.n];
	size_t n = strlen(self.shorts);

	if (self.n == OPTIONS_MAX)
		errx(EX_SOFTWARE, "too many options");
	for (int i = 0; i < self.n; i++)
		if (self.all[i]->letter == o->letter)
			errx(EX_SOFTWARE, "--%s has the letter of --%s", o->name, self.all[i]->name);
	self.all[self.n++] = o;
	l->name = o->name;
	l->has_arg = o->arg ? required_argument : no_argument;
	l->val = o->letter;
	if (o->letter > 0 && o->letter < 256) {
		self.shorts[n++] = (char)o->letter;
		if (o->arg)
			self.shorts[n++] = ':';
		self.shorts[n] = '\0';
	}
}

/* A standard descriptor that is closed would be the next file or socket that is opened. What stands in its place fails
 * when it is used, as a closed one does. */
static void
hold_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void
opt_init(const char *program, const char *operands, const char *purpose, const struct opt *table)
{
	hold_standard();
	opt_common.program = program;
	self.operands = operands;
	self.purpose = purpose;
	strcpy(self.shorts, ":");	/* tells a missing argument from an unknown option */
	for (; table->name; table++)
		add(table);
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		add(&common[i]);
}

static _Noreturn void
end_output(void)
{
	if (fflush(stdout) == EOF)
		err(EX_IOERR, "stdout");
	exit(EX_OK);
}

static _Noreturn void
help(void)
{
	printf("usage: %s %s\n%s\n\n", opt_common.program, self.operands, self.purpose);
	for (int i = 0; i < self.n; i++) {
		const struct opt *o = self.all[i];
		char left[64];

		if (o->letter < 256)
			snprintf(left, sizeof left, "-%c, --%s%s%s", o->letter, o->name, o->arg ? " " : "", o->arg ? o->arg : "");
		else
			snprintf(left, sizeof left, "    --%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
		printf("  %-26s  %s\n", left, o->help);
	}
	end_output();
}

int
opt_next(int argc, char *argv[])
{
	int c;

	opterr = 0;
	for (;;) {
		int at = optind;

		c = getopt_long(argc, argv, self.shorts, self.longs, NULL);
		self.current = NULL;
		for (int i = 0; i < self.n; i++)
			if (self.all[i]->letter == c)
				self.current = self.all[i];
		switch (c) {
		case '?':
			if (optopt > 0 && optopt < 256)
				opt_usage("unknown option -%c", optopt);
			opt_usage("unknown option %s", argv[at]);
		case ':':
			opt_usage("option %s needs an argument", argv[optind - 1]);
		case 'h':
			help();
		case 'V':
			printf("%s %s\n", opt_common.program, VERSION);
			end_output();
		case 'v':
			opt_common.verbose++;
			break;
		case METRICS:
			opt_common.metrics = optarg;
			break;
		case READY_FD:
			opt_common.ready_fd = (int)opt_number(0, 1 << 20);
			break;
		default:
			return c;
		}
	}
}

static void
bad_value(const char *expected)
{
	if (self.current == NULL)	/* an operand, which the program gave us as one */
		opt_usage("'%s' is not %s", optarg, expected);
	opt_usage("--%s: '%s' is not %s", self.current->name, optarg, expected);
}

static void
bad_range(long long min, long long max)
{
	char expected[80];

	snprintf(expected, sizeof expected, "a number from %lld to %lld", min, max);
	bad_value(expected);
}

long long
opt_number(long long min, long long max)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(optarg, &end, 10);
	if (end == optarg || *end != '\0' || errno != 0 || n < min || n > max)
		bad_range(min, max);
	return n;
}

long long
opt_size(long long min, long long max)
{
	static const char units[] = "kMG";
	char *end;
	const char *u;
	long long n;
	int shift = 0;

	errno = 0;
	n = strtoll(optarg, &end, 10);
	if (end != optarg && *end != '\0' && (u = strchr(units, *end)) != NULL) {
		shift = 10 * (int)(u - units + 1);
		end++;
	}
	if (end == optarg || *end != '\0' || errno != 0 || n < 0 || n > max >> shift || n << shift < min)
		bad_range(min, max);
	return n << shift;
}

double
opt_real(double min, double max)
{
	char *end, expected[80];
	double x;

	x = strtod(optarg, &end);
	if (end == optarg || *end != '\0' || isnan(x) || x < min || x > max) {
		snprintf(expected, sizeof expected, "a number from %g to %g", min, max);
		bad_value(expected);
	}
	return x;
}

uint64_t
opt_uid(void)
{
	const char *digits = strncmp(optarg, "0x", 2) == 0 ? optarg + 2 : optarg;
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (n == 0 || n > 16 || digits[n] != '\0')
		bad_value("1 to 16 hexadecimal digits");
	return strtoull(digits, NULL, 16);
}

void
opt_usage(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vwarnx(format, ap);
	va_end(ap);
	fprintf(stderr, "usage: %s %s (--help tells more)\n", opt_common.program, self.operands);
	exit(EX_USAGE);
}
