/* prng: splitmix64, small and good enough to race with
 * SPDX-License-Identifier: MIT
 */
#include "prng.h"

static uint64_t state;

void
prng_seed(uint64_t seed)
{
	state = seed;
}

uint64_t
prng_next(uint64_t *stream)
{
	uint64_t z = (*stream += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t
prng_u64(void)
{
	return prng_next(&state);
}

double
prng_unit(void)
{
	return (double)(prng_u64() >> 11) * 0x1p-53;
}

double
prng_between(double a, double b)
{
	return a + (b - a) * prng_unit();
}

int
prng_below(int n)
{
	return (int)(prng_u64() % (uint64_t)n);
}
