/* shortest: does every float32 read back, and is there no shorter text?
 * SPDX-License-Identifier: MIT
 *
 * usage: shortest [STEP]   every STEPth of the 2^31 positive ones (default 1009), and all powers of 2 with their neighbours
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "shortest.h"

static int failed;

static int
digits(const char *s)
{
	int n = 0, zeros = 0;

	for (; *s && *s != 'e'; s++)
		if (*s >= '0' && *s <= '9' && (n > 0 || *s != '0')) {
			n++;
			zeros = *s == '0' ? zeros + 1 : 0;
		}
	return n - zeros;
}

static void
try(uint32_t bits)
{
	float f = float_of(bits);
	char text[SHORTEST_MAX + 1], other[64];
	int precision = 0;

	if (!isfinite(f))
		return;
	text[shortest_float(text, f)] = '\0';
	if (float_bits(strtof(text, NULL)) != bits) {
		printf("# %08x: %s\n", bits, text);
		failed++;
		return;
	}
	if (f == 0)
		return;
	do
		snprintf(other, sizeof other, "%.*e", precision++, (double)f);
	while (strtof(other, NULL) != f);
	/* as short, and as near */
	if (digits(text) > precision || (digits(text) == precision &&
	    fabs(strtod(text, NULL) - (double)f) > fabs(strtod(other, NULL) - (double)f))) {
		printf("# %08x: %s, better %s\n", bits, text, other);
		failed++;
	}
}

static void
is(const char *name, float f, const char *expected)
{
	char text[SHORTEST_MAX + 1];

	text[shortest_float(text, f)] = '\0';
	printf("%sok - %s is %s\n", strcmp(text, expected) == 0 ? "" : "not ", name, text);
}

int
main(int argc, char *argv[])
{
	uint32_t step = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1009;
	static const struct {
		double d;
		const char *text;
	} doubles[] = { { 0.1, "0.1" }, { 5397.2853, "5397.2853" }, { 1.0 / 3, "0.3333333333333333" }, { 0, "0" } };

	printf("1..%zu\n", 10 + sizeof doubles / sizeof doubles[0]);
	for (uint64_t bits = 0; bits < 0x7f800000; bits += step)
		try((uint32_t)bits);
	for (uint32_t exponent = 0; exponent < 255; exponent++)
		for (uint32_t near = 0; near < 3; near++) {
			try((exponent << 23) + near);
			try((exponent << 23) - 1 - near);
		}
	printf("%sok - every %uth float32 reads back and is the shortest\n", failed ? "not " : "", step);
	is("zero", 0.0f, "0");
	is("a negative zero", -0.0f, "-0");
	is("a tenth", 0.1f, "0.1");
	is("an integer", -12345678.0f, "-12345678");
	is("a large integer", 1e20f, "100000000000000000000");
	is("a larger one", 1e21f, "1e+21");
	is("a small one", 0.00001f, "0.00001");
	is("a smaller one", 1.5e-7f, "1.5e-7");
	is("the smallest", 1e-45f, "1e-45");
	for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++) {
		char text[SHORTEST_MAX + 1];

		text[shortest_double(text, doubles[i].d)] = '\0';
		printf("%sok - a double is %s\n", strcmp(text, doubles[i].text) == 0 ? "" : "not ", text);
	}
	return 0;
}
