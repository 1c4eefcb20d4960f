/*
 * How different are 10,000 problems of the offline teacher? Exact all-pairs Jaccard of word
 * shingles through an inverted index: a pair can only reach 0.8 when it shares a shingle, so
 * counting what is shared over the lists of each shingle finds every pair.
 */
#include "unit/test_offline.h"

#include <ctype.h>

enum { PROBLEMS = 10000, WORDS_MAX = 600 };

struct entry {
    uint64_t shingle;
    uint32_t problem;
};
struct index {
    struct entry *entry;
    size_t count, cap;
    uint32_t shingles[PROBLEMS]; /* different ones of each problem */
};

/* The words of a text, lower case, as hashes. */
static int words_of(const char *s, uint64_t words[WORDS_MAX])
{
    int count = 0;
    while (*s != '\0' && count < WORDS_MAX) {
        char word[64];
        size_t n = 0;
        while (*s != '\0' && !isalnum((unsigned char)*s)) {
            s++;
        }
        for (; isalnum((unsigned char)*s) && n < sizeof word; s++) {
            word[n++] = (char)tolower((unsigned char)*s);
        }
        if (n > 0) {
            words[count++] = rng_hash(word, n, 0);
        }
    }
    return count;
}

static int by_shingle(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    if (x->shingle != y->shingle) {
        return x->shingle < y->shingle ? -1 : 1;
    }
    return x->problem < y->problem ? -1 : x->problem > y->problem;
}

static void index_add(struct index *ix, uint32_t problem, const char *text, int size)
{
    uint64_t words[WORDS_MAX];
    int count = words_of(text, words);
    assert_true(count >= size);
    for (int i = 0; i + size <= count; i++) {
        ix->entry = vec_grow(ix->entry, &ix->cap, ix->count + 1, sizeof *ix->entry);
        ix->entry[ix->count++] =
            (struct entry){rng_hash(&words[i], (size_t)size * sizeof words[0], 0), problem};
    }
}

static void index_sort(struct index *ix)
{
    qsort(ix->entry, ix->count, sizeof *ix->entry, by_shingle);
    size_t kept = 0;
    for (size_t i = 0; i < ix->count; i++) {
        if (kept == 0 || by_shingle(&ix->entry[i], &ix->entry[kept - 1]) != 0) {
            ix->entry[kept++] = ix->entry[i];
            ix->shingles[ix->entry[i].problem]++;
        }
    }
    ix->count = kept;
}

/*
 * Problems with an earlier one at Jaccard >= 0.8. One problem at a time: what it shares with every
 * other is counted through the lists of its shingles.
 */
static int near_duplicates(struct index *ix)
{
    index_sort(ix);
    size_t *head = xcalloc(ix->count + 1, sizeof *head); /* where the list of an entry begins */
    for (size_t i = 1; i < ix->count; i++) {
        head[i] = ix->entry[i].shingle == ix->entry[i - 1].shingle ? head[i - 1] : i;
    }
    size_t *start = xcalloc(PROBLEMS + 1, sizeof *start); /* entries by problem */
    size_t *of = xcalloc(ix->count + 1, sizeof *of);
    for (size_t i = 0; i < ix->count; i++) {
        start[ix->entry[i].problem + 1]++;
    }
    for (int p = 0; p < PROBLEMS; p++) {
        start[p + 1] += start[p];
    }
    size_t *next = xcalloc(PROBLEMS, sizeof *next);
    for (size_t i = 0; i < ix->count; i++) {
        uint32_t p = ix->entry[i].problem;
        of[start[p] + next[p]++] = i;
    }
    uint32_t *shared = xcalloc(PROBLEMS, sizeof *shared);
    int found = 0;
    for (uint32_t p = 0; p < PROBLEMS; p++) {
        memset(shared, 0, PROBLEMS * sizeof *shared);
        for (size_t k = start[p]; k < start[p + 1]; k++) {
            for (size_t j = head[of[k]]; ix->entry[j].problem < p; j++) {
                shared[ix->entry[j].problem]++;
            }
        }
        bool is_near = false;
        for (uint32_t o = 0; o < p && !is_near; o++) {
            uint32_t both = ix->shingles[o] + ix->shingles[p] - shared[o];
            is_near = (double)shared[o] >= 0.8 * (double)both;
        }
        found += is_near;
    }
    free(shared);
    free(next);
    free(of);
    free(start);
    free(head);
    return found;
}

static int near_of(char *const *text, int size)
{
    struct index *ix = xcalloc(1, sizeof *ix);
    for (uint32_t i = 0; i < PROBLEMS; i++) {
        index_add(ix, i, text[i], size);
    }
    int found = near_duplicates(ix);
    free(ix->entry);
    free(ix);
    return found;
}

static char **problems(const struct offline_rates *rates)
{
    char **text = xcalloc(PROBLEMS, sizeof *text);
    for (unsigned i = 0; i < PROBLEMS; i++) {
        cJSON *mix = mix_of(i);
        char *scenario = scenario_for(rates, mix, i);
        cJSON *record = record_for(rates, TASK_GENERATE, mix, scenario, i + 1000000);
        text[i] = xstrdup(json_str_or(record, "question", ""));
        cJSON_Delete(record);
        free(scenario);
        cJSON_Delete(mix);
    }
    return text;
}

static void problems_free(char **text)
{
    for (int i = 0; i < PROBLEMS; i++) {
        free(text[i]);
    }
    free(text);
}

static void test_few_near_duplicates(void **state)
{
    (void)state;
    static const struct offline_rates none;
    char **text = problems(&none);
    int at_13 = near_of(text, 13);
    int at_5 = near_of(text, 5);
    print_message("near-duplicates: %d at 13 words, %d at 5 words\n", at_13, at_5);
    assert_in_range(at_13, 0, PROBLEMS / 200);
    assert_in_range(at_5, 0, PROBLEMS / 200);
    problems_free(text);
}

/* And the other way round: repeats at the set rate are found (by it the count above is honest). */
static void test_repeats_are_near(void **state)
{
    (void)state;
    struct offline_rates rates = {.rate = {[TK_REPEAT] = 0.2}};
    char **text = problems(&rates);
    int at_5 = near_of(text, 5);
    print_message("with repeat=0.2: %d at 5 words\n", at_5);
    assert_in_range(at_5, PROBLEMS / 20, PROBLEMS / 5);
    problems_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_near_duplicates),
        cmocka_unit_test(test_repeats_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
