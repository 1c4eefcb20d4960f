/*
 * prompts - the built-in prompt files as strings (private to src/task).
 *
 * The arrays are written by embed.sh from prompts/<name>.txt at build time, with '-' as '_' in
 * names.
 */
#ifndef TAXA_TASK_PROMPTS_H
#define TAXA_TASK_PROMPTS_H

#define TASK(id, name) extern const char prompt_##name[];
#include "task/table.h"
#undef TASK

#endif
