/* shortest: the shortest decimal text that reads back to the same number
 * SPDX-License-Identifier: MIT
 */
#ifndef SHORTEST_H
#define SHORTEST_H

#include <stddef.h>

enum { SHORTEST_MAX = 32 };	/* bytes that a text can take */

/* A finite float32 to `to` without a NUL; the length. As JSON and JavaScript write it: 0.1, -12, 1e-7, 1.5e+21. */
size_t shortest_float(char *to, float);

/* A finite float64 likewise. */
size_t shortest_double(char *to, double);

/* An unsigned number, decimal. */
size_t shortest_integer(char *to, unsigned long long);

#endif
