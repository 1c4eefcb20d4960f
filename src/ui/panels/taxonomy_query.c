/*
 * A word that is none of the known ones is part of the expression, so that most people never learn
 * that there is a language. Cheap terms are asked before the expression.
 */
#include "ui/panels/taxonomy_query.h"

#include <stdlib.h>
#include <string.h>

#define QUERY_MAX 4096

struct query_word {
    const char *word;
    enum query_field field;
};
static const struct query_word flags[] = {
    {"leaf", QUERY_LEAF},       {"unexpanded", QUERY_UNEXPANDED},
    {"failed", QUERY_FAILED},   {"locked", QUERY_LOCKED},
    {"off", QUERY_OFF},         {"human", QUERY_HUMAN},
    {"edited", QUERY_EDITED},   {"marked", QUERY_MARKED},
    {"working", QUERY_WORKING},
};
static const struct query_word numbers[] = {
    {"weight", QUERY_WEIGHT},     {"share", QUERY_SHARE},     {"planned", QUERY_PLANNED},
    {"accepted", QUERY_ACCEPTED}, {"points", QUERY_ACCEPTED}, {"children", QUERY_CHILDREN},
    {"below", QUERY_BELOW},       {"level", QUERY_LEVEL},
};
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const struct query_word *look_up(const struct query_word *list, size_t n, const char *s,
                                        size_t len)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(list[i].word) == len && memcmp(list[i].word, s, len) == 0) {
            return &list[i];
        }
    }
    return NULL;
}

static enum status add_term(struct query *q, const struct query_term *t, struct err *e)
{
    if (q->count == QUERY_TERMS) {
        return err_set(e, ST_LIMIT, "at most %d words with a meaning", QUERY_TERMS);
    }
    q->terms[q->count++] = *t;
    return ST_OK;
}

/* Takes the word when it means something. */
static enum status take_word(struct query *q, const char *s, size_t len, bool *taken, struct err *e)
{
    struct query_term t = {.op = '='};
    bool state = len > 6 && memcmp(s, "state:", 6) == 0;
    const struct query_word *w =
        look_up(flags, state ? 3 : COUNT(flags), state ? s + 6 : s, state ? len - 6 : len);
    *taken = true;
    if (w != NULL) {
        t.field = w->field;
        return add_term(q, &t, e);
    }
    if (state) {
        return err_set(e, ST_INVALID, "state is leaf, unexpanded or failed");
    }
    size_t word = strcspn(s, "<>=:");
    w = word < len ? look_up(numbers, COUNT(numbers), s, word) : NULL;
    if (w != NULL) {
        char *end = NULL;
        t.field = w->field;
        t.op = s[word] == ':' ? '=' : s[word];
        t.number = strtod(s + word + 1, &end);
        if (end == s + word + 1 || (size_t)(end - s) != len) {
            return err_set(e, ST_INVALID, "%s%c wants a number", w->word, s[word]);
        }
        return add_term(q, &t, e);
    }
    *taken = false;
    return ST_OK;
}

static enum status set_needle(const struct buf *pattern, struct needle **out, struct err *e)
{
    return pattern->len > 0 ? needle_new(pattern->data, out, e) : ST_OK;
}

enum status query_parse(const char *text, struct query *out, struct err *e)
{
    struct buf yes, no;
    enum status st = ST_OK;
    memset(out, 0, sizeof *out);
    buf_init(&yes, QUERY_MAX);
    buf_init(&no, QUERY_MAX);
    for (const char *s = text + strspn(text, " "); st == ST_OK && *s != '\0';) {
        bool negated = s[0] == '!' && s[1] != '\0' && s[1] != ' ', taken = false;
        const char *word = negated ? s + 1 : s;
        size_t len = strcspn(word, " "), before = out->count;
        struct buf *name = negated ? &no : &yes;
        if (strncmp(word, "name:", 5) == 0) {
            buf_printf(name, "%s%s", name->len > 0 ? " " : "", word + 5);
            break;
        }
        st = take_word(out, word, len, &taken, e);
        if (st == ST_OK && taken) {
            out->terms[before].negated = negated;
        } else if (st == ST_OK) {
            buf_adds(name, name->len > 0 ? " " : "");
            buf_add(name, word, len);
        }
        s = word + len;
        s += strspn(s, " ");
    }
    st = st == ST_OK && (yes.over || no.over) ? err_set(e, ST_LIMIT, "that is too long") : st;
    st = st == ST_OK ? set_needle(&yes, &out->name, e) : st;
    st = st == ST_OK ? set_needle(&no, &out->not_name, e) : st;
    buf_free(&yes);
    buf_free(&no);
    return st;
}

void query_clear(struct query *q)
{
    needle_free(q->name);
    needle_free(q->not_name);
    memset(q, 0, sizeof *q);
}

static bool is_working(const struct ui *ui, int64_t id)
{
    for (size_t i = 0; i < ui->model.live.expanding_count; i++) {
        if (ui->model.live.expanding[i] == id) {
            return true;
        }
    }
    return false;
}

static double number_of(const struct query_world *w, enum query_field field, uint32_t node)
{
    const struct model *m = &w->ui->model;
    switch ((int)field) {
    case QUERY_WEIGHT:
        return m->tree.nodes[node].weight;
    case QUERY_SHARE:
        return m->share[node] * 100;
    case QUERY_PLANNED:
        return (double)m->planned[node];
    case QUERY_ACCEPTED:
        return (double)m->accepted[node];
    case QUERY_CHILDREN:
        return m->tree.nodes[node].children;
    case QUERY_BELOW:
        return order_below(w->order, node);
    default:
        return m->tree.nodes[node].depth - 1;
    }
}

static bool flag_of(const struct query_world *w, enum query_field field, const struct node *n)
{
    switch ((int)field) {
    case QUERY_LEAF:
        return n->children == 0 && n->state == NODE_EXPANDED;
    case QUERY_UNEXPANDED:
        return n->children == 0 && n->state == NODE_UNEXPANDED;
    case QUERY_FAILED:
        return n->state == NODE_FAILED;
    case QUERY_LOCKED:
        return n->locked;
    case QUERY_OFF:
        return !(n->weight > 0);
    case QUERY_HUMAN:
        return n->origin == NODE_BY_HUMAN;
    case QUERY_EDITED:
        return n->edited;
    case QUERY_MARKED:
        return marks_has(w->marks, n->id);
    default:
        return is_working(w->ui, n->id);
    }
}

static bool holds(const struct query_term *t, const struct query_world *w, uint32_t node)
{
    if (t->field < QUERY_WEIGHT) {
        return flag_of(w, t->field, &w->ui->model.tree.nodes[node]) != t->negated;
    }
    double have = number_of(w, t->field, node);
    bool above = have > t->number, below = have < t->number;
    bool yes = t->op == '>' ? above : t->op == '<' ? below : !above && !below;
    return yes != t->negated;
}

bool query_matches(struct query *q, const struct query_world *w, uint32_t node)
{
    size_t start = 0, end = 0;
    for (size_t i = 0; i < q->count; i++) {
        if (!holds(&q->terms[i], w, node)) {
            return false;
        }
    }
    const char *name = w->ui->model.tree.nodes[node].name;
    return (q->name == NULL || needle_find(q->name, name, &start, &end)) &&
           (q->not_name == NULL || !needle_find(q->not_name, name, &start, &end));
}

bool query_narrows(const struct query *now, const struct query *before)
{
    return now->count == 0 && before->count == 0 && now->not_name == NULL &&
           before->not_name == NULL && now->name != NULL && before->name != NULL &&
           needle_narrows(now->name, before->name);
}
