/*
 * offline_taxonomy - proposing children of a node, the critic of such proposals, and advice about
 * nodes that are there.
 *
 * Proposals are made imperfect on purpose (repeated names, nodes that belong elsewhere, nodes that
 * say nothing), since cleaning up is what the critic step is for; the critic compares names by what
 * is left of them without articles, plurals and filler words.
 */
#include "teacher/offline/answer.h"
#include "teacher/offline/vocab.h"

#include "base/mem.h"
#include "base/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    NAME = 81,
    CHILDREN_MAX = 16,
    PROPOSALS_MAX = 256,
    CRITIC_CHILDREN = 32,
    CRITIC_DROPPED = 48,
    FROM_MAX = 12,
    MISSING_MAX = 12
};

static const char *name_in(const cJSON *item)
{
    return cJSON_IsString(item) ? item->valuestring : json_str_or(item, "name", "");
}

static void copy_name(char out[NAME], const char *s, size_t n)
{
    size_t fits = n < NAME ? n : NAME - 1;
    while (fits < n && fits > 0 && ((unsigned char)s[fits] & 0xC0) == 0x80) {
        fits--;
    }
    memcpy(out, s, fits);
    out[fits] = '\0';
}

/* What is left of a name when variations are taken away: "Kinds of bakeries" -> "bakery". */
static void name_core(char out[NAME], const char *name)
{
    name_normal(out, NAME, name);
    size_t n = strlen(out);
    static const char front[] = "kinds of ";
    if (strncmp(out, front, sizeof front - 1) == 0) {
        memmove(out, out + sizeof front - 1, n - sizeof front + 2);
        n = strlen(out);
    }
    static const char *const ends[] = {" problems", " tasks", " stories"};
    for (int i = 0; i < 3; i++) {
        size_t m = strlen(ends[i]);
        if (n > m && strcmp(out + n - m, ends[i]) == 0) {
            n -= m;
        }
    }
    if (n > 4 && strncmp(out + n - 3, "ies", 3) == 0) {
        n -= 2;
        out[n - 1] = 'y';
    } else if (n > 3 && out[n - 1] == 's' && out[n - 2] != 's') {
        n--;
    }
    out[n] = '\0';
}

static bool core_in(const cJSON *list, const char *core)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        char other[NAME];
        name_core(other, name_in(item));
        if (strcmp(other, core) == 0) {
            return true;
        }
    }
    return false;
}

/* The node that is to be expanded, as the vocabulary knows it. false: unknown. */
static bool node_known(const cJSON *inputs, struct vocab_node *out)
{
    const char *title = name_in(cJSON_GetObjectItemCaseSensitive(inputs, "taxonomy"));
    const char *name = name_in(cJSON_GetObjectItemCaseSensitive(inputs, "node"));
    enum vocab v = vocab_by_title(title);
    if (vocab_find(v, name, out)) {
        return true;
    }
    char a[NAME];
    char b[NAME];
    name_core(a, title);
    name_core(b, name);
    const cJSON *above = cJSON_GetObjectItemCaseSensitive(inputs, "ancestors");
    if (v == VOCAB_NONE || (cJSON_GetArraySize(above) > 0 && strcmp(a, b) != 0)) {
        return false;
    }
    for (int i = 0; vocab_at(i, out); i++) {
        if (out->vocab == v && out->name[0] == '\0') {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ propose */

struct proposing {
    struct buf *out;
    const char *node;
    int count;
};

static void propose(struct proposing *p, const char *name)
{
    if (p->count == CHILDREN_MAX) {
        return;
    }
    struct buf about;
    buf_init(&about, 380);
    buf_printf(&about, "Problems about %s, as a part of %s.", name, p->node);
    buf_adds(p->out, p->count == 0 ? "" : ",");
    buf_addc(p->out, '{');
    put_text(p->out, "name", name);
    buf_addc(p->out, ',');
    put_text(p->out, "description", about.data);
    buf_addc(p->out, '}');
    buf_free(&about);
    p->count++;
}

static void propose_again(struct proposing *p, const char *name, struct draw *d)
{
    static const char *const before[] = {"the ", "kinds of ", ""};
    static const char *const after[] = {"", "", " problems"};
    uint64_t style = draw_below(d, 3);
    char again[NAME];
    struct buf b;
    buf_init(&b, NAME - 1);
    buf_printf(&b, "%s%s%s", before[style], name, after[style]);
    copy_name(again, b.data, b.len);
    buf_free(&b);
    propose(p, again);
}

/* A node that belongs somewhere else. */
static void propose_stray(struct proposing *p, const struct vocab_node *home, struct draw *d)
{
    for (int try = 0; try < 20; try++) {
        struct vocab_node other;
        int at = (int)draw_below(d, 90);
        if (!vocab_at(at, &other) || other.name[0] == '\0' ||
            (home != NULL && other.vocab == home->vocab)) {
            continue;
        }
        propose(p, other.name);
        return;
    }
}

/* The children that could be proposed: parted by '|', in a buffer. */
static void candidates(const struct vocab_node *known, const char *node, struct buf *out)
{
    if (known != NULL) {
        buf_adds(out, known->children);
        return;
    }
    char base[60]; /* an unknown node is refined by qualifiers */
    size_t n = strlen(node);
    n = n < sizeof base ? n : sizeof base - 1;
    while (n > 0 && n < strlen(node) && ((unsigned char)node[n] & 0xC0) == 0x80) {
        n--;
    }
    memcpy(base, node, n);
    base[n] = '\0';
    for (char *bar = strchr(base, '|'); bar != NULL; bar = strchr(bar, '|')) {
        *bar = '/';
    }
    static const char *const ways[] = {"small amounts", "larger amounts", "everyday cases",
                                       "unusual cases"};
    for (int i = 0; i < 4; i++) {
        buf_printf(out, "%s%s: %s", i == 0 ? "" : "|", base, ways[i]);
    }
}

void answer_propose(const struct asked *a, struct buf *out)
{
    struct vocab_node found;
    const struct vocab_node *known = node_known(a->inputs, &found) ? &found : NULL;
    const cJSON *children = cJSON_GetObjectItemCaseSensitive(a->inputs, "children");
    struct proposing p = {.out = out,
                          .node = name_in(cJSON_GetObjectItemCaseSensitive(a->inputs, "node"))};
    uint64_t variant = (uint64_t)json_num_or(a->inputs, "variant", 0);
    struct draw d = draw_from(a->seed, rng_id("propose") + variant);
    struct buf list;
    buf_init(&list, 4000);
    candidates(known, p.node, &list);
    uint32_t order[64];
    size_t count = words_count(list.data);
    count = count < 64 ? count : 64;
    for (size_t i = 0; i < count; i++) {
        order[i] = (uint32_t)i;
    }
    rng_shuffle_u32(a->seed, rng_id("order") + variant, order, count);
    buf_adds(out, "{\"children\":[");
    for (size_t i = 0; i < count; i++) {
        char name[NAME];
        char core[NAME];
        size_t n;
        const char *piece = words_piece(list.data, order[i], &n);
        copy_name(name, piece, n);
        name_core(core, name);
        bool taken = core_in(children, core);
        bool only = i + 1 == count && p.count == 0; /* a list may not be empty */
        if (!only && (taken || draw_below(&d, 4) == 0)) {
            continue;
        }
        propose(&p, name);
        if ((double)draw_below(&d, 1u << 20) < a->rates->rate[TK_DUPLICATE] * (1u << 20)) {
            propose_again(&p, name, &d);
        }
        if ((double)draw_below(&d, 1u << 20) < a->rates->rate[TK_MISPLACED] * (1u << 20)) {
            propose_stray(&p, known, &d);
        }
    }
    if (draw_below(&d, 8) == 0) {
        static const char *const general[] = {"other things", "anything else", "various topics",
                                              "everything else"};
        propose(&p, general[draw_below(&d, 4)]);
    }
    buf_adds(out, "]}");
    buf_free(&list);
}

/* ------------------------------------------------------------------ critic */

struct proposal {
    const char *name, *description;
    char core[NAME];
    const char *dropped; /* the reason, or NULL */
    int group;           /* index of the first with the same core */
};

static bool says_nothing(const char *core)
{
    static const char words[] = "other|others|miscellaneou|miscellaneous|various|general|generic|"
                                "everything|anything|thing|etc|misc|more|rest|stuff";
    size_t n = strcspn(core, " ");
    return words_has(words, core, n);
}

static bool child_of(const struct vocab_node *node, const char *core)
{
    size_t count = words_count(node->children);
    for (size_t i = 0; i < count; i++) {
        char name[NAME];
        char other[NAME];
        size_t n;
        const char *piece = words_piece(node->children, i, &n);
        copy_name(name, piece, n);
        name_core(other, name);
        if (strcmp(other, core) == 0) {
            return true;
        }
    }
    return false;
}

/* Does a name have its home somewhere else in the vocabulary? */
static bool elsewhere(const char *name, const char *core, const struct vocab_node *node)
{
    if (node != NULL && child_of(node, core)) {
        return false;
    }
    struct vocab_node home;
    if (vocab_home(name, &home) || vocab_home(core, &home)) {
        return true;
    }
    for (int i = 0; vocab_at(i, &home); i++) {
        if (child_of(&home, core)) {
            return true;
        }
    }
    return false;
}

static const char *fault_of(const cJSON *inputs, const struct proposal *p,
                            const struct vocab_node *known)
{
    char core[NAME];
    name_core(core, name_in(cJSON_GetObjectItemCaseSensitive(inputs, "node")));
    if (p->core[0] == '\0' || says_nothing(p->core)) {
        return "too general: it could hold anything";
    }
    if (core_in(cJSON_GetObjectItemCaseSensitive(inputs, "children"), p->core)) {
        return "is there already";
    }
    if (strcmp(core, p->core) == 0 ||
        core_in(cJSON_GetObjectItemCaseSensitive(inputs, "ancestors"), p->core)) {
        return "repeats a node above it";
    }
    if (core_in(cJSON_GetObjectItemCaseSensitive(inputs, "siblings"), p->core)) {
        return "is a neighbour of this node, not a part of it";
    }
    return elsewhere(p->name, p->core, known) ? "belongs to another place in the taxonomies" : NULL;
}

static int read_proposals(const cJSON *inputs, const struct vocab_node *known,
                          struct proposal *list)
{
    int count = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(inputs, "proposals"))
    {
        if (count == PROPOSALS_MAX) {
            break;
        }
        struct proposal *p = &list[count];
        p->name = name_in(item);
        p->description = json_str_or(item, "description", "");
        name_core(p->core, p->name);
        p->dropped = fault_of(inputs, p, known);
        p->group = count;
        for (int i = 0; i < count; i++) {
            if (strcmp(list[i].core, p->core) == 0) {
                p->group = i;
                break;
            }
        }
        count++;
    }
    return count;
}

/* The best name of a group: the shortest is the one without article and filler. */
static int best_of(const struct proposal *list, int count, int group)
{
    int best = group;
    for (int i = group + 1; i < count; i++) {
        if (list[i].group == group && strlen(list[i].name) < strlen(list[best].name)) {
            best = i;
        }
    }
    return best;
}

static void put_child(struct buf *out, const struct proposal *list, int count, int group)
{
    const struct proposal *best = &list[best_of(list, count, group)];
    buf_addc(out, '{');
    put_text(out, "name", best->name);
    buf_addc(out, ',');
    put_text(out, "description", best->description[0] != '\0' ? best->description : best->name);
    buf_addc(out, ',');
    put_key(out, "from");
    buf_addc(out, '[');
    int from = 0;
    for (int i = group; i < count && from < FROM_MAX; i++) {
        if (list[i].group == group) {
            buf_adds(out, from == 0 ? "" : ",");
            json_quote(out, list[i].name, strlen(list[i].name));
            from++;
        }
    }
    buf_adds(out, "]}");
}

/* What nobody proposed but belongs there: added now and then. */
static int put_missing(struct buf *out, const cJSON *inputs, const struct vocab_node *known,
                       const struct proposal *list, int count, int made, struct draw *d)
{
    size_t all = words_count(known->children);
    const cJSON *children = cJSON_GetObjectItemCaseSensitive(inputs, "children");
    for (size_t i = 0; i < all && made < CRITIC_CHILDREN; i++) {
        char name[NAME];
        char core[NAME];
        size_t n;
        const char *piece = words_piece(known->children, i, &n);
        copy_name(name, piece, n);
        name_core(core, name);
        bool there = core_in(children, core);
        for (int j = 0; j < count && !there; j++) {
            there = strcmp(list[j].core, core) == 0;
        }
        if (there || draw_below(d, 2) == 0) {
            continue;
        }
        buf_adds(out, made == 0 ? "{" : ",{");
        put_text(out, "name", name);
        buf_adds(out, ",\"description\":\"Was missing among the proposals.\",\"from\":[]}");
        made++;
    }
    return made;
}

void answer_children_critic(const struct asked *a, struct buf *out)
{
    struct vocab_node found;
    const struct vocab_node *known = node_known(a->inputs, &found) ? &found : NULL;
    struct proposal *list = xcalloc(PROPOSALS_MAX, sizeof *list);
    int count = read_proposals(a->inputs, known, list);
    struct draw d = draw_from(a->seed, rng_id("children critic"));
    int made = 0;
    buf_adds(out, "{\"children\":[");
    for (int i = 0; i < count && made < CRITIC_CHILDREN; i++) {
        if (list[i].group == i && list[i].dropped == NULL) {
            buf_adds(out, made == 0 ? "" : ",");
            put_child(out, list, count, i);
            made++;
        }
    }
    if (known != NULL) {
        (void)put_missing(out, a->inputs, known, list, count, made, &d);
    }
    buf_adds(out, "],\"dropped\":[");
    int dropped = 0;
    for (int i = 0; i < count && dropped < CRITIC_DROPPED; i++) {
        if (list[i].dropped != NULL) {
            buf_adds(out, dropped == 0 ? "{" : ",{");
            put_text(out, "name", list[i].name);
            buf_addc(out, ',');
            put_text(out, "reason", list[i].dropped);
            buf_addc(out, '}');
            dropped++;
        }
    }
    buf_adds(out, "]}");
    free(list);
}

/* ------------------------------------------------------------------ what is missing */

static const cJSON *list_in(const struct asked *a, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(a->inputs, name);
}

static bool unknown(const struct asked *a, const char *what, char why[WHY_MAX])
{
    (void)snprintf(why, WHY_MAX, "The offline teacher does not know \"%.100s\": %s",
                   name_in(list_in(a, "node")), what);
    return false;
}

struct missing {
    struct buf *out;
    const char *node;
    int count;
};

static void put_missing_child(struct missing *m, const char *name, const char *reason)
{
    if (m->count == MISSING_MAX) {
        return;
    }
    struct buf about;
    buf_init(&about, 380);
    buf_printf(&about, "Problems about %s, as a part of %s.", name, m->node);
    buf_adds(m->out, m->count == 0 ? "{" : ",{");
    put_text(m->out, "name", name);
    buf_addc(m->out, ',');
    put_text(m->out, "description", about.data);
    buf_addc(m->out, ',');
    put_text(m->out, "reason", reason);
    buf_addc(m->out, '}');
    buf_free(&about);
    m->count++;
}

static bool happens(const struct asked *a, enum teacher_key_id rate, struct draw *d)
{
    return (double)draw_below(d, 1u << 20) < a->rates->rate[rate] * (1u << 20);
}

/* A child that is there already, in other words. */
static void put_repeat(struct missing *m, const cJSON *children, struct draw *d)
{
    int count = cJSON_GetArraySize(children);
    if (count == 0) {
        return;
    }
    char again[NAME];
    struct buf b;
    buf_init(&b, NAME - 1);
    buf_printf(&b, "the %s",
               name_in(cJSON_GetArrayItem(children, (int)draw_below(d, (uint64_t)count))));
    copy_name(again, b.data, b.len);
    buf_free(&b);
    put_missing_child(m, again, "It is needed for completeness.");
}

static void put_stray(struct missing *m, const struct vocab_node *home, struct draw *d)
{
    struct vocab_node other;
    for (int try = 0; try < 20; try++) {
        if (vocab_at((int)draw_below(d, 90), &other) && other.name[0] != '\0' &&
            other.vocab != home->vocab) {
            put_missing_child(m, other.name, "It comes up now and then.");
            return;
        }
    }
}

bool answer_missing_children(const struct asked *a, struct buf *out, char why[WHY_MAX])
{
    struct vocab_node known;
    if (!node_known(a->inputs, &known)) {
        return unknown(a, "it cannot say what is missing there", why);
    }
    const cJSON *children = list_in(a, "children");
    struct missing m = {.out = out, .node = name_in(list_in(a, "node"))};
    struct draw d = draw_from(a->seed, rng_id("missing"));
    size_t all = words_count(known.children);
    buf_adds(out, "{\"children\":[");
    for (size_t i = 0; i < all; i++) {
        char name[NAME];
        char core[NAME];
        size_t n;
        const char *piece = words_piece(known.children, i, &n);
        copy_name(name, piece, n);
        name_core(core, name);
        if (core_in(children, core) || core_in(list_in(a, "turned_down"), core)) {
            continue;
        }
        put_missing_child(&m, name, "It belongs here, and no child covers it.");
        if (happens(a, TK_MISPLACED, &d)) {
            put_stray(&m, &known, &d);
        }
    }
    if (happens(a, TK_DUPLICATE, &d)) {
        put_repeat(&m, children, &d);
    }
    buf_adds(out, "]}");
    return true;
}

/* ------------------------------------------------------------------ describe */

static void add_some(struct buf *out, const cJSON *list, int most, const char *last)
{
    int count = cJSON_GetArraySize(list);
    count = count < most ? count : most;
    for (int i = 0; i < count; i++) {
        buf_adds(out, i == 0 ? "" : i + 1 == count ? last : ", ");
        buf_adds(out, name_in(cJSON_GetArrayItem(list, i)));
    }
}

bool answer_describe_node(const struct asked *a, struct buf *out, char why[WHY_MAX])
{
    struct vocab_node known, home;
    const cJSON *node = list_in(a, "node");
    const char *name = name_in(node);
    bool inner = node_known(a->inputs, &known);
    if (!inner && !vocab_home(name, &home)) {
        return unknown(a, "it cannot describe it", why);
    }
    cJSON *parts = cJSON_CreateArray();
    for (size_t i = 0; inner && i < words_count(known.children); i++) {
        char part[NAME];
        size_t n;
        const char *piece = words_piece(known.children, i, &n);
        copy_name(part, piece, n);
        cJSON_AddItemToArray(parts, cJSON_CreateString(part));
    }
    struct buf about;
    buf_init(&about, 600);
    buf_printf(&about, "Word problems about %s", name);
    if (inner) {
        buf_adds(&about, ", such as ");
        add_some(&about, parts, 3, " and ");
    } else if (home.name[0] != '\0') {
        buf_printf(&about, ", as a part of %s", home.name);
    }
    if (cJSON_GetArraySize(list_in(a, "siblings")) > 0) {
        buf_adds(&about, "; not about ");
        add_some(&about, list_in(a, "siblings"), 2, " or ");
    }
    buf_addc(&about, '.');
    buf_addc(out, '{');
    put_text(out, "reason",
             json_str_or(node, "description", "")[0] == '\0'
                 ? "There was no description."
                 : "It did not say where the node ends.");
    buf_addc(out, ',');
    put_text(out, "description", about.data);
    buf_addc(out, '}');
    buf_free(&about);
    cJSON_Delete(parts);
    return true;
}

/* ------------------------------------------------------------------ soundness */

struct verdict {
    const char *reason, *action;
    char to[NAME];
};

/* The name that the vocabulary has for a child of this node. */
static bool proper_name(const struct vocab_node *node, const char *core, char out[NAME])
{
    for (size_t i = 0; i < words_count(node->children); i++) {
        char other[NAME];
        size_t n;
        const char *piece = words_piece(node->children, i, &n);
        copy_name(out, piece, n);
        name_core(other, out);
        if (strcmp(other, core) == 0) {
            return true;
        }
    }
    return false;
}

/* Another child that means the same and has the better name: the shorter one, else the first. */
static const char *same_child(const cJSON *children, const char *name, const char *core)
{
    const char *best = name;
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, children)
    {
        char other[NAME];
        name_core(other, name_in(child));
        if (strcmp(other, core) == 0 && strlen(name_in(child)) < strlen(best)) {
            best = name_in(child);
        }
    }
    return strcmp(best, name) == 0 ? NULL : best;
}

/* The parent where a name is at home, when it is one of the places that are offered. */
static bool home_in(const cJSON *places, const char *name, const char *core, char out[NAME])
{
    struct vocab_node home;
    char home_core[NAME];
    if (!vocab_home(name, &home) && !vocab_home(core, &home)) {
        return false;
    }
    name_core(home_core, home.name[0] != '\0' ? home.name : vocab_title[home.vocab]);
    const cJSON *place = NULL;
    cJSON_ArrayForEach(place, places)
    {
        char other[NAME];
        name_core(other, name_in(place));
        if (strcmp(other, home_core) == 0) {
            copy_name(out, name_in(place), strlen(name_in(place)));
            return true;
        }
    }
    return false;
}

static struct verdict judge(const struct asked *a, const struct vocab_node *known, const char *name)
{
    struct verdict v = {.action = "delete"};
    char core[NAME], above[NAME];
    name_core(core, name);
    name_core(above, name_in(list_in(a, "node")));
    const char *same = same_child(list_in(a, "children"), name, core);
    if (core[0] == '\0' || says_nothing(core)) {
        v.reason = "It could hold anything.";
    } else if (same != NULL) {
        v.reason = "Another child means the same.";
        v.action = "merge";
        copy_name(v.to, same, strlen(same));
    } else if (strcmp(core, above) == 0 || core_in(list_in(a, "ancestors"), core)) {
        v.reason = "It repeats a node above it.";
    } else if (core_in(list_in(a, "siblings"), core)) {
        v.reason = "It is a neighbour of this node, not a part of it.";
    } else if (elsewhere(name, core, known)) {
        v.reason = "It belongs to another place in the taxonomies.";
        v.action = home_in(list_in(a, "places"), name, core, v.to) ? "move" : "delete";
    } else if (proper_name(known, core, v.to) && strcasecmp(v.to, name) != 0) {
        v.reason = "Its name says more than is meant.";
        v.action = "rename";
    } else {
        v.action = "keep";
        v.reason = child_of(known, core) ? "A true part of the node."
                                         : "Unknown here, and nothing speaks against it.";
        v.to[0] = '\0';
    }
    return v;
}

bool answer_soundness(const struct asked *a, struct buf *out, char why[WHY_MAX])
{
    struct vocab_node known;
    if (!node_known(a->inputs, &known)) {
        return unknown(a, "it cannot judge what lies below it", why);
    }
    int count = 0;
    const cJSON *item = NULL;
    buf_adds(out, "{\"nodes\":[");
    cJSON_ArrayForEach(item, list_in(a, "judged"))
    {
        struct verdict v = judge(a, &known, name_in(item));
        buf_adds(out, count++ == 0 ? "{" : ",{");
        put_text(out, "name", name_in(item));
        buf_addc(out, ',');
        put_text(out, "reason", v.reason);
        buf_addc(out, ',');
        put_text(out, "action", v.action);
        buf_addc(out, ',');
        put_text(out, "to", v.to);
        buf_addc(out, '}');
    }
    buf_adds(out, "]}");
    return true;
}
