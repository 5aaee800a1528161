/* dead: a file for the records that could not go where they should
 * SPDX-License-Identifier: MIT
 */
#ifndef DEAD_H
#define DEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens FILE for frames behind those that it has, or makes it. Ends the program with status 74 if that cannot be. */
void dead_open(const char *file);

/* Keeps a record as a frame, as it came; nothing is done without a file. If it cannot be kept that is said once, and
 * dead_lost is true from then on. */
void dead_keep(const uint8_t *record, size_t n);
bool dead_lost(void);

#endif
