/* ring: datagrams that wait for a slow reader
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <sys/mman.h>

#include "ring.h"

enum { SHORTEST = 24 };			/* no packet is shorter: so many lengths are enough */

static void *
memory(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, n, MADV_DONTFORK);	/* a child that closes a file has no use for it, nor for a copy of it */
	return p;
}

int
ring_open(struct ring *r, size_t size)
{
	memset(r, 0, sizeof *r);
	r->size = size;
	r->slots = size / SHORTEST;
	r->bytes = memory(size);
	r->lengths = memory(r->slots * sizeof *r->lengths);
	return r->bytes && r->lengths ? 0 : -1;
}

void
ring_preface(struct ring *r, const void *data, size_t n)
{
	memcpy(r->rest, data, n);
	r->rest_begin = 0;
	r->rest_end = n;
	r->rest_counts = false;
}

static void
pop(struct ring *r)
{
	size_t n = r->lengths[r->first];

	r->begin = (r->begin + n) % r->size;
	r->used -= n;
	r->first = (r->first + 1) % r->slots;
	if (--r->n == 0)
		r->begin = r->first = 0;	/* the same few pages again, while the reader keeps up */
}

static void
copy_in(struct ring *r, const void *data, size_t n)
{
	size_t at = (r->begin + r->used) % r->size, straight = r->size - at < n ? r->size - at : n;

	if (n == 0)
		return;
	memcpy(r->bytes + at, data, straight);
	memcpy(r->bytes, (const uint8_t *)data + straight, n - straight);
	r->used += n;
}

static void
copy_out(const struct ring *r, size_t at, uint8_t *to, size_t n)
{
	size_t straight = r->size - at < n ? r->size - at : n;

	memcpy(to, r->bytes + at, straight);
	memcpy(to + straight, r->bytes, n - straight);
}

size_t
ring_put(struct ring *r, const void *head, size_t head_n, const void *data, size_t n)
{
	size_t gone = 0;

	for (; r->n > 0 && (r->size - r->used < head_n + n || r->n == r->slots); gone++)
		pop(r);
	copy_in(r, head, head_n);
	copy_in(r, data, n);
	r->lengths[(r->first + r->n++) % r->slots] = (uint16_t)(head_n + n);
	return gone;
}

int
ring_vec(struct ring *r, struct iovec vec[RING_VEC], size_t most)
{
	size_t n = r->used < most ? r->used : most, straight = r->size - r->begin < n ? r->size - r->begin : n;
	int pieces = 0;

	if (r->rest_begin < r->rest_end) {
		size_t rest = r->rest_end - r->rest_begin;

		vec[pieces++] = (struct iovec){ .iov_base = r->rest + r->rest_begin, .iov_len = rest < most ? rest : most };
		if (rest >= most)
			return pieces;
	}
	if (straight > 0)
		vec[pieces++] = (struct iovec){ .iov_base = r->bytes + r->begin, .iov_len = straight };
	if (n > straight)
		vec[pieces++] = (struct iovec){ .iov_base = r->bytes, .iov_len = n - straight };
	return pieces;
}

size_t
ring_took(struct ring *r, size_t done)
{
	size_t rest = r->rest_end - r->rest_begin, whole = 0;

	if (done < rest) {
		r->rest_begin += done;
		return 0;
	}
	if (rest > 0) {
		done -= rest;
		whole += r->rest_counts;
		r->rest_begin = r->rest_end = 0;
	}
	for (; r->n > 0 && done >= r->lengths[r->first]; whole++) {
		done -= r->lengths[r->first];
		pop(r);
	}
	if (done > 0) {
		r->rest_end = r->lengths[r->first] - done;
		r->rest_counts = true;
		copy_out(r, (r->begin + done) % r->size, r->rest, r->rest_end);
		pop(r);
	}
	return whole;
}

bool
ring_empty(const struct ring *r)
{
	return r->n == 0 && r->rest_begin == r->rest_end;
}

size_t
ring_left(const struct ring *r)
{
	return r->n + (r->rest_begin < r->rest_end && r->rest_counts);
}
