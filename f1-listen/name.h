/* name: what a capture file is called
 * SPDX-License-Identifier: MIT
 */
#ifndef NAME_H
#define NAME_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { NAME_PART = sizeof ".part" - 1, NAME_SIZE = PATH_MAX - NAME_PART };

/* what a name can tell */
struct name_facts {
	time_t begun;			/* for strftime */
	uint64_t uid;
	unsigned format;		/* 0 as long as it is not known */
	bool known;			/* these are */
	int session_type, track;
};

/* The name by what is known now, from a pattern of strftime and {uid} {track} {session} {format}. 0, or -1 with errno
 * (EINVAL: an unknown placeholder). */
int name_expand(const char *pattern, const struct name_facts *, char name[NAME_SIZE]);

/* "race.bin" with 2 is "race.2.bin", so that *.bin finds it; with 0 it stays. false: too long. */
bool name_numbered(const char *name, int number, char *to, size_t size);

/* Makes the folders of a name, as far as they are missing. */
void name_folders(const char *name);

#endif
