/* f1-ws: telemetry records on stdin, live page and WebSocket streams on a port
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "gate.h"
#include "intake.h"
#include "io.h"
#include "opt.h"
#include "pass.h"
#include "sandbox.h"
#include "server.h"
#include "sig.h"
#include "site.h"
#include "stats.h"

enum { WWW = 256, CERT, KEY, TOKEN_FILE, ORIGIN, HOST, MAX_CLIENTS, TIMEOUT, LINGER };
enum { TICK = 100, GOODBYE = 2000 };	/* ms: between two looks at signals; for clients to read what is left at the end */

static const struct opt opts[] = {
	{ 'l', "listen", "ADDR:PORT", "listen on ADDR:PORT (default 127.0.0.1:3001; :3001 is all addresses, port 0 picks one)" },
	{ 'p', "pass", NULL, "copy stdin to stdout" },
	{ LINGER, "linger", NULL, "at the end of stdin, serve the latest values until a signal comes" },
	{ WWW, "www", "DIR", "serve the page in DIR (default: F1_WWW, or ../share/f1/www from the program)" },
	{ CERT, "cert", "FILE", "speak TLS, with this certificate (PEM)" },
	{ KEY, "key", "FILE", "its key" },
	{ TOKEN_FILE, "token-file", "FILE", "let in only clients that give the token in the first line of FILE" },
	{ ORIGIN, "origin", "ORIGIN", "let pages of ORIGIN (https://example.org, or * for any) read, too; may be repeated" },
	{ HOST, "host", "NAME", "answer to this name, too, besides localhost and addresses; may be repeated" },
	{ MAX_CLIENTS, "max-clients", "N", "at most N WebSocket clients (default 250)" },
	{ TIMEOUT, "timeout", "SECONDS", "give up a client that has not answered for SECONDS (default 120)" },
	{ 0 },
};

static struct {
	struct server_options server;
	const char *www;
	bool pass, linger, done;
	long long goodbye;	/* when clients were told, in ms; 0: not yet */
} self = { .server = { .address = "127.0.0.1:3001", .clients_max = 250, .timeout = 120 } };

static void
parse_options(int argc, char *argv[])
{
	int c;

	opt_init("f1-ws", "[-l ADDR:PORT] [-p] [OPTION]...", "Telemetry records to a live page and WebSocket streams.", opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 'l':
			self.server.address = optarg;
			break;
		case 'p':
			self.pass = true;
			break;
		case LINGER:
			self.linger = true;
			break;
		case WWW:
			self.www = optarg;
			break;
		case CERT:
			self.server.cert = optarg;
			break;
		case KEY:
			self.server.key = optarg;
			break;
		case TOKEN_FILE:
			gate_token_file(optarg);
			break;
		case ORIGIN:
			if (strcmp(optarg, "*") != 0 && strstr(optarg, "://") == NULL)
				opt_usage("--origin: '%s' is not like https://example.org, or *", optarg);
			gate_origin(optarg);
			break;
		case HOST:
			gate_host(optarg);
			break;
		case MAX_CLIENTS:
			self.server.clients_max = (unsigned)opt_number(1, 10000);
			break;
		case TIMEOUT:
			self.server.timeout = (unsigned)opt_number(2, 3600);
			break;
		}
	if (optind < argc)
		opt_usage("records are read from stdin, not from %s", argv[optind]);
	if ((self.server.cert == NULL) != (self.server.key == NULL))
		opt_usage("--cert and --key come together");
}

/* Is it time to end, and have all clients gone? */
static void
look(void)
{
	bool overdue = sig_overdue();

	if (overdue && !intake_ended()) {
		warnx("stdin: no end of input within %d seconds of the signal", SIG_GRACE);
		intake_stop();
	}
	if (self.goodbye == 0 && (overdue || (intake_ended() && (!self.linger || sig_stop)))) {
		self.goodbye = clock_milliseconds();
		server_goodbye();
	}
	self.done = self.goodbye != 0 && (!server_busy() || clock_milliseconds() - self.goodbye > GOODBYE);
}

static void
tick(void)
{
	int due = intake_player_due();

	if (due == 0) {
		intake_player();
		server_flush();
		due = intake_player_due();
	}
	count_poll();
	look();
	server_call(tick, due > 0 && due < TICK ? due : TICK);
}

/* Something came: clients get it, and a merged object that has to wait has its time. */
static void
news(void)
{
	int due = intake_player_due();

	server_flush();
	if (due > 0 && due < TICK)
		server_call(tick, due);
}

int
main(int argc, char *argv[])
{
	char port[16];
	int status, passed;

	parse_options(argc, argv);
	if (isatty(STDIN_FILENO))
		opt_usage("stdin is a terminal: pipe records from f1-decode");
	if (self.pass && isatty(STDOUT_FILENO))
		opt_usage("--pass: records are binary, and stdout is a terminal");
	sig_init();
	sig_hangup_stops();
	count_init(stats, STATS_N);
	site_init(self.www);
	snprintf(port, sizeof port, "%d", server_open(&self.server));
	intake_open(self.pass, news);
	sandbox_stay();
	tick();
	io_ready(port);

	while (!self.done) {
		server_serve();
		if (intake_ended() && self.goodbye == 0)
			look();
	}
	server_close();
	passed = pass_close();
	status = intake_status();
	count_end();
	return status == EX_OK ? passed : status;
}
