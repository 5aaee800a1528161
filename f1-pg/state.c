/* state: what each state said last
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bytes.h"
#include "state.h"

enum { SETS = 1 << 12, WAYS = 8, KEPT = 16 << 20 };

struct state {
	uint64_t id, content;		/* hashes of its key and of what it said */
	uint64_t batch;			/* that has its row, 0 for none yet */
	size_t place;			/* there, among those that wait */
	struct kept {
		struct state_row row;
		size_t room, used;
		uint8_t bytes[];	/* the row, then the record */
	} *kept;
	bool again;			/* kept is to go in */
};

static struct {
	state_put *put;
	struct set {
		struct state ways[WAYS];
		unsigned next;		/* to be given up */
	} *sets;
	size_t kept_n, kept_bytes;
} self;

void
state_init(state_put *put)
{
	self.put = put;
	if ((self.sets = calloc(SETS, sizeof *self.sets)) == NULL)
		err(EX_OSERR, NULL);
}

static uint64_t
mix(uint64_t hash, uint64_t n)
{
	hash = (hash ^ n) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t
mix_bytes(const uint8_t *p, size_t n)
{
	uint64_t hash = n, word;

	for (; n >= 8; p += 8, n -= 8)
		hash = mix(hash, be64(p));
	for (word = 0; n > 0; n--)
		word = word << 8 | *p++;
	return mix(hash, word);
}

static void
let_go(struct state *s)
{
	if (s->again) {
		self.kept_n--;
		self.kept_bytes -= s->kept->used;
	}
	s->again = false;
}

static bool
hand_on(struct state *s)
{
	if (!s->again)
		return true;
	let_go(s);
	return self.put(&s->kept->row);
}

static void
keep(struct state *s, const struct state_row *r)
{
	size_t used = r->row.n + r->record_n;

	let_go(s);
	if (s->kept == NULL || s->kept->room < used) {
		free(s->kept);
		if ((s->kept = malloc(sizeof *s->kept + used)) == NULL)
			err(EX_OSERR, NULL);
		s->kept->room = used;
	}
	s->kept->row = *r;
	s->kept->used = used;
	memcpy(s->kept->bytes, r->bytes, r->row.n);
	if (r->record_n > 0)
		memcpy(s->kept->bytes + r->row.n, r->record, r->record_n);
	s->kept->row.bytes = s->kept->bytes;
	s->kept->row.record = s->kept->bytes + r->row.n;
	s->again = true;
	self.kept_n++;
	self.kept_bytes += used;
}

static bool
find(const struct state_row *r, struct state **found)
{
	const struct row *row = &r->row;
	uint64_t id = mix(mix(mix(mix((uint64_t)(row->table - tables) + 1, timelines[r->timeline].serial), row->session_uid), row->format),
	    (uint64_t)row->keys[0] << 16 | row->keys[1]);
	struct set *set = &self.sets[id % SETS];
	struct state *s;

	for (int i = 0; i < WAYS; i++)
		if (set->ways[i].id == id) {
			*found = &set->ways[i];
			return true;
		}
	*found = s = &set->ways[set->next++ % WAYS];
	if (!hand_on(s))
		return false;
	s->id = id;
	s->batch = 0;
	return true;
}

bool
state_new(const struct state_row *r, struct state **found, bool *ok)
{
	/* without the place in the batch, which is behind it */
	uint64_t content = mix_bytes(r->bytes + r->row.fields_at, r->row.n - r->row.fields_at - 8);
	struct state *s;

	*ok = find(r, &s);
	*found = s;
	if (!*ok)
		return false;
	if (s->batch > 0 && s->content == content) {
		if (!s->again || r->overall >= s->kept->row.overall)
			keep(s, r);
		if (self.kept_bytes > KEPT)
			*ok = state_flush();
		return false;
	}
	/* what was kept is old, but for one that was overtaken */
	if (s->again && r->overall < s->kept->row.overall)
		*ok = hand_on(s);
	else
		let_go(s);
	s->content = content;
	return *ok;
}

size_t *
state_place(struct state *s, uint64_t batch)
{
	return s->batch == batch ? &s->place : NULL;
}

void
state_set_place(struct state *s, uint64_t batch, size_t place)
{
	s->batch = batch;
	s->place = place;
}

bool
state_flush(void)
{
	for (size_t i = 0; self.kept_n > 0 && i < SETS; i++)
		for (int k = 0; k < WAYS; k++)
			if (!hand_on(&self.sets[i].ways[k]))
				return false;
	return true;
}

void
state_forget(void)
{
	for (size_t i = 0; i < SETS; i++)
		for (int k = 0; k < WAYS; k++)
			self.sets[i].ways[k].batch = 0;
}
