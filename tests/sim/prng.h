/* prng: our own random numbers, so that a seed means the same race on every machine
 * SPDX-License-Identifier: MIT
 */
#ifndef PRNG_H
#define PRNG_H

#include <stdint.h>

/* Starts the numbers of a seed. */
void prng_seed(uint64_t seed);

uint64_t prng_u64(void);

/* The next number of a stream of its own, which begins with any state. */
uint64_t prng_next(uint64_t *stream);

/* From 0 to less than 1. */
double prng_unit(void);

/* From a to b. */
double prng_between(double a, double b);

/* One of 0 to n - 1. */
int prng_below(int n);

#endif
