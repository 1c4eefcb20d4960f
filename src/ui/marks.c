/*
 * Ids of nodes are never reused, so an id alone says which node is meant. Linear probing with
 * backward shifting: no tombstones, and clearing is one memset.
 */
#include "ui/marks.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

void marks_init(struct marks *m)
{
    memset(m, 0, sizeof *m);
}

void marks_free(struct marks *m)
{
    free(m->ids);
    memset(m, 0, sizeof *m);
}

void marks_clear(struct marks *m)
{
    if (m->cap > 0) {
        memset(m->ids, 0, m->cap * sizeof *m->ids);
    }
    m->used = m->count = 0;
}

static size_t home_of(size_t cap, int64_t id)
{
    return (size_t)((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (cap - 1);
}

/* Where an id is, or the free place where it belongs. */
static size_t place_of(const int64_t *ids, size_t cap, int64_t id)
{
    size_t at = home_of(cap, id);
    while (ids[at] != 0 && ids[at] != id) {
        at = (at + 1) & (cap - 1);
    }
    return at;
}

bool marks_has(const struct marks *m, int64_t id)
{
    return m->used > 0 && id != 0 && m->ids[place_of(m->ids, m->cap, id)] == id;
}

static void grow(struct marks *m)
{
    size_t cap = m->cap > 0 ? m->cap * 2 : 64;
    int64_t *ids = xcalloc(cap, sizeof *ids);
    for (size_t i = 0; i < m->cap; i++) {
        if (m->ids[i] != 0) {
            ids[place_of(ids, cap, m->ids[i])] = m->ids[i];
        }
    }
    free(m->ids);
    m->ids = ids;
    m->cap = cap;
}

static void remove_at(struct marks *m, size_t hole)
{
    size_t mask = m->cap - 1;
    for (size_t at = (hole + 1) & mask; m->ids[at] != 0; at = (at + 1) & mask) {
        /* may it move back to the hole without passing its home? */
        if (((at - home_of(m->cap, m->ids[at])) & mask) >= ((at - hole) & mask)) {
            m->ids[hole] = m->ids[at];
            hole = at;
        }
    }
    m->ids[hole] = 0;
}

bool marks_set(struct marks *m, int64_t id, bool on)
{
    if (id == 0 || marks_has(m, id) == on) {
        return false;
    }
    if (on) {
        if (2 * (m->used + 1) > m->cap) {
            grow(m);
        }
        m->ids[place_of(m->ids, m->cap, id)] = id;
        m->used++;
        m->count++;
    } else {
        remove_at(m, place_of(m->ids, m->cap, id));
        m->used--;
        m->count--;
    }
    return true;
}

void marks_sync(struct marks *m, const struct tree *t)
{
    m->count = 0;
    for (size_t i = 0; i < m->cap; i++) {
        m->count += m->ids[i] != 0 && tree_by_id(t, m->ids[i]) != TREE_NONE ? 1u : 0u;
    }
}

size_t marks_in_order(const struct marks *m, const struct tree *t, bool outermost, uint32_t **out)
{
    size_t n = 0;
    uint32_t *list = xcalloc(m->count, sizeof *list);
    uint32_t at = tree_next(t, 0, 0);
    while (at != TREE_NONE && n < m->count) {
        bool marked = marks_has(m, t->nodes[at].id);
        if (marked) {
            list[n++] = at;
        }
        at = marked && outermost ? tree_skip(t, 0, at) : tree_next(t, 0, at);
    }
    *out = list;
    return n;
}
