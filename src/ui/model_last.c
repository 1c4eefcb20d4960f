/*
 * Figures say how many points were turned down; what to do about it is in the reasons. They are
 * read only where a screen has room for them, a handful of each kind, by the index on states: the
 * cost does not grow with the session.
 */
#include "ui/scene.h"

#include "base/text.h"
#include "command/filter.h"
#include <stdio.h>
#include <string.h>

struct gather {
    struct scene *out;
    size_t end; /* no more than this many */
};

static bool take_point(void *ctx, const struct point *p)
{
    struct gather *g = ctx;
    struct turned_down *t = &g->out->last[g->out->last_count++];
    memset(t, 0, sizeof *t);
    t->id = p->id;
    t->state = p->state;
    text_safe_copy(t->why, sizeof t->why, p->reason != NULL ? p->reason : "");
    return g->out->last_count < g->end;
}

struct pair {
    bool correct_known, incorrect_known;
    bool correct, incorrect;
    char against[sizeof((struct turned_down *)0)->why]; /* what speaks against the record */
};

static bool take_verdict(void *ctx, const struct verdict *v)
{
    struct pair *p = ctx;
    bool correct = strcmp(v->critic, "correct") == 0;
    if (correct) {
        p->correct_known = true;
        p->correct = v->yes;
    } else if (strcmp(v->critic, "incorrect") == 0) {
        p->incorrect_known = true;
        p->incorrect = v->yes;
    } else {
        return true;
    }
    if (correct != v->yes && v->reason != NULL && p->against[0] == '\0') {
        text_safe_copy(p->against, sizeof p->against, v->reason);
    }
    return true;
}

static void read_verdicts(struct store *s, struct turned_down *t)
{
    struct pair p = {0};
    if (store_verdicts(s, t->id, take_verdict, &p, NULL) != ST_OK || !p.correct_known ||
        !p.incorrect_known) {
        return;
    }
    snprintf(t->verdicts, sizeof t->verdicts, "%s/%s", p.correct ? "yes" : "no",
             p.incorrect ? "yes" : "no");
    if (p.against[0] != '\0') {
        snprintf(t->why, sizeof t->why, "%s", p.against);
    }
}

void scene_read_last(struct store *s, struct scene *out)
{
    static const char *const kinds[] = {"state:rejected", "state:disputed", "state:invalid",
                                        "state:failed"};
    out->last_count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct filter f;
        if (filter_parse(kinds[i], false, &f, NULL) != ST_OK) {
            continue;
        }
        struct gather g = {out, out->last_count + MODEL_LAST_EACH};
        const struct point_page page = {
            .filter = &f, .sort = SORT_STATE, .reverse = true, .limit = MODEL_LAST_EACH};
        (void)store_points(s, &page, take_point, &g, NULL);
        filter_free(&f);
    }
    for (size_t i = 0; i < out->last_count; i++) {
        read_verdicts(s, &out->last[i]);
    }
    out->has_last = true;
}
