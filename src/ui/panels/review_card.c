/*
 * A card is a handful of rows by key, so reading one costs well under a millisecond; the one behind
 * the cursor is read and laid out before it is asked for. The place of last time is a line in the
 * state folder: which queue and which point of which session.
 */
#include "ui/panels/review.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIX_BYTES   4096
#define PLACE_BYTES (1u << 20)
#define PLACE_LINES 200

static void said_free(struct said *s)
{
    free(s->reason);
    free(s->who);
    memset(s, 0, sizeof *s);
}

void card_free(struct card *c)
{
    point_clear(&c->point);
    cJSON_Delete(c->record);
    cJSON_Delete(c->schema);
    free(c->mix);
    free(c->note);
    said_free(&c->correct);
    said_free(&c->incorrect);
    said_free(&c->check);
    c->record = c->schema = NULL;
    c->mix = c->note = NULL;
    c->id = 0;
    c->edited = c->offline = false;
    c->text.width = 0;
}

void review_cards_forget(struct judging *r)
{
    for (size_t i = 0; i < REVIEW_CARDS; i++) {
        if (r->cards[i].id != 0) {
            card_free(&r->cards[i]);
        }
    }
}

/* ---- reading */

static bool take_verdict(void *ctx, const struct verdict *v)
{
    struct card *c = ctx;
    struct said *s = strcmp(v->critic, "correct") == 0     ? &c->correct
                     : strcmp(v->critic, "incorrect") == 0 ? &c->incorrect
                                                           : &c->check;
    said_free(s);
    s->there = true;
    s->yes = v->yes;
    s->reason = xstrdup(v->reason != NULL ? v->reason : "");
    bool model = v->model != NULL && v->model[0] != '\0';
    s->who =
        xasprintf("%.80s%s%.80s · prompt %.40s", v->teacher != NULL ? v->teacher : "",
                  model ? ": " : "", model ? v->model : "", v->prompt != NULL ? v->prompt : "");
    return true;
}

/* The newest note, and whether the record is a person's. */
static bool take_past(void *ctx, const struct review *r)
{
    struct card *c = ctx;
    c->edited = c->edited || strcmp(r->decision, "edit") == 0;
    if (r->note != NULL && r->note[0] != '\0') {
        free(c->note);
        c->note = xasprintf("%.60s, %.60s: %s", r->who, r->decision, r->note);
    }
    return true;
}

/* The names of the mix, the most special part of each path. */
static char *mix_of(const struct model *m, const struct point *p)
{
    struct buf b;
    buf_init(&b, MIX_BYTES);
    for (int i = 0; i < p->nodes; i++) {
        uint32_t at = m->has_tree ? tree_by_id(&m->tree, p->node[i]) : TREE_NONE;
        buf_adds(&b, i > 0 ? " · " : "");
        if (at != TREE_NONE) {
            buf_adds(&b, m->tree.nodes[at].name);
        } else {
            struct buf path;
            buf_init(&path, TREE_PATH_MAX);
            (void)store_node_path(m->store, p->node[i], &path, NULL);
            buf_adds(&b, path.data);
            buf_free(&path);
        }
    }
    buf_adds(&b, p->complexified ? (p->nodes > 0 ? " · complexified" : "complexified") : "");
    char *out = buf_take(&b);
    buf_free(&b);
    return out;
}

static cJSON *parsed(const char *text)
{
    cJSON *v = NULL;
    if (text != NULL && text[0] != '\0') {
        (void)json_parse(text, strlen(text), &json_limits_file, &v, NULL);
    }
    return v;
}

/* Calls come newest first: the first one that wrote says by whom. */
static bool see_writer(void *ctx, const struct call_row *call)
{
    struct card *c = ctx;
    if (strcmp(call->outcome, "ok") != 0 ||
        (strcmp(call->task, "generate") != 0 && strcmp(call->task, "refine") != 0 &&
         strcmp(call->task, "repair") != 0)) {
        return true;
    }
    c->offline = strncmp(call->model, "offline teacher", 15) == 0;
    return false;
}

static void read_writer(struct card *c, struct store *s)
{
    char word[32];
    struct filter f = {0};
    snprintf(word, sizeof word, "point:%lld", (long long)c->id);
    if (filter_parse(word, true, &f, NULL) == ST_OK) {
        (void)store_calls(s, &f, 0, 200, see_writer, c, NULL);
        filter_free(&f);
    }
}

static void read_card(struct card *c, const struct model *m)
{
    struct buf schema;
    buf_init(&schema, 8u << 20);
    (void)store_verdicts(m->store, c->id, take_verdict, c, NULL);
    (void)store_reviews(m->store, c->id, take_past, c, NULL);
    if (store_text(m->store, "schema", &schema, NULL) == ST_OK) {
        c->schema = parsed(schema.data);
    }
    buf_free(&schema);
    c->record = parsed(c->point.record);
    c->letters = c->point.record != NULL ? strlen(c->point.record) : 0;
    c->mix = mix_of(m, &c->point);
    read_writer(c, m->store);
}

struct card *review_card(struct judging *r, const struct ui *ui, int64_t id)
{
    struct card *oldest = &r->cards[0];
    r->clock++;
    for (size_t i = 0; i < REVIEW_CARDS; i++) {
        struct card *c = &r->cards[i];
        if (c->id == id && id != 0) {
            c->age = r->clock;
            return c;
        }
        oldest = c->id == 0 || (oldest->id != 0 && c->age < oldest->age) ? c : oldest;
    }
    card_free(oldest);
    if (id == 0 || ui->model.store == NULL ||
        store_point(ui->model.store, id, &oldest->point, NULL) != ST_OK) {
        return NULL;
    }
    oldest->id = id;
    oldest->age = r->clock;
    read_card(oldest, &ui->model);
    return oldest;
}

/* ---- laying out */

static void lay_said(struct record_text *t, const struct said *s, int width, const char *otherwise)
{
    record_clear(t, width);
    if (s->there) {
        record_add(t, "", ROLE_TEXT, s->reason);
        record_add(t, "", ROLE_DIM, s->who);
    } else {
        record_add(t, "", ROLE_DIM, otherwise);
    }
}

void card_lay_out(struct card *c, int width, int side)
{
    if (c->text.width == width && c->side[0].width == side) {
        return;
    }
    record_lay_out(&c->text, c->schema, c->record, width);
    lay_said(&c->side[0], &c->correct, side, "was not asked");
    lay_said(&c->side[1], &c->incorrect, side, "was not asked");
    lay_said(&c->side[2], &c->check, side,
             c->point.reason != NULL ? c->point.reason : "nobody said why");
}

/* ---- the place of last time */

static bool place_path(struct buf *out)
{
    return dir_state(out, NULL) == ST_OK && buf_adds(out, "/review-places");
}

/*
 * Calls nothing for lines it cannot read. `others` gets the lines of other sessions; kind and point
 * those of this one.
 */
static void read_places(const char *session, struct buf *others, enum queue_kind *kind,
                        int64_t *point)
{
    struct buf path, text;
    size_t lines = 0;
    buf_init(&path, PATH_MAX);
    buf_init(&text, PLACE_BYTES);
    if (place_path(&path)) {
        (void)file_read(path.data, &text, NULL);
    }
    for (char *line = text.data; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        bool more = line[n] == '\n';
        line[n] = '\0';
        char *at = strchr(line, ' '), *end = NULL;
        enum queue_kind k = QUEUE_DISPUTED;
        if (at != NULL) {
            *at = '\0';
            int64_t id = strtoll(at + 1, &end, 10);
            bool good = *end == ' ' && queue_kind_by_name(line, &k) && k != QUEUE_ALL;
            if (good && strcmp(end + 1, session) == 0) {
                *kind = k;
                *point = id;
            } else if (good && lines++ < PLACE_LINES) {
                buf_printf(others, "%s %lld %s\n", line, (long long)id, end + 1);
            }
        }
        line += n + (more ? 1 : 0);
    }
    buf_free(&text);
    buf_free(&path);
}

void review_place_load(struct judging *r)
{
    struct buf others;
    char *session = NULL;
    buf_init(&others, PLACE_BYTES);
    if (path_absolute(r->file, &session, NULL) == ST_OK) {
        read_places(session, &others, &r->kind, &r->restore);
    }
    free(session);
    buf_free(&others);
}

void review_place_save(const struct judging *r)
{
    struct buf others, path, text;
    char *session = NULL;
    enum queue_kind kind = r->kind;
    int64_t point = 0;
    buf_init(&others, PLACE_BYTES);
    buf_init(&path, PATH_MAX);
    buf_init(&text, PLACE_BYTES);
    if (path_absolute(r->file, &session, NULL) == ST_OK && strchr(session, '\n') == NULL) {
        read_places(session, &others, &kind, &point);
        if (kind != r->kind || point != r->point) {
            buf_printf(&text, "%s %lld %s\n%s", queue_kind_name(r->kind), (long long)r->point,
                       session, others.data);
            if (!text.over && place_path(&path)) { /* no message to somebody who just left */
                (void)file_write(path.data, text.data, text.len, 0600, NULL);
            }
        }
    }
    free(session);
    buf_free(&text);
    buf_free(&path);
    buf_free(&others);
}
