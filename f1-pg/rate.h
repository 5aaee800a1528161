/* rate: fewer samples of a kind than the game sends
 * SPDX-License-Identifier: MIT
 */
#ifndef RATE_H
#define RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes a rule, NAME[,NAME]...=HZ; what is wrong with it, or NULL. Ends the program when out of memory. */
const char *rate_rule(const char *rule);

/* Is the record to be loaded? */
bool rate_pass(const uint8_t *record, size_t n);

#endif
