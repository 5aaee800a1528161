/* bytes: numbers out of untrusted bytes, one at a time and never by a cast; and back
 * SPDX-License-Identifier: MIT
 */
#ifndef BYTES_H
#define BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint16_t
le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
le64(const uint8_t *p)
{
	return (uint64_t)le32(p) | (uint64_t)le32(p + 4) << 32;
}

static inline uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline uint64_t
be64(const uint8_t *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

static inline void
put_le16(uint8_t *p, uint16_t n)
{
	p[0] = (uint8_t)n;
	p[1] = (uint8_t)(n >> 8);
}

static inline void
put_le32(uint8_t *p, uint32_t n)
{
	put_le16(p, (uint16_t)n);
	put_le16(p + 2, (uint16_t)(n >> 16));
}

static inline void
put_le64(uint8_t *p, uint64_t n)
{
	put_le32(p, (uint32_t)n);
	put_le32(p + 4, (uint32_t)(n >> 32));
}

static inline void
put_be16(uint8_t *p, uint16_t n)
{
	p[0] = (uint8_t)(n >> 8);
	p[1] = (uint8_t)n;
}

static inline void
put_be32(uint8_t *p, uint32_t n)
{
	put_be16(p, (uint16_t)(n >> 16));
	put_be16(p + 2, (uint16_t)n);
}

static inline void
put_be64(uint8_t *p, uint64_t n)
{
	put_be32(p, (uint32_t)(n >> 32));
	put_be32(p + 4, (uint32_t)n);
}

static inline float
float_of(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof f);
	return f;
}

static inline double
double_of(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof d);
	return d;
}

static inline uint32_t
float_bits(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof bits);
	return bits;
}

static inline uint64_t
double_bits(double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof bits);
	return bits;
}

#endif
