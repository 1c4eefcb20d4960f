/*
 * recent - the sessions that were opened or made last.
 *
 * A file of paths in the state folder, newest first, one a line, at most RECENT_MAX. It is a
 * convenience: what cannot be read is an empty list, what cannot be written is not said.
 */
#ifndef TAXA_STORE_RECENT_H
#define TAXA_STORE_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECENT_MAX 50

struct recent { /* owned strings; see recent_free */
    char *path;
    bool missing; /* no such file any more */
    /* by recent_look */
    bool looked;
    char problem[160]; /* why it cannot be read; "" */
    char run[16];      /* idle running paused stopped */
    char theme[64];    /* "" */
    int64_t accepted, target;
    int64_t changed_s; /* last change, seconds since 1970 */
};

/* The list as it stands; whether each file is there, nothing more. Free with recent_free. */
struct recent *recent_load(size_t *count);
void recent_free(struct recent *list, size_t count);
/* Read what the session says of itself: one read-only opening, a few milliseconds. */
void recent_look(struct recent *r);
/* Put a path (absolute) in front; take one out. */
void recent_add(const char *path);
void recent_remove(const char *path);

#endif
