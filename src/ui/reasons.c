/*
 * The states share the rows evenly, so that hundreds of rejected points do not push the one that
 * failed off the screen.
 */
#include "ui/reasons.h"

#include <stdio.h>

struct kind {
    enum point_state state;
    enum ui_role role;
    const char *sign;
};
static const struct kind kinds[] = {
    {POINT_REJECTED, ROLE_REJECTED, "✗"},
    {POINT_DISPUTED, ROLE_DISPUTED, "?"},
    {POINT_INVALID, ROLE_INVALID, "!"},
    {POINT_FAILED, ROLE_FAILED, "■"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], W_ID = 10, W_VERDICTS = 9 };

static void draw_point(const struct turned_down *t, const struct kind *k, struct cells *c, int x,
                       int y, int width)
{
    char id[24];
    struct pen p = pen_at(c, x, y, width);
    snprintf(id, sizeof id, "#%lld", (long long)t->id);
    pen_put(&p, k->role, k->sign);
    pen_put(&p, ROLE_TEXT, " ");
    pen_field(&p, ROLE_DIM, W_ID, id);
    pen_field(&p, ROLE_TEXT, W_VERDICTS, t->verdicts);
    pen_field(&p, ROLE_TEXT, pen_left(&p), t->why);
}

int reasons_draw(const struct model *m, struct cells *c, struct rect r)
{
    int there = 0, row = 1;
    for (size_t k = 0; k < KINDS; k++) {
        for (size_t i = 0; i < m->last_count; i++) {
            if (m->last[i].state == kinds[k].state) {
                there++;
                break;
            }
        }
    }
    if (there == 0 || r.h < 2) {
        return 0;
    }
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_put(&p, ROLE_STRONG, "Why points were turned down");
    pen_field(&p, ROLE_DIM, pen_left(&p),
              r.w >= 86 ? "  newest of each kind; correct?/incorrect? by the critics"
                        : "  correct?/incorrect?");
    for (size_t k = 0; k < KINDS && there > 0; k++) {
        int left = (r.h - row) / there, drawn = 0;
        for (size_t i = 0; i < m->last_count && drawn < left; i++) {
            if (m->last[i].state == kinds[k].state) {
                draw_point(&m->last[i], &kinds[k], c, r.x, r.y + row++, r.w);
                drawn++;
            }
        }
        there -= drawn > 0 ? 1 : 0;
    }
    return row;
}
