/* f1-pg: telemetry records on stdin, rows in PostgreSQL
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "batch.h"
#include "clock.h"
#include "db.h"
#include "dead.h"
#include "io.h"
#include "keep.h"
#include "names.h"
#include "opt.h"
#include "rate.h"
#include "reader.h"
#include "record.h"
#include "sandbox.h"
#include "schema.h"
#include "send.h"
#include "sig.h"
#include "stats.h"
#include "table.h"

enum { INIT = 256, DDL, SCHEMA, RETRY, DEAD, RATE, DROP, KEEP, KEEP_SAMPLES, NAMES, READER };
/* milliseconds that a row waits until it is sent; between two tries if a batch is still being sent; between two lines of
 * progress */
enum { LATENCY = 500, BUSY = 20, PROGRESS = 250 };

static const struct opt opts[] = {
	{ 'd', "dbname", "CONNINFO", "database, as psql takes it (default: PGDATABASE and the like)" },
	{ INIT, "init", NULL, "make the schema first, if it is not there" },
	{ READER, "reader", "NAME", "with --init: a role that may read all of it, made if it is not there" },
	{ DDL, "ddl", NULL, "print the SQL of --init, and end" },
	{ SCHEMA, "schema", "NAME", "use this schema (default f1)" },
	{ NAMES, "names", "FILE", "the league's names of drivers and teams, as CSV, instead of records" },
	{ 'j', "jobs", "N", "send over N connections (default 1, at most 8)" },
	{ DEAD, "dead-letter", "FILE", "keep the records that cannot be rows in FILE" },
	{ RATE, "rate", "NAME,...=HZ", "load at most HZ samples a second of these records" },
	{ DROP, "drop-session", "UID", "drop all rows of the session UID (hexadecimal), and end" },
	{ KEEP, "keep", "DAYS", "drop the sessions that came more than DAYS days ago, and end" },
	{ KEEP_SAMPLES, "keep-samples", "DAYS", "the same, but only their samples: results and laps stay" },
	{ RETRY, "retry", "SECONDS", "how long to try when the connection is lost (default 60, -1 for ever)" },
	{ 0 },
};

static struct {
	const char *names;	/* file */
	const char *reader;	/* role */
	struct batch_options batch;
	bool init, ddl;
	bool drop;		/* one session, of uid */
	uint64_t uid;
	int keep, keep_samples;	/* days, -1 for ever */
	bool progress;		/* stderr is a terminal */
	uint64_t bytes;		/* of the records read */
	long long begin;		/* clock_milliseconds() */
} self = { .batch = { .schema = "f1", .retry = 60, .lanes = 1 }, .keep = -1, .keep_samples = -1 };

static void
parse_options(int argc, char *argv[])
{
	const char *why;
	static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
	int c;

	opt_init("f1-pg", "[OPTION]...", "Telemetry records to rows in PostgreSQL.", opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 'd':
			self.batch.conninfo = optarg;
			break;
		case INIT:
			self.init = true;
			break;
		case DDL:
			self.ddl = true;
			break;
		case SCHEMA:
			self.batch.schema = optarg;
			if (strlen(optarg) > 63 || optarg[0] == '\0' || strchr(first, optarg[0]) == NULL ||
			    strspn(optarg, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(optarg))
				opt_usage("--schema: '%s' is not a name of a-z, 0-9 and _", optarg);
			break;
		case NAMES:
			self.names = optarg;
			break;
		case READER:
			self.reader = optarg;
			if ((why = reader_wrong(optarg)) != NULL)
				opt_usage("--reader: '%s' %s", optarg, why);
			break;
		case RETRY:
			self.batch.retry = (int)opt_number(-1, 1000000);
			break;
		case 'j':
			self.batch.lanes = (int)opt_number(1, LANES);
			break;
		case DEAD:
			self.batch.dead = optarg;
			break;
		case DROP:
			self.drop = true;
			self.uid = opt_uid();
			break;
		case KEEP:
			self.keep = (int)opt_number(0, 36500);
			break;
		case KEEP_SAMPLES:
			self.keep_samples = (int)opt_number(0, 36500);
			break;
		case RATE:
			if ((why = rate_rule(optarg)) != NULL)
				opt_usage("--rate: '%s' %s", optarg, why);
			break;
		}
	if (optind < argc)
		opt_usage("records are read from stdin, not from %s", argv[optind]);
	if (self.reader && (!self.init || self.ddl))
		opt_usage("--reader goes with --init%s", self.ddl ? ", and not with --ddl" : "");
}

static bool
dropping(void)
{
	return self.drop || self.keep != -1 || self.keep_samples != -1;
}

/* Drops what is asked for, the whole before the parts. Returns the status. */
static int
drop_old(struct db *db)
{
	int status = EX_OK, next;

	if (self.drop)
		status = keep_drop(db, self.batch.schema, self.uid);
	if (self.keep != -1 && (next = keep_days(db, self.batch.schema, self.keep, false)) != EX_OK)
		status = next;
	if (self.keep_samples != -1 && (next = keep_days(db, self.batch.schema, self.keep_samples, true)) != EX_OK)
		status = next;
	return status;
}

static void
progress(long long now, bool end)
{
	static long long last;
	double seconds = (double)(now - self.begin) / 1000 + 0.001;
	uint64_t records = stats[STATS_RECORDS].n, rows = stats[STATS_WRITTEN].n;

	if (!self.progress || (!end && now - last < PROGRESS))
		return;
	last = now;
	fprintf(stderr, "\rf1-pg: %.1f MB, %" PRIu64 " records (%.0f/s), %" PRIu64 " rows written (%.0f/s)\033[K%s",
	    (double)self.bytes / 1e6, records, (double)records / seconds, rows, (double)rows / seconds, end ? "\n" : "");
}

/* Reads to the end of input. Returns the status. */
static int
load(struct record_reader *reader)
{
	long long since = clock_milliseconds();
	const uint8_t *record;
	size_t n;
	int got;

	for (;;) {
		int timeout = sig_stop ? 100 : 1000;

		if (!record_pending(reader)) {	/* the clock is looked at once for all that one read brought */
			long long now = clock_milliseconds();
			size_t waiting = batch_waiting();

			count_poll();
			progress(now, false);
			if (waiting > 0 && now - since >= LATENCY && !batch_offer())
				return EX_TEMPFAIL;
			if (waiting == 0 || batch_waiting() < waiting)	/* or only what is held still waits */
				since = now;
			if (batch_waiting() > 0)
				timeout = now - since < LATENCY ? (int)(LATENCY - (now - since)) : BUSY;
			if (sig_overdue()) {
				warnx("stdin: no end of input within %d seconds of the signal", SIG_GRACE);
				break;
			}
		}
		got = record_read(reader, &record, &n, timeout);
		if (got == 1) {
			self.bytes += n;
			if (!rate_pass(record, n)) {
				stats[STATS_RECORDS].n++;
				stats[STATS_THINNED].n++;
			} else if (!batch_add(record, n))
				return EX_TEMPFAIL;
		} else if (got == 0)
			break;
		else if (errno != EAGAIN && errno != EINTR) {
			int status = record_trouble(errno, stats[STATS_RECORDS].n);

			if (!batch_flush())	/* what came before it is good */
				return EX_TEMPFAIL;
			return dead_lost() ? EX_IOERR : status;
		}
	}
	if (!batch_flush())
		return EX_TEMPFAIL;
	if (dead_lost())
		return EX_IOERR;
	for (int i = 0; i < ROW_N; i++)
		if (stats[STATS_REJECTED + i].n > 0)
			return EX_DATAERR;
	return EX_OK;
}

int
main(int argc, char *argv[])
{
	struct record_reader reader;
	struct db *db;
	int status;

	parse_options(argc, argv);
	table_init();
	if (self.ddl) {
		schema_print(stdout, self.batch.schema);
		if (fclose(stdout) == EOF)
			err(EX_IOERR, "stdout");
		return EX_OK;
	}
	if (isatty(STDIN_FILENO) && !self.init && !self.names && !dropping())
		opt_usage("stdin is a terminal: pipe records from f1-decode");
	sig_init();
	sig_hangup_stops();
	count_init(stats, STATS_N);
	if ((db = db_open(self.batch.conninfo)) == NULL)
		return EX_UNAVAILABLE;
	if ((self.init && !schema_init(db, self.batch.schema)) || !schema_check(db, self.batch.schema) ||
	    (self.reader && !reader_make(db, self.batch.schema, self.reader))) {
		db_close(db);
		return EX_UNAVAILABLE;
	}
	if (self.names || dropping() || isatty(STDIN_FILENO)) {
		status = self.names ? names_load(db, self.batch.schema, self.names) : EX_OK;
		if (status == EX_OK)
			status = drop_old(db);
		db_close(db);
		return status;
	}
	sandbox_stay();		/* before there are threads */
	if (!batch_init(db, &self.batch))
		return EX_UNAVAILABLE;
	io_pipe(STDIN_FILENO);
	if (record_open(&reader, STDIN_FILENO) == -1)
		err(EX_OSERR, NULL);
	self.progress = isatty(STDERR_FILENO);
	self.begin = clock_milliseconds();
	io_ready("ready");

	status = load(&reader);
	if (status == EX_TEMPFAIL)
		warnx("%zu rows were read and not written", batch_size());
	progress(clock_milliseconds(), true);
	count_end();
	batch_end();
	record_close(&reader);
	return status;
}
