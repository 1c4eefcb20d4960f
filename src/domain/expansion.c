/*
 * The fate of a proposal is worked out when it is looked at, never stored: nodes are renamed, moved
 * and deleted after an expansion, and a stored word about them would soon be wrong. The lists are
 * small (bounded by the reply schemas), so comparing all with all is enough; only the walk over the
 * taxonomy is kept to one.
 */
#include "domain/expansion.h"

#include "base/mem.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 1024, PATH_MAX_BYTES = 1u << 16 };

const char *fate_name(enum fate f)
{
    static const char *const names[FATES] = {"kept", "merged", "dropped", "gone", "repeats"};
    return (unsigned)f < FATES ? names[f] : "unknown";
}

/* ---- names */

void name_key(const char *name, char out[NAME_KEY_MAX])
{
    const char *p = name;
    static const char *const articles[] = {"the ", "a ", "an "};
    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
        size_t n = strlen(articles[i]);
        if (strncasecmp(p, articles[i], n) == 0) {
            p += n;
            break;
        }
    }
    size_t len = strlen(p), used = 0, at = 0;
    while (at < len && used + 5 < NAME_KEY_MAX) {
        uint32_t cp = 0;
        at += utf8_decode(p + at, len - at, &cp);
        if (cp == ' ' || cp == '-' || cp == '_' || cp == UTF8_BAD) {
            continue;
        }
        used += utf8_encode(utf8_fold(cp), out + used);
    }
    out[used] = '\0';
}

static const char *name_of(const cJSON *item)
{
    return cJSON_IsString(item) ? item->valuestring : json_str_or(item, "name", "");
}

cJSON *name_in_list(const cJSON *list, const char *key)
{
    cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        char other[NAME_KEY_MAX];
        name_key(name_of(item), other);
        if (strcmp(other, key) == 0) {
            return item;
        }
    }
    return NULL;
}

/*
 * A first look that most nodes do not pass: can a name have a key that starts with one of these
 * bytes? What may lose its start on the way (articles, blanks) or change it (other scripts) passes.
 */
static bool may_be(const bool starts[256], const char *name)
{
    unsigned char c = (unsigned char)name[0];
    if (c >= 'A' && c <= 'Z') {
        c = (unsigned char)(c - 'A' + 'a');
    }
    bool plain = (c >= 'b' && c <= 'z' && c != 't') || (c >= '0' && c <= '9');
    return !plain || starts[c];
}

void tree_find_names(const struct tree *t, uint32_t at, const char *const *names,
                     const int64_t *except, size_t count, uint32_t *found)
{
    char(*keys)[NAME_KEY_MAX] = xcalloc(count + 1, sizeof *keys);
    bool starts[256] = {false};
    for (size_t i = 0; i < count; i++) {
        name_key(names[i], keys[i]);
        starts[(unsigned char)keys[i][0]] = true;
        found[i] = TREE_NONE;
    }
    uint32_t root = tree_taxonomy(t, at);
    for (uint32_t n = root; n != TREE_NONE; n = tree_next(t, root, n)) {
        char key[NAME_KEY_MAX];
        if (n == at || !may_be(starts, t->nodes[n].name)) {
            continue;
        }
        name_key(t->nodes[n].name, key);
        for (size_t i = 0; i < count; i++) {
            if (found[i] == TREE_NONE && t->nodes[n].id != except[i] && key[0] != '\0' &&
                strcmp(keys[i], key) == 0) {
                found[i] = n;
            }
        }
    }
    free(keys);
}

/* ---- rows */

struct reading {
    const struct tree *t;
    uint32_t at;
    const cJSON *o; /* the whole object */
    struct expansion *out;
};

static const cJSON *list_of(const struct reading *r, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(r->o, name);
}

static const char *keep(struct reading *r, const char *text)
{
    return arena_strdup(&r->out->text, text);
}

static struct expansion_row *add_row(struct reading *r, const cJSON *item, enum fate fate)
{
    struct expansion *x = r->out;
    x->rows = vec_grow(x->rows, &x->cap, x->count + 1, sizeof *x->rows);
    struct expansion_row *row = &x->rows[x->count++];
    *row = (struct expansion_row){.name = keep(r, name_of(item)),
                                  .desc = keep(r, json_str_or(item, "description", "")),
                                  .fate = fate,
                                  .into = "",
                                  .reason = "",
                                  .calls = "",
                                  .where = ""};
    return row;
}

/* Which calls proposed it; of sessions that do not know the calls, how many. */
static void add_calls(struct reading *r, struct expansion_row *row, const cJSON *proposal)
{
    char text[64] = "";
    size_t used = 0;
    const cJSON *call = NULL;
    row->votes += (int)json_num_or(proposal, "votes", 1);
    cJSON_ArrayForEach(call, cJSON_GetObjectItemCaseSensitive(proposal, "calls"))
    {
        int n =
            snprintf(text + used, sizeof text - used, "%s%d", used > 0 ? ", " : "", call->valueint);
        if (n < 0 || (size_t)n >= sizeof text - used) {
            break;
        }
        used += (size_t)n;
    }
    if (text[0] != '\0') {
        row->calls = keep(r, text);
    }
}

static cJSON *find(const struct reading *r, const char *list, const char *name)
{
    char key[NAME_KEY_MAX];
    name_key(name, key);
    return name_in_list(list_of(r, list), key);
}

/* The node of a child that was kept: by its id, in older files by its name. */
static uint32_t node_of(const struct reading *r, const cJSON *child)
{
    int64_t id = (int64_t)json_num_or(child, "id", 0);
    const char *name = name_of(child);
    return id != 0 ? tree_by_id(r->t, id) : tree_child(r->t, r->at, name, strlen(name));
}

/* "merged from A, B", when it took in others than the one of its own name. */
static const char *sources(struct reading *r, const cJSON *child)
{
    char own[NAME_KEY_MAX], key[NAME_KEY_MAX];
    struct buf text;
    buf_init(&text, 4000);
    name_key(name_of(child), own);
    const cJSON *from = NULL;
    cJSON_ArrayForEach(from, cJSON_GetObjectItemCaseSensitive(child, "from"))
    {
        name_key(name_of(from), key);
        if (strcmp(key, own) != 0) {
            buf_printf(&text, "%s%s", text.len == 0 ? "merged from " : ", ", name_of(from));
        }
    }
    const char *out = keep(r, text.data);
    buf_free(&text);
    return out;
}

static void fate_of_child(struct reading *r, struct expansion_row *row, const cJSON *child)
{
    uint32_t node = node_of(r, child);
    const char *refused = json_str_or(child, "refused", "");
    row->by_person = json_str_or(child, "by", "")[0] != '\0';
    if (json_bool_or(child, "out", false)) {
        row->fate = FATE_DROPPED;
        row->by_person = true;
        row->reason = "taken out by a person";
    } else if (refused[0] != '\0') {
        row->fate = FATE_DROPPED;
        row->reason = keep(r, refused);
    } else if (node == TREE_NONE) {
        row->fate = FATE_GONE;
        row->reason = "deleted since";
    } else {
        row->id = r->t->nodes[node].id;
        if (row->by_person) {
            const char *was = json_str_or(child, "was", "");
            row->reason = was[0] != '\0' ? arena_printf(&r->out->text,
                                                        "taken by a person; the critic: %s", was)
                                         : "taken by a person";
        } else {
            row->reason = sources(r, child);
        }
    }
}

static bool is_child_name(const struct reading *r, const char *name)
{
    return find(r, "children", name) != NULL;
}

/* What went into this child and has no row of its own. */
static void add_merged(struct reading *r, const cJSON *child)
{
    const cJSON *from = NULL;
    cJSON_ArrayForEach(from, cJSON_GetObjectItemCaseSensitive(child, "from"))
    {
        const cJSON *proposal = find(r, "proposals", name_of(from));
        if (proposal == NULL || is_child_name(r, name_of(from))) {
            continue;
        }
        struct expansion_row *row = add_row(r, proposal, FATE_MERGED);
        row->into = keep(r, name_of(child));
        add_calls(r, row, proposal);
    }
}

static bool went_into_a_child(const struct reading *r, const char *name)
{
    char key[NAME_KEY_MAX];
    name_key(name, key);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, list_of(r, "children"))
    {
        if (name_in_list(cJSON_GetObjectItemCaseSensitive(child, "from"), key) != NULL) {
            return true;
        }
    }
    return false;
}

static void add_dropped(struct reading *r, const cJSON *proposal)
{
    const char *name = name_of(proposal);
    if (is_child_name(r, name) || went_into_a_child(r, name)) {
        return;
    }
    struct expansion_row *row = add_row(r, proposal, FATE_DROPPED);
    const cJSON *dropped = find(r, "dropped", name);
    add_calls(r, row, proposal);
    row->reason = dropped != NULL ? keep(r, json_str_or(dropped, "reason", ""))
                  : list_of(r, "children") != NULL
                      ? "the critic left it out and said nothing about it"
                      : "no critic looked at it";
}

static void add_rows(struct reading *r)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list_of(r, "children"))
    {
        const cJSON *proposal = find(r, "proposals", name_of(item));
        struct expansion_row *row = add_row(r, item, FATE_KEPT);
        fate_of_child(r, row, item);
        if (proposal != NULL) {
            add_calls(r, row, proposal);
        }
        add_merged(r, item);
    }
    cJSON_ArrayForEach(item, list_of(r, "proposals"))
    {
        add_dropped(r, item);
    }
    cJSON_ArrayForEach(item, list_of(r, "repeats"))
    {
        struct expansion_row *row = add_row(r, item, FATE_REPEATS);
        add_calls(r, row, item);
        row->reason = "it is there already";
    }
}

static void add_places(struct reading *r)
{
    struct expansion *x = r->out;
    size_t count = x->count < NAMES_MAX ? x->count : NAMES_MAX;
    const char **names = xcalloc(count + 1, sizeof *names);
    int64_t *except = xcalloc(count + 1, sizeof *except);
    uint32_t *found = xcalloc(count + 1, sizeof *found);
    for (size_t i = 0; i < count; i++) {
        names[i] = x->rows[i].name;
        except[i] = x->rows[i].id;
    }
    tree_find_names(r->t, r->at, names, except, count, found);
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    for (size_t i = 0; i < count; i++) {
        uint32_t node = found[i];
        if (node == TREE_NONE && x->rows[i].fate == FATE_REPEATS) {
            node = r->at; /* the node itself, which the search leaves out */
        }
        if (node != TREE_NONE) {
            buf_clear(&path);
            tree_path(r->t, node, &path);
            x->rows[i].where = keep(r, path.data);
        }
    }
    buf_free(&path);
    free(names);
    free(except);
    free(found);
}

static void add_lost(struct reading *r)
{
    struct buf text;
    buf_init(&text, 4000);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list_of(r, "lost"))
    {
        buf_printf(&text, "%scall %.0f: %s", text.len > 0 ? "; " : "", json_num_or(item, "call", 0),
                   json_str_or(item, "error", ""));
    }
    r->out->lost = keep(r, text.data);
    buf_free(&text);
}

enum status expansion_read(const char *json, size_t n, const struct tree *t, uint32_t at,
                           struct expansion *out, struct err *e)
{
    cJSON *o = NULL;
    memset(out, 0, sizeof *out);
    arena_init(&out->text);
    out->error = out->lost = "";
    enum status st = json_parse(n > 0 ? json : "{}", n > 0 ? n : 2, &json_limits_reply, &o, e);
    if (st != ST_OK) {
        return st;
    }
    struct reading r = {.t = t, .at = at, .o = o, .out = out};
    add_rows(&r);
    add_places(&r);
    add_lost(&r);
    out->error = keep(&r, json_str_or(o, "error", ""));
    cJSON_Delete(o);
    return ST_OK;
}

void expansion_free(struct expansion *x)
{
    free(x->rows);
    arena_free(&x->text);
    memset(x, 0, sizeof *x);
}

const struct expansion_row *expansion_find(const struct expansion *x, const char *name)
{
    char key[NAME_KEY_MAX], other[NAME_KEY_MAX];
    name_key(name, key);
    for (size_t i = 0; i < x->count; i++) {
        if (strcmp(x->rows[i].name, name) == 0) {
            return &x->rows[i];
        }
    }
    for (size_t i = 0; i < x->count; i++) {
        name_key(x->rows[i].name, other);
        if (strcmp(other, key) == 0) {
            return &x->rows[i];
        }
    }
    return NULL;
}

bool expansion_takes(const struct expansion_row *r)
{
    return r->fate == FATE_MERGED || r->fate == FATE_DROPPED || r->fate == FATE_GONE;
}
