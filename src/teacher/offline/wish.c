/*
 * offline_wish - what a mix of taxonomy nodes asks of a problem.
 *
 * Known names are taken exactly, from the node upwards along its path; a name nobody taught us is
 * searched for words ("shar", "percent"), and what stays unknown is left to the seed. Inner nodes
 * allow everything below them.
 */
#include "teacher/offline/plan.h"
#include "teacher/offline/vocab.h"

#include <ctype.h>
#include <string.h>

enum { ALL_OPS = (1 << OP_LEAVES) - 1, ALL_WORDINGS = (1 << WORDINGS) - 1, PARTS = 16, PART = 100 };

void name_normal(char *out, size_t size, const char *name)
{
    size_t n = 0;
    bool gap = false;
    for (const char *at = name; *at != '\0' && n + 2 < size; at++) {
        unsigned char c = (unsigned char)*at;
        if (c >= 0x80 || isalnum(c)) {
            if (gap && n > 0) {
                out[n++] = ' ';
            }
            gap = false;
            out[n++] = (char)tolower(c);
        } else if (c == '&' && n > 0 && n + 5 < size) {
            memcpy(out + n, " and", 4);
            n += 4;
            gap = true;
        } else if (c != '\'') {
            gap = true;
        }
    }
    out[n] = '\0';
    static const char *const articles[] = {"a ", "an ", "the "};
    for (size_t i = 0; i < 3; i++) {
        size_t skip = strlen(articles[i]);
        if (n > skip && strncmp(out, articles[i], skip) == 0) {
            memmove(out, out + skip, n - skip + 1);
            break;
        }
    }
}

/* A path split at its slashes, normalised, the taxonomy first. */
struct path {
    char part[PARTS][PART];
    int count;
};

static void split(struct path *p, const char *path, const char *name)
{
    char raw[PART];
    size_t n = 0;
    p->count = 0;
    for (const char *at = path;; at++) {
        bool end = *at == '\0';
        if (end || *at == '/') {
            raw[n] = '\0';
            if (n > 0 && p->count < PARTS) {
                name_normal(p->part[p->count++], PART, raw);
            }
            n = 0;
            if (end) {
                break;
            }
            continue;
        }
        if (*at == '\\' && at[1] != '\0') {
            at++;
        }
        if (n + 1 < sizeof raw) {
            raw[n++] = *at;
        }
    }
    char last[PART];
    name_normal(last, sizeof last, name);
    bool there = p->count > 0 && strcmp(p->part[p->count - 1], last) == 0;
    if (!there && last[0] != '\0' && p->count < PARTS) {
        memcpy(p->part[p->count++], last, sizeof last);
    }
}

static bool is_name(const char *normal, const char *known)
{
    if (normal[0] != known[0]) { /* the tables have lower case and no articles: most end here */
        return false;
    }
    char other[PART];
    name_normal(other, sizeof other, known);
    return strcmp(normal, other) == 0;
}

static unsigned family_bits(int family)
{
    unsigned bits = 0;
    for (int o = 0; o < OP_LEAVES; o++) {
        if (op_table[o].family == family) {
            bits |= 1u << o;
        }
    }
    return bits;
}

static unsigned ops_named(const char *part)
{
    for (int o = 0; o < OP_LEAVES; o++) {
        if (is_name(part, op_table[o].name)) {
            return 1u << o;
        }
    }
    for (int f = 0; f < OP_FAMILIES; f++) {
        if (is_name(part, op_family[f])) {
            return family_bits(f);
        }
    }
    return 0;
}

static unsigned ops_by_word(const char *part)
{
    static const struct {
        const char *word;
        int op; /* or, from OP_COUNT on, a family */
    } words[] = {
        {"remainder", OP_REMAIN},   {"left over", OP_REMAIN},  {"leftover", OP_REMAIN},
        {"percent", OP_PERCENT},    {"discount", OP_DISCOUNT}, {"voucher", OP_DISCOUNT},
        {"increase", OP_DISCOUNT},  {"sale", OP_DISCOUNT},     {"fraction", OP_FRACTION},
        {"half", OP_FRACTION},      {"quarter", OP_FRACTION},  {"third", OP_FRACTION},
        {"average", OP_AVERAGE},    {"mean", OP_AVERAGE},      {"elapsed", OP_ELAPSED},
        {"clock", OP_ELAPSED},      {"time of", OP_ELAPSED},   {"convert", OP_CONVERT},
        {"conversion", OP_CONVERT}, {"change", OP_CHANGE},     {"pay", OP_CHANGE},
        {"rate", OP_RATE},          {" per ", OP_RATE},        {"speed", OP_RATE},
        {"carry", OP_CARRY},        {"missing", OP_MISSING},   {"differ", OP_DIFFERENCE},
        {"compar", OP_DIFFERENCE},  {"row", OP_ROWS},          {"array", OP_ROWS},
        {"grid", OP_ROWS},          {"group", OP_GROUPS},      {"times", OP_TIMES},
        {"repeat", OP_GAIN},        {"shar", OP_SHARE},        {"split", OP_SHARE},
        {"divi", OP_COUNT + 2},     {"multipl", OP_COUNT + 1}, {"product", OP_COUNT + 1},
        {"add", OP_COUNT},          {"sum", OP_COUNT},         {"subtract", OP_COUNT},
        {"minus", OP_COUNT},        {"money", OP_COUNT + 4},   {"measur", OP_COUNT + 4},
        {"unit", OP_COUNT + 4},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(part, words[i].word) != NULL) {
            return words[i].op < OP_COUNT ? 1u << words[i].op : family_bits(words[i].op - OP_COUNT);
        }
    }
    return 0;
}

/* From the node upwards; part 0 is the taxonomy itself and says nothing. */
static unsigned ops_of(const struct path *p)
{
    unsigned bits = 0;
    for (int i = p->count - 1; i > 0 && bits == 0; i--) {
        unsigned known = ops_named(p->part[i]);
        unsigned wordy = ops_by_word(p->part[i]);
        bits = known;
        if (known == 0 && wordy != 0) {
            unsigned above = i > 1 ? ops_named(p->part[i - 1]) : 0;
            bits = above == 0 ? wordy : ((above & wordy) != 0 ? above & wordy : above);
        }
    }
    return bits;
}

static void wish_place(const struct path *p, const cJSON *entry, struct wish *out)
{
    out->place_asked = true;
    out->places = 0;
    const char *name = json_str_or(entry, "name", "");
    out->place_name = (struct span){name, strlen(name)};
    if (p->count < 2) {
        out->place_asked = false;
        out->place_name.n = 0;
        return;
    }
    for (int i = p->count - 1; i > 0; i--) {
        for (int k = 0; k < offline_place_count; k++) {
            if (is_name(p->part[i], offline_places[k].name)) {
                out->places = UINT64_C(1) << k;
                out->place_name.n = i == p->count - 1 ? 0 : out->place_name.n;
                return;
            }
        }
    }
    out->places = vocab_group_places(p->part[p->count - 1]);
    if (out->places != 0) {
        out->place_name.n = 0;
    }
}

static void wish_steps(const struct path *p, struct wish *out)
{
    static const char *const words[] = {"one", "two", "three", "four", "five", "six", "seven"};
    for (int i = p->count - 1; i >= 0; i--) {
        for (int k = 0; k < 7; k++) {
            size_t n = strlen(words[k]);
            bool spelled = strncmp(p->part[i], words[k], n) == 0 && !isalpha(p->part[i][n]);
            bool digit = p->part[i][0] == '1' + k && !isdigit((unsigned char)p->part[i][1]);
            if (spelled || digit) {
                out->steps_low = k + 1;
                out->steps_high = k + 1;
                out->steps_asked = true;
                return;
            }
        }
    }
}

static void wish_wording(const struct path *p, struct wish *out)
{
    static const char *const words[WORDINGS] = {"plain|statement|simple",   "question|riddle",
                                                "dialog|convers|chat|talk", "letter|mail|postcard",
                                                "list|facts|notes",         "news|article|report"};
    for (int i = p->count - 1; i > 0; i--) {
        for (int k = 0; k < WORDINGS; k++) {
            if (is_name(p->part[i], wording_table[k].name)) {
                out->wordings = 1u << k;
                return;
            }
        }
    }
    for (int i = p->count - 1; i > 0; i--) {
        for (int k = 0; k < WORDINGS; k++) {
            size_t count = words_count(words[k]);
            for (size_t j = 0; j < count; j++) {
                size_t n;
                const char *word = words_piece(words[k], j, &n);
                if (memmem(p->part[i], strlen(p->part[i]), word, n) != NULL) {
                    out->wordings = 1u << k;
                    return;
                }
            }
        }
    }
}

/* Of a taxonomy whose title says nothing: by the names along the path. */
static enum vocab vocab_of(const struct path *p, const char *title)
{
    enum vocab v = vocab_by_title(title);
    for (int i = p->count - 1; i > 0 && v == VOCAB_NONE; i--) {
        struct vocab_node node;
        if (vocab_find(VOCAB_NONE, p->part[i], &node)) {
            v = node.vocab;
        }
    }
    return v;
}

void wish_from(const cJSON *mix, struct wish *out)
{
    memset(out, 0, sizeof *out);
    out->ops = ALL_OPS;
    out->wordings = ALL_WORDINGS;
    out->steps_low = 1;
    out->steps_high = 4;
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, mix)
    {
        struct path p;
        split(&p, json_str_or(entry, "path", ""), json_str_or(entry, "name", ""));
        unsigned ops = 0;
        switch (vocab_of(&p, json_str_or(entry, "taxonomy", ""))) {
        case VOCAB_OPERATION:
            ops = ops_of(&p);
            out->op_asked = ops != 0;
            out->ops = ops != 0 ? ops : ALL_OPS;
            break;
        case VOCAB_SETTING:
            wish_place(&p, entry, out);
            break;
        case VOCAB_STEPS:
            wish_steps(&p, out);
            break;
        case VOCAB_WORDING:
            wish_wording(&p, out);
            break;
        case VOCAB_NONE:
            break;
        }
    }
}
