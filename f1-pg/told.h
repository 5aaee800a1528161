/* told: a record that tells the overall frame that was made for it
 * SPDX-License-Identifier: MIT
 *
 * Up to 2022 records do not tell it, and one of the dead letters, alone, would get another one.
 */
#ifndef TOLD_H
#define TOLD_H

#include <stddef.h>
#include <stdint.h>

/* Copies a record of n bytes, with the overall frame as one more pair, to RECORD_MAX bytes. Its size, or 0 if there is no
 * room for the pair. */
size_t told(uint8_t *to, const uint8_t *record, size_t n, int32_t overall);

#endif
