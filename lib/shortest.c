/* shortest: the shortest decimal text that reads back to the same number
 * SPDX-License-Identifier: MIT
 *
 * For float32 it is Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles", 2020), which is exact and
 * needs one multiplication for each end of the interval; tests/1200-shortest.t holds it against strtof.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "shortest.h"

enum { POWER_MIN = -31, POWER_MAX = 45 };

/* 10^k, k from POWER_MIN to POWER_MAX, scaled by a power of 2 to 64 bits and rounded up */
static const uint64_t powers[POWER_MAX - POWER_MIN + 1] = {
	0x81ceb32c4b43fcf5, 0xa2425ff75e14fc32, 0xcad2f7f5359a3b3f, 0xfd87b5f28300ca0e, 0x9e74d1b791e07e49,
	0xc612062576589ddb, 0xf79687aed3eec552, 0x9abe14cd44753b53, 0xc16d9a0095928a28, 0xf1c90080baf72cb2,
	0x971da05074da7bef, 0xbce5086492111aeb, 0xec1e4a7db69561a6, 0x9392ee8e921d5d08, 0xb877aa3236a4b44a,
	0xe69594bec44de15c, 0x901d7cf73ab0acda, 0xb424dc35095cd810, 0xe12e13424bb40e14, 0x8cbccc096f5088cc,
	0xafebff0bcb24aaff, 0xdbe6fecebdedd5bf, 0x89705f4136b4a598, 0xabcc77118461cefd, 0xd6bf94d5e57a42bd,
	0x8637bd05af6c69b6, 0xa7c5ac471b478424, 0xd1b71758e219652c, 0x83126e978d4fdf3c, 0xa3d70a3d70a3d70b,
	0xcccccccccccccccd, 0x8000000000000000, 0xa000000000000000, 0xc800000000000000, 0xfa00000000000000,
	0x9c40000000000000, 0xc350000000000000, 0xf424000000000000, 0x9896800000000000, 0xbebc200000000000,
	0xee6b280000000000, 0x9502f90000000000, 0xba43b74000000000, 0xe8d4a51000000000, 0x9184e72a00000000,
	0xb5e620f480000000, 0xe35fa931a0000000, 0x8e1bc9bf04000000, 0xb1a2bc2ec5000000, 0xde0b6b3a76400000,
	0x8ac7230489e80000, 0xad78ebc5ac620000, 0xd8d726b7177a8000, 0x878678326eac9000, 0xa968163f0a57b400,
	0xd3c21bcecceda100, 0x84595161401484a0, 0xa56fa5b99019a5c8, 0xcecb8f27f4200f3a, 0x813f3978f8940985,
	0xa18f07d736b90be6, 0xc9f2c9cd04674edf, 0xfc6f7c4045812297, 0x9dc5ada82b70b59e, 0xc5371912364ce306,
	0xf684df56c3e01bc7, 0x9a130b963a6c115d, 0xc097ce7bc90715b4, 0xf0bdc21abb48db21, 0x96769950b50d88f5,
	0xbc143fa4e250eb32, 0xeb194f8e1ae525fe, 0x92efd1b8d0cf37bf, 0xb7abc627050305ae, 0xe596b7b0c643c71a,
	0x8f7e32ce7bea5c70, 0xb35dbf821ae4f38c,
};

static const char pairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

struct decimal {
	uint32_t digits;
	int exponent;		/* the number is digits * 10^exponent */
};

/* floor(log2(10^n)), floor(log10(2^n)) and floor(log10(3/4 * 2^n)) */
static inline int
log2_of_power10(int n)
{
	return (n * 1741647) >> 19;
}

static inline int
log10_of_power2(int n, int closer)
{
	return (n * 1262611 - (closer ? 524031 : 0)) >> 22;
}

/* the high part of power * n, its last bit set if anything was cut off */
static inline uint32_t
round_to_odd(uint64_t power, uint32_t n)
{
	unsigned __int128 product = (unsigned __int128)power * n;
	uint32_t high = (uint32_t)(product >> 64), low = (uint32_t)(product >> 32);

	return high | (low > 1);
}

static struct decimal
schubfach(uint32_t bits)
{
	uint32_t fraction = bits & 0x7fffff, biased = bits >> 23 & 0xff;
	uint32_t c = biased ? fraction | 0x800000 : fraction;
	int q = (biased ? (int)biased : 1) - 150;
	int closer = fraction == 0 && biased > 1;	/* the neighbour below is only half as far */
	int k, h, odd = c & 1;
	uint32_t vb, lower, upper, s;
	uint64_t power;

	if (q <= 0 && -q < 24 && (c & ((UINT32_C(1) << -q) - 1)) == 0)	/* a small integer */
		return (struct decimal){ c >> -q, 0 };
	k = log10_of_power2(q, closer);
	h = q + log2_of_power10(-k) + 1;
	power = powers[-k - POWER_MIN];
	lower = round_to_odd(power, (4 * c - 2 + (uint32_t)closer) << h) + (uint32_t)odd;
	vb = round_to_odd(power, 4 * c << h);
	upper = round_to_odd(power, (4 * c + 2) << h) - (uint32_t)odd;

	s = vb / 4;
	if (s >= 10) {		/* is there a number with a digit less in the interval? */
		uint32_t tens = s / 10;
		int down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;

		if (down != up)
			return (struct decimal){ tens + (uint32_t)up, k + 1 };
	}
	{
		int down = lower <= 4 * s, up = 4 * s + 4 <= upper;
		uint32_t middle = 4 * s + 2;

		if (down != up)
			return (struct decimal){ s + (uint32_t)up, k };
		return (struct decimal){ s + (vb > middle || (vb == middle && (s & 1))), k };
	}
}

static inline unsigned
digits_of(uint32_t n)
{
	static const uint32_t power[] = { 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000 };
	unsigned d = 1;

	while (d < 10 && n >= power[d - 1])
		d++;
	return d;
}

/* exactly d digits of n */
static inline void
put_digits(char *to, uint32_t n, unsigned d)
{
	while (d >= 2) {
		d -= 2;
		memcpy(to + d, pairs + 2 * (n % 100), 2);
		n /= 100;
	}
	if (d)
		*to = (char)('0' + n % 10);
}

static size_t
put_exponent(char *to, int exponent)
{
	char *p = to;
	unsigned e = (unsigned)abs(exponent), d = digits_of(e);

	*p++ = 'e';
	*p++ = exponent < 0 ? '-' : '+';
	put_digits(p, e, d);
	return 2 + d;
}

size_t
shortest_float(char *to, float f)
{
	uint32_t bits = float_bits(f);
	struct decimal v;
	char *p = to;
	int d, point;

	if (bits >> 31)
		*p++ = '-';
	bits &= 0x7fffffff;
	if (bits == 0) {
		*p++ = '0';
		return (size_t)(p - to);
	}
	v = schubfach(bits);
	while (v.exponent < 0 && v.digits % 10 == 0) {
		v.digits /= 10;
		v.exponent++;
	}
	d = (int)digits_of(v.digits);
	point = d + v.exponent;		/* where the point stands, counted from the first digit */
	if (v.exponent >= 0 && point <= 21) {
		put_digits(p, v.digits, (unsigned)d);
		memset(p + d, '0', (size_t)v.exponent);
		p += point;
	} else if (point > 0 && point <= 21) {
		put_digits(p, v.digits, (unsigned)d);
		memmove(p + point + 1, p + point, (size_t)(d - point));
		p[point] = '.';
		p += d + 1;
	} else if (point > -6 && point <= 0) {
		memcpy(p, "0.000000", 8);
		p += 2 - point;
		put_digits(p, v.digits, (unsigned)d);
		p += d;
	} else {
		while (v.digits % 10 == 0) {
			v.digits /= 10;
			d--;
		}
		put_digits(p, v.digits, (unsigned)d);
		if (d > 1) {
			memmove(p + 2, p + 1, (size_t)d - 1);
			p[1] = '.';
			p++;
		}
		p += d;
		p += put_exponent(p, point - 1);
	}
	return (size_t)(p - to);
}

/* rare (a race time in a classification), so printf may try */
size_t
shortest_double(char *to, double d)
{
	char text[SHORTEST_MAX + 1];
	int n = 0;

	for (int precision = 15; precision <= 17; precision++) {
		n = snprintf(text, sizeof text, "%.*g", precision, d);
		if (strtod(text, NULL) == d)
			break;
	}
	memcpy(to, text, (size_t)n);
	return (size_t)n;
}

size_t
shortest_integer(char *to, unsigned long long n)
{
	char text[20];
	size_t at = sizeof text;

	if (n < 100) {
		unsigned d = n < 10 ? 1 : 2;

		put_digits(to, (uint32_t)n, d);
		return d;
	}
	while (n >= 100) {
		at -= 2;
		memcpy(text + at, pairs + 2 * (n % 100), 2);
		n /= 100;
	}
	if (n >= 10) {
		at -= 2;
		memcpy(text + at, pairs + 2 * n, 2);
	} else
		text[--at] = (char)('0' + n);
	memcpy(to, text + at, sizeof text - at);
	return sizeof text - at;
}
