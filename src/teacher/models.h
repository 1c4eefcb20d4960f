/*
 * models - which models a server has, as it says itself (GET .../models).
 *
 * For commands that run in the caller: it waits for the answer. Servers need not offer the list;
 * that they do not is no failure of the teacher.
 */
#ifndef TAXA_TEACHER_MODELS_H
#define TAXA_TEACHER_MODELS_H

#include "base/json.h"
#include "base/status.h"
#include "command/settings.h"

#define MODELS_MAX 500 /* names that are taken */

/*
 * Ask the first base-url of an `openai` entry, with its key, and wait `seconds` at most. *names
 * gets an array of strings that the caller frees. ST_NOT_FOUND: the server has no such list;
 * ST_NETWORK: no answer; else what is wrong with the address or the key.
 */
enum status models_of(const struct teacher_config *c, double seconds, cJSON **names, struct err *e);

#endif
