/*
 * keyset - the keys of questions that are on their way.
 *
 * A question that is asked again while its first asking is still out (stopped and started again) is
 * not sent a second time: the reply that comes serves it. Holds 64-bit hashes of keys.
 */
#ifndef TAXA_SERVER_KEYSET_H
#define TAXA_SERVER_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyset {
    uint64_t *slot; /* 0: free */
    size_t cap, count;
};

void keyset_free(struct keyset *k);
bool keyset_add(struct keyset *k, const char *key); /* false: it is there already */
void keyset_remove(struct keyset *k, const char *key);

#endif
