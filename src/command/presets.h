/*
 * presets - known places where models answer, so that nobody has to look addresses up.
 *
 * One table for `teacher add --preset`, `teacher presets`, `teacher find`, completion and the
 * screen's list. All speak the openai dialect; a preset fills in what a person would have typed,
 * and every key given beside it wins.
 */
#ifndef TAXA_COMMAND_PRESETS_H
#define TAXA_COMMAND_PRESETS_H

#include <stdbool.h>
#include <stddef.h>

struct teacher_preset {
    const char *name;     /* "llama.cpp" */
    const char *title;    /* as it calls itself */
    const char *base_url; /* up to and with /v1 */
    const char *key_env;  /* where its users keep the key; NULL: none needed */
    const char *model;    /* how to choose one, or an example of a name */
    bool needs_model;     /* it must be told which model; else it serves one whatever the name */
    const char *extra;    /* one more KEY=VALUE; NULL none */
    const char *note;     /* a sentence */
};

#define TEACHER_PRESET_NAMES                                                                       \
    "openai|gemini|anthropic|openrouter|mistral|groq|together|deepseek|vllm|sglang|llama.cpp|"     \
    "ollama|lm-studio"

const struct teacher_preset *teacher_presets(size_t *count);
const struct teacher_preset *teacher_preset_find(const char *name); /* NULL */
bool teacher_preset_is_local(const struct teacher_preset *p);       /* on this machine */

/* A port of this machine on which a model server is often found, and which. */
struct teacher_port {
    int port;
    const char *preset; /* whose usual port it is; NULL: several use it */
};
const struct teacher_port *teacher_ports(size_t *count);
/* The preset of a server by how its list of models calls the owner ("vllm", "llamacpp"); NULL. */
const struct teacher_preset *teacher_preset_by_owner(const char *owner);

#endif
