/* server: HTTP and WebSocket on one port, by libwebsockets
 * SPDX-License-Identifier: MIT
 *
 * libwebsockets does what is said in HTTP, TLS and WebSocket, but messages are framed by us, once for all clients, and
 * given to it as bytes (LWS_WRITE_HTTP). It keeps what a socket does not take at once, and sends nothing in between.
 */
#include <err.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "feed.h"
#include "gate.h"
#include "listen.h"
#include "opt.h"
#include "server.h"
#include "site.h"
#include "stats.h"
#include "watch.h"

enum {
	HEADERS = 8192,		/* bytes of a request's headers */
	MESSAGE_MAX = 4096,	/* bytes of a client's message; none has anything to say */
	VISITORS = 64,		/* connections beside those of clients */
	LEAVING = 64,		/* and those that were sent away, until the loop has come to them */
	WRITE_MAX = 1 << 20,	/* bytes given to a socket at once */
	UNSENT = 128 * 1024,	/* bytes that wait in a socket's buffer, so that what is sent next is fresh */
	REQUEST_TIME = 10,	/* seconds for a request's headers */
	IDLE_TIME = 15,		/* seconds between two requests */
};

struct client {
	struct lws *wsi;
	struct client *next, **at;	/* in the list of clients */
	struct place place;
	bool live, goodbye;
	size_t received;		/* bytes of the message that it is sending */
	struct answer answer;
	bool head, body;		/* wants no body; may send one */
};

struct connection {
	struct lws *wsi;		/* NULL: the place is free */
	bool client, leaving;
	uint64_t asked;			/* when it asked last, or came: by number */
};

static struct {
	struct lws_context *context;
	struct lws_vhost *vhost;
	lws_retry_bo_t retry;
	struct watch listener, timer;
	void (*function)(void);		/* to be called by the timer */
	struct client *clients;
	struct connection *connections;	/* all of them, clients_max + VISITORS + LEAVING places */
	uint64_t asked;
	unsigned clients_n, connections_n, clients_max;	/* connections_n: without those that leave */
	bool tls, closing;
} self;

static const char html_policy[] = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/* --- requests */

/* A header's value, or NULL if there is none or it is too long. Valid until the next call. */
static const char *
header(struct lws *wsi, enum lws_token_indexes token)
{
	static char value[HEADERS];

	if (lws_hdr_total_length(wsi, token) == 0 || lws_hdr_copy(wsi, value, sizeof value, token) < 0)
		return NULL;
	return value;
}

/* The value of NAME= in the query, decoded, or NULL. Valid until the next call. */
static const char *
argument(struct lws *wsi, const char *name)
{
	static char value[HEADERS];

	return lws_get_urlarg_by_name(wsi, name, value, sizeof value);
}

static bool
has_token(struct lws *wsi)
{
	const char *token;

	if (!gate_has_token() || gate_authorization_ok(header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION)) ||
	    gate_cookie_ok(header(wsi, WSI_TOKEN_HTTP_COOKIE)))
		return true;
	return (token = argument(wsi, "token=")) != NULL && gate_token_ok(token);
}

/* May the request be answered at all? If not the answer tells why. */
static bool
admitted(struct lws *wsi, const char *path, struct answer *a)
{
	if (!gate_host_ok(header(wsi, WSI_TOKEN_HOST))) {
		stats[STATS_REFUSED_HOST].n++;
		site_say(a, 421, "This is not the name of this server: --host NAME allows it.");
		return false;
	}
	if (strcmp(path, "/healthz") != 0 && !has_token(wsi)) {
		stats[STATS_REFUSED_TOKEN].n++;
		site_say(a, 401, "A token is needed: \"Authorization: Bearer TOKEN\" or ?token=TOKEN.");
		return false;
	}
	return true;
}

static bool
origin_ok(struct lws *wsi)
{
	char host[256];

	if (lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) <= 0)
		return false;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0)
		return true;
	return gate_origin_ok(header(wsi, WSI_TOKEN_ORIGIN), host) && header(wsi, WSI_TOKEN_ORIGIN) != NULL;
}

/* The selection that a WebSocket's URL tells, or NULL with *why. Valid until the next call. */
static const char *
selection(struct lws *wsi, unsigned *status, const char **why)
{
	static char path[HEADERS];
	const char *text = argument(wsi, "select="), *wrong;

	if (lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI) <= 0) {
		*status = 405;
		*why = "A WebSocket is asked for with GET.";
		return NULL;
	}
	*status = 400;
	if (text != NULL && strcmp(path, "/") != 0) {
		*why = "?select= stands behind / only.";
		return NULL;
	}
	if (text == NULL) {
		*status = 404;
		text = strcmp(path, "/") == 0 ? "player" : path + 1;
		if (strchr(text, ',') != NULL) {
			*why = "Several selectors stand behind ?select=.";
			return NULL;
		}
	}
	if ((wrong = feed_check(text)) != NULL) {
		*why = wrong;
		return NULL;
	}
	return text;
}

/* Does the client offer one of our subprotocols, or none at all? */
static bool
protocol_ok(struct lws *wsi)
{
	const char *offered = header(wsi, WSI_TOKEN_PROTOCOL);

	if (lws_hdr_total_length(wsi, WSI_TOKEN_PROTOCOL) == 0)
		return true;
	while (offered != NULL && *offered != '\0') {
		size_t n;

		offered += strspn(offered, ", \t");
		n = strcspn(offered, ", \t");
		if ((n == 7 && memcmp(offered, "f1.json", 7) == 0) || (n == 10 && memcmp(offered, "f1.msgpack", 10) == 0))
			return true;
		offered += n;
	}
	return false;
}

static int
add(struct lws *wsi, const char *name, const char *value, unsigned char **p, unsigned char *end)
{
	return lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)value, (int)strlen(value),
	    p, end);
}

/* Sends the head of an answer. 0, or -1 if the connection is to be closed. */
static int
send_head(struct lws *wsi, const struct answer *a)
{
	unsigned char buffer[LWS_PRE + 2048], *p = buffer + LWS_PRE, *begin = p, *end = buffer + sizeof buffer - 1;
	const char *token;
	char cookie[400];

	stats[STATS_REQUESTS].n++;
	if (lws_add_http_common_headers(wsi, a->status, a->type, a->n, &p, end) ||
	    add(wsi, "x-content-type-options:", "nosniff", &p, end) ||
	    add(wsi, "content-security-policy:", html_policy, &p, end) ||
	    add(wsi, "referrer-policy:", "no-referrer", &p, end) ||
	    add(wsi, "cache-control:", "no-cache", &p, end))
		return -1;
	if (a->status == 401 && add(wsi, "www-authenticate:", "Bearer", &p, end))
		return -1;
	if (a->status == 405 && add(wsi, "allow:", "GET, HEAD", &p, end))
		return -1;
	if (a->status == 426 && add(wsi, "sec-websocket-version:", "13", &p, end))
		return -1;
	/* what the page asks for next has the token without telling it */
	if (a->status == 200 && gate_has_token() && (token = argument(wsi, "token=")) != NULL && gate_token_ok(token)) {
		lws_snprintf(cookie, sizeof cookie, "f1-token=%s; Path=/; HttpOnly; SameSite=Strict%s", token,
		    self.tls ? "; Secure" : "");
		if (add(wsi, "set-cookie:", cookie, &p, end))
			return -1;
	}
	return lws_finalize_write_http_header(wsi, begin, &p, end) ? -1 : 0;
}

/* A whole answer at once, in place of a WebSocket. */
static int
refuse(struct lws *wsi, struct answer *a)
{
	int done = send_head(wsi, a);

	if (done == 0 && lws_write(wsi, (unsigned char *)(uintptr_t)a->body, a->n, LWS_WRITE_HTTP_FINAL) < 0)
		done = -1;
	answer_free(a);
	return done == 0 ? 1 : -1;
}

/* A client wants to become one: 0 lets it. */
static int
upgrade(struct lws *wsi, const char *to)
{
	struct answer a = { 0 };
	const char *why, *version;
	unsigned status;
	int reason = STATS_REFUSED_REQUEST;

	if (strcasecmp(to, "websocket") != 0) {
		stats[reason].n++;
		site_say(&a, 400, "Only WebSocket is upgraded to here.");
		return refuse(wsi, &a);
	}
	if (!admitted(wsi, "", &a))
		return refuse(wsi, &a);
	if (!origin_ok(wsi)) {
		reason = STATS_REFUSED_ORIGIN;
		site_say(&a, 403, "Pages of this origin may not read here: --origin ORIGIN allows them.");
	} else if (selection(wsi, &status, &why) == NULL)
		site_say(&a, status, why);
	else if ((version = header(wsi, WSI_TOKEN_VERSION)) == NULL || strcmp(version, "13") != 0)
		site_say(&a, 426, "The version of WebSocket is 13.");
	else if (!protocol_ok(wsi))
		site_say(&a, 400, "The subprotocols here are f1.json and f1.msgpack.");
	else if (self.closing || self.clients_n >= self.clients_max) {
		reason = STATS_REFUSED_LIMIT;
		site_say(&a, 503, self.closing ? "The stream has ended." : "There are too many clients: see --max-clients.");
	} else
		return 0;
	stats[reason].n++;
	return refuse(wsi, &a);
}

static int
request(struct lws *wsi, struct client *c, const char *path)
{
	struct connection *connection = lws_get_opaque_user_data(wsi);

	if (connection != NULL)
		connection->asked = ++self.asked;
	answer_free(&c->answer);
	c->head = lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
	c->body = !c->head && lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) == 0;
	if (admitted(wsi, path, &c->answer)) {
		if (c->body)
			site_say(&c->answer, 405, "Only GET and HEAD are known here.");
		else
			site_answer(&c->answer, path);
	}
	if (send_head(wsi, &c->answer) == -1)
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
send_body(struct lws *wsi, struct client *c)
{
	struct answer *a = &c->answer;
	size_t n = a->n - a->sent;
	enum lws_write_protocol kind;
	bool last;

	if (a->body == NULL)
		return 0;
	if (n > FEED_RUN)
		n = FEED_RUN;
	last = a->sent + n == a->n;
	kind = last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP;
	if (!c->head && lws_write(wsi, (unsigned char *)(uintptr_t)a->body + a->sent, n, kind) < 0)
		return -1;
	a->sent += n;
	if (!last && !c->head) {
		lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, IDLE_TIME);
		lws_callback_on_writable(wsi);
		return 0;
	}
	answer_free(a);
	/* what a request has in its body is not for us */
	if (c->body || lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) ||
	    lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING))
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* --- clients */

/* Sends what there is, as far as the socket takes it. */
static int
pump(struct client *c)
{
	const uint8_t *bytes;
	size_t n;

	while (!lws_partial_buffered(c->wsi) && (n = feed_take(&c->place, &bytes)) > 0)
		if (lws_write(c->wsi, (unsigned char *)(uintptr_t)bytes, n, LWS_WRITE_HTTP) < 0)
			return -1;
	return 0;
}

static int
join(struct lws *wsi, struct client *c)
{
	struct connection *connection = lws_get_opaque_user_data(wsi);
	const char *why, *text;
	unsigned status;

	if (connection != NULL)
		connection->client = true;
	*c = (struct client){ .wsi = wsi };
	if ((text = selection(wsi, &status, &why)) == NULL ||
	    feed_join(&c->place, text, strcmp(lws_get_protocol(wsi)->name, "f1.msgpack") == 0) != NULL)
		return -1;
	c->live = true;
	c->next = self.clients;
	c->at = &self.clients;
	if (c->next)
		c->next->at = &c->next;
	self.clients = c;
	site_state.clients = ++self.clients_n;
	stats[STATS_CLIENTS].n++;
	lws_callback_on_writable(wsi);
	return 0;
}

static void
leave(struct client *c)
{
	if (!c->live)
		return;
	c->live = false;
	feed_leave(&c->place);
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	site_state.clients = --self.clients_n;
}

static int
writeable(struct lws *wsi, struct client *c)
{
	static unsigned char words[] = "the stream has ended";

	if (!c->live)
		return 0;
	if (pump(c) == -1)
		return -1;
	if (c->goodbye && feed_even(&c->place) && !lws_partial_buffered(wsi)) {
		lws_close_reason(wsi, LWS_CLOSE_STATUS_GOINGAWAY, words, sizeof words - 1);
		return -1;
	}
	return 0;
}

static int
received(struct lws *wsi, struct client *c, size_t n)
{
	c->received += n;
	if (c->received > MESSAGE_MAX) {
		lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL, 0);
		return -1;
	}
	if (lws_is_final_fragment(wsi))
		c->received = 0;
	return 0;
}

void
server_flush(void)
{
	for (struct client *c = self.clients, *next; c != NULL; c = next) {
		next = c->next;
		if (pump(c) == -1) {
			leave(c);
			lws_set_timeout(c->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
		}
	}
	feed_sent();
}

/* --- connections */

static void
connected(struct connection *c, struct lws *wsi)
{
	*c = (struct connection){ .wsi = wsi, .asked = ++self.asked };
	lws_set_opaque_user_data(wsi, c);
	self.connections_n++;
}

static void
disconnected(struct connection *c)
{
	if (c == NULL)
		return;
	if (!c->leaving)
		self.connections_n--;
	c->wsi = NULL;
}

/* A place for one more connection, or NULL. When there are too many, who is no client and has not asked for longest is sent
 * away: so those who only hold connections keep nobody out. */
static struct connection *
find_place(void)
{
	struct connection *place = NULL, *oldest = NULL;

	for (size_t i = 0; i < self.clients_max + VISITORS + LEAVING; i++) {
		struct connection *c = &self.connections[i];

		if (c->wsi == NULL)
			place = c;
		else if (!c->client && !c->leaving && (oldest == NULL || c->asked < oldest->asked))
			oldest = c;
	}
	if (place == NULL || self.connections_n < self.clients_max + VISITORS)
		return place;
	if (oldest == NULL)
		return NULL;
	stats[STATS_REFUSED_LIMIT].n++;
	oldest->leaving = true;
	self.connections_n--;
	shutdown(lws_get_socket_fd(oldest->wsi), SHUT_RDWR);	/* the loop sees its end */
	return place;
}

/* --- libwebsockets */

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
	struct client *c = user;

	switch (reason) {
	case LWS_CALLBACK_RAW_RX_FILE:
		watch_run();
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		disconnected(lws_get_opaque_user_data(wsi));
		return 0;
	case LWS_CALLBACK_HTTP:
		return request(wsi, c, in);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return send_body(wsi, c);
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return upgrade(wsi, in);
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
	case LWS_CALLBACK_CLOSED_HTTP:
		if (c)
			answer_free(&c->answer);
		return 0;
	case LWS_CALLBACK_ESTABLISHED:
		return join(wsi, c);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return writeable(wsi, c);
	case LWS_CALLBACK_RECEIVE:
		return received(wsi, c, n);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
		if (c)
			leave(c);
		return 0;
	case LWS_CALLBACK_HTTP_BODY:	/* nobody has anything to send here, nor to speak anything but HTTP */
	case LWS_CALLBACK_RAW_ADOPT:
	case LWS_CALLBACK_RAW_CONNECTED:
	case LWS_CALLBACK_RAW_RX:
	case LWS_CALLBACK_RAW_WRITEABLE:
		return -1;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ "f1.json", callback, sizeof(struct client), MESSAGE_MAX, 0, NULL, WRITE_MAX },
	{ "f1.msgpack", callback, sizeof(struct client), MESSAGE_MAX, 0, NULL, WRITE_MAX },
	{ NULL, NULL, 0, 0, 0, NULL, 0 },
};

static void
say(int level, const char *line)
{
	(void)level;
	warnx("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

static void
accept_some(void)
{
	int fd;

	for (int i = 0; i < 16; i++) {
		struct connection *place;
		struct lws *wsi;

		if ((fd = accept4(self.listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) == -1)
			return;
		if ((place = find_place()) == NULL) {
			stats[STATS_REFUSED_LIMIT].n++;
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &(int){ UNSENT }, sizeof(int));
		wsi = lws_adopt_descriptor_vhost(self.vhost, LWS_ADOPT_HTTP | LWS_ADOPT_SOCKET | LWS_ADOPT_ALLOW_SSL,
		    (lws_sock_file_fd_type){ .sockfd = fd }, NULL, NULL);
		if (wsi != NULL)
			connected(place, wsi);
	}
}

/* A descriptor for each connection and some for ourselves. */
static void
raise_limit(void)
{
	rlim_t wanted = self.clients_max + VISITORS + LEAVING + 32;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur >= wanted)
		return;
	if (limit.rlim_max < wanted)
		errx(EX_OSERR, "--max-clients: %u clients need %lu descriptors, and %lu are allowed", self.clients_max,
		    (unsigned long)wanted, (unsigned long)limit.rlim_max);
	limit.rlim_cur = wanted;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Not a timer of libwebsockets: its loop spins for the last millisecond before each. */
static void
timed_out(void)
{
	uint64_t times;

	if (read(self.timer.fd, &times, sizeof times) == sizeof times)
		self.function();
}

int
server_open(const struct server_options *o)
{
	struct lws_context_creation_info info = { 0 };
	int epoll;

	self.clients_max = o->clients_max;
	self.connections = calloc(o->clients_max + VISITORS + LEAVING, sizeof *self.connections);
	if (self.connections == NULL)
		err(EX_OSERR, NULL);
	self.tls = o->cert != NULL;
	self.listener = (struct watch){ .fd = listen_on(o->address), .ready = accept_some };
	raise_limit();
	self.retry.secs_since_valid_hangup = (uint16_t)o->timeout;
	self.retry.secs_since_valid_ping = (uint16_t)(o->timeout / 3 ? o->timeout / 3 : 1);
	lws_set_log_level(LLL_ERR | (opt_common.verbose > 1 ? LLL_WARN | LLL_NOTICE : 0), say);
	info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
	info.protocols = protocols;
	info.server_string = "f1-ws";
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
	info.max_http_header_data = HEADERS;
	info.max_http_header_pool = (unsigned short)(o->clients_max + VISITORS);
	info.timeout_secs = REQUEST_TIME;
	info.timeout_secs_ah_idle = REQUEST_TIME;
	info.keepalive_timeout = IDLE_TIME;
	info.retry_and_idle_policy = &self.retry;
	info.pt_serv_buf_size = 4096 + MESSAGE_MAX;
	info.alpn = "http/1.1";		/* messages framed by us cannot go through HTTP/2 */
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	if (self.tls) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = o->cert;
		info.ssl_private_key_filepath = o->key;
		if (access(o->cert, R_OK) == -1)
			err(EX_CONFIG, "%s", o->cert);
		if (access(o->key, R_OK) == -1)
			err(EX_CONFIG, "%s", o->key);
	}
	self.context = lws_create_context(&info);
	if (self.context == NULL)
		errx(self.tls ? EX_CONFIG : EX_OSERR, "libwebsockets does not begin%s",
		    self.tls ? "; see --cert and --key" : "");
	self.vhost = lws_get_vhost_by_name(self.context, "default");
	if (opt_common.verbose < 2)
		lws_set_log_level(0, NULL);
	epoll = watch_open();
	self.timer = (struct watch){ .fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), .ready = timed_out };
	if (epoll == -1 || self.vhost == NULL || lws_adopt_descriptor_vhost(self.vhost, LWS_ADOPT_RAW_FILE_DESC,
	    (lws_sock_file_fd_type){ .filefd = epoll }, NULL, NULL) == NULL || watch_set(&self.listener, EPOLLIN) == -1 ||
	    watch_set(&self.timer, EPOLLIN) == -1)
		err(EX_OSERR, NULL);
	return listen_port(self.listener.fd);
}

void
server_serve(void)
{
	lws_service(self.context, 0);
}

void
server_call(void (*function)(void), int ms)
{
	self.function = function;
	timerfd_settime(self.timer.fd, 0, &(struct itimerspec){ .it_value = { ms / 1000, ms % 1000 * 1000000L } }, NULL);
}

void
server_goodbye(void)
{
	if (self.closing)
		return;
	self.closing = true;
	for (struct client *c = self.clients; c != NULL; c = c->next) {
		c->goodbye = true;
		lws_callback_on_writable(c->wsi);
	}
}

bool
server_busy(void)
{
	return self.clients_n > 0;
}

void
server_close(void)
{
	lws_context_destroy(self.context);
	close(self.timer.fd);
	close(self.listener.fd);
	free(self.connections);
}
