/* holder: which programs have a UDP port of this machine
 * SPDX-License-Identifier: MIT
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "holder.h"

/* The sockets of a table such as /proc/net/udp that are bound to the port. */
static int
sockets(const char *table, unsigned port, struct holder *list, int n, int max)
{
	char line[512];
	FILE *f = fopen(table, "re");

	while (f != NULL && n < max && fgets(line, sizeof line, f) != NULL) {
		unsigned p, uid;
		unsigned long inode;

		if (sscanf(line, " %*[0-9]: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %*x %*x:%*x %*x:%*x %*x %u %*u %lu", &p, &uid, &inode) == 3 &&
		    p == port)
			list[n++] = (struct holder){ .inode = inode, .uid = uid };
	}
	if (f != NULL)
		fclose(f);
	return n;
}

static void
name_of(pid_t pid, char name[17])
{
	char file[32];
	FILE *f;
	size_t n = 0;

	snprintf(file, sizeof file, "/proc/%d/comm", (int)pid);
	if ((f = fopen(file, "re")) != NULL) {
		n = fread(name, 1, 16, f);
		fclose(f);
	}
	name[n] = '\0';
	name[strcspn(name, "\n")] = '\0';
	for (char *p = name; *p; p++)
		if (!isprint((unsigned char)*p) || *p == '"' || *p == '\\')
			*p = '?';
}

/* Has the process one of the sockets? */
static void
look_into(pid_t pid, struct holder *list, int n)
{
	char folder[32], link[64];
	DIR *d;
	struct dirent *e;

	snprintf(folder, sizeof folder, "/proc/%d/fd", (int)pid);
	if ((d = opendir(folder)) == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		ssize_t length = readlinkat(dirfd(d), e->d_name, link, sizeof link - 1);
		unsigned long inode;

		link[length > 0 ? length : 0] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) != 1)
			continue;
		for (struct holder *h = list; h < list + n; h++)
			if (h->inode == inode && h->pid == 0) {
				h->pid = pid;
				name_of(pid, h->name);
			}
	}
	closedir(d);
}

int
holder_find(unsigned port, struct holder *list, int max)
{
	int n = sockets("/proc/net/udp6", port, list, sockets("/proc/net/udp", port, list, 0, max), max);
	DIR *d = n > 0 ? opendir("/proc") : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (isdigit((unsigned char)e->d_name[0]))
			look_into((pid_t)atoi(e->d_name), list, n);
	if (d != NULL)
		closedir(d);
	return n;
}
