/*
 * openai - the dialect of chat completions: write a request body, read a reply or an error.
 *
 * Pure functions over text. Spoken by OpenAI, vLLM, llama.cpp, Ollama and most vendors, each with
 * small differences; what a server refuses is remembered by the caller as quirks.
 */
#ifndef TAXA_TEACHER_OPENAI_H
#define TAXA_TEACHER_OPENAI_H

#include "base/json.h"
#include "task/task.h"

enum structured { STRUCTURED_SCHEMA, STRUCTURED_OBJECT, STRUCTURED_PROMPT };
const char *structured_name(enum structured s); /* json_schema json_object prompt */

/* What this server was found not to take. */
enum {
    QUIRK_NO_TEMPERATURE = 1,
    QUIRK_NO_TOP_P = 2,
    QUIRK_NO_SEED = 4,
    QUIRK_NO_EFFORT = 8,
    QUIRK_COMPLETION_TOKENS = 16 /* max_completion_tokens instead of max_tokens */
};

struct openai_ask {
    const char *model;
    const struct prompt *prompt;
    enum structured structured;
    double temperature, top_p;
    int max_tokens;
    uint64_t seed;
    const char *effort; /* "" not sent */
    bool strict;        /* api.openai.com: ask for strict schemas */
    unsigned quirks;
};
/* The whole body. Caller frees. */
char *openai_body(const struct openai_ask *a, size_t *len);

enum openai_kind {
    OPENAI_TEXT,
    OPENAI_LENGTH,
    OPENAI_REFUSED,
    OPENAI_ERROR,    /* code, message; status in status when the body names one */
    OPENAI_MALFORMED /* not a reply of this dialect; message says how */
};

struct openai_answer {
    enum openai_kind kind;
    char *text;  /* without the model's thinking; NULL for errors. Owned */
    char *model; /* as the server calls it; NULL not said. Owned */
    bool usage;  /* the counts are the server's */
    int64_t tokens_in, tokens_cached, tokens_out;
    int status;         /* named in an error body, 0 none */
    char code[64];      /* of an error; "" none */
    char param[64];     /* the parameter an error is about; "" none */
    char message[320];  /* of an error or refusal: untrusted */
    double retry_after; /* from an error body; -1 none */
};
void openai_read(int http_status, const char *body, size_t len, struct openai_answer *out);
void openai_answer_clear(struct openai_answer *a);

/*
 * Does this 400 mean that the request asked for something the server does not have? Then
 * *structured or *quirks is changed to something simpler, `what` (for an event) says to what, and
 * the answer is true.
 */
bool openai_simplify(const struct openai_answer *a, bool may_change_structured,
                     enum structured *structured, unsigned *quirks, char what[96]);

#endif
