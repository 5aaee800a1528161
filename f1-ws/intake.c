/* intake: records from stdin to the feeds, and the merged object of the player's car at its pace
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "feed.h"
#include "intake.h"
#include "io.h"
#include "pass.h"
#include "player.h"
#include "record.h"
#include "site.h"
#include "stats.h"
#include "watch.h"

static void readable(void);
static void read_on(void);

static struct {
	struct record_reader reader;
	struct watch watch;
	struct head head;
	bool pass, ended, player_news;
	long long player_sent;		/* ms */
	void (*flush)(void);
	int status;
} self = { .watch = { .fd = STDIN_FILENO, .ready = readable } };

void
intake_open(bool pass, void (*flush)(void))
{
	self.pass = pass;
	self.flush = flush;
	feed_init();
	player_init();
	io_pipe(STDIN_FILENO);
	if (record_open(&self.reader, STDIN_FILENO) == -1)
		err(EX_OSERR, NULL);
	if (pass)
		pass_open(read_on);
	read_on();
}

static void
read_on(void)
{
	if (!self.ended && watch_set(&self.watch, EPOLLIN) == -1)
		err(EX_OSERR, "stdin");
}

void
intake_stop(void)
{
	self.ended = true;
	watch_set(&self.watch, 0);
}

static void
take(const uint8_t *record, size_t n)
{
	stats[STATS_RECORDS].n++;
	if (!head_read(&self.head, record, n)) {
		if (stats[STATS_REJECTED_HEAD].n++ == 0)
			warnx("stdin: record %" PRIu64 " does not begin with the keys of a record", stats[STATS_RECORDS].n);
		return;
	}
	feed_publish(&self.head, record, n, false);
	if (player_take(&self.head, record, n))
		self.player_news = true;
	if (feed_waiting() >= FEED_RUN)
		self.flush();
}

/* The end, or what is wrong with stdin. */
static void
ended(int got, int error)
{
	intake_stop();
	if (self.player_news)
		intake_player();
	self.flush();
	if (got == -1)
		self.status = record_trouble(error, stats[STATS_RECORDS].n);
}

/* What one read brings, so that clients have their turn. */
static void
readable(void)
{
	const uint8_t *record, *begin = NULL, *end = NULL;
	size_t n;
	int got, error = 0;

	do {
		got = record_read(&self.reader, &record, &n, 0);
		if (got != 1) {
			error = errno;
			break;
		}
		if (begin == NULL)
			begin = record - RECORD_HEADER;
		end = record + n;
		take(record, n);
	} while (record_pending(&self.reader));
	if (begin != NULL) {
		site_state.last_record = clock_milliseconds();
		if (intake_player_due() == 0)
			intake_player();
		self.flush();
		if (self.pass && !pass_write(begin, (size_t)(end - begin)))
			watch_set(&self.watch, 0);
	}
	if (got == 0 || (got == -1 && error != EAGAIN && error != EINTR))
		ended(got, error);
}

int
intake_player_due(void)
{
	long long wait;

	if (!self.player_news)
		return -1;
	wait = self.player_sent + INTAKE_PLAYER - clock_milliseconds();
	return wait > 0 ? (int)wait : 0;
}

void
intake_player(void)
{
	const uint8_t *record;
	struct head head;
	size_t n = player_record(&head, &record);

	self.player_news = false;
	self.player_sent = clock_milliseconds();
	feed_publish(&head, record, n, true);
}

bool
intake_ended(void)
{
	return self.ended && !pass_waiting();
}

int
intake_status(void)
{
	if (self.status == EX_OK && stats[STATS_REJECTED_HEAD].n + stats[STATS_REJECTED_BODY].n > 0)
		return EX_DATAERR;
	return self.status;
}
