/* output: records on their way to stdout, gathered while there are more, passed on at once when there are none
 * SPDX-License-Identifier: MIT
 *
 * A failed write ends the program: with status 0 if the reader has had enough, with 74 otherwise.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `room` is the most that one packet can take. Ends the program with status 71 when out of memory. */
void output_open(int fd, bool json, size_t room);

/* Room for the records of one packet. */
uint8_t *output_room(void);

/* n bytes of whole frames were put there. */
void output_add(size_t n);

/* Writes all that is gathered. */
void output_flush(void);

#endif
