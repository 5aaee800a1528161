/* part: a capture file, from its beginning as NAME.part to its name
 * SPDX-License-Identifier: MIT
 */
#ifndef PART_H
#define PART_H

#include "file.h"
#include "name.h"

struct part {
	int fd;				/* -1 if none is open */
	struct name_facts facts;	/* for its name, which is made when it is opened and once more when it is closed */
	uint64_t size, datagrams;	/* written */
	int number;			/* that the name was given, 0 for none */
	char name[NAME_SIZE], part[PATH_MAX];
};

/* Begins the first file of its name that is neither there nor being written. 0, or -1 with errno. */
int part_open(struct part *, const struct file_want *);

/* Hands it to a child, which brings it to the disk, renames it, and becomes the command of --on-close. */
void part_close(struct part *, const struct file_want *);

/* Takes leave of children that have ended, or waits for all. Are there any left? */
bool part_reap(const struct file_want *, bool wait);

#endif
