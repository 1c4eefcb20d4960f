/*
 * A step is a pair of growing lists; the arena keeps all strings of its changes together, so that
 * the caller can apply them in one transaction and forget them at once.
 */
#include "engine/step.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

void step_init(struct step *s)
{
    memset(s, 0, sizeof *s);
    arena_init(&s->text);
}

void step_reset(struct step *s)
{
    for (size_t i = 0; i < s->question_count; i++) {
        question_free(s->questions[i]);
    }
    s->question_count = 0;
    s->change_count = 0;
    s->fatal = false;
    s->reason[0] = '\0';
    arena_reset(&s->text);
}

void step_free(struct step *s)
{
    step_reset(s);
    free(s->changes);
    free(s->questions);
    arena_free(&s->text);
}

struct change *step_change(struct step *s, enum change_kind kind)
{
    s->changes = vec_grow(s->changes, &s->change_cap, s->change_count + 1, sizeof *s->changes);
    struct change *c = &s->changes[s->change_count++];
    memset(c, 0, sizeof *c);
    c->kind = kind;
    return c;
}

void step_question(struct step *s, struct question *q)
{
    s->questions =
        vec_grow(s->questions, &s->question_cap, s->question_count + 1, sizeof(struct question *));
    s->questions[s->question_count++] = q;
}
