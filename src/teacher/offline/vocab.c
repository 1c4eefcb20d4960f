/*
 * vocab - see vocab.h.
 *
 * The leaves of "everyday setting" live in offline_places, so that a setting has one row in all.
 * Everything is searched linearly: about a hundred short rows, asked a few times per reply.
 */
#include "teacher/offline/vocab.h"

#include "teacher/offline/plan.h"

#include <string.h>

const char *const vocab_title[VOCABS] = {"operation", "everyday setting", "steps", "wording"};
const char *const vocab_about[VOCABS] = {
    "What has to be computed: adding, multiplying, dividing, fractions, percent, measures, money.",
    "Where the story happens: home, school, shops, work, nature, travel, sports, community.",
    "How many operations have to be carried out one after another.",
    "How the problem is told: plainly, as a letter, as a dialogue and so on.",
};

static const struct vocab_node nodes[] = {
    {VOCAB_OPERATION, "", NULL,
     "addition and subtraction|multiplication|division|fractions and percent|measures and money"},
    {VOCAB_OPERATION, "addition and subtraction", "",
     "within 100|with carrying|with missing addend|difference of two amounts"},
    {VOCAB_OPERATION, "multiplication", "",
     "equal groups|arrays and rows|times as many|repeated gain"},
    {VOCAB_OPERATION, "division", "", "exact sharing|with remainder|rate per unit"},
    {VOCAB_OPERATION, "fractions and percent", "",
     "fraction of an amount|percent of an amount|discount and increase"},
    {VOCAB_OPERATION, "measures and money", "",
     "change from a payment|unit conversion|elapsed time|average of amounts"},
    {VOCAB_OPERATION, "within 100", "addition and subtraction",
     "sums of two small amounts|taking away within 100|sums up to a full hundred|"
     "two-digit subtraction"},
    {VOCAB_OPERATION, "with carrying", "addition and subtraction",
     "carrying in the ones|carrying in the tens|carrying twice|three-digit sums"},
    {VOCAB_OPERATION, "with missing addend", "addition and subtraction",
     "filling up to a target|unknown gift|unknown newcomers|saving towards a price"},
    {VOCAB_OPERATION, "difference of two amounts", "addition and subtraction",
     "this year against last year|two people compared|guess and truth|two prices compared"},
    {VOCAB_OPERATION, "equal groups", "multiplication",
     "full containers|sets of things|one price for many pieces|everyone brings the same"},
    {VOCAB_OPERATION, "arrays and rows", "multiplication",
     "rows and columns|grids|straight lines|wall plans"},
    {VOCAB_OPERATION, "times as many", "multiplication",
     "twice to five times|big and small container|machine against person|then and now"},
    {VOCAB_OPERATION, "repeated gain", "multiplication",
     "daily gain|weekly gain|hourly pay|rounds of a game"},
    {VOCAB_OPERATION, "exact sharing", "division",
     "sharing among people|spreading over containers|equal piles|splitting a bill"},
    {VOCAB_OPERATION, "with remainder", "division",
     "unfilled containers|unshared rest|incomplete bundles|groups of a fixed size"},
    {VOCAB_OPERATION, "rate per unit", "division",
     "speed of work|price of one piece|use per day|output per minute"},
    {VOCAB_OPERATION, "fraction of an amount", "fractions and percent",
     "halves and quarters|thirds and sixths|fifths and tenths|fraction of money"},
    {VOCAB_OPERATION, "percent of an amount", "fractions and percent",
     "tens of percent|quarters in percent|share of a crowd|percent saved"},
    {VOCAB_OPERATION, "discount and increase", "fractions and percent",
     "reduced price|voucher|pay raise|growing numbers"},
    {VOCAB_OPERATION, "change from a payment", "measures and money",
     "paying with one note|paying with several notes|change at the counter|paying a bill"},
    {VOCAB_OPERATION, "unit conversion", "measures and money",
     "lengths|weights|volumes|units of time"},
    {VOCAB_OPERATION, "elapsed time", "measures and money",
     "within the morning|over noon|opening hours|start and finish"},
    {VOCAB_OPERATION, "average of amounts", "measures and money",
     "average of three days|average of bills|average of two results|average per container"},
    {VOCAB_SETTING, "", NULL,
     "home and family|school|shops and markets|work and crafts|nature and animals|travel|"
     "sports and games|community"},
    {VOCAB_SETTING, "home and family", "",
     "kitchen|garden|birthday party|moving house|pocket money|family trip"},
    {VOCAB_SETTING, "school", "", "classroom|library|school fair|sports day|art room"},
    {VOCAB_SETTING, "shops and markets", "",
     "bakery|supermarket|flower shop|book shop|farmers' market|toy shop"},
    {VOCAB_SETTING, "work and crafts", "", "carpentry|sewing|pottery|office|printing shop"},
    {VOCAB_SETTING, "nature and animals", "", "farm|zoo|aquarium|beach|forest"},
    {VOCAB_SETTING, "travel", "", "train|bus|bicycle tour|hotel|airport"},
    {VOCAB_SETTING, "sports and games", "",
     "football|swimming|running club|board games|chess club"},
    {VOCAB_SETTING, "community", "", "food bank|museum|concert|theatre|recycling"},
    {VOCAB_STEPS, "", NULL, "one step|two steps|three steps|four steps"},
    {VOCAB_STEPS, "one step", "", "one step with small numbers|one step with large numbers"},
    {VOCAB_STEPS, "two steps", "", "two steps of the same kind|two steps of different kinds"},
    {VOCAB_STEPS, "three steps", "", "three steps in a row|three steps with a change of unit"},
    {VOCAB_STEPS, "four steps", "", "four steps in a row|four steps with a change of unit"},
    {VOCAB_WORDING, "", NULL,
     "plain statement|question first|dialogue|letter|list of facts|news note"},
    {VOCAB_WORDING, "plain statement", "", "short statement|statement with details"},
    {VOCAB_WORDING, "question first", "", "question, then facts|question, then story"},
    {VOCAB_WORDING, "dialogue", "", "dialogue between relatives|dialogue with a teacher"},
    {VOCAB_WORDING, "letter", "", "letter to family|letter to a friend"},
    {VOCAB_WORDING, "list of facts", "", "list of notes|list with a heading"},
    {VOCAB_WORDING, "news note", "", "local news note|news note of a reporter"},
};
enum { NODES = (int)(sizeof nodes / sizeof nodes[0]) };

static bool contains_any(const char *text, const char *list)
{
    size_t count = words_count(list);
    for (size_t i = 0; i < count; i++) {
        size_t n;
        const char *word = words_piece(list, i, &n);
        if (memmem(text, strlen(text), word, n) != NULL) {
            return true;
        }
    }
    return false;
}

enum vocab vocab_by_title(const char *title)
{
    static const char *const words[VOCABS] = {
        [VOCAB_OPERATION] = "operation|arithmetic|math|skill|topic|concept|comput|calculat",
        [VOCAB_SETTING] = "setting|context|scene|theme|place|situation|world|location",
        [VOCAB_STEPS] = "step|length|complexity|difficulty|depth|level",
        [VOCAB_WORDING] = "wording|style|format|form|tone|telling|presentation|phras",
    };
    static const enum vocab order[VOCABS] = {VOCAB_STEPS, VOCAB_SETTING, VOCAB_WORDING,
                                             VOCAB_OPERATION};
    char name[100];
    name_normal(name, sizeof name, title);
    for (int i = 0; i < VOCABS; i++) {
        if (contains_any(name, words[order[i]])) {
            return order[i];
        }
    }
    return VOCAB_NONE;
}

static const char *place_parent(int place)
{
    for (int i = 0; i < NODES; i++) {
        if (nodes[i].vocab == VOCAB_SETTING && nodes[i].name[0] != '\0' &&
            words_has(nodes[i].children, offline_places[place].name,
                      strlen(offline_places[place].name))) {
            return nodes[i].name;
        }
    }
    return "";
}

bool vocab_at(int at, struct vocab_node *out)
{
    if (at < NODES) {
        *out = nodes[at];
        return true;
    }
    at -= NODES;
    if (at >= offline_place_count) {
        return false;
    }
    *out = (struct vocab_node){VOCAB_SETTING, offline_places[at].name, place_parent(at),
                               offline_places[at].parts};
    return true;
}

static bool same(const char *known, const char *normal)
{
    if (known[0] != normal[0]) { /* the tables have lower case and no articles: most end here */
        return false;
    }
    char other[100];
    name_normal(other, sizeof other, known);
    return strcmp(other, normal) == 0;
}

bool vocab_find(enum vocab v, const char *name, struct vocab_node *out)
{
    char normal[100];
    name_normal(normal, sizeof normal, name);
    for (int i = 0; vocab_at(i, out); i++) {
        if ((v == VOCAB_NONE || out->vocab == v) && out->name[0] != '\0' &&
            same(out->name, normal)) {
            return true;
        }
    }
    return false;
}

bool vocab_home(const char *name, struct vocab_node *parent)
{
    char normal[100];
    name_normal(normal, sizeof normal, name);
    for (int i = 0; vocab_at(i, parent); i++) {
        size_t count = words_count(parent->children);
        for (size_t j = 0; j < count; j++) {
            char child[100];
            size_t n;
            const char *piece = words_piece(parent->children, j, &n);
            memcpy(child, piece, n < sizeof child ? n : sizeof child - 1);
            child[n < sizeof child ? n : sizeof child - 1] = '\0';
            if (same(child, normal)) {
                return true;
            }
        }
    }
    return false;
}

uint64_t vocab_group_places(const char *normal_name)
{
    uint64_t bits = 0;
    for (int i = 0; i < NODES; i++) {
        if (nodes[i].vocab != VOCAB_SETTING || nodes[i].name[0] == '\0' ||
            !same(nodes[i].name, normal_name)) {
            continue;
        }
        for (int p = 0; p < offline_place_count; p++) {
            if (words_has(nodes[i].children, offline_places[p].name,
                          strlen(offline_places[p].name))) {
                bits |= UINT64_C(1) << p;
            }
        }
    }
    return bits;
}
