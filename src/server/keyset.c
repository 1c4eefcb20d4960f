/*
 * Open addressing with linear probing; removal moves later entries back, so there are no tombstones
 * and the set stays as small as what is on its way.
 */
#include "server/keyset.h"
#include "base/mem.h"
#include "base/rng.h"
#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(const char *key)
{
    uint64_t h = rng_hash(key, strlen(key), 0x6b6579);
    return h != 0 ? h : 1;
}

/* The slot of h, or the free one where it belongs. */
static size_t find(const struct keyset *k, uint64_t h)
{
    size_t i = (size_t)h & (k->cap - 1);
    while (k->slot[i] != 0 && k->slot[i] != h) {
        i = (i + 1) & (k->cap - 1);
    }
    return i;
}

static void grow(struct keyset *k)
{
    struct keyset old = *k;
    k->cap = old.cap > 0 ? old.cap * 2 : 1024;
    k->slot = xcalloc(k->cap, sizeof *k->slot);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.slot[i] != 0) {
            k->slot[find(k, old.slot[i])] = old.slot[i];
        }
    }
    free(old.slot);
}

void keyset_free(struct keyset *k)
{
    free(k->slot);
    memset(k, 0, sizeof *k);
}

bool keyset_add(struct keyset *k, const char *key)
{
    if ((k->count + 1) * 2 > k->cap) {
        grow(k);
    }
    uint64_t h = hash_of(key);
    size_t i = find(k, h);
    if (k->slot[i] == h) {
        return false;
    }
    k->slot[i] = h;
    k->count++;
    return true;
}

void keyset_remove(struct keyset *k, const char *key)
{
    if (k->count == 0) {
        return;
    }
    size_t i = find(k, hash_of(key));
    if (k->slot[i] == 0) {
        return;
    }
    k->slot[i] = 0;
    k->count--;
    for (size_t j = (i + 1) & (k->cap - 1); k->slot[j] != 0; j = (j + 1) & (k->cap - 1)) {
        uint64_t h = k->slot[j];
        k->slot[j] = 0;
        k->slot[find(k, h)] = h;
    }
}
