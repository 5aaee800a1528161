/* pass: the copy of stdin on stdout
 * SPDX-License-Identifier: MIT
 *
 * What stdout does not take at once is kept, and then no more is read until it has gone: so clients are served while the
 * reader of stdout waits, and nothing is lost.
 */
#ifndef PASS_H
#define PASS_H

#include <stdbool.h>
#include <stddef.h>

/* `again` is called when all that was kept has gone. */
void pass_open(void (*again)(void));

/* Copies n bytes. False if some of them are kept: call it again only after `again`. */
bool pass_write(const void *, size_t n);

/* Is something kept? */
bool pass_waiting(void);

/* Closes stdout, as it was before. The exit status: not EX_OK if writing has failed for another reason than a reader that
 * has gone, or if something is kept. */
int pass_close(void);

#endif
