/* text: untrusted bytes as UTF-8
 * SPDX-License-Identifier: MIT
 */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { TEXT_GROWTH = 3 };	/* a bad byte becomes U+FFFD, which takes 3 */

/* Length of the well-formed UTF-8 character at p, before end; or minus the length of the longest part that could
 * have begun one (Unicode 3.9, "substitution of maximal subparts"), at most -1. p is before end. */
int text_character(const uint8_t *p, const uint8_t *end);

/* Copies n bytes, each bad part replaced by U+FFFD; returns the length, at most TEXT_GROWTH * n. */
size_t text_clean(uint8_t *to, const uint8_t *from, size_t n);

#endif
