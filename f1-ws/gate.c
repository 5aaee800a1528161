/* gate: who may come in
 * SPDX-License-Identifier: MIT
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "gate.h"
#include "opt.h"

enum { NAMES_MAX = 32, TOKEN_MAX = 256 };

static struct {
	const char *hosts[NAMES_MAX], *origins[NAMES_MAX];
	int hosts_n, origins_n;
	char token[TOKEN_MAX + 2];
} self;

void
gate_host(const char *name)
{
	if (self.hosts_n == NAMES_MAX)
		opt_usage("--host: more than %d", NAMES_MAX);
	self.hosts[self.hosts_n++] = name;
}

void
gate_origin(const char *origin)
{
	if (self.origins_n == NAMES_MAX)
		opt_usage("--origin: more than %d", NAMES_MAX);
	self.origins[self.origins_n++] = origin;
}

void
gate_token_file(const char *file)
{
	FILE *f = fopen(file, "re");
	size_t n;

	if (f == NULL)
		err(EX_CONFIG, "%s", file);
	if (fgets(self.token, sizeof self.token, f) == NULL)
		self.token[0] = '\0';
	fclose(f);
	n = strcspn(self.token, "\r\n");
	self.token[n] = '\0';
	if (n == 0)
		errx(EX_CONFIG, "%s: no token in the first line", file);
	if (n > TOKEN_MAX)
		errx(EX_CONFIG, "%s: a token has at most %d characters", file, TOKEN_MAX);
	/* what a URL, a header and a cookie hold alike */
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)self.token[i]) && strchr("-._~+/=", self.token[i]) == NULL)
			errx(EX_CONFIG, "%s: a token is made of letters, digits and -._~+/=", file);
}

bool
gate_has_token(void)
{
	return self.token[0] != '\0';
}

/* The length of the name in "name:port", "[::1]:port" or either without port. */
static size_t
name_length(const char *host)
{
	return host[0] == '[' ? strcspn(host, "]") + (strchr(host, ']') != NULL) : strcspn(host, ":");
}

bool
gate_host_ok(const char *host)
{
	char name[256];
	struct in6_addr address;
	size_t n;

	if (host == NULL || (n = name_length(host)) == 0 || n >= sizeof name)
		return false;
	if (host[n] == ':' ? strspn(host + n + 1, "0123456789") != strlen(host + n + 1) : host[n] != '\0')
		return false;
	if (host[0] == '[') {
		if (n < 3 || host[n - 1] != ']')
			return false;
		memcpy(name, host + 1, n - 1);
		name[n - 2] = '\0';
		n = strcspn(name, "%");
		for (const char *zone = name + n; *zone != '\0'; zone++)
			if (!isalnum((unsigned char)*zone) && strchr("%-._", *zone) == NULL)
				return false;
		name[n] = '\0';
		return inet_pton(AF_INET6, name, &address) == 1;
	}
	memcpy(name, host, n);
	name[n] = '\0';
	if (inet_pton(AF_INET, name, &address) == 1)
		return true;
	if (n > 1 && name[n - 1] == '.')
		name[n - 1] = '\0';
	if (strcasecmp(name, "localhost") == 0)
		return true;
	for (int i = 0; i < self.hosts_n; i++)
		if (strcasecmp(name, self.hosts[i]) == 0)
			return true;
	return false;
}

bool
gate_origin_ok(const char *origin, const char *host)
{
	const char *authority;

	if (origin == NULL)
		return true;
	for (int i = 0; i < self.origins_n; i++)
		if (strcmp(self.origins[i], "*") == 0 || strcasecmp(self.origins[i], origin) == 0)
			return true;
	authority = strstr(origin, "://");
	if (authority == NULL || host == NULL)
		return false;
	if (strncasecmp(origin, "http://", 7) != 0 && strncasecmp(origin, "https://", 8) != 0)
		return false;
	return strcasecmp(authority + 3, host) == 0;
}

bool
gate_token_ok(const char *token)
{
	char given[TOKEN_MAX + 2] = "";
	unsigned char differs = 0;
	size_t n = strlen(token);

	if (!gate_has_token())
		return true;
	memcpy(given, token, n < sizeof given ? n : sizeof given - 1);
	for (size_t i = 0; i < sizeof given; i++)
		differs |= (unsigned char)(given[i] ^ self.token[i]);
	return differs == 0;
}

bool
gate_authorization_ok(const char *value)
{
	if (value == NULL || strncasecmp(value, "Bearer ", 7) != 0)
		return !gate_has_token();
	value += 7;
	return gate_token_ok(value + strspn(value, " "));
}

bool
gate_cookie_ok(const char *value)
{
	static const char name[] = "f1-token=";

	while (value != NULL && *value != '\0') {
		size_t n;

		value += strspn(value, "; ");
		n = strcspn(value, ";");
		if (strncmp(value, name, sizeof name - 1) == 0 && n - (sizeof name - 1) <= TOKEN_MAX) {
			char token[TOKEN_MAX + 1];

			n -= sizeof name - 1;
			memcpy(token, value + sizeof name - 1, n);
			token[n] = '\0';
			return gate_token_ok(token);
		}
		value += n;
	}
	return !gate_has_token();
}
